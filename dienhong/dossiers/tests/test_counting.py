"""Figures counted from dossiers, against counts made from the journal and the rows one by one."""

import datetime as dt
import hashlib
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from psycopg.types.range import DateRange

from dienhong.base import clock, periods
from dienhong.dossiers import money, words
from dienhong.dossiers.actions import answering, counting, deciding, voicing
from dienhong.dossiers.actions.deciding import Missing
from dienhong.dossiers.counting import sets
from dienhong.dossiers.counting.measures import MEASURES
from dienhong.dossiers.models import CLOSED, CountedSet, Counting, Dossier, Status, Stay, Stop
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.tests.desk import FADIL, Desk
from dienhong.indicators import passports, queries
from dienhong.indicators.models import Batch, Indicator, Observation, Period, Stage
from dienhong.indicators.queries import SeriesKey
from dienhong.indicators.testing import publish
from dienhong.journal.models import Access, Event
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, Person, Role, Unit
from dienhong.payments.models import Capture, Refund, RefundState

DAYS = [dt.date(2020, 8, day) for day in (17, 18, 19, 20, 21, 22, 23, 24, 25)]
ODD = {"brand": "Mẫu", "model": "Kiểu chưa có trong bảng"}


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2020, 8, day, hour, minute, tzinfo=clock.HANOI)


@pytest.fixture
def desk(ground_database: None, settings: Any) -> Desk:
    settings.DEMO = True
    with clock.played(at(17, 7)):
        made = Desk()
    week(made)
    return made


def week(desk: Desk) -> None:
    """Dossiers that end in every way, some late, on several days; a second office has one; money told a day later."""
    serial = iter(range(1, 100))

    def file(**changes: Any) -> Dossier:
        return desk.filed(chassis_no=f"RLMAUFADL2{next(serial):07d}", transfer_date="2020-08-14", **changes)

    def accept(dossier: Dossier, match: bool = True) -> None:
        deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
        answer = {"register_match": match}
        persist.step(dossier, message("register_answered", f"x{dossier.pk}"), by="job:test", facts=answer)

    with clock.played(at(17, 8)):
        paid, returned, refused, withdrawn, late = (file() for _ in range(5))
    with clock.played(at(17, 9)):
        accept(paid)
        scan = Missing("Phiếu xuất xưởng", "Ảnh mờ.", "slip_copy")
        deciding.ask_supplement(by=desk.clerk, dossier=returned, items=[scan])
        accept(withdrawn, match=False)
        accept(late, match=False)
    with clock.played(at(18, 10)):
        deciding.refuse(by=desk.clerk, place=desk.place(refused, "accept_check"), reason="Sai nơi.", basis="Điều 10")
        answering.withdraw(by=desk.citizen, dossier=withdrawn)
        answering.supplement(
            by=desk.citizen, dossier=Dossier.objects.get(pk=returned.pk), data={**FADIL, "transfer_date": "2020-08-14"}
        )
        file(province_code="02")
    with clock.played(at(19, 9)):
        deciding.answer_withdrawal(by=desk.officer, place=desk.place(withdrawn, "withdrawal"), grant=True)
        pay(paid, value=dt.date(2020, 8, 18))
        file(**ODD)
    with clock.played(at(24, 16)):
        deciding.decide(by=desk.officer, place=desk.place(late, "compare"), outcome="same")
        pay(late, value=dt.date(2020, 8, 24))
        give_back(desk, Capture.objects.get(bill__owner_id=str(paid.pk)))


def pay(dossier: Dossier, value: dt.date) -> None:
    from dienhong.payments.ledger import record_captured

    bill, now = money.standing(Dossier.objects.get(pk=dossier.pk)), clock.business_now()
    assert bill is not None
    row = Capture.objects.create(
        bill=bill, provider="vietqr", key=uuid.uuid4().hex, bank_ref="MAU", account_number=bill.account_number,
        amount=bill.amount, matched="code", paid_at=now, value_date=value, business_at=now,
    )  # fmt: skip
    record_captured("job:test", row, "new")


def give_back(desk: Desk, row: Capture) -> None:
    """Done on the 24th by the business clock: the machine's moment that the clock turns into it."""
    now = clock.business_now()
    refund = Refund.objects.create(
        bill=row.bill, capture=row, reference=uuid.uuid4().hex, amount=1_000, reason=Refund.Reason.OVERPAYMENT,
        asked_by=desk.officer, business_at=now,
    )  # fmt: skip
    with clock.played(now):
        offset = clock._offset_at(None)
    RefundState.objects.create(refund=refund, step="done", at=now - offset)


