"""Checks of a regime over the figures of a version: what passed, what failed, and the sentence that says so."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dienhong.base.numbers import Empty, empty_label, format_number
from dienhong.reporting.figures import BLANK, Figure
from dienhong.reporting.models import CheckResult, CheckRule, FormCell
from dienhong.reporting.regime_judges import NARRATIVE
from dienhong.rules import expressions
from dienhong.rules.expressions import Ref
from dienhong.rules.expressions.nodes import Op

Outcome = CheckResult.Outcome
Periods = dict[str, dict[str, Figure]]
"""Figures by cell key, by period word: "" the period reported, "prev", "year_before"."""
NARRATIVE_WORDS = "narrative"
"""Beside the periods: by language, in words, where the texts of a report say another figure than its form."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check came out; `sentences` by language, filled when it failed."""

    rule: CheckRule
    outcome: CheckResult.Outcome
    sentences: dict[str, str]
    about: tuple[str, ...] = ()
    """Cells it found itself: a check over the texts names only one cell of the form, to hang on."""

    @property
    def cells(self) -> list[str]:
        return list(self.about) or self.rule.cells

    @property
    def blocks(self) -> bool:
        return self.outcome == Outcome.FAILED and self.rule.severity == CheckRule.Severity.ERROR

    @property
    def asks(self) -> bool:
        return self.outcome == Outcome.FAILED and self.rule.severity == CheckRule.Severity.WARNING


def run(rules: list[CheckRule], cells: dict[str, FormCell], by_period: Periods) -> list[Finding]:
    """Judge every rule. A rule that meets a figure which is not there cannot be told: never passed, never failed."""
    return [_judge(rule, cells, by_period) for rule in rules]


def _judge(rule: CheckRule, cells: dict[str, FormCell], by_period: Periods) -> Finding:
    node = expressions.parse(rule.expression)
    inputs = {ref.key: _figure(ref, by_period).given_for_rules for ref in expressions.reads(rule.expression)}
    truth = expressions.evaluate(node, inputs).truth
    if truth is None:
        return Finding(rule, Outcome.CANNOT_TELL, {})
    if truth:
        return Finding(rule, Outcome.PASSED, {})
    difference = _difference(node, inputs)
    sentences = {
        lang: _fill(getattr(rule, f"sentence_{lang}"), lang, rule, cells, by_period, difference)
        for lang in ("vi", "en")
    }
    return Finding(rule, Outcome.FAILED, sentences)


def _figure(reference: Ref, by_period: Periods) -> Figure:
    return by_period.get(reference.period, {}).get(reference.code, BLANK)


def _difference(node: expressions.Node, inputs: Mapping[str, expressions.Given]) -> Decimal | None:
    if not isinstance(node, Op) or len(node.args) != 2:
        return None
    left, right = (expressions.evaluate(arg, inputs) for arg in node.args)
    if left.number is None or right.number is None:
        return None
    return _decimal(abs(left.number - right.number))


def _decimal(number: Fraction) -> Decimal:
    value = expressions.rounded(number, 2)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _fill(
    template: str,
    lang: str,
    rule: CheckRule,
    cells: dict[str, FormCell],
    by_period: Periods,
    difference: Decimal | None,
) -> str:
    """Put figures into a sentence: {r1}, {r4@prev}; for a rule over one cell {label} {value} {previous} {change}."""
    own = rule.cells[0] if rule.cells else ""
    shown = _Shown(lang, cells, by_period)
    named: dict[str, Callable[[], str]] = {
        "label": lambda: getattr(cells[own], f"label_{lang}"),
        "value": lambda: shown.cell(own),
        "previous": lambda: shown.cell(own, "prev"),
        "year_before": lambda: shown.cell(own, "year_before"),
        "change": lambda: shown.change(own),
        "narrative": lambda: by_period.get(NARRATIVE_WORDS, {}).get(lang, BLANK).typed,
        "difference": lambda: "?" if difference is None else format_number(difference, None, lang),
    }

    def place(found: re.Match[str]) -> str:
        name, _, period = found[1].partition("@")
        return named[name]() if name in named else shown.cell(name, period)

    return re.sub(r"\{([^{}]+)\}", place, unbroken(template))


def unbroken(sentence: str) -> str:
    """A per cent sign stays on the line of its number."""
    return sentence.replace(" %", "\u00a0%")


def row_names(cells: Iterable[FormCell], lang: str) -> dict[str, str]:
    """Cell key -> what its row is called; a name that two rows share ("Quá hạn") carries its number too."""
    cells = list(cells)
    labels = {cell.key: str(getattr(cell, f"label_{lang}")) for cell in cells}
    shared = Counter(labels.values())
    names = {
        cell.key: f"{labels[cell.key]} ({cell.number or cell.address})"
        if shared[labels[cell.key]] > 1
        else labels[cell.key]
        for cell in cells
    }
    return names | {NARRATIVE: "số chỗ phần lời ghi khác biểu" if lang == "vi" else "places where the text differs"}


def in_words(rule: CheckRule, names: Mapping[str, str], lang: str) -> str:
    """What a check asks of the figures, with `row_names` for codes; a check within one row names the row once."""
    node = expressions.parse(rule.expression)
    codes = sorted({ref.code for ref in expressions.references(node)})
    row = _shared_row(codes, names)
    columns = {code: names[code].removeprefix(row) for code in codes} if row else names
    return row[:-2] + ": " * bool(row) + expressions.sentence(node, columns, "en" if lang == "en" else "vi")


def _shared_row(codes: list[str], names: Mapping[str, str]) -> str:
    """ "Hàng giả, " where several columns of that one row are read; "" otherwise."""
    if len(codes) < 2 or len({code.partition("/")[0] for code in codes}) > 1 or not all("/" in code for code in codes):
        return ""
    parts = names[codes[0]].split(", ")
    starts = (", ".join(parts[:many]) + ", " for many in range(len(parts) - 1, 0, -1))
    return next((start for start in starts if all(names[code].startswith(start) for code in codes)), "")


def _amount(figure: Figure) -> Decimal | None:
    """As the checks add it: where nothing arose, nothing."""
    return Decimal(0) if figure.empty == Empty.NOTHING_AROSE else figure.value


@dataclass(frozen=True, slots=True)
class _Shown:
    lang: str
    cells: dict[str, FormCell]
    by_period: Periods

    def cell(self, key: str, period: str = "") -> str:
        figure = self.by_period.get(period, {}).get(key, BLANK)
        if figure.value is not None:
            return format_number(figure.value, self.cells[key].decimals, self.lang)
        return empty_label(Empty(figure.empty), self.lang) if figure.empty is not None else "?"

    def change(self, key: str) -> str:
        now, then = (_amount(self.by_period.get(period, {}).get(key, BLANK)) for period in ("", "prev"))
        if now is None or not then:
            return "?"
        return format_number(
            expressions.rounded(Fraction(now - then) * 100 / abs(Fraction(then)), 1), 1, self.lang, sign=True
        )
