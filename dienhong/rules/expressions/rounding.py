"""Rounding a fraction once, exactly. Half away from zero unless a parameter says otherwise."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

Rounding = Literal["half_away", "half_even", "down", "up"]
MODES: tuple[Rounding, ...] = get_args(Rounding)


def rounded(number: Fraction, decimals: int, mode: Rounding = "half_away") -> Decimal:
    """`number` to `decimals` places (negative: tens, hundreds, ...), with exactly max(decimals, 0) decimals.

    half_away: a half goes away from zero; half_even: to the even digit; down: towards zero; up: away from zero.
    Raises ValueError for another mode.
    """
    if mode not in MODES:
        raise ValueError(f"rounding {mode!r} is not known; write one of {', '.join(MODES)}.")
    scaled = abs(number) * Fraction(10) ** decimals
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    double = 2 * rest
    if mode == "up":
        whole += rest > 0
    elif mode != "down":
        half = double == scaled.denominator
        whole += double > scaled.denominator or (half and (mode == "half_away" or whole % 2 == 1))
    digits = whole * 10 ** max(-decimals, 0)
    # Built from its digits: arithmetic on Decimal would round to the context's 28 digits.
    return Decimal((int(number < 0 and digits > 0), tuple(map(int, str(digits))), -max(decimals, 0)))