def by_hand(first: dt.date, last: dt.date, as_of: dt.datetime) -> dict[tuple[str, int], tuple[int, int, str]]:
    """(what, unit or 0 for all) -> number, amount and digest, row by row: statuses from the journal alone."""
    lo = dt.datetime.combine(first, dt.time(), tzinfo=clock.HANOI)
    hi = min(dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=clock.HANOI), as_of)
    found: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for one in Dossier.objects.order_by("pk"):
        for what, inside in facts(one, lo, hi).items():
            for unit in (0, one.unit_id) if inside else ():
                found.setdefault((what, unit), []).append((one.code, 0))
    upto = (hi - dt.timedelta(microseconds=1)).astimezone(clock.HANOI).date()
    for row in Capture.objects.select_related("bill").order_by("pk"):
        if first <= row.value_date <= min(last, upto) and row.business_at < as_of:
            for unit in (0, row.bill.unit_id):
                item = f"{row.provider} {row.key} {row.bill.code} {row.amount}"
                found.setdefault(("captured", unit), []).append((item, row.amount))
    for step in RefundState.objects.filter(step="done").select_related("refund__bill").order_by("pk"):
        if lo <= clock.business_at(step.at) < hi:
            for unit in (0, step.refund.bill.unit_id):
                item = f"{step.refund.reference} {step.refund.amount}"
                found.setdefault(("refunded", unit), []).append((item, step.refund.amount))
    return {
        key: (len(rows), sum(amount for _item, amount in rows), digest([item for item, _amount in rows]))
        for key, rows in found.items()
    }


def facts(one: Dossier, lo: dt.datetime, hi: dt.datetime) -> dict[str, bool]:
    """Which sets the dossier is in."""
    steps = Event.objects.filter(object_kind="dossier", object_id=str(one.pk), verb="dossiers.step")
    moves = [(row.business_at, int(row.to_state)) for row in steps.filter(business_at__lt=hi).order_by("pk")]
    status = moves[-1][1] if moves else 0
    ended, end = next(((moment, state) for moment, state in moves if state in (*CLOSED, 9)), (None, 0))
    now_ended = ended is not None and lo <= ended < hi
    dues = [row.after for row in one.dues.order_by("pk") if row.at < hi]
    due = dues[-1] if dues else None
    filed = lo <= one.submitted_at < hi
    progress = one.accepted_at is not None and one.accepted_at < hi and ended is None
    overdue = progress and due is not None and due < hi and status not in (5, 6, 7)
    withdrew = Stop.objects.filter(dossier=one, code="withdrawn").exists()
    return {
        "received": filed,
        "online": filed and one.channel == "online",
        "otherwise": filed and one.channel != "online",
        "on_time": now_ended and end == 9 and (due is None or ended <= due),
        "late": now_ended and end == 9 and due is not None and ended > due,
        "refused": now_ended and end == 3,
        "withdrawn": now_ended and end == 8 and withdrew,
        "stopped": now_ended and end == 8 and not withdrew,
        "open": bool(status) and status not in CLOSED,
        "in_progress": progress,
        "overdue": overdue,
        "in_time": progress and not overdue,
    }


def digest(items: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(items, key=str.encode)).encode()).hexdigest()


def period(calendar: str, key: str) -> periods.Period:
    return periods.period(calendar, key)


def last_set(what: str, row: periods.Period, unit: Unit, service: str = "") -> CountedSet:
    rows = CountedSet.objects.filter(
        what=what, period__calendar=row.calendar, period__key=row.key, unit=unit, service=service, status=None
    )
    return rows.select_related("period").latest("pk")


def observed(code: str, row: periods.Period, unit: Unit, as_of: dt.datetime | None = None) -> Any:
    key = SeriesKey(
        Indicator.objects.get(code=code).pk, Period.objects.get(calendar=row.calendar, key=row.key).pk, unit.pk
    )
    found = queries.figure(key, as_of)
    return None if found is None else found.value


def top(unit: Unit) -> Unit:
    """The highest unit above an office of the General Department of Taxation."""
    return organizations.ancestors("sector", unit, DAYS[0])[-1]


