"""What a check asks, as a person would say it: “Trực tuyến thay đổi không quá 20 % so với kỳ trước”.

`describe` reads any expression aloud, part by part; here the shapes that checks take are recognised as a whole, and
what is none of them is left to `describe`.
"""

from dataclasses import dataclass

from dienhong.rules.expressions.describe import Labels, describe, label
from dienhong.rules.expressions.empties import Lang
from dienhong.rules.expressions.nodes import COMPARISONS, Call, Node, Number, Op, Ref, needs_parentheses

_WORDS: dict[Lang, dict[str, str]] = {
    "vi": {
        "=": "{0} bằng {1}", "!=": "{0} khác {1}", "<": "{0} nhỏ hơn {1}", "<=": "{0} không lớn hơn {1}",
        ">": "{0} lớn hơn {1}", ">=": "{0} không nhỏ hơn {1}", "and": "{0} và {1}", "or": "{0} hoặc {1}",
        "not_negative": "{0} không âm", "then": "nếu {0} thì {1}", "any": "ít nhất một trong {0} ô có số",
        "move": "{0} thay đổi không quá {1} so với {2}",
        "change": "{0} thay đổi không quá {1} % so với {2}", "rise": "{0} tăng không quá {1} % so với {2}",
        "prev": "kỳ trước", "year_before": "cùng kỳ năm trước", "of": "{0} của {1}",
        "gap": " (nơi chưa có số tính là {0})",
    },
    "en": {
        "=": "{0} equals {1}", "!=": "{0} differs from {1}", "<": "{0} is less than {1}", "<=": "{0} is at most {1}",
        ">": "{0} is greater than {1}", ">=": "{0} is at least {1}", "and": "{0} and {1}", "or": "{0} or {1}",
        "not_negative": "{0} is not negative", "then": "if {0}, then {1}",
        "any": "at least one of {0} cells holds a figure",
        "move": "{0} changes by at most {1} against {2}",
        "change": "{0} changes by at most {1}% against {2}", "rise": "{0} rises by at most {1}% against {2}",
        "prev": "the previous period", "year_before": "the same period last year", "of": "{0} of {1}",
        "gap": " (where there is no figure, {0} counts)",
    },
}  # fmt: skip
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_ARITHMETIC = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_NAMES_FROM = 6  # more references than this are counted, not named


def sentence(node: Node, labels: Labels, lang: Lang = "vi") -> str:
    """The check as a sentence that begins with a capital and has no full stop; `labels` as `describe` takes them."""
    said = _Speaker(labels, lang).clause(node)
    return said[:1].upper() + said[1:]


