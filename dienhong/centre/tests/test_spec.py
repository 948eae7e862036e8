"""The closed schemas: what is not known is refused, and what is wrong is named at its place."""

import pytest
from django.utils import translation

from dienhong.centre import demo, desk, forms, given, palette, show_spec, spec, vega
from dienhong.centre.spec import Spec, Tile

TILE = {"id": "a1", "form": "figure", "indicator": "08.001", "calendar": "decree09", "kind": "quarter"}


def read(*tiles, **more):
    return spec.read({"schema": spec.SCHEMA, "tiles": list(tiles), **more}, forms.FORMS)


def test_a_spec_is_read_and_written_without_loss():
    bound = {"operator": "≥", "bound": "95.5", "basis": "NQ 17"}
    made, faults = read({**TILE, "target": bound, "width": 2, "good": "up"})
    assert faults == []
    assert spec.read(made.json(), forms.FORMS) == (made, [])
    assert made.json()["tiles"][0]["target"] == bound
    made, faults = read({**TILE, "target": {**bound, "year": 2020}})
    assert faults == []
    assert made.tiles[0].target.year == 2020
    assert spec.read(made.json(), forms.FORMS) == (made, [])


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"colour": "red"}, "tiles.0.colour"),
        ({"indicator": "8.1"}, "tiles.0.indicator"),
        ({"indicator": ""}, "tiles.0.indicator"),
        ({"form": "pie"}, "tiles.0.form"),
        ({"width": 5}, "tiles.0.width"),
        ({"width": True}, "tiles.0.width"),
        ({"kind": "week"}, "tiles.0.kind"),
        ({"target": {"operator": "≥", "bound": "1e9"}}, "tiles.0.target"),
        ({"target": {"operator": "=", "bound": "1"}}, "tiles.0.target"),
        ({"target": {"operator": "≥", "bound": "1", "year": "2020"}}, "tiles.0.target"),
        ({"attention": {"operator": "≥", "bound": "1", "year": 2020}}, "tiles.0.attention"),
        ({"title_vi": "a\nb"}, "tiles.0.title_vi"),
    ],
)
def test_what_is_wrong_is_named_at_its_place(change, where):
    _made, faults = read({**TILE, **change})
    assert [fault.where for fault in faults] == [where]


def test_unknown_keys_double_ids_and_strangers_are_refused():
    assert read(TILE, TILE)[1][0].code == "id"
    assert read(note="x")[1][0].where == "note"
    assert spec.read([], forms.FORMS)[1][0].code == "schema"
    assert len(read(*[{**TILE, "id": f"t{n}"} for n in range(49)])[1]) == 1


def test_pages_hold_twelve_cells_and_cut_no_tile():
    tiles = tuple(Tile(f"t{n}", "figure", width=2, height=2) for n in range(4))
    pages = Spec((*tiles, Tile("last", "figure"))).pages()
    assert [[tile.id for tile in page] for page in pages] == [["t0", "t1"], ["t2", "t3", "last"]]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1, b: 2}', "cần tên của trường, trong dấu ngoặc kép"),
        ('{"a": 1 "b": 2}', "thiếu dấu phẩy"),
        ('{"a" 1}', "thiếu dấu hai chấm"),
        ('{"a": }', "thiếu một giá trị"),
        ("", "thiếu một giá trị"),
        ('{"a": "1}', "chưa đóng ngoặc kép"),
        ('{"a": "1\n"}', "xuống dòng"),
        ('{"a": "\\x"}', "dấu \\ trong"),
        ('{"a": "\\u12"}', "dấu \\ trong"),
        ('{"a": 1} }', "còn chữ thừa"),
        ('{"a": [1, ]}', ""),
    ],
)
def test_broken_json_is_explained_in_the_readers_language(text, why):
    with pytest.raises(ValueError, match=r"^Không đọc được JSON, dòng \d+, cột \d+: ") as said:
        given.read_json(text)
    assert why in str(said.value)
    with translation.override("en"), pytest.raises(ValueError, match=r"^The JSON cannot be read, line \d+, column"):
        given.read_json(text)


