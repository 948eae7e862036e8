"""The auditor's page: events in words with links, found by the names of people and units; both clocks explained."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dienhong.journal import labels
from dienhong.journal.actions import record
from dienhong.journal.models import Event
from dienhong.organizations.models import Role
from dienhong.organizations.registry import ACTIONS
from dienhong.reporting import journal_words
from dienhong.reporting.models import State
from dienhong.reporting.tests.conftest import World, person
from dienhong.reporting.tests.test_views_entry import as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(world: World) -> Client:
    for each in (world.entry, world.leader, world.clerk):
        each.display_name = {"nhap": "Nguyễn Thị Nhập", "lanh-dao": "Trần Văn Đạo", "van-thu": "Lê Thư"}[each.username]
        each.save()
        labels.set_label(each.actor, each.display_name)
    return as_(person("giam-sat", Role.AUDITOR, world.receiver_unit, subtree=True))


def table(page: Any) -> str:
    """The page without what is folded away as a detail."""
    body: str = page.content.decode()
    return re.sub(r"<details>.*?</details>", "", body[body.index("<tbody>") : body.index("</tbody>")], flags=re.DOTALL)


def test_an_event_is_said_in_words_with_its_report(auditor: Client, world: World) -> None:
    version = world.sent()
    shown = table(auditor.get(reverse("reporting:journal")))
    assert "duyệt báo cáo" in shown
    assert "Trần Văn Đạo" in shown
    assert f"{State.SUBMITTED.label} → {State.APPROVED.label}" in shown
    assert f'<a href="{reverse("reporting:duty", args=[version.submission.duty_id])}">RR22, ' in shown
    assert "Lào Cai, bản 1" in shown
    for raw in ("reporting.", "person:", f"version {version.pk}", "30 → 40", "organizations."):
        assert raw not in shown, raw


def test_people_are_found_by_name(auditor: Client, world: World) -> None:
    world.sent()
    ends = {"who": "tran dao", "since": "0001-01-01", "until": "9999-12-31"}
    page = auditor.get(reverse("reporting:journal"), ends)
    assert {one["row"].event.actor for one in page.context["rows"]} == {world.leader.actor}
    said = auditor.get(reverse("reporting:journal"), {"who": "khong ai ten vay"}).content.decode()
    assert "Không có ai tên như vậy." in said
    assert "<tbody>" not in said


def test_a_name_of_the_past_still_finds(auditor: Client, world: World) -> None:
    world.sent()
    world.leader.display_name = "Tên Mới"
    world.leader.save()
    for name in ("tên mới", "trần văn đạo"):
        page = auditor.get(reverse("reporting:journal"), {"who": name})
        assert {one["row"].event.actor for one in page.context["rows"]} == {world.leader.actor}, name


def test_units_are_found_by_name(auditor: Client, world: World) -> None:
    world.sent()
    page = auditor.get(reverse("reporting:journal"), {"unit": "lao cai"})
    assert page.context["rows"]
    assert {one["row"].event.unit_id for one in page.context["rows"]} == {str(world.unit.pk)}
    assert not auditor.get(reverse("reporting:journal"), {"unit": "ha giang"}).context["rows"]
    assert "Không có đơn vị nào" in auditor.get(reverse("reporting:journal"), {"unit": "zzz"}).content.decode()


def test_one_object_and_back_to_all(auditor: Client, world: World) -> None:
    version = world.sent()
    one = {"object_kind": "version", "object_id": str(version.pk)}
    page = auditor.get(reverse("reporting:journal"), one)
    found = {(row["row"].event.object_kind, row["row"].event.object_id) for row in page.context["rows"]}
    assert found == {("version", str(version.pk))}
    assert "Bỏ điều kiện này" in page.content.decode()


@pytest.mark.parametrize(
    "kind", ["assignment", "directive", "watch_difference", "alert", "board", "dossier", "new_kind"]
)
def test_what_happened_to_a_thing_of_any_room_can_be_called_up(auditor: Client, world: World, kind: str) -> None:
    record(by=f"person:{world.entry.pk}", verb="centre.cue_given", object_kind=kind, object_id="19")
    asked = {"object_kind": kind, "object_id": "19", "verb": "centre.cue_given"}
    page = auditor.get(reverse("reporting:journal"), asked)
    assert [row["row"].event.object_kind for row in page.context["rows"]] == [kind]
    assert "Không có lựa chọn" not in page.content.decode()
    strange = auditor.get(reverse("reporting:journal"), {"object_kind": "<b>; DROP"})
    assert "Không có lựa chọn" in strange.content.decode()


def test_every_verb_and_kind_in_the_code_has_words() -> None:
    """A verb that a room forgot to say in words could not be chosen on the auditor's page."""
    verbs, kinds = set(), set()
    for file in Path(journal_words.__file__).parents[1].rglob("*.py"):
        if not {"tests", "migrations"} & set(file.parts):
            text = file.read_text(encoding="utf-8")
            verbs |= set(re.findall(r'\bverb="([a-z_.]+)"', text))
            kinds |= set(re.findall(r'\bobject_kind="([a-z_]+)"', text))
    assert len(verbs) > 40
    assert verbs - set(journal_words.verbs()) == set()
    assert kinds - set(journal_words.kinds()) == set()


def test_both_clocks_are_explained_in_the_demo_only(auditor: Client, world: World, settings: Any) -> None:
    world.sent()
    page = auditor.get(reverse("reporting:journal")).content.decode()
    assert "Đồng hồ nghiệp vụ" in page
    assert "24/06/2020" in page
    assert "giờ máy, là lúc việc được làm thật" in page
    settings.DEMO = False
    page = auditor.get(reverse("reporting:journal")).content.decode()
    assert "Đồng hồ nghiệp vụ" not in page


def test_every_verb_that_was_written_has_words(world: World) -> None:
    world.sent()
    used = set(Event.objects.values_list("verb", flat=True)) | {f"reporting.{one.name.lower()}" for one in State}
    assert used <= set(journal_words.VERBS)
    kinds = set(Event.objects.values_list("object_kind", flat=True))
    assert kinds <= set(journal_words.KINDS)
    # An action of organizations or notices is its own verb.
    plain = {name for name in ACTIONS if name.startswith("notices.")} - {"notices.notify"}
    assert plain <= set(journal_words.VERBS)


def test_what_is_unknown_is_shown_as_it_stands(auditor: Client, world: World) -> None:
    assert (journal_words.verb("x.y"), journal_words.kind("z"), journal_words.state("open")) == ("x.y", "z", "open")
    assert journal_words.state("refused") == "không nhận, chưa ghi gì"
    assert "xóa tên" in journal_words.actor("person:9", "")
    assert "chưa được ghi tên" in journal_words.actor("person:9", "", committed=False)
    assert "demo" in journal_words.actor("job:demo", "")
