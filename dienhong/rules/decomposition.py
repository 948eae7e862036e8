"""Why a figure moved, told by its parts: exact fractions that add up to the movement, with nothing left over.

A sum moves by the movements of its parts. A quotient of sums moves for two reasons in each part: its own rate moved
(`own`), and its weight among all moved (`mix`). The split is the shift-share identity at midpoints (Marshall 1890,
Edgeworth 1887, as used for indices): neither period is the base, so reading it backwards only turns the signs.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Sides = tuple[Fraction, Fraction]  # numerator, denominator


@dataclass(frozen=True, slots=True)
class Shift:
    """What one part did to the whole, in the unit of the whole."""

    own: Fraction
    mix: Fraction

    @property
    def whole(self) -> Fraction:
        return self.own + self.mix


def of_sum(before: Mapping[Key, Fraction], now: Mapping[Key, Fraction]) -> dict[Key, Fraction]:
    """Movement of each part; a part that stands in one period only came or went as a whole."""
    zero = Fraction(0)
    return {key: now.get(key, zero) - before.get(key, zero) for key in {**before, **now}}


def of_quotient(before: Mapping[Key, Sides], now: Mapping[Key, Sides]) -> dict[Key, Shift]:
    """`own` and `mix` of each part of Σ numerators / Σ denominators.

    A part that stands in one period only, or whose denominator is 0 in one, has no rate there: it moved the whole by
    its weight alone. ValueError where the denominators of a period add up to 0: there is no quotient then.
    """
    totals = [_totals(side) for side in (before, now)]
    middle = sum((top / bottom for top, bottom in totals), Fraction(0)) / 2
    shifts: dict[Key, Shift] = {}
    for key in {**before, **now}:
        weights = [
            side.get(key, (Fraction(0), Fraction(0)))[1] / bottom
            for side, (_top, bottom) in zip((before, now), totals, strict=True)
        ]
        rates = [_rate(side.get(key)) for side in (before, now)]
        first = rates[0] if rates[0] is not None else rates[1]
        last = rates[1] if rates[1] is not None else rates[0]
        if first is None or last is None:
            shifts[key] = _weightless(key, before, now, totals)
            continue
        own = (weights[0] + weights[1]) / 2 * (last - first)
        mix = ((first + last) / 2 - middle) * (weights[1] - weights[0])
        shifts[key] = Shift(own + _orphan(key, before, now, totals), mix)
    return shifts


@dataclass(frozen=True, slots=True)
class Effect:
    """What one part did to a quotient of sums: through its numerator, and through its denominator."""

    top: Fraction
    bottom: Fraction

    @property
    def whole(self) -> Fraction:
        return self.top + self.bottom


def of_ratio(before: Mapping[Key, Sides], now: Mapping[Key, Sides]) -> dict[Key, Effect]:
    """The movement of N/D as ΔN·(1/D₀+1/D₁)/2 + Δ(1/D)·(N₀+N₁)/2, the identity at midpoints, part by part.

    Both sums are linear in the parts, so a part that came or went is told like any other. ValueError where the
    denominators of a period add up to 0.
    """
    (top0, bottom0), (top1, bottom1) = _totals(before), _totals(now)
    per_top = (1 / bottom0 + 1 / bottom1) / 2
    per_bottom = -(top0 + top1) / 2 / (bottom0 * bottom1)
    nothing = (Fraction(0), Fraction(0))
    found = {}
    for key in {**before, **now}:
        old, new = before.get(key, nothing), now.get(key, nothing)
        found[key] = Effect((new[0] - old[0]) * per_top, (new[1] - old[1]) * per_bottom)
    return found


def of_formula(names: Sequence[Key], value: Callable[[frozenset[Key]], Fraction | None]) -> dict[Key, Fraction] | None:
    """What each input did to a formula: its mean effect over every order in which inputs may change (Shapley 1953), so
    the parts add up exactly and no order is preferred. `value` gives the formula with those inputs as they are now and
    the others as before; None where it has no value on the way, and then there is no answer.
    """
    count = len(names)
    worth: dict[frozenset[Key], Fraction] = {}
    for size in range(count + 1):
        for chosen in combinations(names, size):
            made = value(frozenset(chosen))
            if made is None:
                return None
            worth[frozenset(chosen)] = made
    found = {}
    for name in names:
        found[name] = sum(
            (
                Fraction(factorial(len(chosen)) * factorial(count - len(chosen) - 1), factorial(count))
                * (worth[chosen | {name}] - worth[chosen])
                for chosen in worth
                if name not in chosen
            ),
            Fraction(0),
        )
    return found


def rounded_parts(parts: Mapping[Key, Fraction], total: Decimal, decimals: int) -> dict[Key, Decimal]:
    """The parts in units of the last digit, so that they add up to `total` (which has no more digits): each is cut,
    and what lacks goes to the largest remainders (Hamilton's method). ValueError without parts for a total that is
    not 0."""
    step = Fraction(1, 10**decimals)
    cut = {key: part // step for key, part in parts.items()}
    lacking = int(Fraction(total) / step) - sum(cut.values())
    if not parts:
        if lacking:
            raise ValueError("there are no parts to add up")
        return {}
    order = sorted(parts, key=lambda key: (parts[key] - cut[key] * step, str(key)), reverse=True)
    even, rest = divmod(lacking, len(order))
    for place, key in enumerate(order):
        cut[key] += even + (place < rest)
    return {key: Decimal(whole) / Decimal(10) ** decimals for key, whole in cut.items()}


def _totals(side: Mapping[Key, Sides]) -> Sides:
    top = sum((pair[0] for pair in side.values()), Fraction(0))
    bottom = sum((pair[1] for pair in side.values()), Fraction(0))
    if bottom == 0:
        raise ValueError("the denominators add up to 0: there is no quotient")
    return top, bottom


def _rate(pair: Sides | None) -> Fraction | None:
    return pair[0] / pair[1] if pair is not None and pair[1] != 0 else None


def _orphan(key: Key, before: Mapping[Key, Sides], now: Mapping[Key, Sides], totals: list[Sides]) -> Fraction:
    """A numerator over a denominator of 0 stands in no rate, and still in the whole."""
    moved = Fraction(0)
    for sign, side, (_top, bottom) in ((-1, before, totals[0]), (1, now, totals[1])):
        top, under = side.get(key, (Fraction(0), Fraction(0)))
        moved += sign * top / bottom if under == 0 else 0
    return moved


def _weightless(key: Key, before: Mapping[Key, Sides], now: Mapping[Key, Sides], totals: list[Sides]) -> Shift:
    return Shift(_orphan(key, before, now, totals), Fraction(0))
