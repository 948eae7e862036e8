"""Loading the catalogue. What changed is said anew, never overwritten; what did not change adds nothing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.base.refusal import Fault, Refused
from dienhong.indicators import catalogue_files as files
from dienhong.indicators.catalogue_files import Sheet
from dienhong.indicators.models import CodeList, Entry, Field, Indicator, Member, Method, Responsible
from dienhong.journal.actions import record
from dienhong.organizations import queries as organizations
from dienhong.organizations.queries import NoUnitError
from dienhong.organizations.registry import action


@dataclass(frozen=True)
class Loaded:
    """How many rows are new."""

    indicators: int
    entries: int
    methods: int
    responsibles: int

    @property
    def any(self) -> bool:
        return any((self.indicators, self.entries, self.methods, self.responsibles))


@action("indicators.load_catalogue")
@transaction.atomic
def load_catalogue(*, by: str, folder: Path = files.DATA) -> Loaded:
    """Load fields, code lists, indicators, their wordings, methods and agencies. Repeating it changes nothing.

    New wordings hold from their publication on. Refused, whole, where a row is wrong or an agency is not there (load
    the units first). Two at once wait for one another. One journal event if anything was new.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('indicators.load_catalogue', 0))")
    sheets = files.sheets(folder)
    _fields(folder)
    _code_lists(folder)
    indicators, made = _indicators(sheets)
    loaded = Loaded(
        indicators=made,
        entries=_entries(sheets, indicators),
        methods=_methods(sheets, indicators),
        responsibles=_responsibles(files.rows("responsible.csv", folder), indicators),
    )
    if loaded.any:
        record(by=by, verb="indicators.load_catalogue", object_kind="catalogue", object_id="*", data=vars(loaded))
    return loaded


def _fields(folder: Path) -> None:
    for row in files.rows("fields.csv", folder):
        words = {"name_vi": row["name_vi"], "name_en": row["name_en"], "position": int(row["order"])}
        Field.objects.update_or_create(key=row["key"], defaults=words)


def _code_lists(folder: Path) -> None:
    """Members are added and renamed, never removed: observations stand on them."""
    titles = {row["list"]: row for row in _titles(folder)}
    lists: dict[str, CodeList] = {}
    there = {(row.code_list_id, row.key): row for row in Member.objects.all()}
    fresh, renamed = [], []
    for row in files.rows("codelists.csv", folder):
        key = row["list"]
        if key not in lists:
            words = titles.get(key, {})
            names = {"name_vi": words.get("name_vi", key), "name_en": words.get("name_en", key)}
            lists[key], _made = CodeList.objects.update_or_create(key=key, defaults=names)
        said = {
            "name_vi": row["name_vi"],
            "name_en": row["name_en"],
            "position": int(row["order"]),
            "partition": row["partition"] == "yes",
        }
        member = there.get((lists[key].pk, row["member"]))
        if member is None:
            member = there[lists[key].pk, row["member"]] = Member(code_list=lists[key], key=row["member"], **said)
            fresh.append(member)
        elif _differs(member, said):
            for name, value in said.items():
                setattr(member, name, value)
            renamed.append(member)
    Member.objects.bulk_create(fresh)
    Member.objects.bulk_update(renamed, ["name_vi", "name_en", "position", "partition"])


def _titles(folder: Path) -> list[dict[str, str]]:
    """Names of the lists, where the folder brings a file of them."""
    return files.rows("lists.csv", folder) if (folder / "lists.csv").exists() else []


def _indicators(sheets: list[Sheet]) -> tuple[dict[str, Indicator], int]:
    fields = {field.key: field for field in Field.objects.all()}
    unknown = sorted({sheet.field for sheet in sheets} - fields.keys())
    if unknown:
        raise Refused("field_unknown", f"fields.csv: {', '.join(unknown)}?")
    there = set(Indicator.objects.values_list("code", flat=True))
    fresh = [s for s in sheets if s.code not in there]
    Indicator.objects.bulk_create(Indicator(code=s.code, field=fields[s.field], supporting=s.supporting) for s in fresh)
    return {indicator.code: indicator for indicator in Indicator.objects.all()}, len(fresh)


