"""Seven boards and a wall of the demo nation, made by its steering officer through the same actions as anyone's.

Only indicators of which the demo has figures; targets with the document that set them. Boards that are there already
are left alone, so that what somebody changed in the demo stays.
"""

from typing import Any

from dienhong.centre import actions, queries, spec, wall_actions
from dienhong.centre.models import BoardVersion, Column, Show
from dienhong.organizations.models import Person

OFFICER = "mau-dieu-hanh"
PLAN_2020 = "Nghị quyết 85/2019/QH14"
MONTH, QUARTER, YEAR = ("calendar", "month"), ("calendar", "quarter"), ("calendar", "year")
REPORT_MONTH, REPORT_QUARTER, REPORT_YEAR = ("decree09", "month"), ("decree09", "quarter"), ("decree09", "year")
EVENT, DAY = ("event", "event"), ("day", "day")
Tile = dict[str, Any]


def tile(form: str, code: str, periods: tuple[str, str], count: int = 13, **more: Any) -> Tile:
    calendar, kind = periods
    return {"form": form, "indicator": code, "calendar": calendar, "kind": kind, "count": count, **more}


def target(operator: str, bound: str, basis: str, year: int = 2020) -> Tile:
    return {"operator": operator, "bound": bound, "basis": basis, "year": year}


LATE: Tile = {"form": "late"}
DIRECTIVES: Tile = {"form": "directives"}
ECONOMY = [
    tile("figure", "01.001", YEAR, good="up", target=target("≥", "6.8", PLAN_2020)),
    tile("figure", "03.001", YEAR, good="down", target=target("<", "4", PLAN_2020)),
    tile("figure", "03.006", MONTH, compare="year_before", good="up"),
    tile("figure", "03.008", MONTH, compare="year_before", good="up"),
    tile("line", "03.006", MONTH, 24, compare="year_before", good="up", width=2,
         title_vi="Xuất khẩu hai năm qua", title_en="Exports over two years"),
    tile("figure", "S.03.303", MONTH, compare="prev"),
    tile("figure", "02.001", YEAR, compare="prev", good="up"),
    tile("bar", "02.001", YEAR, 10, width=2, good="up", title_vi="Thu ngân sách nhà nước từng năm",
         title_en="State budget revenue by year"),
    tile("line", "03.007", MONTH, 24, compare="year_before", width=2, title_vi="Nhập khẩu hai năm qua",
         title_en="Imports over two years"),
]  # fmt: skip
SECTORS = [
    tile("map", "01.012", YEAR, 1, good="up", height=3, compare="none"),
    tile("figure", "S.01.303", MONTH, compare="year_before", good="up"),
    tile("figure", "01.017", YEAR, good="up"),
    tile("figure", "01.023", YEAR, good="up"),
    tile("line", "S.01.303", MONTH, 36, width=2, compare="year_before", good="up",
         title_vi="Sản xuất công nghiệp ba năm qua (2015 = 100)",
         title_en="Industrial production over three years (2015 = 100)"),
    tile("figure", "01.015", YEAR, good="up"),
    tile("ranking", "01.017", YEAR, 1, good="up", title_vi="Sản lượng lúa theo tỉnh",
         title_en="Production of paddy by province"),
    tile("figure", "01.021", YEAR, good="up"),
    tile("figure", "01.025", YEAR, good="up"),
]  # fmt: skip
SOCIETY = [
    tile("map", "S.06.305", YEAR, 1, good="down", height=3, compare="none"),
    tile("figure", "06.001", YEAR, compare="prev"),
    tile("figure", "06.012", YEAR, good="up"),
    tile("figure", "S.06.301", YEAR),
    tile("figure", "05.001", QUARTER, compare="year_before"),
    tile("figure", "S.05.302", QUARTER, compare="year_before", good="down",
         attention={"operator": ">", "bound": "2.5"}),
    tile("figure", "06.026", YEAR, good="up"),
    tile("line", "S.05.302", QUARTER, 20, width=2, compare="year_before", good="down"),
    tile("figure", "S.05.303", QUARTER, compare="year_before", good="up"),
]  # fmt: skip
ADMINISTRATION = [
    tile("map", "08.004", REPORT_QUARTER, 1, good="up", height=3, compare="prev",
         title_vi="Hồ sơ giải quyết đúng hạn", title_en="Dossiers resolved on time"),
    tile("figure", "08.004", REPORT_QUARTER, 8, good="up", target=target("≥", "95", "Nghị quyết 17/NQ-CP (2019)"),
         attention={"operator": "<", "bound": "95"}),
    tile("figure", "08.001", REPORT_QUARTER, 8, compare="year_before"),
    LATE,
    tile("figure", "08.005", REPORT_QUARTER, 8, good="up", target=target("≥", "20", "Nghị quyết 17/NQ-CP (2019)")),
    DIRECTIVES,
    tile("ranking", "08.005", REPORT_QUARTER, 1, good="up", height=2, title_vi="Hồ sơ trực tuyến theo tỉnh",
         title_en="Dossiers received online by province"),
    tile("figure", "08.003", REPORT_QUARTER, 8, good="down"),
    tile("figure", "S.08.401", DAY, 14, compare="prev"),
]  # fmt: skip
PROVINCES = [
    tile("heat", "08.004", REPORT_QUARTER, 6, good="up", width=2, height=3,
         title_vi="Đúng hạn theo tỉnh, sáu quý", title_en="On time by province, six quarters"),
    tile("map", "08.005", REPORT_QUARTER, 1, good="up", height=3),
    tile("ranking", "08.001", REPORT_QUARTER, 1, height=3, good="up"),
    tile("heat", "08.005", REPORT_QUARTER, 8, good="up", width=3, height=3,
         title_vi="Trực tuyến theo tỉnh, tám quý", title_en="Received online by province, eight quarters"),
    tile("ranking", "08.005", REPORT_QUARTER, 1, height=3, good="up"),
]  # fmt: skip
ENTERPRISES = [
    tile("figure", "03.021", YEAR, good="up"),
    tile("figure", "03.022", YEAR, good="up"),
    tile("figure", "04.008", YEAR, good="up"),
    tile("ranking", "04.008", YEAR, 1, height=2, good="up", title_vi="Dự án FDI cấp mới theo tỉnh",
         title_en="New FDI projects by province"),
    tile("bar", "03.022", YEAR, 12, width=3, title_vi="Vốn FDI thực hiện từng năm",
         title_en="FDI disbursed by year"),
    tile("line", "S.04.102", REPORT_MONTH, 12, width=2),
    tile("figure", "S.04.117", REPORT_MONTH, 12, good="down"),
    tile("figure", "S.04.113", REPORT_MONTH, 12),
]  # fmt: skip
EMERGENCIES = [
    tile("figure", "S.07.103", EVENT, 6, good="down", fresh=72),
    tile("figure", "S.07.107", EVENT, 6, fresh=72),
    tile("figure", "S.07.110", EVENT, 6, good="down", fresh=72),
    tile("late", "", MONTH, regime="RR07", title_vi="Chậm báo cáo nhanh thiên tai",
         title_en="Late flash reports on disasters"),
    tile("bar", "S.07.105", EVENT, 8, width=2, fresh=72),
    tile("figure", "S.07.203", REPORT_YEAR, 3, good="up", attention={"operator": "<", "bound": "90"},
         target=target("≥", "90", "Luật Phòng, chống thiên tai, Điều 15", 2019)),
    tile("figure", "S.07.206", REPORT_YEAR, 3, good="up"),
    tile("ranking", "S.07.203", REPORT_YEAR, 1, height=1, good="up"),
    tile("vega", "S.07.215", REPORT_YEAR, 3, width=2,
         title_vi="Hộ đã di dời khỏi vùng nguy cơ, theo tỉnh", title_en="Households moved from risk zones, by province",
         own={
             "data": {"name": "figures"}, "mark": {"type": "bar"},
             "transform": [
                 {"filter": "datum.level == 'below'"},
                 {"window": [{"op": "rank", "as": "place"}], "sort": [{"field": "value", "order": "descending"}]},
                 {"filter": "datum.place <= 6"},
             ],
             "encoding": {
                 "x": {"field": "value", "type": "quantitative", "title": None},
                 "y": {"field": "unit", "type": "nominal", "sort": "-x", "title": None},
             },
         }),
    tile("figure", "S.07.208", REPORT_YEAR, 3),
]  # fmt: skip
BOARDS = (
    ("economy", "Tăng trưởng và ngân sách", "Growth and budget", ECONOMY),
    ("sectors", "Sản xuất và thị trường", "Production and market", SECTORS),
    ("society", "Dân số, việc làm, giảm nghèo", "People, jobs, poverty", SOCIETY),
    ("administration", "Thủ tục hành chính", "Administrative procedures", ADMINISTRATION),
    ("provinces", "63 tỉnh, thành phố", "The 63 provinces", PROVINCES),
    ("enterprises", "Đầu tư và quản lý thị trường", "Investment and market control", ENTERPRISES),
    ("emergencies", "Phòng, chống thiên tai", "Natural disasters", EMERGENCIES),
)
SHOW = "Tường Trung tâm điều hành"


