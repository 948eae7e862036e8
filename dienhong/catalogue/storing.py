"""Writing records as versions: what is equal to the current version stays, what differs becomes a new one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from dienhong.base.text import fold, slug, sort_key
from dienhong.catalogue.models import (
    Agency,
    Alias,
    BasisLine,
    Case,
    Decision,
    Document,
    Field,
    Line,
    Procedure,
    ResultLine,
    Version,
)
from dienhong.catalogue.reading import codes
from dienhong.catalogue.reading.records import Record

AT_ONCE = 500


@dataclass(slots=True)
class Stored:
    """How many procedures were new, got a new version, were the same already."""

    new: int = 0
    changed: int = 0
    same: int = 0
    codes: list[str] = field(default_factory=list)


def store(records: Sequence[Record], source: str, stamp: int, *, facts_only: bool = False) -> Stored:
    """Write what is new or changed; one call is one batch, the caller's transaction. Codes in `records` are unique.

    With `facts_only` a procedure that is known already keeps what is known about it.
    """
    known = {row.procedure.code: row for row in _current([record.code for record in records])}
    digests = {record.code: record.digest() for record in records}
    stored, fresh = Stored(), []
    for record in records:
        held = known.get(record.code)
        if held is not None and (facts_only or held.digest == digests[record.code]):
            stored.same += 1
            continue
        stored.changed += held is not None
        stored.new += held is None
        fresh.append(record)
    if fresh:
        _procedures([record.code for record in fresh if record.code not in known])
        Version.objects.filter(pk__in=[known[each.code].pk for each in fresh if each.code in known]).update(
            current=False
        )
        _versions(fresh, known, digests, source, stamp, facts_only)
        stored.codes = [record.code for record in fresh]
    return stored


def _current(wanted: Iterable[str]) -> QuerySet[Version]:
    rows = Version.objects.filter(current=True, procedure__code__in=list(wanted)).select_related("procedure")
    return rows.only("number", "digest", "procedure__code").order_by("pk")


def _procedures(fresh: list[str]) -> None:
    Procedure.objects.bulk_create(
        (Procedure(code=code, base=code[:8]) for code in fresh), batch_size=AT_ONCE, ignore_conflicts=True
    )
    local = {code: codes.read(code) for code in fresh if len(code) > 8}
    rows = Procedure.objects.filter(code__in=local).order_by("pk")
    Alias.objects.bulk_create(
        (Alias(procedure=row, code=spelled.long()) for row in rows if (spelled := local[row.code])),
        ignore_conflicts=True,
    )


def named(model: type[Field] | type[Agency], names: Iterable[str]) -> dict[str, int]:
    """name -> id, those that were not there made now, with an address of their own."""
    wanted = set(names)
    ids: dict[str, int] = dict(model.objects.filter(name__in=wanted).values_list("name", "pk"))
    taken = set(model.objects.values_list("slug", flat=True))
    for name in sorted(wanted - set(ids)):
        base = slug(name)[:190] or "x"
        own = next(each for each in (base, *(f"{base}-{n}" for n in range(2, 1000))) if each not in taken)
        taken.add(own)
        ids[name] = model.objects.create(name=name, slug=own, sort_key=sort_key(name)).pk
    return ids


def decisions(numbers: Iterable[str]) -> dict[str, int]:
    wanted = {number for number in numbers if number}
    Decision.objects.bulk_create((Decision(number=number) for number in sorted(wanted)), ignore_conflicts=True)
    return dict(Decision.objects.filter(number__in=wanted).values_list("number", "pk"))


def _versions(
    fresh: list[Record],
    known: dict[str, Version],
    digests: dict[str, str],
    source: str,
    stamp: int,
    facts_only: bool,
) -> None:
    ids = dict(Procedure.objects.filter(code__in=[each.code for each in fresh]).values_list("code", "pk"))
    fields = named(Field, (each.field for each in fresh))
    agencies = named(Agency, (each.agency for each in fresh))
    promulgated = decisions(each.decision_no for each in fresh)
    rows = []
    for record in fresh:
        held = known.get(record.code)
        row = Version(
            procedure_id=ids[record.code],
            number=held.number + 1 if held else 1,
            decision_id=promulgated.get(record.decision_no),
            field_id=fields[record.field],
            agency_id=agencies[record.agency],
            digest=digests[record.code],
            **{"source": source, "stamp": stamp, "facts_only": facts_only, "current": True},
        )
        _content(row, record)
        rows.append(row)
    Version.objects.bulk_create(rows, batch_size=AT_ONCE)
    _children(list(zip(rows, fresh, strict=True)))


SAME_NAME = (
    "kind", "levels", "subjects", "executing_agencies", "competent_agency", "by_counter", "online", "by_post",
    "channels_text", "steps", "documents_text", "sets", "conditions", "results_text", "basis_text", "source_page",
    "related",
)  # fmt: skip


def _content(row: Version, record: Record) -> None:
    row.name, row.sort_key, row.search_key = record.name, sort_key(record.name), fold(record.name)
    for name in SAME_NAME:
        setattr(row, name, getattr(record, name))


def _children(pairs: list[tuple[Version, Record]]) -> None:
    cases: dict[tuple[int, int], Case] = {}
    for row, record in pairs:
        for paper in record.documents:
            cases.setdefault((row.pk, paper.place), Case(version=row, place=paper.place, name=paper.case))
    Case.objects.bulk_create(cases.values(), batch_size=AT_ONCE)
    Document.objects.bulk_create(
        (
            Document(
                case=cases[row.pk, paper.place],
                place=place,
                name=paper.name,
                form_file=paper.form[:300],
                originals=paper.originals,
                copies=paper.copies,
                doubtful=paper.doubtful,
            )
            for row, record in pairs
            for place, paper in enumerate(record.documents, 1)
        ),
        batch_size=AT_ONCE,
    )
    _lines(pairs)


def _lines(pairs: list[tuple[Version, Record]]) -> None:
    Line.objects.bulk_create(
        (
            Line(
                version=row,
                place=place,
                **{name: getattr(line, name) for name in ("channel", "text", "value", "unit", "amount", "currency")},
                limit=line.limit.value,
                fee=line.fee.value,
                note=line.note,
                about=line.about,
            )
            for row, record in pairs
            for place, line in enumerate(record.lines, 1)
        ),
        batch_size=AT_ONCE,
    )
    ResultLine.objects.bulk_create(
        (
            ResultLine(version=row, place=place, code=each.code, code_text=each.code_text, name=each.name)
            for row, record in pairs
            for place, each in enumerate(record.results, 1)
        ),
        batch_size=AT_ONCE,
    )
    BasisLine.objects.bulk_create(
        (
            BasisLine(version=row, place=place, number=each.number, title=each.title)
            for row, record in pairs
            for place, each in enumerate(record.basis, 1)
        ),
        batch_size=AT_ONCE,
    )
