"""The passport of a longer period made from its parts: each part with its figure and its own passport."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import translation

from dienhong.base import periods
from dienhong.base.numbers import format_number
from dienhong.indicators import definition, demo, places, queries
from dienhong.indicators.models import Entry, Period
from dienhong.indicators.passports import owing, parts
from dienhong.indicators.passports.parts import Context, Json
from dienhong.indicators.passports.recompute import recompute
from dienhong.indicators.queries import AsOf, SeriesKey, Span
from dienhong.indicators.queries.spans import Part
from dienhong.journal.actions import record
from dienhong.organizations.registry import action
from dienhong.rules.expressions import rounded


def span(key: SeriesKey, whole: Period, as_of: AsOf = None, lang: str = "vi") -> Json | None:
    """The passport of `whole` over its parts, None where nothing is known of any. `whole` may be a row not saved:
    nobody has to speak of a year for its months to add up to it."""
    with translation.override(lang):
        c, made = _made(key, whole, as_of, lang)
        return None if made is None else _span(c, made)


def _made(key: SeriesKey, whole: Period, as_of: AsOf, lang: str) -> tuple[Context, Span | None]:
    at = queries.moment(as_of)
    indicator = queries.indicator_of(key.indicator_id)
    c = Context(key, at, lang, indicator, queries.entry(indicator.pk, at), whole)
    plain = queries.plain(whole)
    made = queries.over_periods(
        indicator, plain, key.unit_id, breakdown_id=key.breakdown_id, measure=key.measure, as_of=at
    )
    return c, made


def _span(c: Context, made: Span) -> Json:
    rows = [part.row for part in made.parts if part.row]
    generated = demo.periods_of(c.indicator, rows, c.at)
    known = [part.total for part in made.known]
    stage = min((each.stage for each in known if each.stage), default=None)
    latest = max((each.known_at for each in known if each.known_at), default=None)
    head = parts.head(c, "span")
    head["figure"] = parts.figure(
        c,
        made.value,
        None,
        stage,
        latest,
        "periods" if made.value is not None else "nothing",
        refusal=made.refusal.get(c.lang) if made.refusal else "",
        demo=bool(generated),
        demo_parts=len(generated),
        rule=definition.over_periods(c.entry, c.at, c.lang) if c.entry else "",
    )
    head["coverage"] = {"reported": len(made.known), "late": 0, "missing": len(_due(made)), "total": len(made.parts)}
    names = ("contributors", "inputs", "missing", "returned", "late", "versions", "checks", "explained")
    empty: dict[str, Any] = {name: [] for name in names}
    rest: dict[str, Any] = {name: [] for name in ("evidence", "steps", "journal", "others")}
    return {
        **head,
        **empty,
        **rest,
        "source": None,
        "approval": None,
        "formula": parts.formula(c),
        "part_kind": made.kind,
        "parts": [_part(c, part, generated) for part in made.parts],
        "sides": [
            {
                "code": code,
                "name": definition.name_of(code, c.at, c.lang),
                "value": parts.number(value),
                "text": format_number(value.normalize(), None, c.lang),
            }
            for code, value in made.sides.items()
        ],
        "versions_url": "",
        "versions_left_out": 0,
    }


def _due(made: Span) -> list[Part]:
    """The missing parts whose days are over; the others wait."""
    return [part for part in made.missing if not owing.is_open(part.plain)]


def _part(c: Context, part: Part, generated: set[int]) -> Json:
    code = c.unit(c.key.unit_id)["code"]
    return {
        "period": {"key": part.plain.key, "label": periods.label(part.plain, c.lang)},
        "value": parts.number(part.total.value),
        "empty": part.total.empty or 0,
        "text": c.text(part.total.value, part.total.empty),
        "known": part.total.how != "nothing",
        "open": owing.is_open(part.plain),
        "reported": part.total.reported,
        "of": part.total.reported + len(part.total.without),
        "demo": bool(part.row and part.row.pk in generated and part.total.how != "nothing"),
        "url": places.figure_url(c.indicator.code, part.row, code, key=c.key) if part.row else "",
    }


def recompute_span(key: SeriesKey, whole: Period, as_of: AsOf = None, lang: str = "vi") -> Json:
    """Every part read again from its files, then the rule over what the files say; of a rate, both sides by theirs."""
    with translation.override(lang):
        c, made = _made(key, whole, as_of, lang)
        found = [
            recompute(replace(key, period_id=part.row.pk), c.at, lang)
            for part in (made.known if made else [])
            if part.row
        ]
        joined: Json = {name: [row for each in found for row in each[name]] for name in _LISTS}
        again = _again(c, made, found)
        return {
            "schema": "dienhong.recompute/1",
            "verdict": _verdict(made, again, found),
            "shown": parts.number(made.value) if made else None,
            "shown_text": c.text(made.value) if made else c.text(None),
            "again": parts.number(again),
            "again_text": c.text(again),
            "how": "periods",
            "cells": sum(each["cells"] for each in found),
            "files": sum(each["files"] for each in found),
            **joined,
            "as_of": parts.when(c.at.at),
        }


@action("indicators.recompute")
def recompute_and_record(
    *, by: str, key: SeriesKey, whole: Period | None = None, as_of: AsOf = None, lang: str = "vi"
) -> Json:
    """Recompute, and a journal event that says who asked and what came out. `whole`: the period, where its figure is
    made from the parts if it has none of its own."""
    found = recompute(key, as_of, lang) if key.period_id else None
    if whole is not None and (found is None or found["verdict"] == "nothing"):
        found = recompute_span(key, whole, as_of, lang)
    assert found is not None, "a period that is not saved comes as `whole`"
    period = key.period_id or (f"{whole.calendar}/{whole.key}" if whole else "")
    with transaction.atomic():
        record(
            by=by,
            verb="indicators.recomputed",
            object_kind="figure",
            object_id=f"{key.indicator_id}:{period}:{key.unit_id}:{key.breakdown_id}:{key.measure}",
            unit_id=key.unit_id,
            data={name: found[name] for name in ("verdict", "shown", "again", "cells", "files")},
        )
    return found


_LISTS = ("read", "differ", "damaged", "unread")


def _again(c: Context, made: Span | None, found: list[Json]) -> Decimal | None:
    if made is None or made.value is None or c.entry is None:
        return None
    if made.rule == "ratio":
        return _rate_again(c.entry, found)
    read = iter(found)
    values = [
        queries.fraction(next(read)["again"], part.total) if part.row and part.total.how != "nothing" else None
        for part in made.parts
    ]
    exact = queries.combined(made.rule, values)
    return None if exact is None else rounded(exact, c.entry.decimals)


def _rate_again(entry: Entry, found: list[Json]) -> Decimal | None:
    """Numerators and denominators of the parts as the files have them; None where one of the parts has none."""
    if not all(each["sides"] for each in found):
        return None
    rules = queries.side_rules(entry)
    top, bottom = (
        queries.combined(rule, [Fraction(each["sides"][side]) for each in found]) for side, rule in enumerate(rules)
    )
    return rounded(top / bottom * Fraction(entry.scale), entry.decimals) if top is not None and bottom else None


def _verdict(made: Span | None, again: Decimal | None, found: list[Json]) -> str:
    if made is None or made.value is None:
        return "nothing"
    verdicts = {each["verdict"] for each in found}
    sideless = made.rule == "ratio" and again is None
    if "unequal" in verdicts or (again != made.value and not sideless):
        return "unequal"
    return "unproven" if "unproven" in verdicts or sideless else "equal"
