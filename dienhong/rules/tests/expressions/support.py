"""Random expressions and figures, and one batch of them through each of the three evaluators."""

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import psycopg
from hypothesis import strategies as st
from playwright.sync_api import Page

from dienhong.rules.expressions import Node, Reason, compile_sql, evaluate, parse, to_json
from dienhong.rules.expressions.rounding import MODES

CELLS = ("[r1]", "[r2]", "[08.001]", "[r1]@prev")
Figure = tuple[Decimal | None, int]


class Case(NamedTuple):
    """One expression over one row of figures; `places` and `mode` round what comes out."""

    text: str
    row: tuple[Figure, ...]
    places: int = 2
    mode: str = "half_away"

    @property
    def node(self) -> Node:
        return parse(self.text)


class Answer(NamedTuple):
    """What all three must agree on. `rounded` has trailing zeros and the sign of zero as text."""

    number: Fraction | None
    truth: bool | None
    empty: int
    rounded: str | None


_SMALL = ["0", "1", "2", "3", "5", "10", "100", "-1", "-3", "0.5", "2.5", "-2.5", "0.05", "1.005", "7", "99.995"]
_ODD = ["1e24", "9" * 24, "0.000000000001", "0.0000000000001", "NaN", "1e30", "0E+40", "1.50"]
_small = st.sampled_from(_SMALL).map(Decimal)
_any = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**24), max_value=10**24, places=3)
_odd = st.sampled_from(_ODD)
_value = st.one_of(_small, _small, _any, _odd.map(Decimal))
_figure = st.one_of(
    st.tuples(_value, st.just(0)),
    st.tuples(_value, st.just(0)),
    st.tuples(st.none(), st.sampled_from([*Reason, 1, 2, 3, 9])),
)
_LITERALS = ("0", "1", "2", "3", "0.5", "100", "30", "1.005", "7.25", "123456789012345678901234")
_LEAVES = CELLS * 3 + _LITERALS
_NUMBERS = ["leaf", "+", "-", "*", "/", "/", "sum", "min", "max", "coalesce", "abs", "neg", "change", "round", "if"]
_TRUTHS = ["=", "!=", "<", "<=", ">", ">=", "is_empty", "given", "and", "or", "not", "if"]


def _number(draw: st.DrawFn, depth: int) -> str:
    """Text of a number at most `depth` operations deep. One draw a node: nested strategies grew exponentially."""
    name = draw(st.sampled_from(_NUMBERS)) if depth else "leaf"
    if name == "leaf":
        return draw(st.sampled_from(_LEAVES))
    first = _number(draw, depth - 1)
    if name in ("abs", "neg"):
        return f"abs({first})" if name == "abs" else f"(-{first})"
    if name == "round":
        return f"round({first}, {draw(st.integers(-3, 4))})"
    second = _number(draw, depth - 1)
    if name == "if":
        return f"if({_truth(draw, depth - 1)}, {first}, {second})"
    if name == "change":
        return f"change({first}, {second})"
    if len(name) == 1:
        return f"({first} {name} {second})"
    return f"{name}({', '.join([first, second, *([_number(draw, 0)] if draw(st.booleans()) else [])])})"


def _truth(draw: st.DrawFn, depth: int) -> str:
    below = max(depth - 1, 0)
    name = draw(st.sampled_from(_TRUTHS if depth else _TRUTHS[:8]))
    if name in ("is_empty", "given"):
        return f"{name}({_number(draw, below)})"
    if name == "not":
        return f"(not {_truth(draw, below)})"
    if name == "if":
        return f"if({_truth(draw, below)}, {_truth(draw, below)}, {_truth(draw, below)})"
    side = _truth if name in ("and", "or") else _number
    return f"({side(draw, below)} {name} {side(draw, below)})"


@st.composite
def texts(draw: st.DrawFn) -> str:
    depth = draw(st.integers(1, 4))
    return _number(draw, depth) if draw(st.booleans()) else _truth(draw, depth)


rows = st.tuples(*[_figure] * len(CELLS))
cases = st.builds(Case, texts(), rows, st.integers(-2, 4), st.sampled_from(MODES))


def by_python(batch: Sequence[Case]) -> list[Answer]:
    answers = []
    for case in batch:
        result = evaluate(case.node, dict(zip(CELLS, case.row, strict=True)))
        number = result.rounded(case.places, case.mode)  # type: ignore[arg-type]
        text = None if number is None else f"{number:f}"
        answers.append(Answer(result.number, result.truth, int(result.empty), text))
    return answers


def by_sql(batch: Sequence[Case], connection: psycopg.Connection[Any]) -> list[Answer]:
    """All cases in one statement: each a SELECT over its own row of the same table of figures."""
    columns = {cell: (f"t.v{index}", f"t.e{index}") for index, cell in enumerate(CELLS)}
    selects = []
    for index, case in enumerate(batch):
        made = compile_sql(case.node, columns)
        rounded = made.rounded(case.places, case.mode) if made.kind == "number" else "NULL"  # type: ignore[arg-type]
        picked = (
            f"{index} AS i, {made.num}::numeric, {made.den}::numeric, ({made.truth})::boolean, ({made.empty})::integer"
        )
        selects.append(f"SELECT {picked}, ({rounded})::text FROM t{made.joins} WHERE t.i = {index}")
    fields = ", ".join(f"(f->>{2 * n})::numeric AS v{n}, (f->>{2 * n + 1})::integer AS e{n}" for n in range(len(CELLS)))
    table = f"SELECT i - 1 AS i, {fields} FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS rows(f, i)"
    data = [
        [part for value, code in case.row for part in (None if value is None else str(value), code)] for case in batch
    ]
    sql = f"WITH t AS MATERIALIZED ({table}) {' UNION ALL '.join(selects)} ORDER BY i".replace("%", "%%")
    answers = []
    for row in connection.execute(sql.replace("%%s", "%s"), [json.dumps(data)]):
        _, num, den, truth, empty, rounded = row
        number = Fraction(num) / Fraction(den) if num is not None and empty == 0 else None
        answers.append(Answer(number, truth, empty, rounded))
    return answers


_SCRIPT = """(batch) => batch.map(({tree, cells, places, mode}) => {
  const result = window.language.evaluate(tree, cells);
  const number = result.kind === "number";
  return [number && result.num !== null ? [String(result.num), String(result.den)] : null,
          number ? null : result.truth, result.empty,
          number ? window.language.rounded(result, places, mode) : null];
})"""


def by_browser(batch: Sequence[Case], page: Page) -> list[Answer]:
    asked = [
        {
            "tree": to_json(case.node),
            "cells": {cell: _cell(*figure) for cell, figure in zip(CELLS, case.row, strict=True)},
            "places": case.places,
            "mode": case.mode,
        }
        for case in batch
    ]
    return [
        Answer(None if exact is None else Fraction(int(exact[0]), int(exact[1])), truth, empty, rounded)
        for exact, truth, empty, rounded in page.evaluate(_SCRIPT, asked)
    ]


def _cell(value: Decimal | None, code: int) -> dict[str, Any]:
    return {"empty": int(code), "value": None if value is None else f"{value:f}"}
