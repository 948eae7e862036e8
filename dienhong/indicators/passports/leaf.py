"""The passport of a figure that somebody reported: down to the file, the sheet and the cell."""

from dataclasses import replace
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from dienhong.base import periods
from dienhong.base.numbers import Empty
from dienhong.indicators import coverage, queries
from dienhong.indicators.coverage import Owing
from dienhong.indicators.models import Batch, Method, Source
from dienhong.indicators.passports import owing, parts, reasons
from dienhong.indicators.passports.parts import Context, Json
from dienhong.indicators.queries import AsOf, Figure, SeriesKey, Version


def leaf(key: SeriesKey, as_of: AsOf = None, lang: str = "vi") -> Json:
    """The passport of one series key as plain data. `figure.known` is false where nothing was known by then."""
    with translation.override(lang):
        return _leaf(Context.of(key, as_of, lang))


def _leaf(c: Context) -> Json:
    versions = queries.versions(c.key, c.at)
    if not versions:
        return _unknown(c)
    shown = versions[-1].figure
    batch = parts.batch_of(shown.batch_id)
    row = _owed(c, versions[-1], batch.source)
    answers = parts.proofs(shown.batch_id, shown.ref, c.lang)
    evidence = [_evidence(answer, shown.ref) for answer in answers]
    reasons.happened(c, [each.figure.batch_id for each in versions[-parts.MOST_VERSIONS :]])
    return {
        **parts.head(c, "leaf"),
        "source": parts.source_of(shown.source_id, c.lang),
        "reporter": c.unit(batch.reporter_id),
        "figure": _figure(c, shown, batch, answers),
        "coverage": _coverage(row, versions[-1]),
        "contributors": [],
        "inputs": [],
        **{name: [] for name in ("missing", "returned", "extended", "exempt")},
        "late": [_late(c, row)] if row and row.late else [],
        "versions": [
            _version(c, version, answers, reasons.unchanged(versions))
            for version in reversed(versions[-parts.MOST_VERSIONS :])
        ],
        "versions_left_out": max(0, len(versions) - parts.MOST_VERSIONS),
        "versions_url": c.url(c.key.unit_id, "versions") if len(versions) > 1 else "",
        "checks": [parts.check(each) for each in parts.first(answers, "checks") or []],
        "explained": [],
        "formula": parts.formula(c) | {"came": _came(c, evidence, parts.first(answers, "computed") or "")},
        "evidence": evidence,
        "steps": parts.first(answers, "steps") or [],
        "approval": parts.first(answers, "approval"),
        "approved_by": batch.approved_by,
        "batch_url": parts.batch_url(batch.pk),
        "journal": parts.journal(batch.pk, answers),
        "others": _others(c, shown),
    }


def _figure(c: Context, shown: Figure, batch: Batch, answers: list[Json]) -> Json:
    waits = bool(parts.not_received(c, [shown.batch_id]))
    return parts.figure(
        c,
        shown.value,
        shown.empty,
        shown.stage,
        shown.known_at,
        "direct",
        typed=shown.typed,
        ref=shown.ref,
        factor=parts.number(shown.factor),
        demo=batch.demo or batch.source.demo,
        received=bool(parts.first(answers, "received")) and not waits,
        not_received=int(waits and shown.empty != 9),
        reconstructed=bool(parts.first(answers, "reconstructed")),
        computed=parts.first(answers, "computed") or "",
        **_change(c, shown),
    )


def _unknown(c: Context) -> Json:
    owed_by = owing.owing(c)
    return {
        **parts.head(c, "leaf"),
        "source": None,
        "owing": owed_by,
        "last_known": owing.last_known(c),
        "figure": parts.figure(c, None, None, None, None, "nothing"),
        "coverage": owing.cover(owed_by) if owed_by else None,
        "formula": parts.formula(c) | {"came": _will_come(c)},
        **{
            name: []
            for name in ("versions", "checks", "explained", "evidence", "steps", "journal", "contributors", "inputs")
        },
        **{name: [] for name in ("missing", "returned", "late", "extended", "exempt", "others")},
        "approval": None,
        "versions_left_out": 0,
        "versions_url": "",
    }


def _change(c: Context, shown: Figure) -> Json:
    """Since the unit's own figure of the period before; nothing where there was none or the method changed."""
    before = queries.shifted(c.period, "prev") if c.period.calendar != "event" else None
    method = queries.method(c.indicator.pk, c.period, c.at)
    if before is None or shown.adds is None or (method and not method.comparable and _begins(method, c)):
        return {"change": None, "change_text": "", "change_than": ""}
    key = replace(c.key, period_id=before.pk, source_id=shown.source_id)
    earlier = queries.figure(key, c.at)
    change = None if earlier is None or earlier.adds is None else shown.adds - earlier.adds
    return {
        "change": parts.number(change),
        "change_text": "" if change is None else c.text(change, sign=True),
        "change_than": "" if change is None else periods.label(queries.plain(before), c.lang),
    }


