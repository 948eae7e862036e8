"""kill -9 amid public services: of the web server, the worker, the sealer, the police's program and the database,
twenty times, while people file, are asked for more, pay (the bank's notices lost, late, doubled, forged), are served.

Whoever was told something finds it afterwards; no money is without its receipt and no receipt without money; no
dossier is lost, doubled or stuck; the police have each result once.
"""

import json
import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from dienhong.config.tests.test_up import free_port
from dienhong.dossiers.tests.desk import FADIL
from tests.killing import RESCUE, TIME_PASSES, Site, Visitor, change, cut, rows, until
from tests.service_lives import API, PDF, PREPARE, Town, letter, vehicle
from tests.whole import check_services

pytestmark = pytest.mark.embedded_only
VICTIMS = ("web",) * 6 + ("worker",) * 5 + ("database",) * 5 + ("sealer",) * 2 + ("police",) * 2
LIVES = 10
SEED = int(os.environ["DIENHONG_TEST_SEED"])
POLICE = """
import sys
from pathlib import Path
from dienhong.exchange.programs import police, service
home, port = Path(sys.argv[1]), int(sys.argv[2])
service.serve(police.program(home, home / "keys", home / "vehicles.json"), port)
"""
# After RESCUE.
SETTLE = """
import datetime as dt, json, time
from django.core.management import call_command
from dienhong.base import clock
from dienhong.exchange import actions as exchange
from dienhong.payments import actions as payments
from dienhong.payments import receipts

today = clock.business_today()
for _round in range(3):  # a payment found out moves a dossier, which writes to the police, who answer
    payments.poll(by="job:test", older=dt.timedelta(0))
    for ahead in range(4):
        payments.pull_statements(by="job:test", day=today + dt.timedelta(days=ahead))
    receipts.make_missing()
    exchange.sweep()
    time.sleep(0.5)  # the sealer seals what the reader reads
    call_command("worker", once=True)
"""
VERIFY = """
import django
django.setup()
from dienhong.documents import queries, verifying
from dienhong.documents.models import Issued
for paper in Issued.objects.filter(kind="fee_receipt").order_by("pk"):
    verdict = verifying.verify_bytes(queries.file_of(paper))
    assert verdict.stands, (paper.pk, verdict)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    ports = {"DIENHONG_SANDBOX_BANK": str(free_port()), "EXCHANGE_POLICE_PORT": str(free_port())}
    site = Site(tmp_path_factory.mktemp("kill-services"), more=ports)
    try:
        site.prepare(PREPARE)
        (site.home / "vehicles.json").write_text(json.dumps({"vehicles": [vehicle(each) for each in range(LIVES)]}))
        start(site)
        site.until_ready()
        yield site
    finally:
        site.stop()


def start(site: Site) -> None:
    """What does not run, as the supervisor does."""
    programs = {
        "sealer": ("manage.py", "sealer"),
        "worker": ("manage.py", "worker"),
        "bank": ("-m", "dienhong.payments.sandbox_bank"),
        "police": ("-c", POLICE, str(site.home), site.more["EXCHANGE_POLICE_PORT"]),
    }
    site.bury()
    if "web" not in site.running:
        site.start_web()
    for name in programs.keys() - site.running.keys():
        site.start(name, *programs[name], role="sealer" if name == "sealer" else "app")


def settle(site: Site) -> None:
    site.strike("worker")
    change(site, *TIME_PASSES)
    site.run("app", "-c", RESCUE + SETTLE)


def test_no_money_without_a_receipt_no_dossier_lost_or_stuck(site: Site) -> None:
    dice = random.Random(SEED)
    order = dice.sample(VICTIMS, len(VICTIMS))
    print(f"DIENHONG_TEST_SEED={SEED}: {' '.join(order)}")
    town = Town(site, LIVES, SEED)
    town.begin()
    try:
        for victim in order:
            before, since = len(town.told), time.monotonic()
            until(lambda: len(town.told) > before or time.monotonic() > since + 2, 10)  # noqa: B023
            time.sleep(dice.uniform(0, 0.4))  # amid whatever is under way
            site.strike(victim)
            start(site)
            site.until_ready()
        for _turn in range(4):
            settle(site)  # what a dead worker held is begun again, and people go on
            start(site)
            if town.rests(30):
                break
        assert town.rests(0), f"people wait: {town.waits()}"
    finally:
        town.end()
    settle(site)
    assert not town.faults, town.faults[:5]
    assert town.broken >= 3, "the kills met no request on its way"
    assert len(town.told.filed) == LIVES
    check_told(site, town)
    check_services(site)
    check_bank(site)
    check_police(site)
    site.run("app", "-c", VERIFY)
    site.run("owner", "manage.py", "verify_journal")  # ends with an error where it finds anything


def check_told(site: Site, town: Town) -> None:
    codes = {code for (code,) in rows(site, "SELECT code FROM dossiers_dossier")}
    assert codes == set(town.told.filed.values()), "one dossier for each life, whatever line broke when it was filed"
    accepted = {pk for (pk,) in rows(site, "SELECT id FROM dossiers_dossier WHERE accepted_at IS NOT NULL")}
    assert town.told.accepted <= accepted
    answered = {
        code for (code,) in rows(
            site, "SELECT d.code FROM dossiers_dossier d JOIN dossiers_content c ON c.dossier_id = d.id "
            "WHERE c.number = 2 AND c.data ->> 'colour' = 'đỏ'",
        )
    }  # fmt: skip
    assert town.told.supplemented <= answered
    paid = dict(rows(site, "SELECT b.code, d.status FROM payments_bill b JOIN dossiers_dossier d ON "
                           "b.owner_kind = 'dossier' AND b.owner_id = d.id::text"))  # fmt: skip
    assert town.told.paid
    assert {paid[bill] for bill, _how in town.told.paid} == {10}, "whoever paid has their result handed over"
    assert {how for _bill, how in town.told.paid} == {"vietqr", "gateway"}
    waiting = [status for (status,) in rows(site, "SELECT status FROM dossiers_dossier WHERE status <> 10")]
    assert waiting == [6] * len(town.never), "and whoever did not, waits to pay"


def check_bank(site: Site) -> None:
    """Each movement in the bank's own books is captured to the đồng, once; nothing of ours is unknown to the bank."""
    with closing(sqlite3.connect(site.home / "sandbox-bank" / "books.sqlite3")) as books:
        moved = dict(books.execute("SELECT ref, amount FROM movement").fetchall())
    ours = rows(site, "SELECT bank_ref, sum(amount)::bigint, count(*) FROM payments_capture GROUP BY bank_ref")
    assert {ref: amount for ref, amount, _count in ours} == moved
    assert {count for _ref, _amount, count in ours} == {1}
    assert not rows(site, "SELECT key FROM payments_suspense")
    open_ones = rows(site, "SELECT kind, key FROM payments_difference WHERE kind <> 'missing_here'")
    assert not open_ones, "what only the statement told is a difference to look at; anything else is wrong"


