"""Bundled facts, and folders of published records."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.db import transaction

from dienhong.base.text import slug
from dienhong.catalogue import served, stamp
from dienhong.catalogue.models import Level, LifeEvent, LifeEventProcedure, Procedure, Synonym, Version
from dienhong.catalogue.reading.records import Record
from dienhong.catalogue.storing import Stored, store
from dienhong.journal.actions import record as journal
from dienhong.organizations.registry import action

DATA = Path(__file__).resolve().parents[1] / "data"
BUNDLED = "Cổng Dịch vụ công quốc gia, các trang của tháng 6 và tháng 7 năm 2026"
OF_A_SHEET = "service.yaml"
# Wrote "không rõ" where a sheet names no field: the page says so.
UNNAMED = "Chưa phân lĩnh vực"
Say = Callable[[str], None]


@action("catalogue.load_bundled")
@transaction.atomic
def load_bundled(*, by: str, say: Say = lambda line: None) -> Stored:
    """Facts, life events and synonyms that come with the project, and the services whose folders are installed.

    Only what is not known yet is added: an imported or amended record is never put back. Safe to repeat; one journal
    event if anything was new.
    """
    value = stamp.bump()
    say("Thủ tục…")
    facts = [Record(row["code"], row["name"], row["field"], row["agency"]) for row in table("procedures.csv")]
    done = store(facts, BUNDLED, value, facts_only=True)
    done.new += store(list(_sheets()), OF_A_SHEET, value, facts_only=True).new
    others = _life_events() + _synonyms() + _levels()
    if done.new or others:
        journal(
            by=by, verb="catalogue.load_bundled", object_kind="procedure", object_id="*",
            data={"new": done.new, "others": others},
        )  # fmt: skip
    return done


@action("catalogue.import_procedures")
@transaction.atomic
def import_procedures(*, by: str, records: Sequence[Record], source: str) -> Stored:
    """One batch of published records, codes unique in it: new procedures, and new versions where content changed.

    A record equal to the current version changes nothing, so a broken import is begun again from the start. One
    journal event a batch that changed anything.
    """
    done = store(records, source, stamp.bump())
    if done.new or done.changed:
        journal(
            by=by, verb="catalogue.import_procedures", object_kind="procedure", object_id="*",
            data={"new": done.new, "changed": done.changed, "codes": done.codes, "source": source},
        )  # fmt: skip
    return done


def table(name: str) -> Iterator[dict[str, str]]:
    with open(DATA / name, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _sheets() -> Iterator[Record]:
    known = set(Version.objects.filter(current=True).values_list("procedure__code", flat=True))
    for code, service in served.services().items():
        if code not in known:
            yield Record(code, service.name_vi, service.field or UNNAMED, service.agency or UNNAMED)


def _life_events() -> int:
    rows = [
        LifeEvent(slug=slug(row["code"].replace("_", " ")), **row)  # order comes as text; the database reads it
        for row in table("life_events.csv")
    ]
    before = LifeEvent.objects.count()
    LifeEvent.objects.bulk_create(rows, ignore_conflicts=True)
    events = dict(LifeEvent.objects.values_list("code", "pk"))
    procedures = dict(Procedure.objects.values_list("code", "pk"))
    links = LifeEventProcedure.objects.count()
    LifeEventProcedure.objects.bulk_create(
        (
            LifeEventProcedure(
                event_id=events[row["event"]], procedure_id=procedures[row["procedure"]], order=int(row["order"])
            )
            for row in table("life_event_procedures.csv")
        ),
        ignore_conflicts=True,
    )
    return LifeEvent.objects.count() - before + LifeEventProcedure.objects.count() - links


def _levels() -> int:
    """Levels that the sheets of services state, once each."""
    new = 0
    for code, service in served.services().items():
        for said in service.levels:
            _row, made = Level.objects.get_or_create(
                procedure=Procedure.objects.get(code=code),
                level=said.level,
                first_day=said.first_day,
                source=said.source,
                defaults={"last_day": said.last_day},
            )
            new += made
    return new


def _synonyms() -> int:
    before = Synonym.objects.count()
    Synonym.objects.bulk_create((Synonym(**row) for row in table("synonyms.csv")), ignore_conflicts=True)
    return Synonym.objects.count() - before
