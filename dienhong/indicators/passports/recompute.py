"""Recompute now: read the leaf cells again from the kept files, by their hash, and evaluate a second way.

What the database shows was added by SQL over stored values; here the values come from the files and are put together
in Python's exact fractions (a formula, which Python evaluated, is evaluated by the SQL compiler).
"""

import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.utils import translation

from dienhong.indicators import queries
from dienhong.indicators.models import Indicator, Period
from dienhong.indicators.passports import parts
from dienhong.indicators.passports.parts import Context, Json
from dienhong.indicators.passports.rereading import Findings, Leaf, read_again
from dienhong.indicators.queries import AsOf, Below, Moment, Series, SeriesKey, Total
from dienhong.rules.expressions import compile_sql, parse, references, rounded


def recompute(key: SeriesKey, as_of: AsOf = None, lang: str = "vi") -> Json:
    """Equal or unequal, with every leaf that differs and every file that is damaged or gone.

    `read` names the files: the workbook that was sent and, where a cell came from it, the file handed in.
    `sides`: of a rate, what its numerator and denominator add up to as read again, exact fractions as text.
    verdict: "equal" | "unequal" | "unproven" (equal as far as files exist; `unread` units have none) | "nothing".
    """
    with translation.override(lang):
        began = time.monotonic()
        c = Context.of(key, as_of, lang)
        found = Findings()
        shown = queries.total(
            c.indicator, c.period, key.unit_id, breakdown_id=key.breakdown_id, measure=key.measure, as_of=c.at
        )
        again = _again(c, c.indicator, shown, key, found)
        return {
            "schema": "dienhong.recompute/1",
            "verdict": _verdict(shown, again, found),
            "shown": parts.number(shown.value),
            "shown_text": c.text(shown.value, shown.empty),
            "again": parts.number(again),
            "again_text": c.text(again),
            "how": shown.how,
            "cells": found.cells,
            "files": found.files,
            "read": list(found.read.values()),
            "differ": found.differ,
            "damaged": found.damaged,
            "unread": [c.unit(unit) for unit in found.unread],
            "sides": [str(side) for side in found.sides],
            "as_of": parts.when(c.at.at),
            "seconds": round(time.monotonic() - began, 3),
        }


def _verdict(shown: Total, again: Decimal | None, found: Findings) -> str:
    if shown.how == "nothing":
        return "nothing"
    if found.differ or found.damaged or again != shown.value:
        return "unequal"
    return "unproven" if found.unread else "equal"


def _again(c: Context, indicator: Indicator, shown: Total, key: SeriesKey, found: Findings) -> Decimal | None:
    """The figure once more, by the way it was made."""
    if shown.how == "direct" and shown.figure:
        values = read_again(c, [(key.unit_id, shown.figure)], found)
        return values[key.unit_id]
    if shown.how == "sum":
        again = _add(_adds(c, _leaves(indicator, key, shown, c.at), found).values())
        # Where nothing arose anywhere, the sum is nothing arose, not zero.
        return None if shown.value is None and not again else again
    if shown.how in ("ratio", "weighted"):
        return _quotient(c, indicator, shown, key, found)
    if shown.how == "formula":
        return _formula(c, indicator, shown, key, found)
    return None


def _add(values: Iterable[Decimal | None]) -> Decimal | None:
    there = [Fraction(value) for value in values if value is not None]
    return _decimal(sum(there, Fraction(0))) if there else None


def _decimal(exact: Fraction) -> Decimal:
    return rounded(exact, 10)


def _leaves(indicator: Indicator, key: SeriesKey, shown: Total, at: Moment) -> list[Leaf]:
    """Every figure that was added up, with its proof."""
    there = queries.resolved(SeriesKey(indicator.pk, key.period_id, key.unit_id, key.breakdown_id, key.measure), at)
    if there is None or there.source_id is None:
        return []
    series = Series(indicator.pk, key.period_id, there.breakdown_id, key.measure, there.source_id)
    period = Period.objects.get(pk=key.period_id)
    below = Below.of(queries.hierarchy_of(key.unit_id, period), key.unit_id, period, at)
    units = [unit for unit, figure in queries.level(below, series, shown.depth).items() if figure]
    cells = queries.cells(
        indicator.pk,
        [key.period_id],
        units,
        breakdown_id=there.breakdown_id,
        measure=key.measure,
        source_id=there.source_id,
        as_of=at,
        proof=True,
    )
    return [(unit, figure) for (_period, unit), figure in sorted(cells.items())]


def _adds(c: Context, leaves: list[Leaf], found: Findings) -> dict[int, Decimal | None]:
    """unit id -> what its cell adds: its number, 0 where nothing arose, None where there is none."""
    values = read_again(c, leaves, found)
    return {
        unit: Decimal(0) if values[unit] is None and figure.adds is not None else values[unit]
        for unit, figure in leaves
    }


def _quotient(c: Context, indicator: Indicator, shown: Total, key: SeriesKey, found: Findings) -> Decimal | None:
    entry = queries.entry(indicator.pk, c.at)
    if entry is None:
        return None
    weighted = shown.how == "weighted"
    codes = [indicator.code, entry.weight] if weighted else [entry.numerator, entry.denominator]
    by_code = {each.code: each for each in Indicator.objects.filter(code__in=codes)}
    sides: list[Mapping[int, Decimal | None]] = []
    for code in codes:
        part = shown.inputs.get(code)
        if part is not None and part.how == "direct" and part.figure:
            sides.append(_adds(c, [(key.unit_id, part.figure)], found))
        else:
            sides.append(_adds(c, _leaves(by_code[code], key, shown, c.at), found))
    both = [unit for unit in sides[0] if sides[0][unit] is not None and sides[1].get(unit) is not None]
    pairs = [(Fraction(sides[0][unit] or 0), Fraction(sides[1][unit] or 0)) for unit in both]
    below = sum((two for _one, two in pairs), Fraction(0))
    if not below:
        return None
    above = sum((one * two if weighted else one for one, two in pairs), Fraction(0))
    if not weighted:
        found.sides = (above, below)
    return rounded(above / below * (1 if weighted else Fraction(entry.scale)), entry.decimals)


def _formula(c: Context, indicator: Indicator, shown: Total, key: SeriesKey, found: Findings) -> Decimal | None:
    """Each input made again, then the SQL evaluator over them."""
    method, entry = queries.method(indicator.pk, c.period, c.at), queries.entry(indicator.pk, c.at)
    if method is None or entry is None:
        return None
    node = parse(method.formula, expects="number")
    columns: dict[str, tuple[str, str]] = {}
    values: list[Any] = []
    for place, ref in enumerate(references(node)):
        part = shown.inputs[ref.key]
        there = Indicator.objects.filter(code=ref.code).first()
        period = queries.shifted(c.period, ref.period)
        value = None
        if there and period:
            inner = SeriesKey(there.pk, period.pk, key.unit_id, key.breakdown_id, key.measure)
            value = _again(Context.of(inner, c.at, c.lang), there, part, inner, found)
        columns[ref.key] = (f"i.v{place}", f"i.e{place}")
        values += [value, 0 if value is not None else part.empty or 7]
    made = compile_sql(node, columns)
    names = ", ".join(f"%s::numeric AS v{place}, %s::integer AS e{place}" for place in range(len(columns)))
    query = f"SELECT {made.rounded(entry.decimals)} FROM (SELECT {names or '1'}) AS i {made.joins}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        result: Decimal | None = cursor.fetchone()[0]
    return result
