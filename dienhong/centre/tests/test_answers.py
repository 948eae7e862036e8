"""What tiles say is what passports say; all tiles of a board are asked in a handful of questions."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from dienhong.base import clock
from dienhong.centre import actions, answer, card, charts, forms, kept, stamps
from dienhong.centre.asking import Sight, Subject, subjects
from dienhong.centre.forms import Size
from dienhong.centre.models import Column
from dienhong.centre.spec import Tile, read
from dienhong.directives import actions as directives
from dienhong.directives.actions import Document, Task
from dienhong.indicators import queries
from dienhong.indicators.models import Stage
from dienhong.indicators.queries import computed
from dienhong.indicators.testing import publish
from dienhong.reporting import actions as reporting
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.demo.actors import actors_of
from tests.nation import Nation

QUARTER = {"calendar": "decree09", "kind": "quarter"}
TILES = [
    {"form": "figure", "indicator": "08.001", "target": {"operator": "≥", "bound": "10", "basis": "", "year": 2020}},
    {"form": "figure", "indicator": "08.004", "attention": {"operator": ">", "bound": "1"}},
    {"form": "line", "indicator": "08.003", "width": 2},
    {"form": "bar", "indicator": "08.002"},
    {"form": "ranking", "indicator": "08.005", "height": 2},
    {"form": "map", "indicator": "08.004", "height": 3},
    {"form": "heat", "indicator": "08.001", "width": 2, "height": 2},
    {"form": "late"},
    {"form": "vega", "indicator": "08.001", "own": {"mark": "bar", "encoding": {"y": {"field": "unit"}}}},
]  # fmt: skip


def board(*given: dict) -> tuple[Tile, ...]:
    tiles = [{"id": f"t{n}", **(QUARTER if each["form"] != "late" else {}), **each} for n, each in enumerate(given)]
    made, faults = read({"schema": "dienhong.board/1", "tiles": tiles}, forms.FORMS)
    assert faults == []
    return made.tiles


AIM = {"operator": "≥", "bound": "10", "basis": "Nghị quyết thử 17/NQ", "year": 2020}
SAME = ("how", "value", "empty", "stage", "depth", "reported", "without", "unknown", "known_at")


def test_every_total_from_the_shelf_is_the_total_that_is_asked_alone(centre: Nation):
    """Over every indicator of which anything is known: reported, rates, weighted means, formulas, feeds."""
    sight, alone = Sight.now("vi"), queries.moment()
    known = computed.periods_of_many(queries.entries(as_of=sight.at), sight.at)
    tiles = [
        Tile(f"t{pk}", "map", indicator=queries.indicator_of(pk).code, calendar=row.calendar, kind=row.kind, count=1)
        for pk, rows in known.items()
        for row in rows[-1:]
    ]
    compared = 0
    for subject in subjects(tiles, sight).values():
        if not isinstance(subject, Subject):
            continue  # of a period that is not over
        for unit, tree in [(subject.unit.pk, subject.hierarchy), *subject.level[:1]]:
            row = subject.rows[-1]
            asked = queries.total(subject.indicator, row, unit, hierarchy=tree, as_of=alone)
            shelf = subject.total(row, unit, tree)
            assert [getattr(shelf, name) for name in SAME] == [getattr(asked, name) for name in SAME], subject.title
            compared += asked.value is not None
    assert compared > 60


def test_questions_do_not_grow_with_the_tiles(centre: Nation):
    """A transaction keeps nothing between tests, so the small questions about periods are asked anew: pinned is what a
    second tile of another form over the same indicator adds, which is who owes it at most."""
    one = board(TILES[0])
    more = one + tuple(
        replace(tile, id=f"x{tile.id}") for tile in board(*({**each, "indicator": "08.001"} for each in TILES[2:5]))
    )
    counts = []
    for tiles in (one, more):
        kept.forget()
        kept.tiles(tiles, Sight.now("vi"))
        kept.forget()
        with CaptureQueriesContext(connection) as asked:
            kept.tiles(tiles, Sight.now("vi"))
        counts.append(sum("indicators_observation" in query["sql"] for query in asked))
    assert counts[0] == counts[1]


def test_every_form_draws_its_marks_as_links_to_passports(centre: Nation):
    drawn = kept.tiles(board(*TILES), Sight.now("vi"))
    html = {pk: each.html for pk, each in drawn.items()}
    assert "Hộ chiếu: Số hồ sơ thủ tục hành chính tiếp nhận" in html["t0"]
    assert "đạt, mục tiêu năm 2020 ≥ 10" in html["t0"]
    assert " attn" in html["t1"]
    assert "line-chart" in html["t2"]
    assert html["t2"].count("/figures/08.003/decree09/2020-Q") >= 4
    assert 'class="beam' in html["t3"]
    assert "/figures/08.005/decree09/2020-Q2/01/" in html["t4"]
    assert "đơn vị chưa có số" in html["t4"]
    assert 'aria-label="Lào Cai: chưa có"' in html["t5"]
    assert "/figures/08.001/decree09/2020-Q1/01/" in html["t6"]
    assert html["t6"].split('class="legend classes"')[1].count("<li>") == 5
    assert "chính thức, thiếu " in html["t6"], "the star beside it is hollow"
    assert "báo cáo quá hạn, chưa gửi" in html["t7"]
    assert "/duties/" in html["t7"]
    for said in kept.answers(board(*TILES), Sight.now("vi")).values():
        file = etree.fromstring(card.svg(said, Sight.now("vi"), "http://site").encode())
        assert "var(" not in etree.tostring(file).decode()
    chart = html["t8"].split('class="chart')[1].split("</svg>")[0]
    assert "<path" in chart
    assert "href" not in chart


def test_a_heat_table_shows_both_ends_and_leads_to_the_rest(centre: Nation):
    heat, ranking = board(
        {"form": "heat", "indicator": "08.004", "good": "up", "count": 8, "width": 2},
        {"form": "ranking", "indicator": "08.004", "good": "up", "height": 3},
    )  # fmt: skip
    said = kept.answers([heat, ranking], Sight.now("vi"))
    ranked = [mark.name for mark in said["t1"].marks]
    names = list(dict.fromkeys(mark.row for mark in said["t0"].marks))
    assert names == [*ranked[:3], *ranked[-3:]], "what must be acted on is the lower end"
    assert said["t0"].note.startswith(f"{len(ranked) - 6} đơn vị ở giữa, ")
    html = kept.tiles([heat], Sight.now("vi"))["t0"].shown(0, "/boards/x/tiles/t0/")
    assert f'<a href="/boards/x/tiles/t0/#below">{said["t0"].note}</a>' in html
    assert html.count('class="break"') == 2, "on a desk and on a phone"


@pytest.mark.parametrize("count", [2, 6, 8])
def test_no_head_of_a_heat_table_runs_into_the_next(centre: Nation, count: int):
    [tile] = board({"form": "heat", "indicator": "08.001", "width": 2, "height": 2, "count": count})
    [said] = kept.answers([tile], Sight.now("vi")).values()
    said = replace(said, columns=tuple(f"QIII/1{n}" for n in range(count)), marks=said.marks[:1] * count, split=0)
    for width in (258, 570, 1200):
        heads = [text for text in etree.fromstring(charts.heat(said, Size(width, 300))).iter("text")
                 if text.text in said.columns]  # fmt: skip
        assert len(heads) == count, "every period is named"
        across = [float(re.findall(r"[\d.]+", text.get("x") or text.get("transform"))[0]) for text in heads]
        room = [charts.LETTER * 7 if text.get("x") else 13 for text in heads]
        assert all(b - a >= wide for a, b, wide in zip(across, across[1:], room, strict=False)), width


def test_a_change_over_part_of_the_units_says_so_on_the_page_and_in_the_file(centre: Nation):
    sight = Sight.now("vi")
    for form in ("figure", "ranking", "bar"):
        tiles = board({"form": form, "indicator": "08.001", "height": 2, "compare": "prev"})
        [said], [drawn] = kept.answers(tiles, sight).values(), kept.tiles(tiles, sight).values()
        part = said.head.change.part
        assert part.startswith("tính trên ")
        assert f"so quý trước, {part}" in drawn.html
        assert f"so quý trước, {part}" in card.svg(said, sight, "http://site")


def test_how_far_a_rate_is_from_its_target_is_in_points(centre: Nation):
    rate, count = board(
        {"form": "figure", "indicator": "08.004", "target": {**AIM, "bound": "100"}},
        {"form": "figure", "indicator": "08.001", "target": {**AIM, "bound": "99999999"}},
    )
    said = kept.answers([rate, count], Sight.now("vi"))
    assert said[rate.id].head.target.endswith(" điểm phần trăm")
    assert "điểm" not in said[count.id].head.target


def test_a_target_judges_periods_of_its_own_year_alone(centre: Nation):
    asked = {"own": AIM, "other": {**AIM, "year": 2019}, "none": {name: AIM[name] for name in ("operator", "bound")}}
    tiles = board(*({"form": "figure", "indicator": "08.001", "target": each} for each in asked.values()))
    heads = [each.head for each in kept.answers(tiles, Sight.now("vi")).values()]
    assert [head.period for head in heads] == ["Quý II/2020"] * 3
    assert [head.met for head in heads] == [True, None, None]
    assert [head.target for head in heads] == [
        "đạt, mục tiêu năm 2020 ≥ 10", "mục tiêu năm 2019 ≥ 10", "mục tiêu ≥ 10, chưa ghi của năm nào",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["line", "bar", "figure"])
def test_the_dashed_line_stands_over_the_periods_of_its_year(centre: Nation, form: str):
    [plain] = board({"form": form, "indicator": "08.001"})
    near = f"{kept.answers([plain], Sight.now('vi'))['t0'].head.value:f}"
    aims = [None, {**AIM, "bound": near}, {**AIM, "bound": near, "year": 2031}]
    tiles = board(*({"form": form, "indicator": "08.001", "target": each} for each in aims))
    said = kept.answers(tiles, Sight.now("vi"))
    assert {mark.aimed for mark in said["t1"].marks if "2020" in mark.name} == {True}
    assert not any(mark.aimed for mark in said["t1"].marks if "2020" not in mark.name)
    drawn = {pk: each.html for pk, each in kept.tiles(tiles, Sight.now("vi")).items()}
    assert ['class="target"' in drawn[pk] for pk in ("t0", "t1", "t2")] == [False, True, False]


def test_a_target_says_its_basis_on_the_tile_page_and_in_the_files(centre: Nation):
    data = {"schema": "dienhong.board/1", "tiles": [
        {"id": "t0", "form": "figure", "indicator": "08.001", **QUARTER, "target": AIM},
        {"id": "t1", "form": "figure", "indicator": "08.001", **QUARTER, "target": {**AIM, "year": 2019}},
        {"id": "t2", "form": "figure", "indicator": "99.999", **QUARTER, "target": {"operator": "<", "bound": "4"}},
    ]}  # fmt: skip
    column = Column.objects.get(key="administration")
    actions.make_board(by=centre.person("mau-dieu-hanh"), column=column, name_vi="Thử", name_en="", data=data)
    client = centre.client("mau-chu-toa")
    pages = [client.get(f"/boards/thu/tiles/t{n}/").content.decode() for n in range(3)]
    said = [
        re.sub(r"<[^>]+>|\s+", " ", page.split('<section id="target">')[1].split("</section>")[0]) for page in pages
    ]
    assert [" ".join(each.split()) for each in said] == [
        "Mục tiêu ≥ 10 hồ sơ , của năm 2020 Căn cứ: Nghị quyết thử 17/NQ",
        "Mục tiêu ≥ 10 hồ sơ , của năm 2019 Căn cứ: Nghị quyết thử 17/NQ",
        "Mục tiêu &lt; 4 , chưa ghi của năm nào, nên không xét đạt hay chưa Căn cứ: chưa ghi",
    ]
    assert 'href="/boards/thu/tiles/t0/#target"' in client.get("/boards/thu/").content.decode()
    file = client.get("/boards/thu/tiles/t0.svg")
    assert "(Nghị quyết thử 17/NQ)" in file.content.decode()
    assert client.get("/boards/thu/tiles/t1.json").json()["head"]["basis"] == "Nghị quyết thử 17/NQ"


def test_a_tile_is_drawn_again_when_what_it_is_made_from_is_published_and_not_otherwise(centre: Nation):
    tiles = board(
        {"form": "figure", "indicator": "08.004"},
        {"form": "figure", "indicator": "S.07.206", **{"calendar": "decree09", "kind": "year"}},
    )
    before = kept.tiles(tiles, Sight.now("vi"))
    duty = centre.duty("10")
    _hand_in(duty)
    publish()
    after = kept.tiles(tiles, Sight.now("vi"))
    assert after["t1"] is before["t1"]
    assert after["t0"].html != before["t0"].html
    past = Sight.past(before_publication(), "vi")
    assert ">" + text(before["t0"].html) + "<" in kept.tiles(tiles, past)["t0"].html


def text(html: str) -> str:
    return html.split('<p class="value"><a href="')[1].split(">")[1].split("<")[0]


def before_publication():
    from dienhong.indicators.models import Publication

    return Publication.objects.order_by("-known_at").values_list("known_at", flat=True)[1]


def _hand_in(duty) -> None:
    who = actors_of(duty.unit_id, duty.receiver_id)
    version = reporting.start_entry(by=who.entry, duty=duty)
    numbers = {"r1": "500", "r2.1": "100", "r2.2": "390", "r3.1": "900", "r3.2": "60", "r4.1": "25", "r4.2": "5"}
    reporting.save_cells(by=who.entry, version=version, typed={key: Typed(said) for key, said in numbers.items()})
    from dienhong.reporting import review

    for finding in review.judge(version).findings:
        if finding.asks:
            reporting.explain(by=who.entry, version=version, rule=finding.rule, text="Số mẫu.")
    reporting.submit(by=who.entry, version=version)
    reporting.approve(by=who.leader, version=version)
    reporting.send(by=who.clerk, version=version)


def test_part_of_a_period_is_not_held_against_a_whole_one(centre: Nation):
    [tile] = board({"form": "figure", "indicator": "08.001"})
    subject = subjects([tile], Sight.now("vi"))["t0"]
    assert isinstance(subject, Subject)
    row = subject.rows[-1]
    whole = subject.total(row)
    part = replace(whole, stage=Stage.PRELIMINARY)
    assert answer.change(subject, row, part) == answer.change(subject, row, whole), "the period is over"
    subject.sight = replace(subject.sight, today=row.last)
    assert answer.change(subject, row, whole).amount is not None, "official: it is whole"
    said = answer.change(subject, row, part)
    assert (said.amount, said.text) == (None, "kỳ chưa hết")


def test_a_figure_past_its_freshness_becomes_a_dash(centre: Nation):
    [tile] = board({"form": "figure", "indicator": "08.001", "fresh": 1})
    drawn = kept.tiles([tile], Sight.now("vi"))[tile.id]
    assert drawn.known is not None
    assert "broken" in drawn.shown(drawn.known + 3601, "#").split(">")[0]
    assert "broken" not in drawn.shown(drawn.known + 3599, "#").split(">")[0]


@pytest.mark.parametrize("change", [{"indicator": "99.999"}, {"kind": "month"}, {"unit": "khong"}])
def test_what_cannot_be_asked_says_why(centre: Nation, change: dict):
    drawn = kept.tiles(board({"form": "figure", "indicator": "08.001", **change}), Sight.now("vi"))
    assert 'class="quiet why-not"' in drawn["t0"].html


def test_the_stamp_follows_publications(centre: Nation):
    marks = stamps.Stamps()
    assert marks.follow() == set()
    before = marks.of([queries.indicator("08.001").pk])
    _hand_in(centre.duty("10"))
    publish()
    touched = marks.follow()
    assert queries.indicator("08.001").pk in touched
    assert marks.follow() == set()
    again = stamps.Stamps()  # the database was away: counted anew, and what was drawn before is not taken for it
    again.follow()
    assert again.of([queries.indicator("08.001").pk]) > before


def test_directives_progress_says_of_how_many_and_opens_the_list(centre: Nation):
    ministry, province = centre.unit("OOG", "agency"), centre.unit("01")
    boss = centre.person("mau-vpcp-lanh-dao")
    tasks = [Task(province, "Rà hồ sơ.", dt.date(2020, 8, day)) for day in (14, 28)]
    paper = Document("01/CT-THU", dt.date(2020, 8, 3), "Thủ tướng Chính phủ")
    [tile] = board({"form": "directives"})

    def said(unit: str = "") -> tuple[str, list[str]]:
        answer = kept.answers([tile], Sight.now("vi"), unit)["t0"]
        return answer.head.text, [mark.text for mark in answer.marks]

    def drawn() -> str:
        return kept.tiles([tile], Sight.now("vi"))["t0"].html

    assert said() == ("0", ["0 / 0"] * 4)
    assert "Chưa giao nhiệm vụ nào" in drawn()
    told = kept.tiles([tile], Sight.now("vi"))["t0"]
    assert 'data-counted data-fresh="86400"' in told.html, "a count has an age too, and an end"
    assert "vừa xong" in told.shown(1e9, "#")
    past = kept.tiles([tile], Sight.past(queries.moment().at, "vi"))["t0"].html
    assert 'data-counted data-fresh="0"' in past, "a count of a past minute is of that minute for good"
    with clock.played(dt.datetime(2020, 8, 10, 9, tzinfo=clock.HANOI)):
        made = directives.issue(by=boss, issuer=ministry, title="Hồ sơ", tasks=tasks, document=paper)
    assert said() == ("2", ["0 / 2", "0 / 2", "1 / 2", "1 / 2"])
    directives.acknowledge(by=centre.person("mau-ha-noi-lanh-dao"), assignment=made.assignments.get(number=1))
    directives.close(by=boss, assignment=made.assignments.get(number=1), reason="Xong.")
    html = drawn()
    assert all(words in html for words in ("1 / 2", "50,0 %, còn lại 1", "show=late", "Xong muộn"))
    assert said("10") == ("0", ["0 / 0"] * 4)
    assert said("01")[0] == "2"
    past = Sight.past(queries.from_business(dt.datetime(2020, 8, 12, tzinfo=clock.HANOI)), "vi")
    answer = kept.answers([tile], past)["t0"]
    assert [mark.text for mark in answer.marks] == ["0 / 2", "0 / 2", "2 / 2", "0 / 2"]
    [link] = {mark.href for mark in answer.marks if mark.code == "in_time"}
    page = centre.client("mau-chu-toa").get(link)
    assert page.context["page_obj"].paginator.count == 2


def test_a_board_of_a_region_draws_its_provinces_and_names_its_own_late(centre: Nation):
    tiles = board({"form": "map", "indicator": "08.004", "height": 3}, {"form": "late"})
    drawn = kept.tiles(tiles, Sight.now("vi"), "mekong_delta")["t0"].html
    assert "/figures/08.004/decree09/2020-Q2/92/" in drawn
    assert "/figures/08.004/decree09/2020-Q2/01/" not in drawn
    assert "Hà Giang" not in drawn, "a province elsewhere is not missing"
    whole, region, province = (
        kept.answers(tiles, Sight.now("vi"), unit)["t1"] for unit in ("", "mekong_delta", "80")
    )  # fmt: skip
    assert int(whole.head.text) > int(region.head.text) > int(province.head.text) > 0
    assert (region.where, province.marks[0].label) == ("Đồng bằng sông Cửu Long", "Long An")
    assert "không có tỉnh nào" in kept.answers(tiles, Sight.now("vi"), "10")["t0"].problem


@pytest.mark.parametrize(("width", "all_of_them"), [(570, True), (258, False)])
def test_a_bar_bears_its_number_where_there_is_room(width: int, all_of_them: bool):
    """Ten years of revenue in billions: the figures of seven digits were as wide as their bars by count of letters."""
    texts = [*["998.217"] * 4, *["1.293.627"] * 6]
    marks = tuple(answer.Mark(f"20{n}", each, Decimal(each.replace(".", "")), "/") for n, each in enumerate(texts, 10))
    said = answer.Answer(Tile("t0", "bar"), "Thu ngân sách", "vi", marks=marks)
    drawn = charts.columns(said, Size(width, 300))
    shown = re.findall(r'class="mid figure"[^>]*>([^<]+)<', drawn)
    assert shown == (texts if all_of_them else texts[-1:])