GOOD = {"mark": "bar", "encoding": {"x": {"field": "value", "type": "quantitative"}, "y": {"field": "unit"}}}


@pytest.mark.parametrize(
    "bad",
    [
        {"data": {"url": "/figures/"}},
        {"data": {"values": [{"a": 1}]}},
        {"mark": {"type": "image", "url": "x"}},
        {"mark": "image"},
        {"encoding": {"href": {"field": "code"}}},
        {"encoding": {"url": {"field": "code"}}},
        {"encoding": {"x": {"field": "value", "axis": {"labelExpr": "1", "HREF": "x"}}}},
        {"config": {}},
        {"params": []},
        {"title": "xem https://example.org"},
        {"layer": [{"mark": "bar", "data": {"url": "x"}}]},
        {"usermeta": {"embedOptions": {"loader": {}}}},
        {"facet": {"field": "unit"}},
        {"layer": 5},
        {"layer": [7]},
        {"encoding": 5},
        {"mark": {"type": ["bar"]}},
    ],
)
def test_vega_that_could_load_or_lead_somewhere_is_refused(bad):
    with pytest.raises(ValueError, match=r"\S"):
        vega.refuse({**GOOD, **bad})


@pytest.mark.parametrize("bad", ["NaN", "-Infinity", "1e400"])
def test_numbers_without_end_are_refused_before_they_are_kept(bad):
    with pytest.raises(ValueError, match="không hữu hạn"):
        given.read_json(f'{{"width": {bad}}}')


def test_axes_count_as_the_reader_does():
    rows = [{"value": 2_000_000.0, "unit": "Lào Cai"}, {"value": 1_000_000.0, "unit": "Hà Nội"}]
    made = {lang: vega.draw(GOOD, rows, 300, 120, palette.themed(), lang) for lang in ("vi", "en")}
    assert "2.000.000" in made["vi"]
    assert "2,000,000" in made["en"]


def test_vega_draws_text_as_text_and_nothing_that_acts():
    rows = [{"value": 1.0, "unit": '<a href="javascript:x">Lào Cai</a>'}, {"value": 2.0, "unit": "Hà Nội"}]
    drawn = vega.draw(GOOD, rows, 300, 120, palette.themed())
    assert drawn.startswith("<svg")
    assert "<a " not in drawn
    assert "var(--seq-4)" in drawn


def test_palette_says_what_the_tokens_say():
    day = palette.day()
    assert day["sheet"] == "#ffffff"
    assert palette.hexadecimal(0.43, 0.13, 264) == day["indigo"]
    assert set(palette.themed()) == set(day)


def test_a_show_is_strict_about_screens_and_scenes():
    scene = {"key": "s1", "name_vi": "Một", "seconds": 40, "screens": [{"board": "a", "page": 1}]}
    show = {"schema": show_spec.SCHEMA, "across": 2, "down": 1, "scenes": [scene]}
    made, faults = show_spec.read(show)
    assert faults == []
    assert [screen.board for screen in made.scenes[0].screens] == ["a", ""]
    for bad in ({"across": 13}, {"down": 7}, {"scenes": []}, {"scenes": [scene, scene]}, {"extra": 1},
                {"scenes": [{**scene, "seconds": 1}]}, {"scenes": [{**scene, "name_vi": " "}]}):  # fmt: skip
        assert show_spec.read({**show, **bad})[1], bad


def test_a_tile_on_a_desk_takes_the_empty_cells_beside_it():
    """Of a demo board: a map is one column on the wall and two on a desk, and fifteen cells are no rectangle."""
    made, _faults = read(*({"id": f"t{number}", **each} for number, each in enumerate(demo.ADMINISTRATION, 1)))
    assert desk.grown(made.tiles) == {"t9": "g4-2 g2-2"}
    assert desk.grown([]) == {}
    assert desk.grown([Tile("a", "figure"), Tile("b", "figure", height=2)]) == {"b": "g4-3"}
