"""Parts of a ratio and of a formula add up exactly, and to the last digit once they are rounded."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dienhong.rules.decomposition import of_formula, of_ratio, rounded_parts

AMOUNTS = st.integers(0, 10**9).map(Fraction)
SIDES = st.dictionaries(
    st.integers(1, 12), st.tuples(AMOUNTS, st.integers(1, 10**9).map(Fraction)), min_size=1, max_size=9
)


def quotient(side: dict[int, tuple[Fraction, Fraction]]) -> Fraction:
    return sum((top for top, _b in side.values()), Fraction(0)) / sum((low for _t, low in side.values()), Fraction(0))


@given(SIDES, SIDES)
def test_parts_of_a_ratio_add_up_and_turn_with_time(before, now):
    parts = of_ratio(before, now)
    assert sum(part.whole for part in parts.values()) == quotient(now) - quotient(before)
    back = of_ratio(now, before)
    assert all(back[key].top == -parts[key].top and back[key].bottom == -parts[key].bottom for key in parts)


@given(SIDES, SIDES, st.integers(0, 4))
def test_rounded_parts_add_up_to_the_last_digit_and_none_is_off_by_more_than_one(before, now, decimals):
    exact = {key: part.whole * 100 for key, part in of_ratio(before, now).items()}
    step = Fraction(1, 10**decimals)
    total = Decimal(int(sum(exact.values()) / step)) / Decimal(10) ** decimals
    parts = rounded_parts(exact, total, decimals)
    assert sum(parts.values()) == total
    assert all(abs(Fraction(parts[key]) - exact[key]) <= step for key in parts)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=5))
def test_inputs_of_a_formula_add_up_in_whatever_order_they_change(pairs):
    names = list(range(len(pairs)))

    def value(newer: frozenset[int]) -> Fraction:
        product = Fraction(1)
        for name in names:
            product *= pairs[name][1] if name in newer else pairs[name][0]
        return product + sum(pairs[name][name in newer] for name in names)

    parts = of_formula(names, value)
    assert parts is not None
    assert sum(parts.values()) == value(frozenset(names)) - value(frozenset())


def test_a_formula_without_a_value_on_the_way_has_no_parts():
    assert of_formula(["a"], lambda newer: None if newer else Fraction(1)) is None
