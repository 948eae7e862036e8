"""A formula and its evaluation in words, for passports and check messages."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from dienhong.rules.expressions.empties import Lang, Reason
from dienhong.rules.expressions.evaluate import Amount, Result, Verdict
from dienhong.rules.expressions.nodes import Call, Node, Number, Op, Ref, needs_parentheses
from dienhong.rules.expressions.rounding import rounded

Labels = Mapping[str, str] | Callable[[Ref], str]
"""Labels by canonical reference or by bare code, or a function of the reference."""

_SIGNS: dict[Lang, dict[str, str]] = {
    "vi": {
        "=": "bằng", "!=": "khác", "<": "nhỏ hơn", "<=": "không lớn hơn", ">": "lớn hơn", ">=": "không nhỏ hơn",
        "and": "và", "or": "hoặc", "not": "không phải là", "+": "+", "-": "−", "*": "×", "/": "÷",
    },
    "en": {
        "=": "equals", "!=": "differs from", "<": "is less than", "<=": "is at most", ">": "is greater than",
        ">=": "is at least", "and": "and", "or": "or", "not": "not", "+": "+", "-": "−", "*": "×", "/": "÷",
    },
}  # fmt: skip
_CALLS: dict[Lang, dict[str, str]] = {
    "vi": {
        "abs": "trị tuyệt đối của {0}", "min": "số nhỏ nhất trong {all}", "max": "số lớn nhất trong {all}",
        "sum": "tổng của {all}", "round": "{0} làm tròn đến {1} chữ số thập phân",
        "if": "nếu {0} thì {1}, nếu không thì {2}",
        "change": "mức thay đổi (%) của {0} so với {1}", "coalesce": "số đầu tiên có trong {all}",
        "is_empty": "{0} không có số", "given": "{0} đã được trả lời",
    },
    "en": {
        "abs": "the absolute value of {0}", "min": "the smallest of {all}", "max": "the largest of {all}",
        "sum": "the sum of {all}", "round": "{0} rounded to {1} decimals", "if": "if {0} then {1}, otherwise {2}",
        "change": "the change (%) of {0} against {1}", "coalesce": "the first figure present of {all}",
        "is_empty": "{0} has no figure", "given": "{0} has been answered",
    },
}  # fmt: skip
_PERIODS: dict[Lang, dict[str, str]] = {
    "vi": {"prev": "kỳ trước", "year_before": "cùng kỳ năm trước"},
    "en": {"prev": "previous period", "year_before": "same period last year"},
}
_PLACES = 6


def describe(node: Node, labels: Labels, lang: Lang = "vi") -> str:
    """The formula with labels instead of codes: “Tồn kỳ trước + Tiếp nhận bằng Đã giải quyết + Đang giải quyết”."""
    if isinstance(node, Number):
        return _comma(node.text, lang)
    if isinstance(node, Ref):
        return label(node, labels, lang)
    words = [describe(arg, labels, lang) for arg in node.args]
    if isinstance(node, Call):
        spoken = [_braced(arg, text) for arg, text in zip(node.args, words, strict=True)]
        listed = "; ".join(words)
        return _CALLS[lang][node.name].format(*spoken, all=f"({listed})")
    words = [f"({text})" if _wrapped(node, index) else text for index, text in enumerate(words)]
    if node.name == "neg":
        return f"−{words[0]}"
    sign = _SIGNS[lang][node.name]
    return f"{sign} {words[0]}" if len(words) == 1 else f"{words[0]} {sign} {words[1]}"


def _wrapped(node: Op, index: int) -> bool:
    """Functions are phrases in words, so beside × ÷ + − they need the parentheses that a call has in the formula."""
    spoken = isinstance(node.args[index], Call) and node.name in ("+", "-", "*", "/", "neg")
    return spoken or needs_parentheses(node, index)


def _braced(arg: Node, text: str) -> str:
    return f"({text})" if isinstance(arg, Op | Call) and not (isinstance(arg, Op) and arg.name == "neg") else text


def label(ref: Ref, labels: Labels, lang: Lang = "vi") -> str:
    """The name of one reference with its period, measure and breakdown."""
    if callable(labels):
        return labels(ref)
    if ref.key in labels:
        return labels[ref.key]
    notes = [_PERIODS[lang].get(ref.period, ref.period), ref.measure, *("=".join(pair) for pair in ref.breakdown)]
    said = ", ".join(filter(None, notes))
    name = labels.get(ref.code, f"[{ref.code}]")
    return f"{name} ({said})" if said else name


def explain(
    result: Result, labels: Labels, lang: Lang = "vi", show: Callable[[Fraction], str] | None = None
) -> list[str]:
    """One line per step that was carried out: “Đã giải quyết ÷ Tiếp nhận = 0,75”.

    `show` writes a number (default: at most six decimals, marked ≈ where more would be needed).
    """
    write = show or (lambda number: _plain(number, lang))
    return [
        f"{describe(step.node, labels, lang)} → {outcome_words(step.outcome, lang, write)}" for step in result.steps
    ]


def outcome_words(outcome: Amount | Verdict, lang: Lang, write: Callable[[Fraction], str]) -> str:
    if isinstance(outcome, Amount):
        return write(outcome.number) if outcome.empty is Reason.NONE else outcome.empty.words(lang)
    if outcome.holds is None:
        cannot = "không xác định được" if lang == "vi" else "cannot tell"
        return f"{cannot} ({outcome.empty.words(lang)})"
    return {"vi": ("sai", "đúng"), "en": ("false", "true")}[lang][outcome.holds]


def _plain(number: Fraction, lang: Lang) -> str:
    value = rounded(number, _PLACES)
    text = f"{value:f}".rstrip("0").rstrip(".")
    exact = "" if Fraction(value) == number else "≈ "
    return exact + _comma(text, lang).replace("-", "−")


def _comma(text: str, lang: Lang) -> str:
    return text.replace(".", ",") if lang == "vi" else text