def client(person: Person) -> Client:
    made = Client()
    made.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_every_count_is_the_one_made_by_hand(desk: Desk) -> None:
    """Days as of their night, of hours within them and of later; a month so far; both offices and all above them."""
    other = organizations.unit_by_code("tax", "02", DAYS[0])
    nights = [dt.datetime.combine(day, dt.time(), clock.HANOI) + dt.timedelta(days=1) for day in DAYS]
    august = (dt.date(2020, 8, 1), dt.date(2020, 8, 31))
    moments = [*zip(DAYS, DAYS, nights, strict=True), (DAYS[0], DAYS[0], at(17, 8, 30)), (DAYS[1], DAYS[1], at(30, 1)),
               (*august, at(22, 0)), (*august, at(31, 23, 59))]  # fmt: skip
    seen = set()
    for first, last, as_of in moments:
        found = {each[:4]: each for each in sets.count(sets.Window(first, last, as_of, clock.record_now()), MEASURES)}
        expected = by_hand(first, last, as_of)
        for what in MEASURES:
            for unit, ours in ((desk.unit.pk, desk.unit.pk), (other.pk, other.pk), (top(desk.unit).pk, 0)):
                for service in ("", "vehicle_registration_fee"):
                    got = found.get((what, unit, service, None))
                    said = (0, 0, sets.EMPTY) if got is None else (got.number, got.amount or 0, got.digest)
                    assert said == expected.get((what, ours), (0, 0, sets.EMPTY)), (what, first, as_of, unit)
        seen |= {what for what, _unit in expected}
        here = [each.number for each in found.values() if each.status and each[:3] == ("open", desk.unit.pk, "")]
        assert sum(here) == expected.get(("open", desk.unit.pk), (0,))[0]
    assert set(MEASURES) - seen <= {"otherwise", "stopped"}
    for one in Dossier.objects.order_by("pk"):  # every status that was left has its stay, end to end
        stays = [(row.since, row.until) for row in Stay.objects.filter(dossier=one).order_by("pk")]
        ends = [until for _since, until in stays]
        assert [since for since, _until in stays] == [one.submitted_at, *ends][: len(stays)]
        assert one.status_since == (ends[-1] if ends else one.submitted_at)


def test_from_the_count_to_the_board(desk: Desk, django_assert_max_num_queries: Any) -> None:
    """One week, its nights, and everything that is read of them."""
    with clock.played(at(18, 8)):
        page = client(desk.leader).get(reverse("dossiers:figures")).content.decode()
    assert "Chưa có số liệu của kỳ này" in page
    revises(desk)
    adds_up(desk)
    shows(desk, django_assert_max_num_queries)
    opens_and_recomputes(desk)


def revises(desk: Desk) -> None:
    """The night's count is official; money told the day after makes a second version, and as-of keeps the first."""
    day, unit = period("day", "2020-08-18"), top(desk.unit)
    told = Capture.objects.get(value_date=DAYS[1])
    Capture.objects.filter(pk=told.pk).update(business_at=at(19, 9))
    with clock.played(at(19, 0, 10)):
        assert counting.count_due() > 0
        assert counting.count_due() == 0
    publish()
    assert observed("S.08.414", day, unit) == 0
    assert observed("S.08.401", day, unit) == 1
    with clock.played(at(20, 0, 10)):
        counting.count_due()
        batches = Batch.objects.count()
        assert counting.count_due() == 0
        assert Batch.objects.count() == batches
    publish()
    assert observed("S.08.414", day, unit) == told.amount
    assert observed("S.08.414", day, unit, at(19, 12)) == 0
    rows = Observation.objects.filter(period__key="2020-08-18", indicator__code="S.08.414", unit=unit)
    assert [row.stage for row in rows.order_by("batch")][-1] == Stage.OFFICIAL
    assert CountedSet.objects.filter(period__key="2020-08-18", what="received", unit=unit, service="").count() == 1


def adds_up(desk: Desk) -> None:
    """Days make the month; a reported indicator gets its count beside."""
    with clock.played(at(26, 0, 10)):
        counting.count_due()
    with clock.played(at(31, 12)):
        counting.count_due()
    publish()
    unit, month = top(desk.unit), period("calendar", "2020-M08")
    for what in ("received", "on_time", "late", "refused", "withdrawn", "captured", "refunded"):
        code = MEASURES[what].code
        days = [observed(code, period("day", f"2020-08-{day:02}"), unit) for day in range(17, 31)]
        assert sum(filter(None, days)) == observed(code, month, unit) > 0, what
    assert observed("S.08.410", month, unit) == observed("S.08.410", period("day", "2020-08-30"), unit) > 0
    source = counting.source()
    decree = Period.objects.get(calendar="decree09", key="2020-M09")
    key = SeriesKey(Indicator.objects.get(code="08.001").pk, decree.pk, unit.pk, source_id=source.pk)
    assert queries.figure(key).value == observed("S.08.401", month, unit)
    assert queries.authority(key.indicator_id, decree) != source
    assert Counting.objects.get(period__key="2020-08-25").as_of == at(26, 0, 8)


