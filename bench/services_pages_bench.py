"""1,000 different catalogue pages for visitors without a session, and how soon an edit shows.

The server as `manage.py up` starts it; the load generator is a program beside it on the same two cores, and its share
of them is printed. Beside: what the same server and the same load do with /healthz, which asks nothing of anybody.
"""

import time
from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command

from bench import services_site as site_of
from bench.run import Result
from dienhong.catalogue.actions import import_procedures
from dienhong.catalogue.models import Version
from dienhong.catalogue.reading.records import Record

PAGES, LINES, SECONDS, EDITS, PATIENCE = 1000, 16, 8.0, 10, 150.0
KEPT = "dienhong.portal.cache.pages"


def addresses() -> list[str]:
    rows = Version.objects.filter(current=True).order_by("procedure__code").values_list("procedure__code", flat=True)
    return [f"/procedures/{code}/" for code in rows[:PAGES]]


def edit(site: "object", code: str, number: int) -> float:
    """Seconds from the commit of an edit until each of eight readings in a row shows it: all workers have it."""
    old = Version.objects.select_related("field", "agency").get(current=True, procedure__code=code)
    name = f"Tên đã sửa lần {number}"
    import_procedures(
        by="job:bench", records=[Record(code, name, old.field.name, old.agency.name)], source=f"bench {time.time()}"
    )
    began, seen = time.perf_counter(), 0
    while seen < 8:
        if name.encode() in site.get(f"/procedures/{code}/"):  # type: ignore[attr-defined]
            seen += 1
        else:
            seen, last = 0, time.perf_counter()
            if last - began > 10:
                raise RuntimeError("an edit did not show within ten seconds")
    return time.perf_counter() - began


def run() -> Iterator[Result]:
    if KEPT not in settings.MIDDLEWARE:
        raise SystemExit(f"{KEPT} is not among MIDDLEWARE: nothing would be kept.")
    with site_of.database():
        site_of.fill(1000)
        call_command("collectstatic", interactive=False, verbosity=0)
        asked = addresses()
        with site_of.served() as site:
            cold = site_of.load(site.port, asked, 4, LINES)  # type: ignore[attr-defined]
            until = time.monotonic() + PATIENCE  # each worker keeps its own
            while time.monotonic() < until:
                fresh = site_of.load(site.port, asked, 4, LINES)  # type: ignore[attr-defined]
                if fresh["kept"] == fresh["answers"] and fresh["answers"] > 2 * PAGES:
                    break
            warm = site_of.load(site.port, asked, SECONDS, LINES)  # type: ignore[attr-defined]
            bare = site_of.load(site.port, ["/healthz"], 4, LINES)  # type: ignore[attr-defined]
            shown = sorted(edit(site, asked[number].split("/")[2], number) for number in range(EDITS))
        print(f"  load: {warm['cpu_s']} CPU s of {warm['seconds']} s, {LINES} connections, {warm['kib']} KiB an answer")
        if warm["good"] != warm["answers"]:
            raise RuntimeError(f"{warm['answers'] - warm['good']} answers were not 200")
        rate = round(warm["kept"] / warm["answers"] * 100, 2)
        note = f"{PAGES} pages by turns, hit rate {rate} %, p95 {warm['p95_ms']} ms, generator {warm['cpu_s']} CPU s"
        yield Result("services.pages, kept", warm["per_second"], "1/s", 1000, bare["per_second"], False, note)
        yield Result("services.pages, hit rate", rate, "%", 99, None, False)
        yield Result("services.pages, not yet kept", cold["per_second"], "1/s", None, None, False,
                     f"the first 4 s, hit rate {round(cold['kept'] / cold['answers'] * 100, 1)} %")  # fmt: skip
        yield Result("services.pages, an edit shows, longest", round(shown[-1], 3), "s", 1.0, None, True,
                     f"{EDITS} edits, seen eight times in a row")  # fmt: skip
