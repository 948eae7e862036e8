"""The parts of a movement add up to it exactly, whatever the numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dienhong.rules.decomposition import Shift, of_quotient, of_sum

NUMBERS = st.fractions(min_value=-1000, max_value=1000, max_denominator=50)
WEIGHTS = st.fractions(min_value=0, max_value=1000, max_denominator=50)
PARTS = st.sampled_from("abcdefg")
SIDES = st.dictionaries(PARTS, st.tuples(NUMBERS, WEIGHTS), min_size=1)


def quotient(side):
    return sum(top for top, _ in side.values()) / sum(bottom for _, bottom in side.values())


@given(st.dictionaries(PARTS, NUMBERS), st.dictionaries(PARTS, NUMBERS))
def test_a_sum(before, now):
    assert sum(of_sum(before, now).values()) == sum(now.values()) - sum(before.values())


@given(SIDES, SIDES)
def test_a_quotient(before, now):
    if not sum(bottom for _, bottom in before.values()) or not sum(bottom for _, bottom in now.values()):
        with pytest.raises(ValueError, match="no quotient"):
            of_quotient(before, now)
        return
    moved = of_quotient(before, now)
    assert sum(shift.whole for shift in moved.values()) == quotient(now) - quotient(before)


@given(SIDES, SIDES)
def test_backwards_only_the_signs_turn(one, two):
    if sum(bottom for _, bottom in one.values()) and sum(bottom for _, bottom in two.values()):
        there, back = of_quotient(one, two), of_quotient(two, one)
        assert {key: Shift(-shift.own, -shift.mix) for key, shift in there.items()} == back


def test_what_it_says():
    """Two offices of equal weight, one falls from 90 to 80 on time: the whole falls by 5, all of it its own."""
    f = Fraction
    before, now = {"a": (f(90), f(100)), "b": (f(70), f(100))}, {"a": (f(80), f(100)), "b": (f(70), f(100))}
    assert of_quotient(before, now) == {"a": Shift(f(-1, 20), f(0)), "b": Shift(f(0), f(0))}
    # Nobody's rate moves, the slow one gets three times the work: the whole falls, and none of it is anyone's own.
    now = {"a": (f(90), f(100)), "b": (f(210), f(300))}
    moved = of_quotient(before, now)
    assert {shift.own for shift in moved.values()} == {f(0)}
    assert sum(shift.mix for shift in moved.values()) == f(75, 100) - f(80, 100)