def opens_and_recomputes(desk: Desk) -> None:
    """The passport's evidence opens the list, for whom may read it; counted again it is equal, then tampered with."""
    day = period("day", "2020-08-24")
    row = last_set("late", day, top(desk.unit))
    key = SeriesKey(row.indicator_id, row.period_id, row.unit_id)
    said = passports.passport(key)
    [proof] = said["evidence"]
    assert (said["figure"]["value"], proof["set"]["number"], proof["set"]["digest"]) == ("1", 1, row.digest)
    assert proof["url"] == reverse("dossiers:counted", args=[row.pk])
    with clock.played(at(28, 8)):
        assert counting.count_period(by="job:test", period=queries.plain(day), as_of=at(28, 0, 8)) == 0
        [proof] = passports.passport(key)["evidence"]
    assert f"đếm lại đến {words.moment(at(28, 0, 8))}, không đổi" in proof["title"]
    assert passports.recompute(key)["verdict"] == "equal"
    share = Indicator.objects.get(code="S.08.406").pk
    rate = SeriesKey(share, row.period_id, row.unit_id)
    assert passports.passport(rate)["figure"]["text"] == "0,00"
    assert passports.recompute(rate)["verdict"] == "equal"
    with clock.played(at(26, 8)):
        page = client(desk.officer).get(reverse("dossiers:counted_list", args=[row.pk])).content.decode()
        one = Dossier.objects.get(status__in=(9, 10), finished_at__gt=at(24, 0))
        assert one.code in page
        assert Access.objects.filter(kind=Access.Kind.LIST).latest("pk").object_ids == [one.pk]
        counted = client(desk.citizen).get(proof["url"]).content.decode()
        assert row.digest in counted
        assert one.code not in counted
        assert client(desk.citizen).get(reverse("dossiers:counted_list", args=[row.pk])).status_code == 404
        far = desk.person("far", None)
        elsewhere = organizations.unit_by_code("tax", "02", DAYS[0])
        Grant.objects.create(
            person=far, role=Role.CASE_OFFICER, unit=elsewhere, validity=DateRange(dt.date(2019, 1, 1), None)
        )
        page = client(far).get(reverse("dossiers:counted_list", args=[row.pk])).content.decode()
        assert one.code not in page
        assert "Bạn được xem 0 trên 1 hồ sơ." in page
        # Re-dated behind the actions' back: the number stands, the set does not.
        Dossier.objects.filter(pk=one.pk).update(code="H01.99.99-0001")
        found = passports.recompute(key)
        assert found["verdict"] == "unequal"
        assert "mã băm" in found["differ"][0]["said"]
        page = client(desk.officer).get(reverse("dossiers:counted_list", args=[row.pk])).content.decode()
        assert "Không khớp." in page
    CountedSet.objects.filter(pk=row.pk).update(number=7)
    assert "đã bị sửa" in passports.recompute(key)["damaged"][0]["said"]


def shows(desk: Desk, django_assert_max_num_queries: Any) -> None:
    """The leader's board."""
    address = reverse("dossiers:figures")
    with clock.played(at(26, 8)):
        leader = client(desk.leader)
        assert "Chưa ai đánh giá trong kỳ này." in leader.get(address).content.decode()
        over = Dossier.objects.filter(status=Status.NOT_ACCEPTED).earliest("pk")
        elsewhere, province = desk.person("elsewhere"), organizations.unit_by_code("gso", "10", DAYS[0])
        years = DateRange(dt.date(2019, 1, 1), None)
        Grant.objects.create(person=elsewhere, role=Role.LEADER, unit=province, validity=years)
        voicing.rate(by=desk.citizen, dossier=over, grade=1, comment="Phải đi lại hai lần.")
        with django_assert_max_num_queries(60):
            page = leader.get(address).content.decode()
        assert ">50,0" in page
        assert "1 hồ sơ đúng hạn" in page
        assert '<th scope="row">Chưa hài lòng</th><td class="num">1</td>' in page
        assert "Phải đi lại hai lần." in page
        assert over.code not in page, "who handles it does not see whose words these are"
        assert "Phải đi lại hai lần." not in client(elsewhere).get(address).content.decode()
        assert "/figures/S.08.406/calendar/2020-M08/" in page
        assert client(desk.citizen).get(address).status_code == 404
        for kind in ("day", "quarter", "year"):
            assert leader.get(address, {"kind": kind, "on": "2020-08-25"}).status_code == 200
        assert leader.get(address, {"on": "x"}).status_code == 404
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM indicators_pending")
            assert cursor.fetchone() == (0,)
