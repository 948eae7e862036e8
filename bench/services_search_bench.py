"""Search over 10,000 procedures as people type it: over HTTP through the server as it is started for use, and bare.

The bundled names times local versions. Each of the typed queries of the catalogue's own test is asked once, in a fixed
order, of a server that has just started (nothing kept); beside it the same words asked of PostgreSQL with ILIKE over
the folded names and with a `simple` tsvector, which find neither slips nor synonyms.
"""

import csv
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

from django.core.management import call_command
from django.db import connection

from bench import services_site as site_of
from bench.run import Result
from dienhong.base.text import fold
from dienhong.catalogue.search import live

QUERIES = site_of.ROOT / "dienhong" / "catalogue" / "tests" / "data" / "queries.csv"
WARM = 20


def queries() -> list[dict[str, str]]:
    with open(QUERIES, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def p95(took: list[float]) -> float:
    return round(sorted(took)[int(len(took) * 0.95) - 1] * 1000, 2)


def timed(
    ask: Callable[[str], object], texts: list[str], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    took = []
    for text in texts:
        began = clock()
        ask(text)
        took.append(clock() - began)
    return took


def ilike(text: str) -> None:
    words = fold(text).split()[:12] or ["-"]
    with connection.cursor() as cursor:
        where = " AND ".join(["search_key ILIKE %s"] * len(words))
        cursor.execute(
            f"SELECT id, name FROM catalogue_version WHERE current AND {where} ORDER BY length(name) LIMIT 20",  # noqa: S608
            [f"%{word}%" for word in words],
        )
        cursor.fetchall()


def fulltext(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name FROM catalogue_version, plainto_tsquery('simple', %s) q WHERE current"
            " AND to_tsvector('simple', search_key) @@ q"
            " ORDER BY ts_rank(to_tsvector('simple', search_key), q) DESC LIMIT 20",
            [fold(text)],
        )
        cursor.fetchall()


def run() -> Iterator[Result]:
    with site_of.database():
        many = site_of.fill(10_000)
        rows = [row for row in queries() if row["kind"] != "code"]  # a code alone leads on to its page
        texts = [row["query"] for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE INDEX IF NOT EXISTS bench_words ON catalogue_version USING gin"
                " (to_tsvector('simple', search_key)) WHERE current"
            )
            cursor.execute("ANALYZE catalogue_version")
        call_command("collectstatic", interactive=False, verbosity=0)
        began = time.perf_counter()
        live.forget()
        live.warm()
        built = time.perf_counter() - began
        bare, words = timed(ilike, texts), timed(fulltext, texts)
        inside = timed(lambda text: live.find(text, 20), texts)
        live.forget()
        live.warm()
        busy = timed(lambda text: live.find(text, 20), texts, time.process_time)
        with site_of.served() as site:
            site.get("/portal/search?q=" + quote("đăng ký"))
            for _ in range(WARM):
                site.get("/portal/search?q=" + quote("khai sinh"))
            over = timed(lambda text: site.get("/portal/search?q=" + quote(text)), texts)
            typing = [text[:end] for text in texts[:120] for end in range(2, min(len(text), 14), 3)]
            suggested = timed(lambda text: site.get("/portal/suggest?q=" + quote(text)), typing)
        said = f"{many:,} procedures, {len(texts)} queries, each asked once; beside: "
        yield Result("services.search, page over HTTP, p95", p95(over), "ms", 50, p95(bare), note=said + "SQL ILIKE")
        yield Result("services.search, suggestions over HTTP, p95", p95(suggested), "ms", 50, p95(bare),
                     note=f"{len(typing)} beginnings of queries")  # fmt: skip
        yield Result("services.search, index alone, p95", p95(inside), "ms", None, p95(words),
                     note=said + "tsvector with GIN")  # fmt: skip
        yield Result("services.search, index alone, CPU, p95", p95(busy), "ms", None)
        yield Result("services.search, index built once a worker", round(built, 2), "s", None)
