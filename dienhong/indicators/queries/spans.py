"""A longer period from its parts: a year from its months or quarters, by the catalogue's rule over periods.

Flows add up, of stocks the last counts, rates come from numerator and denominator or not at all. Nothing is
estimated: parts that are missing are named.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from dienhong.base import periods
from dienhong.base.numbers import Empty
from dienhong.indicators.models import Entry, Indicator, Period
from dienhong.indicators.queries import catalogue
from dienhong.indicators.queries.figures import TOTAL
from dienhong.indicators.queries.moments import AsOf, Moment, moment
from dienhong.indicators.queries.totals import Total, Words, total
from dienhong.rules.expressions import rounded

KINDS = ("half_year", "quarter", "month")  # the coarsest that says anything is taken; kinds are never mixed
RULES = ("sum", "last", "first", "average", "max", "ratio")
Exact = Fraction | None


@dataclass(frozen=True)
class Part:
    """One period inside, the unit's figure in it; `row` is None where nobody ever spoke of that period."""

    plain: periods.Period
    row: Period | None
    total: Total

    @property
    def adds(self) -> Exact:
        """What it adds: its value, 0 where nothing arose, None where there is nothing."""
        return adds(self.total)


@dataclass(frozen=True)
class Span:
    """`rule` of the catalogue; `value` None with `refusal`: may not be made, or a part that decides is missing."""

    rule: str
    kind: str = ""
    parts: tuple[Part, ...] = ()
    value: Decimal | None = None
    refusal: Words | None = None
    sides: dict[str, Decimal] = field(default_factory=dict)

    @property
    def known(self) -> list[Part]:
        return [part for part in self.parts if part.total.how != "nothing"]

    @property
    def missing(self) -> list[Part]:
        return [part for part in self.parts if part.total.how == "nothing"]


def adds(made: Total) -> Exact:
    if made.value is not None:
        return Fraction(made.value)
    return Fraction(0) if made.empty == Empty.NOTHING_AROSE else None


def fraction(text: str | None, made: Total) -> Exact:
    """What a part read again adds; nothing arose adds 0 as it did."""
    return adds(made) if text is None and made.value is None else None if text is None else Fraction(text)


def over_periods(
    indicator: Indicator,
    whole: periods.Period,
    unit_id: int,
    *,
    breakdown_id: int = TOTAL,
    measure: int = 0,
    as_of: AsOf = None,
) -> Span | None:
    """The figure of the unit over the parts of `whole`; None where it has no parts or nothing is known of any."""
    at = moment(as_of)
    entry = catalogue.entry(indicator.pk, at)
    if entry is None:
        return None
    for kind in KINDS:
        inside = _inside(whole, kind)
        rows = {row.key: row for row in Period.objects.filter(calendar=whole.calendar, key__in=[p.key for p in inside])}
        if not rows:
            continue
        found = tuple(
            Part(
                plain,
                rows.get(plain.key),
                total(indicator, rows[plain.key], unit_id, breakdown_id=breakdown_id, measure=measure, as_of=at)
                if plain.key in rows
                else Total("nothing"),
            )
            for plain in inside
        )
        if any(part.total.how != "nothing" for part in found):
            return _made(entry, Span(entry.agg_periods, kind, found))
    return None


def _inside(whole: periods.Period, kind: str) -> tuple[periods.Period, ...]:
    if kind == whole.kind or whole.calendar not in ("calendar", "decree09"):
        return ()
    try:
        return periods.parts(whole, kind)
    except periods.PeriodError:
        return ()


def _made(entry: Entry, span: Span) -> Span:
    if span.rule not in RULES or (span.rule == "ratio" and not (entry.numerator and entry.denominator)):
        return replace(span, refusal=_NEVER)
    if span.rule == "ratio":
        return _ratio(entry, span)
    if span.rule in ("last", "first"):
        decides = span.parts[-1 if span.rule == "last" else 0]
        if decides.adds is None:
            return replace(span, refusal=_lacks(decides))
    exact = combined(span.rule, (part.adds for part in span.parts))
    return replace(span, value=None if exact is None else rounded(exact, entry.decimals))


def combined(rule: str, amounts: Iterable[Exact]) -> Exact:
    """The amounts of the parts by the rule, in exact fractions; of `last` and `first` the part at that end."""
    given = list(amounts)
    there = [amount for amount in given if amount is not None]
    if not there:
        return None
    if rule in ("last", "first"):
        return given[-1 if rule == "last" else 0]
    if rule == "average":
        return sum(there, Fraction(0)) / len(there)
    return max(there) if rule == "max" else sum(there, Fraction(0))


def _ratio(entry: Entry, span: Span) -> Span:
    """Both sides over the parts that have both, each by its own rule; a published rate of its own has no sides."""
    pairs = [
        (part.total.inputs[entry.numerator], part.total.inputs[entry.denominator])
        for part in span.known
        if entry.numerator in part.total.inputs and entry.denominator in part.total.inputs
    ]
    if len(pairs) < len(span.known) or not pairs:
        return replace(span, refusal=_NO_SIDES)
    rules = side_rules(entry)
    for rule, part in (("last", span.parts[-1]), ("first", span.parts[0])):
        if rule in rules and part.total.how == "nothing":
            return replace(span, refusal=_lacks(part))
    top, bottom = (combined(rule, (adds(pair[side]) for pair in pairs)) for side, rule in enumerate(rules))
    if top is None or not bottom:
        return replace(span, refusal=_NO_SIDES)
    value = rounded(top / bottom * Fraction(entry.scale), entry.decimals)
    sides = {entry.numerator: rounded(top, 10), entry.denominator: rounded(bottom, 10)}
    return replace(span, value=value, sides=sides)


def side_rules(entry: Entry, at: Moment | None = None) -> tuple[str, str]:
    """By which rule numerator and denominator go over periods."""
    rules = []
    for code in (entry.numerator, entry.denominator):
        said = catalogue.entry(Indicator.objects.get(code=code).pk, at)
        rules.append(said.agg_periods if said and said.agg_periods in RULES else "sum")
    return rules[0], rules[1]


def _lacks(part: Part) -> Words:
    vi, en = (periods.label(part.plain, lang) for lang in ("vi", "en"))
    return Words(
        f"Chưa có số của {vi}, kỳ mà con số này lấy theo.",
        f"The figure of {en}, which this one is taken from, is not in.",
    )


_NEVER = Words(
    "Không gộp từ các kỳ con: danh mục không cho gộp chỉ tiêu này qua thời gian. Mỗi kỳ có số riêng.",
    "Not made from the periods inside: the catalogue does not let this indicator join over time.",
)
_NO_SIDES = Words(
    "Tỷ lệ chỉ gộp được từ tử số và mẫu số; có kỳ chỉ công bố tỷ lệ.",
    "A rate joins only from numerator and denominator; some period gives only the rate.",
)
