"""Recompute now: read the leaf cells again from the kept files, by their hash, and evaluate a second way.

What the database shows was added by SQL over stored values; here the values come from the files and are put together
in Python's exact fractions (a formula, which Python evaluated, is evaluated by the SQL compiler).
"""

import time
from collections.abc import Iterable
from dataclasses import replace
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
from dienhong.indicators.queries import Ask, AsOf, Below, Moment, Recipe, Series, SeriesKey, Total
from dienhong.rules.expressions import Reason, compile_sql, parse, references, rounded

DIGITS = 10  # of a stored value


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
        again = _add(_adds(c, _leaves(shown.leaves[0], key, shown.depth, c.at), found).values())
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
    return rounded(exact, DIGITS)


def _leaves(series: Series, key: SeriesKey, depth: int | None, at: Moment) -> list[Leaf]:
    """Every figure of the level that was added up, with its proof."""
    period = Period.objects.get(pk=series.period_id)
    below = Below.of(queries.hierarchy_of(key.unit_id, period), key.unit_id, period, at)
    units = [unit for unit, figure in queries.level(below, series, depth).items() if figure]
    cells = queries.cells_of(series, units, at, proof=True)
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
    pairs = (_by_units if shown.paired else _by_totals)(c, [by_code[code] for code in codes], shown, key, found)
    below = sum((two for _one, two in pairs), Fraction(0))
    if not below:
        return None
    above = sum((one * two if weighted else one for one, two in pairs), Fraction(0))
    if not weighted:
        found.sides = (above, below)
    return rounded(above / below * (1 if weighted else Fraction(entry.scale)), entry.decimals)


Pairs = list[tuple[Fraction, Fraction]]


def _by_units(c: Context, sides: list[Indicator], shown: Total, key: SeriesKey, found: Findings) -> Pairs:
    """Both sides of each unit that has both."""
    hierarchy = queries.hierarchy_of(key.unit_id, c.period)
    breakdown = key.breakdown_id or queries.total_breakdown()
    ask = Ask(c.period, key.unit_id, hierarchy, c.at, breakdown, key.measure)
    one, two = (_side(c, part, ask, key, shown.depth, found) for part in sides)
    both = [unit for unit in one if one[unit] is not None and two.get(unit) is not None]
    return [(Fraction(one[unit] or 0), Fraction(two[unit] or 0)) for unit in both]


def _side(
    c: Context, part: Indicator, ask: Ask, key: SeriesKey, depth: int | None, found: Findings
) -> dict[int, Decimal | None]:
    """unit id -> what it adds, by its file or, where a formula makes it, by the SQL evaluator over its files."""
    made = queries.recipe(part, ask)
    if made is None:
        return {}
    read = {name: _adds(c, _leaves(series, key, depth, c.at), found) for name, series in made.leaves.items()}
    return next(iter(read.values())) if made.series else _evaluated(made, read)


def _evaluated(made: Recipe, read: dict[str, dict[int, Decimal | None]]) -> dict[int, Decimal | None]:
    names = [ref.key for ref in references(made.node)]
    units = sorted({unit for each in read.values() for unit in each})
    columns = {name: (f"i.v{place}", f"i.e{place}") for place, name in enumerate(names)}
    values = [[read.get(name, {}).get(unit) for unit in units] for name in names]
    empties = [[0 if value is not None else int(Reason.NOT_ENTERED) for value in column] for column in values]
    compiled = compile_sql(made.node, columns)
    arrays = ", ".join("%s::numeric[], %s::integer[]" for _name in names)
    named = ", ".join(f"v{place}, e{place}" for place in range(len(names)))
    query = (
        f"SELECT i.unit, {compiled.rounded(DIGITS)} "  # noqa: S608
        f"FROM unnest(%s::bigint[], {arrays}) AS i(unit, {named}) {compiled.joins}"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [units, *(column for pair in zip(values, empties, strict=True) for column in pair)])
        return dict(cursor.fetchall())


def _by_totals(c: Context, sides: list[Indicator], shown: Total, key: SeriesKey, found: Findings) -> Pairs:
    """The two totals, each made again by the way it was made."""
    made = []
    for part in sides:
        total = shown.inputs[part.code]
        again = _again(c, part, total, total.key or replace(key, indicator_id=part.pk), found)
        made.append(queries.fraction(parts.number(again), total))
    top, bottom = made
    return [] if top is None or bottom is None else [(top, bottom)]


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
        value = None
        if part.key is not None:
            inner = Context.of(part.key, c.at, c.lang)
            value = _again(inner, inner.indicator, part, part.key, found)
        columns[ref.key] = (f"i.v{place}", f"i.e{place}")
        values += [value, 0 if value is not None else part.empty or 7]
    made = compile_sql(node, columns)
    names = ", ".join(f"%s::numeric AS v{place}, %s::integer AS e{place}" for place in range(len(columns)))
    query = f"SELECT {made.rounded(entry.decimals)} FROM (SELECT {names or '1'}) AS i {made.joins}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        result: Decimal | None = cursor.fetchone()[0]
    return result
