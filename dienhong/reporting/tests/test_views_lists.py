"""Duties, leader's page and receiver's board over HTTP: what they show, what is done with several at once, queries."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from dienhong.base import brief, clock
from dienhong.base.numbers import Empty
from dienhong.organizations.models import Role
from dienhong.reporting import actions, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.models import CheckResult, Duty, Exemption, Extension, State, Version
from dienhong.reporting.states import state_of
from dienhong.reporting.tests.conftest import World, person
from dienhong.reporting.tests.test_views_entry import as_

pytestmark = pytest.mark.django_db
BOARD = ["RR22", "decree09", "2020-Q2"]
LATE = dt.datetime(2020, 6, 29, 10, 0, tzinfo=clock.HANOI)


def submitted(world: World, **changes: str) -> Version:
    version = world.filled(**changes)
    actions.submit(by=world.entry, version=version)
    return version


def seen(page: str, version: Version) -> dict[str, str]:
    [digest] = re.findall(f'name="seen-{version.pk}" value="([0-9a-f]+)"', page)
    return {f"seen-{version.pk}": digest}


def test_duties_are_grouped_by_due(world: World) -> None:
    page = as_(world.entry).get(reverse("reporting:duties"))
    assert [key for _title, key, _rows in page.context["groups"]] == ["soon"]
    with clock.played(LATE):
        page = as_(world.entry).get(reverse("reporting:duties"))
        assert [key for _title, key, _rows in page.context["groups"]] == ["overdue"]
    world.sent()
    page = as_(world.entry).get(reverse("reporting:duties"))
    assert (page.context["groups"], len(page.context["done"])) == ([], 1)


def test_a_long_list_has_pages(world: World) -> None:
    office = person("ca-nuoc", Role.ENTRY_OFFICER, world.unit)
    for duty in Duty.objects.all():
        person(f"n{duty.pk}", Role.LEADER, duty.unit)
    from psycopg.types.range import DateRange

    from dienhong.organizations.models import Grant

    for duty in Duty.objects.exclude(unit=world.unit):
        Grant.objects.create(
            person=office, role=Role.ENTRY_OFFICER, unit=duty.unit, validity=DateRange(dt.date(2019, 1, 1), None)
        )
    first = as_(office).get(reverse("reporting:duties"))
    assert sum(len(rows) for _t, _k, rows in first.context["groups"]) == 40
    second = as_(office).get(reverse("reporting:duties") + "?todo=2")
    assert sum(len(rows) for _t, _k, rows in second.context["groups"]) == 23
    assert as_(office).get(reverse("reporting:duties") + "?todo=x&page=-3").status_code == 200


def test_the_leader_approves_what_was_seen(world: World) -> None:
    version = submitted(world)
    leader = as_(world.leader)
    page = leader.get(reverse("reporting:sign")).content.decode()
    actions.send_back(by=world.leader, version=version, reason="Xem lại tồn kỳ trước")
    actions.save_cells(by=world.entry, version=version, typed={"r4.2": Typed("0")})
    actions.submit(by=world.entry, version=version)
    body = {"version": version.pk, **seen(page, version)}
    said = leader.post(reverse("reporting:approve_chosen"), body, follow=True).content.decode()
    assert "đã đổi sau khi trang này được mở" in said
    assert state_of(version) == State.SUBMITTED
    page = leader.get(reverse("reporting:sign")).content.decode()
    leader.post(reverse("reporting:approve_chosen"), {"only": version.pk, **seen(page, version)})
    assert state_of(version) == State.APPROVED


def test_no_digest_no_approval(world: World) -> None:
    version = submitted(world)
    for body in ({}, {"version": "x"}, {"version": "9" * 40}, {"version": version.pk}, {"only": version.pk}):
        assert as_(world.leader).post(reverse("reporting:approve_chosen"), body).status_code == 302
    assert state_of(version) == State.SUBMITTED


def test_a_failure_among_several_is_named_and_the_others_stand(world: World) -> None:
    mine, other = submitted(world), world.duty("01")
    leader = person("hai-tinh", Role.LEADER, world.unit)
    entry = person("nhap-hn", Role.ENTRY_OFFICER, other.unit)
    from psycopg.types.range import DateRange

    from dienhong.organizations.models import Grant

    Grant.objects.create(
        person=leader, role=Role.LEADER, unit=other.unit, validity=DateRange(dt.date(2019, 1, 1), None)
    )
    second = actions.start_entry(by=entry, duty=other)
    texts = {"r1": "594", "r2.1": "4112", "r2.2": "8792", "r3.1": "11881", "r3.2": "1205", "r4.1": "412", "r4.2": "-"}
    actions.save_cells(by=entry, version=second, typed={key: Typed(text) for key, text in texts.items()})
    actions.submit(by=entry, version=second)
    page = as_(leader).get(reverse("reporting:sign")).content.decode()
    body = {"version": [mine.pk, second.pk], **seen(page, mine), f"seen-{second.pk}": "0" * 64}
    said = as_(leader).post(reverse("reporting:approve_chosen"), body, follow=True).content.decode()
    assert "Đã duyệt. Văn thư có thể gửi." in said
    assert "Số liệu đã đổi" in said
    assert (state_of(mine), state_of(second)) == (State.APPROVED, State.SUBMITTED)


def test_what_changed_since_the_last_approval_is_shown_cell_by_cell(world: World) -> None:
    sent = world.sent()
    actions.correct(by=world.entry, version=sent, reason="Sót hồ sơ trực tuyến")
    version = sent.submission.versions.latest("number")
    texts = {"r2.1": "4122", "r3.1": "11891"}
    actions.save_cells(by=world.entry, version=version, typed={key: Typed(text) for key, text in texts.items()})
    actions.submit(by=world.entry, version=version)
    [one] = as_(world.leader).get(reverse("reporting:sign")).context["listed"]
    changed = {row["cell"].key: (row["before"], row["now"]) for row in one["changed"]}
    assert changed == {
        "r2": ("12.904", "12.914"),
        "r2.1": ("4.112", "4.122"),
        "r3": ("13.086", "13.096"),
        "r3.1": ("11.881", "11.891"),
    }


def test_one_version_approved_sent_back_and_mended_shows_its_change(world: World) -> None:
    version = submitted(world)
    actions.approve(by=world.leader, version=version)
    from dienhong.reporting.models import Approval, Edit, StateChange

    # Edits of one transaction share a moment: set the approval apart as it would be.
    moment = clock.record_now()
    Edit.objects.filter(version=version).update(at=moment - dt.timedelta(hours=2))
    StateChange.objects.filter(approval__in=Approval.objects.all()).update(at=moment - dt.timedelta(hours=1))
    actions.send_back(by=world.leader, version=version, reason="Xem lại quá hạn")
    actions.save_cells(by=world.entry, version=version, typed={"r4.2": Typed("0")})
    actions.submit(by=world.entry, version=version)
    [one] = as_(world.leader).get(reverse("reporting:sign")).context["listed"]
    assert [(row["cell"].key, row["before"], row["now"]) for row in one["changed"]] == [
        ("r4.2", "không phát sinh", "0")
    ]


def test_late_units_stand_on_the_leaders_page(world: World) -> None:
    with clock.played(LATE):
        page = as_(world.leader).get(reverse("reporting:sign"))
    assert [one["words"].duty.unit for one in page.context["late"]] == [world.unit]


def test_the_receiver_receives_extends_and_exempts_several(world: World) -> None:
    version, receiver = world.sent(), as_(world.receiver)
    act = reverse("reporting:board_act", args=BOARD)
    said = receiver.post(act, {"verb": "receive", "duty": [world.duty().pk, world.duty("01").pk]}, follow=True)
    assert state_of(version) == State.RECEIVED
    assert "Đã tiếp nhận 1 báo cáo." in said.content.decode()
    assert "Hà Nội: Chưa có báo cáo để tiếp nhận." in said.content.decode()
    duties = [world.duty("01").pk, world.duty("02").pk]
    receiver.post(act, {"verb": "extend", "duty": duties, "due": "30/06/2020 17:00", "reason": "Mưa lũ"})
    assert set(Extension.objects.values_list("duty", flat=True)) == set(duties)
    assert {row.due_at for row in Extension.objects.all()} == {dt.datetime(2020, 6, 30, 17, 0, tzinfo=clock.HANOI)}
    receiver.post(act, {"verb": "exempt", "duty": duties[:1], "reason": "Không có thủ tục nào"})
    assert Exemption.objects.get().duty_id == duties[0]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verb": "receive"},
        {"verb": "extend", "duty": "x", "due": "x"},
        {"verb": "receive", "duty": "9" * 40},
        {"verb": "nix", "duty": "1"},
        {"verb": "extend", "duty": "1", "due": "9999-99-99", "reason": "\x00"},
    ],
)
def test_bad_input_on_the_board_changes_nothing(world: World, body: Any) -> None:
    answer = as_(world.receiver).post(reverse("reporting:board_act", args=BOARD), body)
    assert answer.status_code in (302, 404, 422)
    assert not Extension.objects.exists()


def test_only_the_receiver_acts_on_the_board(world: World) -> None:
    act = reverse("reporting:board_act", args=BOARD)
    page = as_(world.entry).get(reverse("reporting:board", args=BOARD))
    assert page.status_code == 200
    assert 'name="verb"' not in page.content.decode()
    as_(world.entry).post(act, {"verb": "exempt", "duty": world.duty().pk, "reason": "Tự miễn cho mình"})
    assert not Exemption.objects.exists()


def test_the_board_names_the_late_and_the_missing_with_their_days(world: World) -> None:
    with clock.played(LATE):
        world.sent()
        page = as_(world.receiver).get(reverse("reporting:board", args=BOARD))
        groups = {key: rows for _t, key, rows in page.context["groups"]}
        assert [(row["words"].unit, row["days"]) for row in groups["late"]] == [("Tỉnh Lào Cai", 2)]
        assert {row["words"].working_days for row in groups["missing"]} == {-2}
        page = as_(world.receiver).get(reverse("reporting:board", args=BOARD) + "?show=missing&q=ha noi")
        [(_title, key, rows)] = page.context["groups"]
        assert (key, [row["words"].unit for row in rows]) == ("missing", ["Thành phố Hà Nội"])
        assert as_(world.receiver).get(reverse("reporting:board", args=BOARD) + "?show=nix&q=%20").status_code == 200


def test_a_return_goes_to_the_cells(world: World) -> None:
    version = world.sent()
    url = reverse("reporting:give_back", args=[version.pk])
    receiver = as_(world.receiver)
    refused = receiver.post(url, {"reason": "x", "cell": ["r1"]})
    assert (refused.status_code, state_of(version)) == (422, State.SENT)
    receiver.post(
        url, {"reason": "Lệch với Cổng dịch vụ công", "cell": ["r2.1", "nix\x00"], "why-r2.1": "Cổng đếm 4.120"}
    )
    assert state_of(version) == State.RETURNED
    returned = version.states.get(state=State.RETURNED).returned
    assert [(cell.cell.key, cell.reason) for cell in returned.cells.all()] == [("r2.1", "Cổng đếm 4.120")]
    assert as_(world.entry).get(url).status_code == 403


QUERIES = {"duties": 13, "sign": 9, "regimes": 10, "board": 16}


@pytest.mark.parametrize("name", QUERIES)
def test_lists_ask_a_pinned_number_of_queries(world: World, name: str, django_assert_num_queries: Any) -> None:
    who = world.receiver if name == "board" else world.leader
    client, url = as_(who), reverse(f"reporting:{name}", args=BOARD if name == "board" else [])
    client.get(url)
    clock.reset_cache()  # what is kept for a second or two: a slow machine would ask more than a fast one
    brief.forget()
    with django_assert_num_queries(QUERIES[name]):
        assert client.get(url).status_code == 200


def test_checks_that_hold_are_read_in_words(world: World) -> None:
    world.sent()
    page = as_(world.leader).get(reverse("reporting:duty", args=[world.duty().pk])).content.decode()
    assert "[r1] + [r2]" not in page
    assert "Tồn từ kỳ trước + Tiếp nhận trong kỳ bằng Đã giải quyết + Đang giải quyết" in page


def test_each_figure_stands_beside_its_past_and_its_change(world: World) -> None:
    sent = world.sent()
    actions.correct(by=world.entry, version=sent, reason="Sót hồ sơ trực tuyến")
    version = sent.submission.versions.latest("number")
    texts = {"r2.1": "4122", "r3.1": "11891"}
    actions.save_cells(by=world.entry, version=version, typed={key: Typed(text) for key, text in texts.items()})
    actions.submit(by=world.entry, version=version)
    page = as_(world.leader).get(reverse("reporting:sign"))
    rows = {row["cell"].key: row for row in page.context["listed"][0]["rows"]}
    assert {key for key, row in rows.items() if row["changed"]} == {"r2", "r2.1", "r3", "r3.1"}
    assert (rows["r2"]["level"], rows["r2.1"]["level"]) == (0, 1)
    assert "Quý II/2019" in page.content.decode()


def test_every_ring_of_a_report_that_was_sent_is_a_door(world: World) -> None:
    version = world.sent()
    page = as_(world.entry).get(reverse("reporting:duty", args=[version.submission.duty_id])).content.decode()
    rings = re.findall(r'<a class="door" href="(/figures/[^"]+)" aria-label="Hộ chiếu: [^"]+"', page)
    assert len(rings) == len(set(rings)) == 10 == page.count('<svg class="ring" viewBox="0 0 64 64"')


def test_nothing_arose_is_said_in_words_to_the_leader() -> None:
    from decimal import Decimal

    from dienhong.reporting.figures import Figure
    from dienhong.reporting.models import FormCell
    from dienhong.reporting.views.signing import _row

    cell = FormCell(key="r4.2", row="r4.2", kind="number")
    now, before = Figure(typed="-", empty=Empty.NOTHING_AROSE), Figure(value=Decimal(34), empty=Empty.NONE)
    row = _row({"cell": cell, "now": now, "prev": before, "year_before": None}, {"r4.2": "Quá hạn (4.2)"}, set())
    assert (row["label"], row["from"], row["became"]) == ("Quá hạn (4.2)", "34", "không phát sinh")


def test_how_far_a_figure_moved() -> None:
    from decimal import Decimal

    from dienhong.reporting.figures import BLANK
    from dienhong.reporting.views.signing import _moved

    def of(value: str) -> Any:
        return replace(BLANK, value=Decimal(value))

    assert _moved(of("120"), of("100")) == Decimal("20.0")
    assert _moved(of("-50"), of("-100")) == Decimal("50.0")
    assert _moved(of("1"), of("0")) is None
    assert _moved(of("1"), BLANK) is None
    assert _moved(None, of("1")) is None


def test_warnings_are_approved_by_whoever_says_they_were_read(world: World, monkeypatch: Any) -> None:
    version = submitted(world)
    page = as_(world.leader).get(reverse("reporting:sign")).content.decode()
    assert f"warned-{version.pk}" not in page
    judged = review.judge(version)
    found = [
        replace(one, outcome=CheckResult.Outcome.FAILED, sentences={"vi": "Tăng", "en": "Up"})
        for one in judged.findings
        if one.rule.severity == "warning"
    ]
    assert found
    assert found[0].asks
    monkeypatch.setattr(review, "judge", lambda _version: replace(judged, findings=found[:1]))
    cell = next(one for one in judged.cells if one.key == found[0].cells[0])
    named = f'<li class="warn"><b>{cell.address}, {cell.label_vi}</b>: Tăng'  # the sentence names no row itself
    assert named in as_(world.leader).get(reverse("reporting:sign")).content.decode()
    assert named in as_(world.leader).get(reverse("reporting:duty", args=[version.submission.duty_id])).content.decode()
    body = {"only": version.pk, **seen(page, version)}
    said = as_(world.leader).post(reverse("reporting:approve_chosen"), body, follow=True).content.decode()
    assert "có 1 cảnh báo" in said
    assert state_of(version) == State.SUBMITTED
    as_(world.leader).post(reverse("reporting:approve_chosen"), {**body, f"warned-{version.pk}": "1"})
    assert state_of(version) == State.APPROVED
