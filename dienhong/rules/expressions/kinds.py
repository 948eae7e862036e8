"""What an expression gives (a number or a truth), and how many digits it can need.

The digits of every exact fraction are bounded before anything is computed: a formula that could need more than
MAX_DIGITS is refused when it is written, so no evaluator can be made to explode by data.
"""

from typing import Final, NamedTuple

from dienhong.rules.expressions.empties import DECIMALS, INTEGER_DIGITS
from dienhong.rules.expressions.errors import ExpressionError, Words
from dienhong.rules.expressions.functions import FUNCTIONS
from dienhong.rules.expressions.nodes import COMPARISONS, Call, Kind, Node, Number, Op, Ref, to_text

MAX_DIGITS: Final = 4_000

_NAMES: dict[Kind, Words] = {
    "number": Words("một số", "a number"),
    "truth": Words("một điều kiện đúng hoặc sai", "a condition that is true or false"),
}
_REMEDIES: dict[Kind, Words] = {
    "number": Words("Dùng if(điều kiện, a, b) để đổi thành số.", "Use if(condition, a, b) to make it a number."),
    "truth": Words("So sánh số với một số khác, ví dụ “> 0”.", "Compare the number with another, e.g. “> 0”."),
}
_PLACES = Words(f"số nguyên từ -{DECIMALS} đến {DECIMALS}", f"a whole number from -{DECIMALS} to {DECIMALS}")
_PLACES_REMEDY = Words("Viết ví dụ round([r1], 2).", "Write for example round([r1], 2).")
_DIGITS = Words(f"phân số không quá {MAX_DIGITS} chữ số", f"fractions of at most {MAX_DIGITS} digits")
_DIGITS_REMEDY = Words(
    "Bớt phép nhân, chia hoặc làm tròn giữa chừng.", "Multiply and divide less, or round in between."
)


class Size(NamedTuple):
    """Upper bounds on the digits (before and after the point together) of numerator and denominator."""

    num: int
    den: int


_LEAF = Size(INTEGER_DIGITS + DECIMALS, 0)


class Known(NamedTuple):
    kind: Kind
    size: Size


def kind_of(node: Node) -> Kind:
    """Number or truth. Raises ExpressionError where the parts do not fit together or digits could explode."""
    return _know(node).kind


def require(node: Node, expected: Kind) -> None:
    """Raise ExpressionError unless the whole expression gives the expected kind."""
    if kind_of(node) != expected:
        raise _mismatch(node, expected)


def _mismatch(node: Node, expected: Kind) -> ExpressionError:
    text = to_text(node)
    return ExpressionError(node.at, text if len(text) <= 40 else text[:39] + "…", _NAMES[expected], _REMEDIES[expected])


def _know(node: Node) -> Known:
    if isinstance(node, Number):
        return Known("number", Size(len(node.text), 0))
    if isinstance(node, Ref):
        return Known("number", _LEAF)
    known = [_know(arg) for arg in node.args]
    takes, gives = _signature(node, known)
    for arg, have, want in zip(node.args, known, takes, strict=True):
        if have.kind != want:
            raise _mismatch(arg, want)
    size = _size(node, [have.size for have in known])
    if max(size) > MAX_DIGITS:
        raise ExpressionError(node.at, node.name, _DIGITS, _DIGITS_REMEDY)
    return Known(gives, size)


def _signature(node: Op | Call, known: list[Known]) -> tuple[list[Kind], Kind]:
    count = len(known)
    if isinstance(node, Op):
        if node.name in ("and", "or", "not"):
            return ["truth"] * count, "truth"
        return ["number"] * count, "truth" if node.name in COMPARISONS else "number"
    if node.name == "if":
        return ["truth", known[1].kind, known[1].kind], known[1].kind
    if node.name == "round":
        places(node)
    function = FUNCTIONS[node.name]
    return [function.takes] * count, function.gives or "number"


def places(node: Call) -> int:
    """The second argument of round: a whole number written out, since precision may not depend on data."""
    arg = node.args[1]
    sign = -1 if isinstance(arg, Op) and arg.name == "neg" else 1
    literal = arg.args[0] if isinstance(arg, Op) and arg.name == "neg" else arg
    if not isinstance(literal, Number) or not literal.text.isdigit() or int(literal.text) > DECIMALS:
        raise ExpressionError(arg.at, to_text(arg), _PLACES, _PLACES_REMEDY)
    return sign * int(literal.text)


def _size(node: Op | Call, sizes: list[Size]) -> Size:
    name = node.name
    if name in COMPARISONS or name in ("+", "-", "sum"):
        total = sizes[0]
        for size in sizes[1:]:
            total = Size(max(total.num + size.den, size.num + total.den) + 1, total.den + size.den)
        return total
    if name == "*":
        return Size(sizes[0].num + sizes[1].num, sizes[0].den + sizes[1].den)
    if name == "/":
        return Size(sizes[0].num + sizes[1].den, sizes[0].den + sizes[1].num)
    if name == "change":
        top = max(sizes[0].num + sizes[1].den, sizes[1].num + sizes[0].den)
        return Size(top + 3, sizes[0].den + sizes[1].num)
    if name == "round":
        return Size(sizes[0].num + sizes[0].den + 2 * DECIMALS + 1, 0)
    if name in ("and", "or", "not", "is_empty", "given"):
        return Size(0, 0)
    return Size(max(size.num for size in sizes), max(size.den for size in sizes))
