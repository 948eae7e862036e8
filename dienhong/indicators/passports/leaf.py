"""The passport of a figure that somebody reported: down to the file, the sheet and the cell."""

from dataclasses import replace
from typing import Any

from django.utils import translation

from dienhong.indicators import coverage, queries
from dienhong.indicators.passports import parts
from dienhong.indicators.passports.parts import Context, Json
from dienhong.indicators.queries import AsOf, SeriesKey, Version


def leaf(key: SeriesKey, as_of: AsOf = None, lang: str = "vi") -> Json:
    """The passport of one series key as plain data. `figure.known` is false where nothing was known by then."""
    with translation.override(lang):
        return _leaf(Context.of(key, as_of, lang))


def _leaf(c: Context) -> Json:
    versions = queries.versions(c.key, c.at)
    if not versions:
        return _unknown(c)
    shown = versions[-1].figure
    answers = parts.proofs(shown.batch_id, shown.ref, c.lang)
    batch = parts.batch_of(shown.batch_id)
    return {
        **parts.head(c, "leaf"),
        "source": parts.source_of(shown.source_id, c.lang),
        "reporter": c.unit(batch.reporter_id),
        "figure": parts.figure(
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
            received=bool(parts.first(answers, "received")),
            reconstructed=bool(parts.first(answers, "reconstructed")),
        ),
        "coverage": _coverage(c, versions[-1]),
        "contributors": [],
        "inputs": [],
        "missing": [],
        "late": [],
        "versions": [_version(c, version, answers) for version in reversed(versions[-parts.MOST_VERSIONS :])],
        "versions_left_out": max(0, len(versions) - parts.MOST_VERSIONS),
        "checks": parts.first(answers, "checks") or [],
        "formula": parts.formula(c),
        "evidence": [_evidence(answer, shown.ref) for answer in answers],
        "steps": parts.first(answers, "steps") or [],
        "approval": parts.first(answers, "approval"),
        "approved_by": batch.approved_by,
        "journal": parts.journal(batch.pk, answers),
        "others": _others(c, shown.source_id),
    }


def _unknown(c: Context) -> Json:
    return {
        **parts.head(c, "leaf"),
        "source": None,
        "figure": parts.figure(c, None, None, None, None, "nothing"),
        "coverage": None,
        "formula": parts.formula(c),
        **{name: [] for name in ("versions", "checks", "evidence", "steps", "journal", "contributors", "inputs")},
        **{name: [] for name in ("missing", "late", "others")},
        "approval": None,
        "versions_left_out": 0,
    }


def _coverage(c: Context, version: Version) -> Json | None:
    """One of one; late where the duty says so. A retracted figure is none of one."""
    source = parts.batch_of(version.figure.batch_id).source
    there = [] if version.figure.empty == 9 else [c.key.unit_id]
    owed = coverage.owing(source, c.period, there, c.at.at if c.at.past else None)
    mine = owed.of([c.key.unit_id]) if owed else None
    if mine and mine.owing:
        state = mine.owing[0].state
        return counts(int(state in ("reported", "late")), int(state == "late"), int(state == "missing"), 1)
    return counts(len(there), 0, 1 - len(there), 1)


def counts(reported: int, late: int, missing: int, total: int) -> Json:
    return {"reported": reported, "late": late, "missing": missing, "total": total}


def _version(c: Context, version: Version, current: list[Json]) -> Json:
    shown = version.figure
    answers = current if version.current else parts.proofs(shown.batch_id, shown.ref, c.lang)
    return {
        "number": version.number,
        "current": version.current,
        "retracted": shown.empty == 9,
        "value": parts.number(shown.value),
        "text": c.text(shown.value, shown.empty),
        "known_at": parts.when(shown.known_at),
        "reason": parts.first(answers, "reason") or "",
        "label": parts.first(answers, "version_label") or parts.first(answers, "title") or "",
        "url": parts.first(answers, "url") or "",
        "batch": shown.batch_id,
    }


def _evidence(answer: Json, ref: str) -> Json:
    sheet, _bang, cell = ref.rpartition("!")
    stands_there = bool(sheet and answer["digest"] and answer.get("holds_cell", True))
    known: dict[str, Any] = {"sheet": sheet, "cell": cell} if stands_there else {}
    wanted = ("kind", "title", "url", "cell_url", "file", "digest", "facts", "whole")
    return known | {name: answer[name] for name in wanted if name in answer}


def _others(c: Context, source_id: int) -> list[Json]:
    """What other sources say of the same series: shown beside it, never added."""
    key = queries.resolved(replace(c.key, source_id=source_id), c.at)
    mine = queries.figure(c.key, c.at)
    if key is None or mine is None:
        return []
    series = queries.Series(key.indicator_id, key.period_id, key.breakdown_id, key.measure, source_id)
    rows = []
    for found in queries.other_sources(series, key.unit_id, c.at):
        apart = None
        if mine.value and found.value is not None:
            apart = parts.number(round((found.value - mine.value) / abs(mine.value) * 100, 1))
        said = {"value": parts.number(found.value), "text": c.text(found.value, found.empty), "apart_percent": apart}
        rows.append({"source": parts.source_of(found.source_id, c.lang), **said})
    return rows