def _last(model: Any, order: str) -> dict[int, Any]:
    """indicator id -> its last row, published or not."""
    return {row.indicator_id: row for row in model.objects.order_by("indicator_id", order).distinct("indicator_id")}


def _differs(row: Any, said: dict[str, Any]) -> bool:
    return any(getattr(row, key) != value for key, value in said.items())


def _entries(sheets: list[Sheet], indicators: dict[str, Indicator]) -> int:
    last = _last(Entry, "-pk")
    fresh = []
    for sheet in sheets:
        indicator = indicators[sheet.code]
        if indicator.pk not in last or _differs(last[indicator.pk], sheet.entry):
            fresh.append(Entry(indicator=indicator, **sheet.entry))
    Entry.objects.bulk_create(fresh)
    return len(fresh)


def _methods(sheets: list[Sheet], indicators: dict[str, Indicator]) -> int:
    """A changed formula is a new version and a break in the series; a changed word is a new version without one."""
    last = _last(Method, "-number")
    fresh = []
    for sheet in sheets:
        indicator = indicators[sheet.code]
        before = last.get(indicator.pk)
        if before is None:
            fresh.append(Method(indicator=indicator, number=1, **sheet.method))
        elif _differs(before, sheet.method):
            same = before.formula == sheet.method["formula"]
            begins = before.valid_from if same else clock.business_today()
            fresh.append(
                Method(
                    indicator=indicator,
                    number=before.number + 1,
                    valid_from=begins,
                    comparable=same and before.comparable,
                    **sheet.method,
                )
            )
    Method.objects.bulk_create(fresh)
    return len(fresh)


def _responsibles(lines: Iterable[dict[str, str]], indicators: dict[str, Indicator]) -> int:
    """The dated agencies of each indicator; where the file says otherwise than the table, the file holds."""
    faults: list[Fault] = []
    wanted: dict[int, set[tuple[int, DateRange, str]]] = {}
    units: dict[tuple[str, dt.date], int] = {}
    for line in lines:
        first, end = files.day(line["valid_from"]), files.day(line["valid_to"])
        on = first or (end - dt.timedelta(days=1) if end else clock.business_today())
        try:
            if (line["agency"], on) not in units:
                units[line["agency"], on] = organizations.unit_by_code("agency", line["agency"], on).pk
        except NoUnitError as error:
            faults.append(Fault("agency_unknown", str(error), line["code"], line["agency"]))
            continue
        if line["code"] not in indicators:
            faults.append(Fault("code_unknown", f"responsible.csv: {line['code']}?", line["code"]))
            continue
        said = (units[line["agency"], on], DateRange(first, end), line["basis"][:300])
        wanted.setdefault(indicators[line["code"]].pk, set()).add(said)
    if faults:
        raise Refused("responsible_wrong", "\n".join({fault.sentence for fault in faults}), faults)
    return _replace_responsibles(wanted)


def _replace_responsibles(wanted: dict[int, set[tuple[int, DateRange, str]]]) -> int:
    there: dict[int, set[tuple[int, DateRange, str]]] = {}
    for row in Responsible.objects.all():
        there.setdefault(row.indicator_id, set()).add((row.unit_id, row.validity, row.basis))
    moved = [pk for pk, rows in wanted.items() if there.get(pk) != rows]
    Responsible.objects.filter(indicator__in=moved).delete()
    fresh = [
        Responsible(indicator_id=pk, unit_id=unit, validity=validity, basis=basis)
        for pk in moved
        for unit, validity, basis in wanted[pk]
    ]
    Responsible.objects.bulk_create(fresh)
    return len(fresh)
