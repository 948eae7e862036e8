"""Where a leader approves: what is asked first, what a long form leaves out, and who is not offered it."""

import pytest
from django.urls import reverse
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.organizations.models import Grant, Role
from dienhong.reporting import actions, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.canonical import content_digest
from dienhong.reporting.models import State, Version
from dienhong.reporting.states import state_of
from dienhong.reporting.tests.conftest import FIGURES, LATER, World
from dienhong.reporting.tests.test_views_entry import as_
from dienhong.reporting.views import signing

pytestmark = pytest.mark.django_db


def test_over_warnings_the_duty_page_asks_the_leader_to_say_they_were_read(world: World) -> None:
    world.sent()
    version = world.next_quarter()
    with clock.played(LATER):
        typed = {key: Typed(text) for key, text in (FIGURES | {"r1": "595", "r4.1": "413"}).items()}
        actions.save_cells(by=world.entry, version=version, typed=typed)
        for found in review.judge(version).findings:
            if found.asks:
                actions.explain(by=world.entry, version=version, rule=found.rule, text="Sót một hồ sơ cũ.")
        actions.submit(by=world.entry, version=version)
        url, approve = (
            reverse("reporting:duty", args=[version.submission.duty_id]),
            reverse("reporting:act", args=[version.pk, "approve"]),
        )
        leader = as_(world.leader)
        page = leader.get(url).content.decode()
        assert "Tồn từ kỳ trước là 595" in page
        assert 'name="warned"' in page
        assert "Sót một hồ sơ cũ." in page
        said = leader.post(approve, follow=True).content.decode()
        assert "cảnh báo. Đọc giải trình rồi đánh dấu" in said
        assert state_of(version) == State.SUBMITTED
        leader.post(approve, {"warned": "1", "seen": "other"})
        assert state_of(version) == State.SUBMITTED, "the page showed something else"
        leader.post(approve, {"warned": "1", "seen": content_digest(version)})
    assert state_of(version) == State.APPROVED


def test_who_entered_a_report_is_not_offered_to_approve_it(world: World) -> None:
    Grant.objects.create(person=world.entry, role=Role.LEADER, unit=world.unit, validity=DateRange(None, None))
    version = world.filled()
    actions.submit(by=world.entry, version=version)
    pages = [reverse("reporting:duty", args=[version.submission.duty_id]), reverse("reporting:sign")]
    act = reverse("reporting:act", args=[version.pk, "approve"])
    own, other = ([as_(who).get(page).content.decode() for page in pages] for who in (world.entry, world.leader))
    assert act not in own[0]
    assert f'value="{version.pk}"' not in own[1]
    assert act in other[0]
    assert f'value="{version.pk}"' in other[1]


def test_a_long_form_leaves_out_what_says_nothing_where_it_is_signed(
    plan: tuple[World, Version], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, version = plan
    monkeypatch.setattr(signing, "LONG", 20)
    before = signing._waiting(version, None)
    dashes = [row for row in before["rows"] if row["became"] == "không phát sinh"]
    assert len(dashes) > 5, "that nothing arose is said"
    keys = version.regime_version.cells.filter(kind="number").values_list("key", flat=True)[:3]
    actions.save_cells(by=world.entry, version=version, typed=dict(zip(keys, map(Typed, ("", "…", "7")), strict=True)))
    now = signing._waiting(version, None)
    assert now["left_out"] >= before["left_out"] + 2, "blank and unknown"
    assert {keys[0], keys[1]}.isdisjoint(row["cell"].key for row in now["rows"])


def test_names_and_reasons_on_a_batchs_page_bear_their_language(world: World) -> None:
    version = world.sent()
    newer = actions.correct(by=world.entry, version=version, reason="Đếm thiếu một cửa ở ba xã")
    actions.submit(by=world.entry, version=newer)
    actions.approve(by=world.leader, version=newer)
    actions.send(by=world.clerk, version=newer)
    newer.refresh_from_db()
    desk = as_(world.receiver)
    desk.cookies["django_language"] = "en"
    page = desk.get(f"/batches/{newer.batch_id}/").content.decode()
    assert '<span lang="vi">Đếm thiếu một cửa ở ba xã</span>' in page
    assert "<small>Đếm thiếu" not in page