def check_police(site: Site) -> None:
    """The receiver's own book: each result once, with the amount that was paid."""
    book = (site.home / "partners" / "police" / "taken.jsonl").read_text(encoding="utf-8").splitlines()
    taken = [json.loads(line)["content"] for line in book]
    paid = dict(rows(site, "SELECT d.code, b.amount FROM dossiers_dossier d JOIN payments_bill b "
                           "ON b.owner_id = d.id::text WHERE d.status = 10"))  # fmt: skip
    assert len(taken) == len(paid)
    assert {each["dossier_code"]: each["amount"] for each in taken} == paid


def test_a_line_cut_in_the_middle_files_and_uploads_nothing(site: Site) -> None:
    who = Visitor(site, "mau-cong-dan")
    _status, _said, headers = who.form("/portal/apply/vehicle_registration_fee/start", {})
    page = headers["Location"].partition("/p/")[0] + "/p/papers/"
    data = PDF.replace(b"1 0 obj", b"%" + b" " * 50_000 + b"\n1 0 obj")  # whole, either letter would be taken
    content, kind = letter({"content": json.dumps(FADIL)}, "other_papers:a.pdf", data)
    file, kinds = letter({"do": "upload:other_papers"}, "a.pdf", data, field="file.other_papers")
    tables = ("dossiers_dossier", "dossiers_attachment", "dossiers_content", "documents_issued")
    before = [rows(site, f"SELECT count(*) FROM {table}") for table in tables]
    for share in (0.01, 0.5, 0.95):
        cut(who, API, content, kind, share)
        cut(who, page, file, kinds, share)
    time.sleep(1)
    assert [rows(site, f"SELECT count(*) FROM {table}") for table in tables] == before
    status, said, _headers = who.ask("POST", page, file, kinds)
    assert status in {200, 302}, said
    assert rows(site, "SELECT count(*) FROM dossiers_attachment WHERE draft_id IS NOT NULL") == [(1,)]
    assert who.ask("POST", API, content, kind)[0] == 201
