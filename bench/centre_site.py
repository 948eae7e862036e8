"""Ground of the Centre's benches: boards of 15 and 45 tiles over the ten million observations, a wall, the site on it.

Figures, lines, bars, rankings, tile maps and heat tables of indicators that 63 provinces report every month. `flat` is
the same figures once more as a plain table, newest versions only, for a peer that knows no versions.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from psycopg.types.range import DateRange

from bench import http_bench
from dienhong.base import clock
from dienhong.centre import actions, wall_actions
from dienhong.centre.live import topics
from dienhong.centre.models import Board, BoardVersion, Column, Show
from dienhong.indicators import places
from dienhong.organizations.models import Grant, Person, Role

ROOT = Path(__file__).resolve().parents[1]
SIZES = (15, 45)
# Of fifteen tiles. `count`: periods asked.
FORMS: tuple[tuple[str, int], ...] = (
    *[("figure", 13)] * 6, *[("line", 24)] * 3, *[("bar", 12)] * 2, *[("ranking", 1)] * 2, ("map", 1), ("heat", 6),
)  # fmt: skip
FLAT = """
CREATE TABLE bench_flat AS
SELECT i.code AS indicator, p.first AS month, u.code AS unit, newest.value
FROM (
    SELECT DISTINCT ON (o.indicator_id, o.period_id, o.unit_id) o.indicator_id, o.period_id, o.unit_id, o.value
    FROM indicators_observation o JOIN indicators_publication b ON b.batch_id = o.batch_id
    WHERE o.indicator_id = ANY(%s) AND o.breakdown_id = %s
    ORDER BY o.indicator_id, o.period_id, o.unit_id, b.known_at DESC
) newest
JOIN indicators_indicator i ON i.id = newest.indicator_id
JOIN indicators_period p ON p.id = newest.period_id
JOIN organizations_unitcode u ON u.unit_id = newest.unit_id AND u.validity @> DATE '2020-06-30'
JOIN organizations_codescheme s ON s.id = u.scheme_id AND s.key = 'gso';
CREATE INDEX ON bench_flat (indicator, month);
ANALYZE bench_flat
"""


@dataclass(frozen=True)
class Ground:
    """Who looks, what is drawn: slugs of the boards by their number of tiles, and of the wall."""

    officer: Person
    boards: dict[int, str]
    wall: str
    codes: list[str]


def codes() -> list[str]:
    """Indicators that the provinces report, in the order of their codes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT i.code FROM bench_cell c JOIN indicators_indicator i ON i.id = c.indicator_id ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def tiles(count: int, known: list[str], title: str = "") -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for place in range(count):
        form, periods = FORMS[place % len(FORMS)]
        made.append(
            {
                "id": f"t{place}", "form": form, "indicator": known[place % len(known)], "calendar": "calendar",
                "kind": "month", "count": periods, "unit": "VN", "height": 3 if form in ("map", "heat") else 1,
                **({"title_vi": f"Ô {place}, {title}", "title_en": f"Tile {place}, {title}"} if title else {}),
            }
        )  # fmt: skip
    return made


def spec(count: int, known: list[str], title: str = "") -> dict[str, Any]:
    return {"schema": "dienhong.board/1", "tiles": tiles(count, known, title)}


def ground() -> Ground:
    """Boards, wall and officer, made once; inside `volume.database()`."""
    officer, _new = Person.objects.get_or_create(username="bench", defaults={"display_name": "Bench"})
    nation = places.unit("VN", clock.business_today())
    Grant.objects.get_or_create(
        person=officer, role=Role.STEERING_OFFICER, unit=nation, defaults={"validity": DateRange(None, None)}
    )
    actions.load_columns(by="job:bench")
    column, known = Column.objects.order_by("position")[0], codes()
    boards = {size: _board(officer, column, size, known) for size in SIZES}
    return Ground(officer, boards, _wall(officer, boards), known)


def _board(officer: Person, column: Column, size: int, known: list[str]) -> str:
    slug = f"bench-{size}"
    if not Board.objects.filter(slug=slug).exists():
        actions.make_board(
            by=officer, column=column, name_vi=f"Bench {size}", name_en=f"Bench {size}", data=spec(size, known)
        )
    return slug


def _wall(officer: Person, boards: dict[int, str]) -> str:
    slug = "bench-wall"
    if not Show.objects.filter(slug=slug).exists():
        screens = [{"board": boards[45], "page": page} for page in (1, 2, 3, 4)]
        scene = {"key": "a", "name_vi": "Cảnh", "name_en": "Scene", "seconds": 3600, "screens": screens}
        data = {"schema": "dienhong.show/1", "across": 2, "down": 2, "scenes": [scene]}
        wall_actions.make_show(by=officer, name_vi="Bench wall", name_en="Bench wall", data=data)
    return slug


def empty_the_tiles(made: Ground, size: int) -> None:
    """Save the board anew with other words on every tile: none of them is kept then, while the server stays warm."""
    board = Board.objects.get(slug=made.boards[size])
    latest = BoardVersion.objects.filter(board=board).order_by("-number")[0]
    actions.save_board(
        by=made.officer, board=board, base=latest.number, name_vi=latest.name_vi, name_en=latest.name_en,
        data=spec(size, made.codes, str(time.time_ns())),
    )  # fmt: skip


def flat(known: list[str]) -> int:
    """The peer's table, made once. Returns its rows."""
    from django.db import connection

    from dienhong.indicators import queries
    from dienhong.indicators.models import Indicator

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_flat') IS NOT NULL")
        if not cursor.fetchone()[0]:
            ids = list(Indicator.objects.filter(code__in=known).values_list("pk", flat=True))
            first, *rest = FLAT.split(";\n")
            cursor.execute(first, [ids, queries.total_breakdown()])
            for statement in rest:
                cursor.execute(statement)
            cursor.execute("GRANT SELECT ON bench_flat TO PUBLIC")
        cursor.execute("SELECT count(*) FROM bench_flat")
        return int(cursor.fetchone()[0])


def cookie(officer: Person) -> str:
    client = Client()
    client.force_login(officer)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def live() -> Iterator[None]:
    """Sealer and drawing process beside the web server, as `manage.py up` starts them."""
    home = Path(settings.HOME)
    running = []
    topics.address().unlink(missing_ok=True)
    try:
        for name, role in (("sealer", "sealer"), ("live", "app")):
            log = open(home / f"bench-{name}.log", "wb")  # noqa: SIM115 (written to until its end)
            running.append(
                (
                    subprocess.Popen(
                        [sys.executable, str(ROOT / "manage.py"), name], cwd=ROOT, env=http_bench.environment(role),
                        stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    ),
                    log,
                )
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while not topics.address().exists():  # walls that come before it would be sent away
            if time.monotonic() > deadline:
                raise RuntimeError("the drawing process did not come up: bench-live.log says why")
            time.sleep(0.1)
        yield
    finally:
        for process, log in running:
            process.terminate()
            process.wait(20)
            log.close()