@dataclass(frozen=True, slots=True)
class _Speaker:
    labels: Labels
    lang: Lang

    def clause(self, node: Node) -> str:
        if isinstance(node, Op) and node.name in COMPARISONS:
            return self._comparison(node)
        if isinstance(node, Op) and node.name == "or":
            return self._either(node)
        if isinstance(node, Op) and node.name == "and":
            return self._word("and", *map(self.clause, node.args))
        many = _asked_for(node)
        return self._word("any", str(many)) if many else describe(node, self.labels, self.lang)

    def _word(self, name: str, *parts: str) -> str:
        return _WORDS[self.lang][name].format(*parts)

    def _either(self, node: Op) -> str:
        """“a <= 0 or b > 0” is said the way it is meant: if a is above 0, then so is b."""
        left, right = node.args
        if isinstance(left, Op) and left.name in COMPARISONS and not self._bounded_change(left):
            return self._word("then", self._comparison(Op(_OPPOSITE[left.name], left.args)), self.clause(right))
        return self._word("or", self.clause(left), self.clause(right))

    def _comparison(self, node: Op) -> str:
        left, right = node.args
        bounded = self._bounded_change(node)
        if bounded:
            return bounded
        gaps = {gap for gap in (_gap(part) for side in node.args for part in _terms(side)) if gap}
        note = self._word("gap", _number(gaps.pop(), self.lang)) if len(gaps) == 1 else ""
        if node.name == ">=" and isinstance(right, Number) and not right.value:
            return self._word("not_negative", self._side(left)) + note
        return self._word(node.name, self._side(left), self._side(right)) + note

    def _bounded_change(self, node: Op) -> str:
        """change(a, b), its size or the size of a - b, held under a bound; "" for any other comparison."""
        changed, bound = node.args
        difference = _difference(changed)
        if node.name == "<=" and difference:
            now, then, times = difference
            base = self._base(now, then)
            if isinstance(bound, Number) and times == 1:
                return self._word("move", self._side(now), _number(bound.text, self.lang), base)
            if bound == then and 100 % times == 0:  # |a - b| × 5 <= b: without a division, so that b may be nought
                return self._word("change", self._side(now), str(100 // times), base)
            return ""
        sized = isinstance(changed, Call) and changed.name == "abs"
        if isinstance(changed, Call) and sized:
            changed = changed.args[0]
        plain = isinstance(changed, Call) and changed.name == "change" and isinstance(bound, Number)
        if node.name != "<=" or not plain or not isinstance(changed, Call) or not isinstance(bound, Number):
            return ""
        now, then = changed.args
        base = self._base(now, then)
        return self._word("change" if sized else "rise", self._side(now), _number(bound.text, self.lang), base)

    def _base(self, now: Node, then: Node) -> str:
        """What a change is measured against: the period alone where both are the same row."""
        same = isinstance(now, Ref) and isinstance(then, Ref) and now.code == then.code and not now.period
        return self._period(then) if same and isinstance(then, Ref) else self._side(then)

    def _period(self, ref: Ref) -> str:
        return _WORDS[self.lang].get(ref.period, ref.period) if ref.period else self._side(ref)

    def _side(self, node: Node) -> str:
        if isinstance(node, Number):
            return _number(node.text, self.lang)
        if isinstance(node, Ref):
            return self._name(node)
        if isinstance(node, Call) and _gap(node):
            return self._side(node.args[0])
        if isinstance(node, Op) and node.name in _ARITHMETIC:
            parts = [
                f"({self._side(arg)})" if needs_parentheses(node, index) else self._side(arg)
                for index, arg in enumerate(node.args)
            ]
            return f" {_ARITHMETIC[node.name]} ".join(parts)
        return describe(node, self.labels, self.lang)

    def _name(self, ref: Ref) -> str:
        """A row of an earlier period is “Đang giải quyết của kỳ trước”; all else is as `describe` names it."""
        known = callable(self.labels) or ref.key in self.labels
        if known or ref.period not in ("prev", "year_before") or ref.measure or ref.breakdown:
            return label(ref, self.labels, self.lang)
        return self._word("of", label(Ref(ref.code), self.labels, self.lang), self._period(ref))


def _asked_for(node: Node) -> int:
    """How many cells “given(coalesce(…))” chooses among, where they are too many to name; 0 for anything else."""
    inner = node.args[0] if isinstance(node, Call) and node.name == "given" else None
    if not isinstance(inner, Call) or inner.name != "coalesce" or len(inner.args) < _NAMES_FROM:
        return 0
    return len(inner.args)


def _difference(node: Node) -> tuple[Node, Node, int] | None:
    """a, b and k of abs(a - b) or abs(a - b) * k; None for anything else."""
    times = 1
    if isinstance(node, Op) and node.name == "*" and isinstance(node.args[1], Number):
        node, factor = node.args
        times = int(factor.value) if isinstance(factor, Number) and factor.value.denominator == 1 else 0
    inner = node.args[0] if isinstance(node, Call) and node.name == "abs" else None
    if times < 1 or not isinstance(inner, Op) or inner.name != "-":
        return None
    return inner.args[0], inner.args[1], times


def _terms(node: Node) -> list[Node]:
    return [part for arg in node.args for part in _terms(arg)] if isinstance(node, Op) else [node]


def _gap(node: Node) -> str:
    """The number that stands in for a figure that is not there, coalesce(x, 0); "" where there is none."""
    if isinstance(node, Call) and node.name == "coalesce" and len(node.args) == 2 and isinstance(node.args[1], Number):
        return node.args[1].text
    return ""


def _number(text: str, lang: Lang) -> str:
    return text.replace(".", ",") if lang == "vi" else text
