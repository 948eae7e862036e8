"""The screens of boards: list, board, drilling, a tile with its files, the editor, why a figure changed."""

import html
import json
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dienhong.centre import queries
from dienhong.centre.models import Column
from dienhong.centre.tests.test_boards import SPEC, TILE, made
from dienhong.organizations.models import Person
from tests.nation import Nation


@pytest.fixture
def board(officer: Person, column: Column):
    return made(officer, column).board


def test_list_board_and_units_below(centre: Nation, board):
    viewer = centre.client()
    page = viewer.get("/boards/").content.decode()
    assert "Kinh tế tổng hợp" in page
    assert f"/boards/{board.slug}/" in page
    page = viewer.get(f"/boards/{board.slug}/").content.decode()
    assert "/figures/08.001/decree09/2020-Q2/VN/" in page
    assert '<option value="10">Lào Cai</option>' in page
    below = viewer.get(f"/boards/{board.slug}/?unit=01").content.decode()
    assert "/figures/08.001/decree09/2020-Q2/01/" in below
    assert viewer.get(f"/boards/{board.slug}/?unit=zz").status_code == 404
    past = viewer.get(f"/boards/{board.slug}/?as_of=2020-05-01").content.decode()
    assert "Lúc ấy chưa có bảng này" in past
    assert centre.client("mau-cong-dan").get(f"/boards/{board.slug}/").status_code == 403


def test_a_tile_opens_with_what_lies_below_and_leaves_as_a_file(centre: Nation, board):
    viewer, address = centre.client(), f"/boards/{board.slug}/tiles/a1"
    page = viewer.get(f"{address}/").content.decode()
    assert "Các đơn vị bên dưới, Quý II/2020" in page
    assert "?unit=01" in page
    svg = viewer.get(f"{address}.svg").content.decode()
    assert 'href="http://testserver/figures/08.001/' in svg
    assert "var(--" not in svg
    assert viewer.get(f"{address}.png").content.startswith(b"\x89PNG")
    assert viewer.get(f"{address}.pdf").content.startswith(b"%PDF")
    said = viewer.get(f"{address}.json").json()
    assert said["head"]["coverage"]["reported"] < said["head"]["coverage"]["total"]
    assert sum(Decimal(mark["value"]) for mark in said["marks"][-1:]) == Decimal(said["head"]["value"])
    assert viewer.get(f"{address}.exe").status_code == 404


