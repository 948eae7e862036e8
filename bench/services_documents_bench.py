"""How long a paper takes: typeset, signed, given whole (number, file fsynced, row, journal), and checked.

Works in a database of its own (bench_documents) on the configured server and drops it afterwards; keys and files lie
in a temporary folder. Medians of COUNT papers, one after another, which is also how papers are signed in bulk.
"""

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from psycopg.types.range import DateRange

from bench.run import Result
from dienhong.base import store
from dienhong.config import databases
from dienhong.documents import actions, paper, signing, typesetting, verifying
from dienhong.documents.authority import demo
from dienhong.documents.models import Issued
from dienhong.organizations.models import Unit, UnitName

NAME = "bench_documents"
COUNT = 40
WHO = {"name": "Nguyễn Văn Mẫu", "address": "Số 1 phố Mẫu, Hà Nội", "phone": "0900 000 000"}
DATA: dict[str, Any] = {
    "dossier_code": "000.00.01.H26-200820-0001",
    "payer": WHO,
    "bill_code": "DH0000017",
    "lines": [{"label": "Lệ phí trước bạ xe ô tô", "amount": 48_000_000, "law": "Nghị định 140/2016/NĐ-CP"}],
    "total": 48_000_000,
    "paid_at": dt.datetime(2020, 8, 20, 9, 15),
    "law": ["Nghị định 140/2016/NĐ-CP", "Nghị định 70/2020/NĐ-CP"],
}


def timed(name: str, work: Callable[[], object], target: float | None = None, note: str = "") -> Result:
    """Median wall time; the note has this process's own CPU time, which a busy machine lengthens less."""
    work()
    walls, cpus = [], []
    for _ in range(COUNT):
        began, spent = time.perf_counter(), time.process_time()
        work()
        walls.append((time.perf_counter() - began) * 1000)
        cpus.append((time.process_time() - spent) * 1000)
    said = f"{note}; CPU {statistics.median(cpus):.0f} ms"
    return Result(f"services.document{name}", round(statistics.median(walls), 1), "ms", target, note=said)


def frame() -> dict[str, Any]:
    where = paper.address("0" * 16)
    return {
        "agency": "Chi cục Thuế Mẫu", "over": "", "place": "Hà Nội", "day": "20", "month": "08", "year": "2020",
        "number": "01/2020/BLP", "title_vi": "Biên lai thu phí, lệ phí", "title_en": "Receipt of fees", "regime": "",
        "form": "", "signer": {"name": "Chi cục Thuế Mẫu", "unit": "", "role": "Cơ quan ban hành"}, "replaces": None,
        "code": "0000-0000-0000-0000", "address": where, "demo": True, "qr": paper.qr_svg(where),
        "data": typesetting.plain(DATA),
    }  # fmt: skip


def papers() -> Iterator[Result]:
    now, template, content = dt.datetime.now(dt.UTC), typesetting.find("fee_receipt"), frame()
    pdf = typesetting.typeset(template, content, now).pdf
    note = f"one page, PDF/A-2b, {len(pdf)} bytes"
    yield timed(", typeset", lambda: typesetting.typeset(template, content, now), 100, note)

    unit = _unit()
    with transaction.atomic():
        keys = demo.DemoAuthority()
        held = keys.signer(unit, None)
        yield timed(
            ", signed", lambda: signing.sign(pdf, held, keys, reason="x", place="Hà Nội"), 130,
            "PAdES B-LT with time stamp and lists, P-256",
        )  # fmt: skip

    def give() -> Issued:
        return actions.issue(
            by="job:bench", kind="fee_receipt", data=DATA, unit=unit, owner=("bench", 1), service="bench"
        )

    whole = timed("", give, 230, "numbered, typeset, signed, fsynced, committed")
    yield whole
    yield Result("services.document, in bulk", round(1000 / whole.value, 1), "papers/s", at_most=False)
    data = store.get(give().pdf_digest)
    yield timed(", checked whole", lambda: verifying.verify_bytes(data))
    yield timed(", checked altered", lambda: verifying.verify_bytes(data + b"\n%"), note="read as a stranger's file")


def _unit() -> Unit:
    always = DateRange(dt.date(2000, 1, 1), None)
    made = Unit.objects.create(validity=always)
    UnitName.objects.create(unit=made, name_vi="Chi cục Thuế Mẫu", sort_key="a", search_key="a", validity=always)
    return made


def run() -> Iterator[Result]:
    before = dict(connection.settings_dict)
    connections.close_all()
    connection.settings_dict.update(databases.choose(Path(settings.HOME), "owner"))
    parameters = {**connection.get_connection_params(), "dbname": "postgres", "cursor_factory": psycopg.ClientCursor}
    connection.ensure_connection()
    connections.close_all()
    kept = settings.STORE
    with psycopg.connect(**parameters, autocommit=True) as server, tempfile.TemporaryDirectory() as folder:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        settings.DATABASES["default"] |= connection.settings_dict | {"NAME": NAME}
        connection.settings_dict["NAME"] = NAME
        settings.DOCUMENTS_HOME, settings.STORE = Path(folder), Path(folder) / "files"
        try:
            for app in ("base", "journal", "organizations", "documents"):
                call_command("migrate", app, verbosity=0)
            yield from papers()
        finally:
            connections.close_all()
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
            connection.settings_dict.update(before)
            settings.DATABASES["default"] |= before
            settings.STORE = kept
            del settings.DOCUMENTS_HOME
