"""Checks and formulas as regimes have them, worked by hand; rounding; the trace; words."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dienhong.base import numbers
from dienhong.rules.expressions import Given, Reason, describe, evaluate, explain, parse, rounded
from dienhong.rules.expressions.sql import compile_sql

BALANCE = "[carried] + [received] = [resolved] + [open]"
STEADY = "abs(change([r1], [r1]@prev)) <= 30"


def inputs(**figures: Given) -> dict[str, Given]:
    return {f"[{name}]": figure for name, figure in figures.items()}


@pytest.mark.parametrize(
    ("opened", "truth", "empty"),
    [
        (Decimal(3), True, Reason.NONE),
        (Decimal(4), False, Reason.NONE),
        (Reason.UNKNOWN, None, Reason.UNKNOWN),
        (Reason.SOURCE_DOWN, None, Reason.SOURCE_DOWN),
        (None, None, Reason.NOT_ENTERED),
        (Reason.NOT_APPLICABLE, False, Reason.NONE),
    ],
)
def test_procedures_balance(opened: Given, truth: bool | None, empty: Reason) -> None:
    row = inputs(carried=2, received=Decimal(11), resolved=Decimal(10), open=opened)
    result = evaluate(parse(BALANCE, "truth"), row)
    assert (result.truth, result.empty, result.number) == (truth, empty, None)


def test_nothing_arose_balances_as_zero() -> None:
    row = inputs(carried=Reason.NOTHING_AROSE, received=7, resolved=7, open=Reason.NOTHING_AROSE)
    assert evaluate(parse(BALANCE), row).truth is True


@pytest.mark.parametrize(
    ("now", "before", "truth"), [(130, 100, True), (131, 100, False), (70, 100, True), (69, 100, False), (0, 0, None)]
)
def test_change_beyond_thirty_percent(now: int, before: int, truth: bool | None) -> None:
    result = evaluate(parse(STEADY, "truth"), {"[r1]": now, "[r1]@prev": before})
    assert result.truth is truth
    assert result.empty == (Reason.DIVISION_BY_ZERO if truth is None else Reason.NONE)


def test_fractions_stay_exact_until_they_are_rounded_once() -> None:
    third = evaluate(parse("[a] / 3 + [a] / 3 + [a] / 3"), inputs(a=1))
    assert third.number == 1
    # 0.45 to one decimal is 0.5; by way of two roundings 0.449999 would be as well.
    assert evaluate(parse("[a] / [b]"), inputs(a=Decimal("0.4499999999"), b=1)).rounded(1) == Decimal("0.4")


def test_division_by_zero_is_an_empty_with_its_reason() -> None:
    result = evaluate(parse("5 + [a] / [b]"), inputs(a=1, b=0))
    assert (result.number, result.empty, result.rounded(2)) == (None, Reason.DIVISION_BY_ZERO, None)


def test_only_the_branch_taken_is_read() -> None:
    result = evaluate(parse("if([a] > 0, [b], [c])"), inputs(a=1, b=2))
    assert result.number == 2
    assert list(result.inputs) == ["[a]", "[b]"]


@pytest.mark.parametrize(
    "value", ["1e999999999", "-1e999999999", "NaN", "sNaN", "Infinity", "1e24", "1e-13", "1e-9999"]
)
def test_a_number_too_long_is_an_empty_and_costs_nothing(value: str) -> None:
    assert evaluate(parse("[a] + 1"), inputs(a=Decimal(value))).empty is Reason.TOO_LONG


@pytest.mark.parametrize("value", ["0e999999999", "-0", "0e-50"])
def test_zero_is_zero_however_written(value: str) -> None:
    assert evaluate(parse("[a] + 1"), inputs(a=Decimal(value))).number == 1


@pytest.mark.parametrize("value", [1.5, True, "1"])
def test_refuses_what_is_not_exact(value: object) -> None:
    with pytest.raises(TypeError, match="not an exact number"):
        evaluate(parse("[a]"), {"[a]": value})  # type: ignore[dict-item]


def test_codes_are_those_of_typed_cells() -> None:
    for kind in numbers.Empty:
        if kind is not numbers.Empty.RETRACTED:
            assert Reason[kind.name] == kind
    assert evaluate(parse("[a]"), inputs(a=numbers.Empty.UNKNOWN)).empty is Reason.UNKNOWN
    assert evaluate(parse("[a]"), inputs(a=(None, numbers.Empty.RETRACTED))).empty is Reason.NOT_ENTERED


MODES = {"half_away": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 4), st.sampled_from(sorted(MODES)))
def test_rounds_as_decimal_does(value: Decimal, places: int, mode: str) -> None:
    ours = rounded(Fraction(value), places, mode)  # type: ignore[arg-type]
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=MODES[mode])
    assert ours == expected
    assert ours.as_tuple().exponent == -places


def test_rounds_to_hundreds_and_refuses_another_mode() -> None:
    assert rounded(Fraction(-1250), -2) == Decimal(-1300)
    assert str(rounded(Fraction(-1, 1000), 2)) == "0.00"
    with pytest.raises(ValueError, match="half_away, half_even, down, up"):
        rounded(Fraction(1), 2, "nearest")  # type: ignore[arg-type]


LABELS = {"carried": "Tồn kỳ trước", "received": "Tiếp nhận", "resolved": "Đã giải quyết", "open": "Đang giải quyết"}


def test_describes_in_words() -> None:
    assert describe(parse(BALANCE), LABELS) == "Tồn kỳ trước + Tiếp nhận bằng Đã giải quyết + Đang giải quyết"
    english = describe(parse("abs(change([open], [open]@prev)) <= 0.5"), {"open": "Open"}, "en")
    assert english == "the absolute value of (the change (%) of Open against Open (previous period)) is at most 0.5"
    assert describe(parse("2 * (1.5 + sum(a, b))"), {}) == "2 × (1,5 + (tổng của ([a]; [b])))"


def test_explains_each_step() -> None:
    result = evaluate(parse("[open] / [received] * 100 <= 50", "truth"), inputs(open=2, received=3))
    assert explain(result, LABELS) == [
        "Đang giải quyết ÷ Tiếp nhận → ≈ 0,666667",
        "Đang giải quyết ÷ Tiếp nhận × 100 → ≈ 66,666667",
        "Đang giải quyết ÷ Tiếp nhận × 100 không lớn hơn 50 → sai",
    ]
    blank = evaluate(parse("[open] > 1"), {})
    assert explain(blank, LABELS) == ["Đang giải quyết lớn hơn 1 → không xác định được (chưa nhập)"]


def test_sql_does_not_grow_exponentially() -> None:
    columns = {"[a]": ("t.v", "t.e"), "[b]": ("t.w", "t.f")}
    lengths = []
    for depth in (10, 20, 40):
        made = compile_sql(
            parse("if([a] > 1, min([a] / [b], " * (depth // 2) + "[a]" + "), 0)" * (depth // 2)), columns
        )
        lengths.append(len(made.num) + len(made.den) + len(made.empty) + len(made.joins))
    assert lengths[2] < 4.5 * lengths[0]


def test_sql_needs_a_column_for_every_reference_and_a_safe_alias() -> None:
    with pytest.raises(KeyError):
        compile_sql(parse("[a]"), {})
    with pytest.raises(ValueError, match="cannot prefix"):
        compile_sql(parse("1"), {}, alias="x; drop")
    with pytest.raises(ValueError, match="cannot be rounded"):
        compile_sql(parse("1 = 1"), {}).rounded(2)
