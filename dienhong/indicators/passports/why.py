"""Why a total moved since the period before: what each unit did to it, adding up to the movement exactly."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from django.utils import translation
from django.utils.translation import gettext as _

from dienhong.base.numbers import format_number
from dienhong.indicators import queries
from dienhong.indicators.passports import parts
from dienhong.indicators.passports.parts import Context, Json
from dienhong.indicators.passports.tree import Sides, Tree, counted
from dienhong.indicators.queries import AsOf, SeriesKey
from dienhong.rules.decomposition import Shift, of_quotient, of_sum
from dienhong.rules.expressions import rounded

SCHEMA = "dienhong.why/1"
SHOWN = 15  # units by name; the others are one row


def why(key: SeriesKey, as_of: AsOf = None, lang: str = "vi") -> Json | None:
    """None where the figure is not made from units below, or nothing can be compared with the period before.

    Compared are the units that have both periods, as in the passport's change; the others are counted. Amounts are
    rounded at the indicator's digits, those of a rate at one more; the row of the others takes what rounding leaves,
    so the columns add up.
    """
    with translation.override(lang):
        c = Context.of(key, as_of, lang)
        made = queries.total(
            c.indicator, c.period, key.unit_id, breakdown_id=key.breakdown_id, measure=key.measure, as_of=c.at
        )
        tree = Tree.of(c, made)
        both = tree.comparable(tree.units) if tree else []
        if tree is None or not both:
            return None
        shifts = _shifts(tree, both)
        return None if shifts is None else _said(c, tree, both, shifts)


def _shifts(tree: Tree, both: list[int]) -> Mapping[int, Shift] | None:
    """unit -> what it did, in the indicator's unit."""
    if tree.made.how == "sum":
        before, now = ({unit: pair[0] for unit, pair in _pairs(tree, side, both).items()} for side in _times(tree))
        return {unit: Shift(moved, Fraction(0)) for unit, moved in of_sum(before, now).items()}
    scale = Fraction(1) if tree.made.how == "weighted" or tree.c.entry is None else Fraction(tree.c.entry.scale)
    first, last = (_pairs(tree, side, both) for side in _times(tree))
    try:
        found = of_quotient(first, last)
    except ValueError:
        return None
    return {unit: Shift(shift.own * scale, shift.mix * scale) for unit, shift in found.items()}


def _times(tree: Tree) -> tuple[Sides, Sides]:
    return tree.earlier, tree.now


def _pairs(tree: Tree, sides: Sides, units: list[int]) -> dict[int, tuple[Fraction, Fraction]]:
    """unit -> numerator and denominator; of a sum (value, 0); of a weighted mean (value x weight, weight)."""
    found = {}
    for unit in units:
        numbers = [Fraction(side.adding.get(unit, 0)) for side in sides]
        top, bottom = numbers[0], numbers[1] if len(numbers) > 1 else Fraction(0)
        found[unit] = (top * bottom if tree.made.how == "weighted" else top, bottom)
    return found


def _said(c: Context, tree: Tree, both: list[int], shifts: Mapping[int, Shift]) -> Json:
    by_size = sorted(both, key=lambda unit: (-abs(shifts[unit].whole), unit))
    named, rest = by_size[:SHOWN], by_size[SHOWN:]
    c.learn(named)
    columns, extra = (("whole",), 0) if tree.made.how == "sum" else (("whole", "own", "mix"), 1)
    total = {
        name: _round(c, sum((getattr(shift, name) for shift in shifts.values()), Fraction(0)), extra)
        for name in columns
    }
    rows = [
        _row(c, tree, unit, {name: _round(c, getattr(shifts[unit], name), extra) for name in columns}) for unit in named
    ]
    left = {name: total[name] - sum((row["exact"][name] for row in rows), Decimal(0)) for name in columns}
    head = parts.head(c, "why")
    return {
        **head,
        "schema": SCHEMA,
        "how": tree.made.how,
        "than": tree.before_label(),
        "compared": len(both),
        "of": len(tree.units),
        "method": _METHOD[tree.made.how == "sum"](),
        "change": {name: str(total[name]) for name in columns},
        "change_text": {name: _text(c, total[name]) for name in columns},
        "rows": [{name: value for name, value in row.items() if name != "exact"} for row in rows],
        "others": {"units": len(rest), "text": {name: _text(c, left[name]) for name in columns},
                   **{name: str(left[name]) for name in columns}} if rest or any(left.values()) else None,
    }  # fmt: skip


def _row(c: Context, tree: Tree, unit: int, amounts: dict[str, Decimal]) -> Json:
    before, now = tree.value([unit], tree.earlier), tree.value([unit], tree.now)
    return {
        "unit": c.unit(unit),
        "url": c.url(unit),
        "coverage": counted(tree.owed.of([unit])) | {"official": tree.official([unit])},
        "before": parts.number(before),
        "before_text": c.text(before),
        "now": parts.number(now),
        "now_text": c.text(now),
        **{name: str(amount) for name, amount in amounts.items()},
        "text": {name: _text(c, amount) for name, amount in amounts.items()},
        "up": amounts["whole"] > 0,
        "exact": amounts,
    }


def _round(c: Context, exact: Fraction, extra: int) -> Decimal:
    return rounded(exact, (c.decimals or 0) + extra)


def _text(c: Context, amount: Decimal) -> str:
    return format_number(amount, max(0, -int(amount.as_tuple().exponent)), c.lang, sign=True)


def _sum_method() -> str:
    return _("Tổng thay đổi bằng tổng thay đổi của từng đơn vị.")


def _quotient_method() -> str:
    return _(
        "Mỗi đơn vị tác động theo hai đường: mức riêng của đơn vị thay đổi, và tỷ trọng của đơn vị trong cả nhóm thay"
        " đổi (phân rã theo tỷ trọng, lấy trung bình hai kỳ). Cộng mọi dòng được đúng thay đổi chung."
    )


_METHOD = {True: _sum_method, False: _quotient_method}
