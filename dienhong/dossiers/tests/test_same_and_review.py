"""One vehicle in two dossiers, and amounts that an officer looks at before a paper is signed over them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dienhong.base import clock
from dienhong.dossiers import computing, money, papers
from dienhong.dossiers.actions import answering, deciding
from dienhong.dossiers.models import Dossier, Place, Status
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.tests.desk import FADIL, NOON, Desk, capture
from dienhong.exchange import queries as exchange
from dienhong.exchange.answers import Answer, State
from dienhong.journal.models import Event

CHASSIS = FADIL["chassis_no"]
EXEMPT = {"asks_exemption": True, "exemption": "reorganisation", "all_founders_replaced": False}
USED = {
    "condition": "used", "history": "unknown", "slip_no": None, "slip_status": None, "vehicle_register.state": None,
    "year_made": None, "year_first_used": 2019, "confiscated": False, "invoice_price": 400_000_000,
    **dict.fromkeys(("seller_tax_code", "invoice_form", "invoice_symbol", "invoice_number", "invoice_status")),
    "tax_invoices.state": None,
}  # fmt: skip


@pytest.fixture
def desk(ground_database: None, settings: Any) -> Iterator[Desk]:
    settings.DEMO = True
    with clock.played(NOON):
        yield Desk()


def act(desk: Desk, who: str, dossier: Dossier, name: str, element: str, **typed: str) -> Any:
    client = Client()
    client.force_login(getattr(desk, who), backend="django.contrib.auth.backends.ModelBackend")
    place = Place.objects.get(dossier=dossier, element=element)
    address = reverse("dossiers:act", args=[dossier.pk, name])
    return client.post(address, {"place": place.pk, "sequence": place.sequence, **typed}, follow=True)


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("version", "unit").get(pk=dossier.pk)


def answered(dossier: Dossier) -> None:
    persist.step(fresh(dossier), message("register_answered", "x"), by="job:test", facts={"register_match": True})


def waits(dossier: Dossier) -> set[str]:
    return set(dossier.places.exclude(role="").values_list("element", flat=True))


def test_one_vehicle_twice_is_shown_decided_and_never_computed_alone(desk: Desk) -> None:
    first = desk.filed(chassis_no=CHASSIS)
    act(desk, "clerk", first, "accept", "accept_check")
    answered(first)
    capture(money.standing(fresh(first)))
    assert fresh(first).status == Status.DONE
    second = desk.filed(chassis_no=CHASSIS, taxpayer_name="Trần Thị Mẫu")
    page = act(desk, "clerk", second, "accept", "accept_check")
    assert page.status_code == 422
    said = page.content.decode()
    assert reverse("dossiers:case", args=[first.pk]) in said, "the finished one stands there with a link"
    assert "Vì sao vẫn tiếp nhận" in said
    assert act(desk, "clerk", second, "accept", "accept_check", again="redeclared").status_code == 422, "no reason"
    typed = {"again": "redeclared", "reason": "Tờ khai trước ghi sai chủ xe."}
    assert act(desk, "clerk", second, "accept", "accept_check", **typed).status_code == 200
    kept = Event.objects.filter(verb="dossiers.decide", object_id=str(second.pk)).latest("pk")
    assert (kept.data["again"], kept.reason) == ("redeclared", typed["reason"])
    answered(second)
    assert waits(second) == {"fix_base"}
    assert not money.of(second).exists()
    page = act(desk, "officer", second, "decide", "fix_base", outcome="computed")
    assert page.status_code == 200
    assert fresh(second).status == Status.TO_PAY
    assert str(first.pk) not in {each.owner_id for each in money.of(second)}


def test_who_filed_first_is_not_held_up_by_who_came_later(desk: Desk) -> None:
    first, second = desk.filed(chassis_no=CHASSIS), desk.filed(chassis_no=CHASSIS)
    page = act(desk, "clerk", first, "accept", "accept_check")
    assert page.status_code == 200
    assert reverse("dossiers:case", args=[second.pk]) in page.content.decode(), "it is warned of all the same"


def test_an_exemption_is_an_officers_to_grant(desk: Desk) -> None:
    dossier = desk.filed("exemption_proof", **EXEMPT)
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    answered(dossier)
    assert waits(dossier) == {"fix_base"}
    assert [each.kind for each in papers.papers_of(dossier)] == ["receipt"], "nothing about money is signed yet"
    page = act(desk, "officer", dossier, "decide", "fix_base", outcome="computed")
    assert (page.status_code, "Chọn “Xét miễn”." in page.content.decode()) == (422, True)
    refused = {"outcome": "computed", "ask.entitled": "no", "reason": "Giấy tờ trống."}
    assert act(desk, "officer", dossier, "decide", "fix_base", **{**refused, "reason": ""}).status_code == 422
    act(desk, "officer", dossier, "decide", "fix_base", **refused)
    assert fresh(dossier).status == Status.TO_PAY
    assert computing.latest(dossier).amount == 32_940_000
    granted = desk.filed("exemption_proof", **EXEMPT)
    deciding.accept(by=desk.clerk, place=desk.place(granted, "accept_check"))
    answered(granted)
    act(desk, "officer", granted, "decide", "fix_base", outcome="computed", **{"ask.entitled": "yes"})
    assert fresh(granted).status == Status.DONE
    assert computing.latest(granted).by == desk.officer


@pytest.mark.parametrize(
    ("papers_in", "changes", "typed", "amount"),
    [
        (
            "exemption_proof",
            {**EXEMPT, "all_founders_replaced": True},
            {"ask.entitled": "no", "reason": "Đổi hết."},
            32_940_000,
        ),
        ("invoice_copy", USED, {"ask.year_made": "2019"}, None),
    ],
    ids=["exemption falls away", "year made"],
)
def test_what_the_rules_lacked_can_be_given(
    desk: Desk, papers_in: str, changes: dict[str, Any], typed: dict[str, str], amount: int | None
) -> None:
    dossier = desk.filed(papers_in, **changes)
    assert computing.latest(dossier).amount is None
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    answered(dossier)
    page = act(desk, "officer", dossier, "decide", "fix_base", outcome="computed", **typed)
    assert page.status_code == 200, re.findall(r'role="alert">(.*?)</div>', page.content.decode(), re.DOTALL)
    found = computing.latest(dossier)
    assert found.amount
    assert amount in (None, found.amount)
    assert fresh(dossier).status == Status.TO_PAY


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (Answer(State.MISMATCH, mismatch=("engine_no",)), ["<td>MAUENG0001</td><td>khác với điều đã khai <span"]),
        (
            Answer(State.FOUND, {"engine_no": "MAUENG0002", "registered": True}),
            ["<td>MAUENG0001</td><td>MAUENG0002 <span", "Đã đăng ký</th><td>–</td><td>có</td>"],
        ),
        (Answer(State.DOWN), ["<td>MAUENG0001</td><td>không trả lời</td>"]),
        (Answer(State.MISSING), ["<td>MAUENG0001</td><td>không có dữ liệu</td>"]),
    ],
    ids=["mismatch", "found", "down", "missing"],
)
def test_what_was_declared_stands_beside_what_the_register_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: Answer, shown: list[str]
) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    persist.step(fresh(dossier), message("register_answered", "x"), by="job:test", facts={"register_match": False})
    monkeypatch.setattr(exchange, "answer", lambda uid: answer)
    client = Client()
    client.force_login(desk.officer, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("dossiers:case", args=[dossier.pk])).content.decode()
    assert [each for each in shown if each not in page] == []


def test_papers_say_how_much_why_until_when_and_what_was_handed_in(desk: Desk) -> None:
    dossier = desk.filed("other_papers", "other_papers")
    day = deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=[deciding.Missing("Hóa đơn", "Mờ.")]).limit_on
    answering.supplement(by=desk.citizen, dossier=fresh(dossier), data={**FADIL, "invoice_number": "0000002"})
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    answered(dossier)
    capture(money.standing(fresh(dossier)))
    told = {each.kind: each.data for each in papers.papers_of(dossier)}
    assert told["supplement"]["answer_by"] == f"{day:%d/%m/%Y}"
    assert told["receipt"]["papers"] == [{"name": "Giấy tờ khác", "copies": 2}]
    paper = told["fee_confirmation"]
    assert [row["value"] for row in paper["steps"]] == ["549.000.000", "× 12 %", "× 50 %", "32.940.000 đ"]
    assert all("Điều" in row["law"] for row in paper["steps"][:3])
    assert paper["law"]
    assert not [each for each in paper["law"] if each.startswith("Chưa thấy")], "a remark is no law"