def press(client, address: str, page, do: str, **typed):
    """The editor's form sent as a browser does: everything in it, and the button."""
    draft = page.context["draft"]
    given = {
        "spec": json.dumps(draft.made.json()),
        "base": draft.base,
        "begun": draft.begun,
        "name_vi": draft.name_vi,
        "name_en": draft.name_en,
    }
    if (form := draft.form) is not None:
        given |= {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
        given["editing"] = draft.editing
    return client.post(address, {**given, **typed, "do": do})


def test_the_editor_adds_changes_moves_and_removes_and_saves_once(centre: Nation, board):
    officer, address = centre.client("mau-dieu-hanh"), f"/boards/{board.slug}/edit/"
    page = press(officer, address, officer.get(address), "add")
    page = press(officer, address, page, "look", form="ranking")
    assert [field.name for field in page.context["draft"].form.offered][:3] == ["form", "indicator", "title_vi"]
    assert page.context["draft"].form["kind"].value() == ""  # the indicator says it, unless somebody does
    wrong = press(officer, address, page, "apply", indicator="không có", count="4")
    assert wrong.status_code == 422
    assert "không có" in wrong.content.decode()
    page = press(officer, address, wrong, "apply", indicator="08.005 Tỷ lệ hồ sơ", count="4")
    assert [(tile.calendar, tile.kind) for tile, _html in page.context["tiles"]][1] == ("decree09", "quarter")
    assert [tile.indicator for tile, _html in page.context["tiles"]] == ["08.001", "08.005"]
    added = page.context["tiles"][1][0].id
    page = press(officer, address, page, f"up:{added}")
    page = press(officer, address, page, f"wider:{added}")
    page = press(officer, address, page, f"edit:{added}")
    page = press(officer, address, page, "apply", target_operator="≥", target_bound="20,5", target_basis="NQ 17/NQ-CP",
                 target_year="2020")  # fmt: skip
    page = press(officer, address, page, "remove:a1")
    assert queries.board(board.slug).number == 1
    assert press(officer, address, page, "save", name_en="Online").status_code == 302
    saved = queries.board(board.slug)
    [tile] = saved.spec["tiles"]
    assert (saved.number, saved.name_en, tile["width"], tile["form"]) == (2, "Online", 2, "ranking")
    assert tile["target"] == {"operator": "≥", "bound": "20.5", "basis": "NQ 17/NQ-CP", "year": 2020}


def test_a_draft_of_an_older_version_is_kept_on_the_page(centre: Nation, board):
    officer, address = centre.client("mau-dieu-hanh"), f"/boards/{board.slug}/edit/"
    mine = officer.get(address)
    press(officer, address, mine, "save", name_vi="Của người khác")
    refused = press(officer, address, mine, "save", name_vi="Của tôi")
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "Của tôi" in said
    assert "Tên bảng đã đổi." in said
    assert "Cán bộ điều hành mẫu" in said
    assert "soạn từ bản 1; lưu thành bản 3, thay bản 2 đang dùng" in said
    assert press(officer, address, refused, "save").status_code == 302
    assert queries.board(board.slug).name_vi == "Của tôi"
    bent = officer.post(address, {"spec": json.dumps(SPEC), "base": "77", "name_vi": "Tên", "do": "save"})
    assert bent.status_code == 422
    assert officer.post(address, {"spec": json.dumps(SPEC), "base": "x", "do": "take:77"}).status_code == 200


def test_what_somebody_saved_meanwhile_is_named_and_taken_over(centre: Nation, board):
    officer, address = centre.client("mau-dieu-hanh"), f"/boards/{board.slug}/edit/"
    mine = officer.get(address)
    theirs = press(officer, address, officer.get(address), "add")
    theirs = press(officer, address, theirs, "apply", form="figure", indicator="08.005", title_vi="Ô của người khác")
    theirs = press(officer, address, theirs, "remove:a1")
    assert press(officer, address, theirs, "save").status_code == 302
    mine = press(officer, address, mine, "wider:a1")
    refused = press(officer, address, mine, "save")
    said = refused.content.decode()
    assert "Ô mới: Ô của người khác" in said
    assert "Ô đã bỏ: " in said
    assert f'href="/boards/{board.slug}/" target="_blank"' in said
    taken = press(officer, address, refused, "take:1")
    assert [tile.title("vi") for tile, _html in taken.context["tiles"]][1:] == ["Ô của người khác"]
    assert press(officer, address, press(officer, address, taken, "take:1"), "save").status_code == 302
    first, _theirs = queries.board(board.slug).spec["tiles"]
    assert first["id"] == "a1"


def test_versions_are_listed_for_who_arranges_and_an_older_one_is_taken_up_again(centre: Nation, board):
    officer, address = centre.client("mau-dieu-hanh"), f"/boards/{board.slug}/edit/"
    press(officer, address, officer.get(address), "save", name_vi="Đã đổi tên")
    page = officer.get(f"/boards/{board.slug}/").content.decode()
    assert "Các bản của bảng" in page
    assert "Cán bộ điều hành mẫu" in page
    [was] = re.findall(r'<a href="(\?as_of=[^"]+)">Bản 1</a>', page)
    assert "<h1>Thủ tục</h1>" in officer.get(f"/boards/{board.slug}/{html.unescape(was)}").content.decode()
    older = officer.get(f"{address}?version=1")
    assert (older.context["draft"].name_vi, older.context["draft"].base) == ("Thủ tục", 2)
    assert "soạn từ bản 1; lưu thành bản 3, thay bản 2 đang dùng" in older.content.decode()
    assert press(officer, address, older, "save").status_code == 302
    saved = queries.board(board.slug)
    assert (saved.number, saved.name_vi) == (3, "Thủ tục")
    for bad in ("9", "x", "", "²", "9" * 30):
        assert officer.get(f"{address}?version={bad}").status_code == 404, bad
    assert "Các bản của bảng" not in centre.client().get(f"/boards/{board.slug}/").content.decode()


BENT = ("[" * 100_000, '{"a":' * 5_000, '{"a": "\\u0000"}', '{"a": "\\ud800"}', "{", "NaN", '"board"', "[[1]]")


@pytest.mark.parametrize("text", BENT)
def test_a_bent_file_or_draft_is_refused_and_breaks_nothing(centre: Nation, board, text: str):
    officer = centre.client("mau-dieu-hanh")
    refused = officer.post("/boards/import/", {"file": SimpleUploadedFile("b.json", text.encode())})
    assert refused.status_code == 422
    assert "error-summary" in refused.content.decode()
    address = f"/boards/{board.slug}/edit/"
    kept = officer.post(address, {"spec": text, "base": "1", "name_vi": "Tên", "do": "add"})
    assert kept.status_code in (200, 422)
    typed = {"form": "vega", "indicator": "08.001", "kind": "decree09|quarter", "count": "3", "own": text,
             "unit": "VN", "compare": "prev", "width": "2", "height": "1"}  # fmt: skip
    tile = {"spec": json.dumps(SPEC), "base": "1", "name_vi": "Tên", "editing": "a1", "do": "apply"}
    refused = officer.post(address, typed | tile)
    assert refused.status_code == 422
    assert list(refused.context["draft"].form.errors) == ["own"]


def test_only_the_steering_officer_edits(centre: Nation, board):
    assert centre.client().get(f"/boards/{board.slug}/edit/").status_code == 403
    assert centre.client().post(f"/boards/{board.slug}/share/", {"role": ["viewer"]}).status_code == 403
    officer = centre.client("mau-dieu-hanh")
    assert officer.get("/boards/new/").status_code == 200
    assert officer.post("/boards/new/", {"column": "economy", "name_vi": " "}).status_code == 422
    assert officer.post("/boards/new/", {"column": "economy", "name_vi": "Mới"}).status_code == 302
    file = json.dumps(officer.get(f"/boards/{board.slug}.json").json()).encode()
    taken = officer.post("/boards/import/", {"file": SimpleUploadedFile("b.json", file)})
    assert taken.status_code == 302
    assert officer.post("/boards/import/", {"file": SimpleUploadedFile("b.json", b"{")}).status_code == 422
    assert queries.spec_of(queries.board(taken.url.split("/")[2])).json() == {**SPEC, "tiles": [TILE]}


@pytest.mark.parametrize("code", ["08.001", "08.004", "08.005", "S.08.002"])
@pytest.mark.parametrize("than", ["prev", "revision"])
def test_why_a_figure_changed_adds_up_to_the_last_digit(centre: Nation, code: str, than: str):
    made = centre.client().get(f"/changes/{code}/decree09/2020-Q2/VN.json?than={than}").json()
    assert made["explained"], made
    change = Decimal(made["now"]["value"]) - Decimal(made["before"]["value"])
    assert Decimal(made["change"]) == change
    assert sum(Decimal(group["total"]) for group in made["groups"]) == change
    for group in made["groups"]:
        rows = sum(Decimal(row["whole"]) for row in group["rows"])
        others = Decimal(group["others"]["whole"]) if group["others"] else Decimal(0)
        assert rows + others == Decimal(group["total"])
        for row in group["rows"]:
            assert row["top"] is None or Decimal(row["top"]) + Decimal(row["bottom"]) == Decimal(row["whole"])
    page = centre.client().get(f"/changes/{code}/decree09/2020-Q2/VN/?than={than}").content.decode()
    assert made["change_text"] in page


def test_a_rate_is_said_in_its_own_digits_and_its_parts_in_one_more(centre: Nation):
    """Of 63 provinces; the two sides of one province's rate need none."""
    many = centre.client().get("/changes/08.004/decree09/2020-Q2/VN.json").json()
    assert many["finer"]
    assert many["now"]["text"].split(",")[1].isdecimal()
    assert [len(many[name].split(",")[1]) for name in ("change_text", "sum_text")] == [2, 3]
    assert len(many["now"]["text"].split(",")[1]) == 2
    assert len(many["groups"][0]["rows"][0]["text"].split(",")[1]) == 3
    two = centre.client().get("/changes/08.004/decree09/2020-Q2/01.json").json()
    assert (two["finer"], two["change_text"]) == (False, two["sum_text"])
    assert [len(row["text"].split(",")[1]) for row in two["groups"][0]["rows"]] == [2, 2]


def test_the_passport_of_one_provinces_rate_leads_to_why_it_changed(centre: Nation):
    viewer, address = centre.client(), "/changes/08.004/decree09/2020-Q2/01/"
    page = viewer.get("/figures/08.004/decree09/2020-Q2/01/").content.decode()
    assert f'href="{address}"' in page
    assert viewer.get(address).status_code == 200
    assert "/changes/" not in viewer.get("/figures/08.001/decree09/2020-Q2/01/").content.decode(), "it was reported"
    assert "/changes/" not in viewer.get("/figures/08.004/decree09/2020-Q1/01/").content.decode(), "nothing before"


def test_units_that_came_or_went_are_told_apart(centre: Nation):
    made = centre.client().get("/changes/08.001/decree09/2020-Q2/VN.json?than=prev").json()
    gone = next(group for group in made["groups"] if group["scope"] == "went")
    assert {row["name"] for row in gone["rows"]} == {"Lào Cai", "Kon Tum"}
    assert all(row["whole"].startswith("-") for row in gone["rows"])


def test_nothing_to_compare_says_so(centre: Nation):
    page = centre.client().get("/changes/08.001/decree09/2020-Q2/VN/?than=year_before").content.decode()
    assert "Chưa có gì để so" in page


def test_against_the_same_period_of_last_year_in_the_indicators_own_digits(centre: Nation):
    address = "/changes/06.001/calendar/2016-Y/VN"
    said = centre.client().get(f"{address}.json?than=year_before").json()
    before, now = Decimal(said["before"]["value"]), Decimal(said["now"]["value"])
    assert (said["explained"], said["before"]["period"]) == (True, "Năm 2015")
    assert Decimal(said["change"]) == now - before != 0
    assert said["change_text"] == f"{now - before:+.2f}".replace(".", ",").replace("-", "−")


OPEN = {"screen", "screen_sign_in", "screen_snapshot"}


def test_strangers_and_citizens_come_nowhere(centre: Nation, board, client):
    """Every address of the room, out of the resolver: a new one is tried by itself."""
    from django.urls import reverse

    from dienhong.centre.urls import urlpatterns

    sample = {"slug": board.slug, "tile": "a1", "kind": "json", "code": "08.001", "calendar": "decree09",
              "period": "2020-Q2", "unit": "VN", "display": 1, "number": 1}  # fmt: skip
    citizen = centre.client("mau-cong-dan")
    for pattern in urlpatterns:
        names = pattern.pattern.converters
        address = reverse(f"centre:{pattern.name}", kwargs={name: sample[name] for name in names})
        if pattern.name in OPEN:
            continue
        for method in ("get", "post"):
            met = getattr(client, method)(address)
            assert met.status_code == 405 or "/sign-in/" in met.url, address
            met = getattr(citizen, method)(address)
            closed = met.status_code in (403, 404, 405) or pattern.name in ("changes", "changes_json", "boards")
            assert closed, (address, method, met.status_code)
    assert board.slug not in citizen.get("/boards/").content.decode()