def make() -> tuple[int, int]:
    """Boards and walls that were made; none where they are there."""
    by = Person.objects.get(username=OFFICER)
    columns = {column.key: column for column in Column.objects.order_by("position")}
    there = dict(BoardVersion.objects.filter(number=1).values_list("name_vi", "board__slug"))
    made = 0
    for key, name_vi, name_en, tiles in BOARDS:
        if name_vi in there:
            continue
        data: Tile = {
            "schema": spec.SCHEMA,
            "tiles": [{"id": f"t{number}", **each} for number, each in enumerate(tiles, 1)],
        }
        version = actions.make_board(by=by, column=columns[key], name_vi=name_vi, name_en=name_en, data=data)
        there[name_vi] = version.board.slug
        made += 1
    if Show.objects.exists():
        return made, 0
    show: Tile = {"schema": "dienhong.show/1", "across": 1, "down": 1, "scenes": _scenes(there)}
    wall_actions.make_show(by=by, name_vi=SHOW, name_en="Wall of the Operations Centre", data=show)
    return made, 1


def _scenes(slugs: dict[str, str]) -> list[Tile]:
    """One for each page of each board: a tile that fits on no scene would hang on no wall."""
    pages = {row.board.slug: len(queries.spec_of(row).pages()) for row in queries.newest(None, slugs.values())}
    scenes: list[Tile] = []
    for _key, name_vi, name_en, _tiles in BOARDS:
        for page in range(1, pages.get(slugs[name_vi], 1) + 1):
            more = ("", "") if page == 1 else (f", trang {page}", f", page {page}")
            scenes.append({
                "key": f"s{len(scenes) + 1}", "name_vi": name_vi + more[0], "name_en": name_en + more[1], "seconds": 40,
                "screens": [{"board": slugs[name_vi], "page": page}],
            })  # fmt: skip
    return scenes