def _begins(method: Method, c: Context) -> bool:
    """Whether the new method begins with this very period."""
    return method.valid_from is not None and c.period.first <= method.valid_from <= c.period.last


def _owed(c: Context, version: Version, source: Source) -> Owing | None:
    """The unit's duty behind the figure; None where no duty asks for it."""
    there = [] if version.figure.empty == 9 else [c.key.unit_id]
    owed = coverage.owing(source, c.period, there, c.at.at if c.at.past else None, [c.key.unit_id])
    return owed.owing[0] if owed and owed.owing else None


def _coverage(row: Owing | None, version: Version) -> Json:
    """One of one; late where the duty says so. A retracted figure is none of one."""
    if row is None:
        there = int(version.figure.empty != 9)
        return counts(there, 0, 1 - there, 1)
    state = row.state
    return counts(int(state in ("reported", "late")), int(state == "late"), int(state in ("missing", "returned")), 1)


def _late(c: Context, row: Owing) -> Json:
    due = row.due.isoformat() if row.due else None
    return {"unit": c.unit(row.unit_id), "state": row.state, "overdue_days": 0, "due": due, "url": row.url}


def counts(reported: int, late: int, missing: int, total: int) -> Json:
    return {"reported": reported, "late": late, "missing": missing, "total": total}


def _version(c: Context, version: Version, current: list[Json], same: set[int]) -> Json:
    shown = version.figure
    answers = current if version.current else parts.proofs_of(c, shown.batch_id)
    return {
        "number": version.number,
        "current": version.current,
        "retracted": shown.empty == 9,
        "value": parts.number(shown.value),
        "text": c.text(shown.value, shown.empty),
        "known_at": parts.when(shown.known_at),
        **reasons.of_leaf(c, shown.batch_id, answers, same),
        "label": parts.first(answers, "version_label") or parts.first(answers, "title") or "",
        "url": parts.first(answers, "url") or "",
        "passport_url": "" if version.current else c.url(c.key.unit_id, as_of=shown.known_at),
        "batch": shown.batch_id,
    }


def _will_come(c: Context) -> str:
    """How a unit's figure that is not there yet will come, where the catalogue's rule speaks of totals only."""
    method = queries.method(c.indicator.pk, c.period, c.at)
    if method and method.formula:
        return ""
    return _("%(unit)s tự báo cáo số này, không tính từ số nào khác.") % {"unit": c.unit(c.key.unit_id)["name"]}


def _came(c: Context, evidence: list[Json], computed: str) -> str:
    """How the unit's own figure came: typed in a cell, computed in the form, or given as it is."""
    # Without the sheet, whose name is Vietnamese: it stands with the evidence.
    cell = next((str(each["cell"]) for each in evidence if each.get("cell")), "")
    said = {"cell": cell, "how": computed, "unit": c.unit(c.key.unit_id)["name"]}
    if cell and computed:
        return _("Biểu tự tính ở ô %(cell)s: %(how)s.") % said
    if cell:
        return _("%(unit)s nhập thẳng vào ô %(cell)s, không tính từ số nào khác.") % said
    return _("Số của chính %(unit)s, không cộng từ đơn vị khác.") % said


def _evidence(answer: Json, ref: str) -> Json:
    sheet, _bang, cell = ref.rpartition("!")
    stands_there = bool(sheet and answer["digest"] and answer.get("holds_cell", True))
    known: dict[str, Any] = {"sheet": sheet, "cell": cell} if stands_there else {}
    wanted = ("kind", "title", "url", "cell_url", "file", "digest", "facts", "set", "whole")
    return known | {name: answer[name] for name in wanted if name in answer}


def _others(c: Context, mine: Figure) -> list[Json]:
    """What other sources say of the same series: shown beside it, never added."""
    key = queries.resolved(replace(c.key, source_id=mine.source_id), c.at)
    if key is None or mine.empty == Empty.RETRACTED:
        return []
    series = queries.Series(key.indicator_id, key.period_id, key.breakdown_id, key.measure, mine.source_id)
    rows = []
    for found in queries.other_sources(series, key.unit_id, c.at):
        apart = None
        if mine.value and found.value is not None:
            apart = parts.number(round((found.value - mine.value) / abs(mine.value) * 100, 1))
        said = {"value": parts.number(found.value), "text": c.text(found.value, found.empty), "apart_percent": apart}
        rows.append({"source": parts.source_of(found.source_id, c.lang), **said})
    return rows
