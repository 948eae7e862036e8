"""The grid over HTTP: who may, what it answers; bad input is a sentence, never a 500, with nothing half-saved."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.journal.models import Event
from dienhong.organizations.models import Person, Role
from dienhong.reporting import actions, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.models import CellComment, Edit, State, Version
from dienhong.reporting.states import state_of
from dienhong.reporting.tests.conftest import World, person
from dienhong.reporting.tests.excel_files import filled
from dienhong.reporting.views.shared import in_sentence

pytestmark = pytest.mark.django_db


def as_(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def post(who: Person, version: Version, name: str, body: Any) -> Any:
    raw = body if isinstance(body, str | bytes) else json.dumps(body)
    url = reverse(f"reporting:{name}", args=[version.pk])
    return as_(who).post(url, raw, content_type="application/json", headers={"Accept": "application/json"})


def cells(**texts: str) -> dict[str, Any]:
    return {"cells": {key.replace("_", "."): {"text": text, "seen": 0} for key, text in texts.items()}}


def test_a_save_answers_with_the_picture(world: World) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    answer = post(world.entry, version, "save", cells(r2_1="4112", r2_2="8792", r1="1.234")).json()
    assert answer["cells"]["r2"]["shown"] == "12.904"
    assert [fault["code"] for fault in answer["faults"]] == ["ambiguous"]
    assert answer["cells"]["r1"]["typed"] == "1.234", "what was not understood is kept as typed"
    assert answer["mark"][0] == Edit.objects.filter(version=version).latest("pk").pk


@pytest.mark.parametrize(("convention", "value"), [("dot_thousands", "1234"), ("dot_decimal", None)])
def test_the_answer_to_one_question_is_applied_to_the_block(world: World, convention: str, value: str | None) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    answer = post(world.entry, version, "save", {**cells(r1="1.234"), "convention": convention}).json()
    assert answer["cells"]["r1"]["value"] == value, "1,234 dossiers is no whole number"


def test_a_page_reads_numbers_as_it_writes_them(plan: tuple[World, Version]) -> None:
    world, version = plan
    key = version.regime_version.cells.filter(kind="number", decimals__gte=1).values_list("key", flat=True)[0]
    url = reverse("reporting:save", args=[version.pk])
    desk = as_(world.entry)

    def typed(text: str, lang: str) -> Any:
        desk.cookies["django_language"] = lang
        seen = Edit.objects.filter(version=version, cell__key=key).latest("pk").pk
        body = {"cells": {key: {"text": text, "seen": seen}}}
        answer = desk.post(
            url, json.dumps(body), content_type="application/json", headers={"Accept": "application/json"}
        )
        said = answer.json()
        return said["cells"][key]["shown"], [one["sentence"] for one in said["faults"] if one["where"] == key]

    assert typed("6.9", "en") == ("6.9", [])
    assert typed("1,234.5", "en") == ("1,234.5", [])
    assert typed("38,2", "vi") == ("38,2", [])
    shown, [sentence] = typed("41,7", "en")
    assert (shown, "41.7" in sentence) == ("41,7", True)
    assert typed("6,9", "vi")[1] == []


GARBAGE = [
    " ",
    "{",
    "null",
    "[]",
    '"x"',
    '{"cells": []}',
    '{"cells": {"r1": 5}}',
    '{"cells": {"r1": {"text": 5}}}',
    '{"cells": {"r1": {"text": "5", "seen": 1e400}}}',
    '{"cells": {"r1": {"text": "5", "seen": NaN}}}',
    '{"cells": {"r1": {"text": "5", "seen": "x"}}}',
    '{"cells": {"r1": {"text": "5"}}, "by": "x"}',
    "[" * 100_000,
    b"\xff\xfe",
    json.dumps({"cells": {f"k{n}": {"text": "1"} for n in range(2001)}}),
    json.dumps({"cells": {"r1": {"text": "1"}, "r2.1": {"text": "9" * 2001}}}),
]


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_a_sentence_and_saves_nothing(world: World, body: Any) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    answer = post(world.entry, version, "save", body)
    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 10
    assert not Edit.objects.filter(version=version).exists()


@pytest.mark.parametrize(
    "text", ["\x00", "12\x0034", "\ud800", "1e400", "NaN", "=1+1", "#REF!", "٣", "9" * 2000, "<script>"]
)
def test_strange_text_is_kept_and_said_or_blank(world: World, text: str) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    answer = post(world.entry, version, "save", cells(r1=text))
    assert answer.status_code == 200
    page = as_(world.entry).get(reverse("reporting:entry", args=[world.duty().pk]))
    assert page.status_code == 200
    assert b"<script>alert" not in page.content


def test_figures_at_the_bound_never_break_a_page(world: World) -> None:
    most = "9" * 20
    version = world.filled(r1="0", r2_1=most, r2_2=most, r3_1=most, r3_2=most, r4_1="0", r4_2="0")
    assert as_(world.entry).get(reverse("reporting:entry", args=[world.duty().pk])).status_code == 200
    url = reverse("reporting:act", args=[version.pk, "submit"])
    said = as_(world.entry).post(url, follow=True).content.decode()
    assert "20 chữ số" in said, "a sum of 21 digits cannot be kept, so it is not handed on"
    assert state_of(version) == State.IN_ENTRY


def test_unknown_keys_save_nothing_and_known_ones_beside_them_do(world: World) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    answer = post(
        world.entry, version, "save", {"cells": {"nix": {"text": "1"}, "r2": {"text": "1"}, "r1": {"text": "5"}}}
    )
    assert answer.status_code == 200
    assert list(Edit.objects.filter(version=version).values_list("cell__key", flat=True)) == ["r1"]


@pytest.mark.parametrize("name", ["save", "undo", "redo", "here", "comment", "picture", "explain"])
@pytest.mark.parametrize("pk", [0, 10**30])
def test_a_wrong_version_is_not_there(world: World, name: str, pk: int) -> None:
    url = f"/versions/{pk}/{name}/"
    client = as_(world.entry)
    answer = client.get(url) if name == "picture" else client.post(url, "{}", content_type="application/json")
    assert answer.status_code == 404


def test_another_account_in_the_same_browser_does_not_send_ones_cells(world: World) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    second = person("nhap-2", Role.ENTRY_OFFICER, world.unit)
    answer = post(second, version, "save", {**cells(r1="5"), "by": world.entry.pk})
    assert answer.status_code == 401
    assert not Edit.objects.filter(version=version).exists()


def test_a_stranger_reads_the_reason(world: World) -> None:
    version = world.filled()
    stranger = person("la", Role.ENTRY_OFFICER, world.duty("01").unit)
    for url in (
        reverse("reporting:duty", args=[world.duty().pk]),
        reverse("reporting:entry", args=[world.duty().pk]),
        reverse("reporting:print", args=[world.duty().pk]),
        reverse("reporting:give_back", args=[version.pk]),
        reverse("reporting:workbook", args=[version.pk]),
    ):
        answer = as_(stranger).get(url)
        assert answer.status_code == 403, url
        assert "594" not in answer.content.decode()
    for name in ("save", "undo", "redo", "here", "comment"):
        answer = post(stranger, version, name, cells(r1="5"))
        assert answer.status_code == 403, name
        assert len(answer.json()["error"]) > 10


def test_a_draft_stays_in_its_unit(world: World) -> None:
    version = world.filled()
    receiver = as_(world.receiver)
    page = receiver.get(reverse("reporting:duty", args=[world.duty().pk]))
    assert page.status_code == 200
    assert "4.112" not in page.content.decode()
    assert receiver.get(reverse("reporting:entry", args=[world.duty().pk])).status_code == 403
    assert receiver.get(reverse("reporting:print", args=[world.duty().pk])).status_code == 404
    assert receiver.get(reverse("reporting:picture", args=[version.pk]) + "?since=0.0").status_code == 403


def test_who_may_not_write_gets_the_form_to_read_and_the_reason(world: World) -> None:
    version = world.filled()
    for who in (world.leader, world.clerk):
        page = shown(who, version.submission.duty)
        grid = page[page.index('id="grid"') : page.index('id="findings"')]
        assert "Chỉ xem." in page
        assert "12.904" in grid
        assert not re.search(r"<(input|select|form)\b|Hoàn tác", grid)
        assert not re.search(r"Trình duyệt</button>|Không phát sinh</button>|Nộp tệp Excel|grid\.[0-9a-f.]*js", page)
    assert "Trình duyệt</button>" in shown(world.entry, version.submission.duty)


def test_undo_goes_back_block_by_block_to_the_beginning(world: World) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    post(
        world.entry,
        version,
        "save",
        {**cells(r1="1.234", r2_1="5"), "convention": "dot_thousands", "request_key": "page:a"},
    )
    post(world.entry, version, "save", {**cells(r1="7"), "request_key": "page:b"})
    post(world.entry, version, "save", {**cells(r1="8", r2_2="9"), "request_key": "page:c"})
    first = post(world.entry, version, "undo", {}).json()
    assert set(first["restored"]) == {"r1", "r2.2"}
    assert (first["cells"]["r1"]["typed"], first["cells"]["r2.2"]["typed"]) == ("7", "")
    second = post(world.entry, version, "undo", {}).json()
    assert (second["cells"]["r1"]["typed"], second["cells"]["r1"]["shown"]) == ("1.234", "1.234"), "still understood"
    third = post(world.entry, version, "undo", {}).json()
    assert {third["cells"][key]["typed"] for key in ("r1", "r2.1", "r2.2")} == {""}
    assert post(world.entry, version, "undo", {}).status_code == 409
    assert Event.objects.filter(verb="reporting.undo").count() == 3

    again = [post(world.entry, version, "redo", {}).json() for _ in range(3)]
    assert [set(one["restored"]) for one in again] == [{"r1", "r2.1"}, {"r1"}, {"r1", "r2.2"}]
    assert [again[-1]["cells"][key]["typed"] for key in ("r1", "r2.1", "r2.2")] == ["8", "5", "9"]
    assert again[0]["cells"]["r1"]["shown"] == "1.234", "as it was understood when it was typed"
    assert post(world.entry, version, "redo", {}).status_code == 409
    post(world.entry, version, "undo", {})
    assert post(world.entry, version, "redo", {}).json()["cells"]["r1"]["typed"] == "8", "back and forth"
    post(world.entry, version, "undo", {})
    post(world.entry, version, "save", {**cells(r3_1="1"), "request_key": "page:d"})
    assert post(world.entry, version, "redo", {}).status_code == 409, "after a new edit there is nothing to redo"


def test_redo_leaves_what_someone_else_wrote_since(world: World) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    second = person("nhap-2", Role.ENTRY_OFFICER, world.unit)
    actions.save_cells(by=world.entry, version=version, typed={"r1": Typed("5"), "r2.1": Typed("1")}, request_key="p:1")
    actions.undo(by=world.entry, version=version)
    actions.save_cells(by=second, version=version, typed={"r1": Typed("6")})
    with pytest.raises(Refused, match="Không có gì để làm lại"):
        actions.redo(by=second, version=version)
    done = post(world.entry, version, "redo", {}).json()
    assert done["restored"] == ["r2.1"]
    assert (done["cells"]["r1"]["typed"], done["cells"]["r2.1"]["typed"]) == ("6", "1")


def test_undo_never_takes_back_what_someone_else_wrote(world: World) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    second = person("nhap-2", Role.ENTRY_OFFICER, world.unit)
    for who, text in ((world.entry, "5"), (second, "6"), (world.entry, "7")):
        actions.save_cells(by=who, version=version, typed={"r1": Typed(text)})
    assert post(world.entry, version, "undo", {}).json()["cells"]["r1"]["typed"] == "6"
    assert post(world.entry, version, "undo", {}).status_code == 409


def test_two_at_once_neither_overwrites(world: World) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    second = person("nhap-2", Role.ENTRY_OFFICER, world.unit)
    post(second, version, "save", cells(r1="6"))
    answer = post(world.entry, version, "save", cells(r1="5")).json()
    assert (answer["conflicts"]["r1"]["typed"], answer["conflicts"]["r1"]["by"]) == ("6", "nhap-2")
    other = answer["conflicts"]["r1"]["edit"]
    answer = post(world.entry, version, "save", {"cells": {"r1": {"text": "5", "seen": other}}}).json()
    assert (answer["conflicts"], answer["cells"]["r1"]["typed"]) == ({}, "5")


def test_one_person_in_two_windows_is_asked_and_in_one_is_not(world: World) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())

    def typed(text: str, page: str) -> Any:
        return post(world.entry, version, "save", {**cells(r1=text), "request_key": f"{page}:{text}"}).json()

    assert typed("5", "one")["conflicts"] == {}
    assert typed("55", "one")["conflicts"] == {}, "typed on before the first answer came: its own queue"
    asked = typed("6", "two")["conflicts"]["r1"]
    assert (asked["typed"], asked["by"]) == ("55", "bạn, ở cửa sổ khác:")
    assert Edit.objects.filter(version=version, typed="6").count() == 0


def test_the_poll_tells_what_changed_and_who_is_there(world: World, django_assert_num_queries: Any) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    second = person("nhap-2", Role.ENTRY_OFFICER, world.unit)
    assert post(second, version, "here", {}).status_code == 204
    post(second, version, "save", cells(r2_1="6"))
    client = as_(world.entry)
    url = reverse("reporting:picture", args=[version.pk])
    seen = client.get(f"{url}?since=0.0").json()
    assert seen["people"] == ["nhap-2"]
    assert {key: cell["by"] for key, cell in seen["cells"].items() if cell["by"]} == {"r2.1": "nhap-2"}
    since = ".".join(map(str, seen["mark"]))
    with django_assert_num_queries(11):
        quiet = client.get(f"{url}?since={since}").json()
    assert (quiet["cells"], "errors" in quiet) == ({}, False)
    for bad in ("", "x", "1", "1.2.3", f"{10**30}.0", "-1.0"):
        assert client.get(f"{url}?since={bad}").status_code == 400, bad


def test_a_remark_at_a_cell_is_seen_by_the_unit(world: World) -> None:
    version = world.filled()
    url = reverse("reporting:comment", args=[version.pk])
    answer = as_(world.leader).post(url, {"cell": "r1", "text": "Vì sao 594?"}, headers={"Accept": "application/json"})
    assert answer.json()["comments"][0]["address"] == "C5"
    page = as_(world.entry).get(reverse("reporting:entry", args=[world.duty().pk])).content.decode()
    assert "Vì sao 594?" in page
    assert (
        as_(world.receiver).post(url, {"cell": "r1", "text": "x"}, headers={"Accept": "application/json"}).status_code
        == 403
    )
    for cell, text in (("nix", "x"), ("r1", " \x00"), ("r1", "x" * 1001)):
        assert (
            as_(world.entry).post(url, {"cell": cell, "text": text}, headers={"Accept": "application/json"}).status_code
            == 409
        )
    assert CellComment.objects.count() == 1
    assert Event.objects.filter(verb="reporting.add_comment").count() == 1


def test_the_rules_travel_as_data(world: World) -> None:
    world.filled()
    rules = as_(world.entry).get(reverse("reporting:entry", args=[world.duty().pk])).context["rules"]
    assert {one["key"] for one in rules["computed"]} == {"r2", "r3", "r4"}
    assert any(check["rule"] == "balance" and check["tree"][0] == "=" for check in rules["checks"])
    assert rules["now"]["r2.1"] == {"value": "4112"}


def test_the_duty_page_has_the_template_and_what_was_handed_in(world: World) -> None:
    url = reverse("reporting:duty", args=[world.duty().pk])
    page = as_(world.entry).get(url).content.decode()
    assert reverse("reporting:template", args=[world.duty().pk]) in page
    take_upload(by=world.entry, duty=world.duty(), data=filled(world.duty(), r1="x y"), name="Lần một.xlsx")
    page = as_(world.entry).get(url).content.decode()
    assert "Lần một.xlsx" in page
    with clock.played(dt.datetime(2020, 8, 19, 9, 0, tzinfo=clock.HANOI)):
        late = as_(world.entry).get(url).content.decode()
    assert late.count("quá hạn") == 1, "said once, with how long"
    assert "Lần một.xlsx" not in as_(world.receiver).get(url).content.decode()


def test_the_unit_of_a_figure_stands_beside_it(plan: tuple[World, Version]) -> None:
    world, version = plan
    beside = '<span class="unit">(triệu đồng)</span>'
    entry = shown(world.entry, version.submission.duty)
    assert beside in entry
    assert re.search(r'aria-label="C\d+, [^"]+ \(triệu đồng\)"', entry), "and it is read aloud with the cell"
    pages = [reverse("reporting:print", args=[version.submission.duty_id]), reverse("reporting:sign")]
    for section, text in {"hazards": "Bão.", "results": "Đã duyệt.", "plan": "Di dời."}.items():
        actions.save_narrative(by=world.entry, version=version, section=section, text=text)
    for finding in review.judge(version).findings:
        if finding.asks:
            actions.explain(by=world.entry, version=version, rule=finding.rule, text="Đã đối chiếu.")
    with clock.played(dt.datetime(2021, 1, 4, 9, 0, tzinfo=clock.HANOI)):
        actions.submit(by=world.entry, version=version)
        for page in pages:
            assert beside in as_(world.leader).get(page).content.decode()


def test_one_unit_of_all_figures_is_said_once(world: World) -> None:
    page = shown(world.entry, world.filled().submission.duty)
    assert "Chỉ tiêu (hồ sơ)" in page
    assert 'class="unit"' not in page


def shown(who: Person, duty: Any) -> str:
    page: str = as_(who).get(reverse("reporting:entry", args=[duty.pk])).content.decode()
    return page


def test_a_returned_cell_is_marked_where_it_stands(world: World) -> None:
    version = world.sent()
    actions.return_version(by=world.receiver, version=version, reason="Lớn bất thường", cells={"r3.2": "so lại"})
    actions.start_entry(by=world.entry, duty=world.duty())
    page = shown(world.entry, world.duty())
    [cell] = re.findall(r'<td class="[^"]*" id="cell-r3\.2".*?</td>', page, re.DOTALL)
    assert " returned" in cell.split('"')[1]
    assert 'aria-label="C11, Quá hạn (hồ sơ), bị trả lại"' in cell
    assert len(re.findall(r'<td class="[^"]* returned"', page)) == 1


def test_an_error_names_every_cell_it_is_about(world: World) -> None:
    world.filled(r3_2="1206")
    page = shown(world.entry, world.duty())
    [faults] = re.findall(r'<section id="faults">.*?</section>', page, re.DOTALL)
    assert re.findall(r'href="#cell-(\w+)">(\w+)</a>', faults) == [
        ("r1", "C5"), ("r2", "C6"), ("r3", "C9"), ("r4", "C12")
    ]  # fmt: skip


def test_a_unit_is_named_in_lower_case_after_other_words(world: World) -> None:
    world.filled()
    assert "Quý II năm 2020, tỉnh Lào Cai" in shown(world.entry, world.duty())
    assert [in_sentence(name) for name in ("Thành phố Hà Nội", "Bộ Y tế", "Lao Cai Province")] == [
        "thành phố Hà Nội", "Bộ Y tế", "Lao Cai Province"
    ]  # fmt: skip
