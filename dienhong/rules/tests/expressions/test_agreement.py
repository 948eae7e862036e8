"""The three evaluators agree: values, empties, truths, rounding. The table of empties decides where they differ."""

import os
from decimal import Decimal
from typing import Any

import psycopg
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from dienhong.rules.expressions import SUBSET, Reason
from dienhong.rules.expressions.empties import TABLE
from dienhong.rules.expressions.rounding import MODES
from dienhong.rules.tests.expressions.support import CELLS, Case, by_browser, by_python, by_sql, cases

EXAMPLES = int(os.environ.get("EXPRESSION_EXAMPLES", "8"))
BATCH = 60
batches = st.lists(cases, min_size=BATCH, max_size=BATCH)
# No shrinking: it would take minutes over batches; `same` shows the shortest failing case of one instead.
checks = settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def same(batch: list[Case], ours: list[Any], theirs: list[Any]) -> None:
    """Fail with the shortest case that differs."""
    differ = [found for found in zip(batch, ours, theirs, strict=True) if found[1] != found[2]]
    for case, mine, other in sorted(differ, key=lambda found: len(found[0].text)):
        assert mine == other, f"{case.text} over {dict(zip(CELLS, case.row, strict=True))} to {case.places} {case.mode}"


@checks
@given(batches)
def test_sql_agrees_with_python(connection: psycopg.Connection[Any], batch: list[Case]) -> None:
    same(batch, by_python(batch), by_sql(batch, connection))


@checks
@given(batches)
def test_browser_agrees_with_python(page: Page, batch: list[Case]) -> None:
    same(batch, by_python(batch), by_browser(batch, page))


NOWHERE = (None, 0), (None, 0)
DECISIVE = {"+": "adding", "-": "adding", "*": "calculating", "min": "calculating", "max": "calculating"}


def figure(code: Reason, number: str) -> tuple[Decimal | None, int]:
    return (Decimal(number), 0) if code is Reason.NONE else (None, int(code))


def table_cases() -> list[Case]:
    """Every pair of empties through every operation that joins two."""
    pairs = [(a, b) for a in Reason for b in Reason]
    binary = ["+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">="]
    texts = [f"[r1] {sign} [r2]" for sign in binary]
    texts += [f"{name}([r1], [r2])" for name in ("sum", "min", "max", "change", "coalesce")]
    texts += [f"[r1] > 3 {word} [r2] > 3" for word in ("and", "or")]
    texts += ["if([r1] > 3, [r2], 1)", "given([r1])", "is_empty([r1] + [r2])", "round([r1] / [r2], 0)", "abs(-[r1])"]
    # What may still be added must add as 0, however it was computed: min, division and a choice leave no residue.
    texts += ["5 + [r1] / [r2]", "5 + min([r1], -[r2])", "5 + if([r1] > 3, 1, 2)", "5 + change([r1], [r2])"]
    return [Case(text, (figure(a, "5"), figure(b, "2"), *NOWHERE)) for text in texts for a, b in pairs] + edges()


def edges() -> list[Case]:
    """Quotients at a half and nearer to it than numeric's division can tell: they may be rounded once only."""
    under, over, whole = Decimal("4" + "9" * 22), Decimal("5" + "0" * 21 + "1"), Decimal("1" + "0" * 23)
    pairs = [(Decimal(5), Decimal(2)), (Decimal(-5), Decimal(2)), (Decimal(7), Decimal(2)), (Decimal(1), Decimal(3))]
    pairs += [(sign * top, whole) for top in (under, over) for sign in (1, -1)]
    rows = [((top, 0), (bottom, 0), *NOWHERE) for top, bottom in pairs]
    rounds = [Case(f"round([r1] / [r2], {places})", row) for row in rows for places in (-1, 0, 1, 2)]
    return rounds + [Case("[r1] / [r2]", row, places, mode) for row in rows for places in (-1, 0, 1) for mode in MODES]


def test_a_number_just_under_a_half_is_rounded_down() -> None:
    under = Case("[r1] / [r2]", ((Decimal("4" + "9" * 22), 0), (Decimal("1" + "0" * 23), 0), *NOWHERE), 0)
    assert by_python([under])[0].rounded == "0"
    assert by_python([under._replace(mode="up")])[0].rounded == "1"


def test_python_follows_the_table() -> None:
    batch = [case for case in table_cases() if any(f"[r1] {sign} [r2]" == case.text for sign in "+-*")]
    assert len(batch) == 3 * 64
    for case, answer in zip(batch, by_python(batch), strict=True):
        matrix = TABLE[DECISIVE[case.text.split()[1]]]
        assert answer.empty == matrix[case.row[0][1]][case.row[1][1]], case


def test_sql_follows_the_table(connection: psycopg.Connection[Any]) -> None:
    batch = table_cases()
    same(batch, by_python(batch), by_sql(batch, connection))


def test_browser_follows_the_table(page: Page) -> None:
    batch = table_cases()
    same(batch, by_python(batch), by_browser(batch, page))


def test_the_browser_has_the_same_table_and_the_same_language(page: Page) -> None:
    table = page.evaluate("() => window.language.TABLE")
    assert table == {key: TABLE[key] for key in table}
    assert set(table) == set(TABLE) - {"about", "codes", "words"}
    assert tuple(sorted(page.evaluate("() => window.language.SUBSET"))) == SUBSET


def test_a_value_that_is_absent_counts_as_not_entered(connection: psycopg.Connection[Any], page: Page) -> None:
    batch = [Case(text, (*NOWHERE, *NOWHERE)) for text in ("[r1] + 1", "[r1] > 1")]
    answers = by_python(batch) + by_sql(batch, connection) + by_browser(batch, page)
    assert {answer.empty for answer in answers} == {Reason.NOT_ENTERED}
