"""Tokens to tree: or < and < not < comparison < + - < * / < unary minus. The grammar is in README.md."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Final

from dienhong.rules.expressions.empties import DECIMALS, INTEGER_DIGITS
from dienhong.rules.expressions.errors import OPERAND, ExpressionError, Words
from dienhong.rules.expressions.functions import FUNCTIONS
from dienhong.rules.expressions.lexer import Token, tokens
from dienhong.rules.expressions.nodes import COMPARISONS, Call, Node, Number, Op, Ref

MAX_DEPTH: Final = 60
MAX_NODES: Final = 2_000
_RESERVED = frozenset({"and", "or", "not"})
_CODE = re.compile(r"\w[\w.\-/]*")

_OPERATOR = Words("một phép tính, một phép so sánh hoặc hết biểu thức", "an operator, a comparison or the end")
_COMMA = Words("Dấu thập phân là dấu chấm (0.5).", "The decimal sign is a point (0.5).")
_OPERATOR_REMEDY = Words("Nối hai vế bằng + - * / = <= and or.", "Join the two sides by + - * / = <= and or.")
_FILL = Words("Bổ sung phần còn thiếu.", "Add what is missing.")
_CLOSE = Words("“)”", "“)”")
_CLOSE_REMEDY = Words("Đóng ngoặc đã mở.", "Close the parenthesis.")
_CALL_REMEDY = Words(
    "Viết tham số trong ngoặc; nếu là mã thì viết [mã].", "Write its arguments in parentheses; write a code as [code]."
)
_CHAIN = Words("một phép so sánh duy nhất", "one comparison only")
_CHAIN_REMEDY = Words("Viết “a <= b and b <= c”.", "Write “a <= b and b <= c”.")
_CODE_EXPECTED = Words("mã gồm chữ, số, dấu chấm, gạch", "a code of letters, digits, points, hyphens")
_CODE_REMEDY = Words("Ví dụ [r1], [r2.online], [08.001].", "For example [r1], [r2.online], [08.001].")
_WORD = Words("một từ", "a word")
_QUALIFIERS = Words(
    "Ví dụ [r1]@prev, [r1]@year_before, [r1]:estimate, [r1]{sex=f}; mỗi loại một lần.",
    "For example [r1]@prev, [r1]@year_before, [r1]:estimate, [r1]{sex=f}; each kind once.",
)
_FEWER = Words(
    f"không quá {MAX_DEPTH} tầng và {MAX_NODES} thành phần", f"at most {MAX_DEPTH} levels, {MAX_NODES} parts"
)
_SPLIT = Words("Dùng sum(…) hoặc chia thành nhiều chỉ tiêu.", "Use sum(…) or split it into several indicators.")
_SHORT = Words(f"không quá {INTEGER_DIGITS} + {DECIMALS} chữ số", f"at most {INTEGER_DIGITS} + {DECIMALS} digits")
_SHORT_REMEDY = Words("Viết số ngắn hơn hoặc đổi đơn vị.", "Write a shorter number or change the unit.")


class Parser:
    """Recursive descent; `depth` of a tree is bounded so that no later walk can overflow the stack."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.index = 0
        self.nodes = 0
        self.depths: dict[int, int] = {}
        self.nesting = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def next(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def take(self, *texts: str) -> Token | None:
        return self.next() if self.token.kind in ("sign", "word") and self.token.text in texts else None

    def refuse(self, token: Token, expected: Words, remedy: Words) -> ExpressionError:
        return ExpressionError(token.position, token.text, expected, remedy)

    def made(self, node: Node, token: Token) -> Node:
        """Count a node and refuse a tree too deep or too large. `depths` is keyed by id: the parser keeps all alive."""
        args = node.args if isinstance(node, Op | Call) else ()
        depth = 1 + max((self.depths[id(arg)] for arg in args), default=0)
        self.depths[id(node)] = depth
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise self.refuse(token, _FEWER, _SPLIT)
        return node

    def whole(self) -> Node:
        node = self.either()
        if self.token.kind != "end":
            raise self.refuse(self.token, _OPERATOR, _COMMA if self.token.text == "," else _OPERATOR_REMEDY)
        return node

    def either(self) -> Node:
        return self.left(self.both, "or")

    def both(self) -> Node:
        return self.left(self.negation, "and")

    def left(self, inner: Callable[[], Node], *signs: str) -> Node:
        """Operands joined by one of the signs, grouped from the left."""
        node = inner()
        while token := self.take(*signs):
            node = self.made(Op(token.text, (node, inner()), token.position), token)
        return node

    def negation(self) -> Node:
        if token := self.take("not"):
            return self.made(Op("not", (self.deeper(token, self.negation),), token.position), token)
        return self.comparison()

    def comparison(self) -> Node:
        node = self.additive()
        if token := self.take(*COMPARISONS):
            node = self.made(Op(token.text, (node, self.additive()), token.position), token)
            if self.token.text in COMPARISONS:
                raise self.refuse(self.token, _CHAIN, _CHAIN_REMEDY)
        return node

    def additive(self) -> Node:
        return self.left(self.multiplicative, "+", "-")

    def multiplicative(self) -> Node:
        return self.left(self.signed, "*", "/")

    def signed(self) -> Node:
        if token := self.take("-"):
            return self.made(Op("neg", (self.deeper(token, self.signed),), token.position), token)
        return self.primary()

    def deeper(self, token: Token, rule: Callable[[], Node]) -> Node:
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise self.refuse(token, _FEWER, _SPLIT)
        node = rule()
        self.nesting -= 1
        return node

    def primary(self) -> Node:
        token = self.next()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "ref":
            return self.reference(token, token.text[1:-1].strip())
        if token.kind == "word" and token.text not in _RESERVED:
            called = self.token.text == "(" or token.text in FUNCTIONS
            return self.call(token) if called else self.reference(token, token.text)
        if token.text == "(":
            node = self.deeper(token, self.either)
            self.close()
            return node
        remedy = _COMMA if token.text == "," else _FILL
        raise self.refuse(token, OPERAND, remedy)

    def close(self) -> None:
        if not self.take(")"):
            raise self.refuse(self.token, _CLOSE, _CLOSE_REMEDY)

    def number(self, token: Token) -> Node:
        whole, _, part = token.text.partition(".")
        if len(whole.lstrip("0")) > INTEGER_DIGITS or len(part) > DECIMALS:
            raise self.refuse(token, _SHORT, _SHORT_REMEDY)
        return self.made(Number(token.text, token.position), token)

    def reference(self, token: Token, code: str) -> Node:
        if not _CODE.fullmatch(code):
            raise self.refuse(token, _CODE_EXPECTED, _CODE_REMEDY)
        found: dict[str, str] = {}
        breakdown: tuple[tuple[str, str], ...] = ()
        while sign := self.take("@", ":", "{"):
            if sign.text in found:
                raise self.refuse(sign, _OPERATOR, _QUALIFIERS)
            found[sign.text] = "" if sign.text == "{" else self.word()
            if sign.text == "{":
                breakdown = self.members()
        ref = Ref(code, found.get("@", ""), found.get(":", ""), breakdown, token.position)
        return self.made(ref, token)

    def word(self) -> str:
        """A word, or in braces also a code such as 01. No hyphen: [r1]@prev-[r2] is a difference."""
        if self.token.kind not in ("word", "number"):
            raise self.refuse(self.token, _WORD, _QUALIFIERS)
        return self.next().text

    def members(self) -> tuple[tuple[str, str], ...]:
        pairs: dict[str, str] = {}
        while True:
            token = self.token
            name = self.word()
            if not self.take("=") or name in pairs:
                raise self.refuse(
                    token if name in pairs else self.token, Words("“tên=mục”", "“name=member”"), _QUALIFIERS
                )
            pairs[name] = self.word()
            if self.take("}"):
                return tuple(sorted(pairs.items()))
            if not self.take(","):
                raise self.refuse(self.token, Words("“,” hoặc “}”", "“,” or “}”"), _QUALIFIERS)

    def call(self, token: Token) -> Node:
        function = FUNCTIONS.get(token.text)
        if function is None:
            raise self.refuse(token, Words("tên một hàm", "the name of a function"), _suggest(token.text))
        if not self.take("("):
            raise self.refuse(self.token, Words("“(”", "“(”"), _CALL_REMEDY)
        args = [] if self.token.text == ")" else [self.deeper(token, self.either)]
        while args and self.take(","):
            args.append(self.deeper(token, self.either))
        self.close()
        most = function.most if function.most is not None else MAX_NODES
        if not function.least <= len(args) <= most:
            count = str(function.least) if function.least == function.most else f"≥ {function.least}"
            expected = Words(f"{count} tham số cho {token.text}", f"{count} argument(s) of {token.text}")
            remedy = Words(f"Hiện có {len(args)}; sửa số tham số.", f"There are {len(args)}; change their number.")
            raise self.refuse(token, expected, remedy)
        return self.made(Call(token.text, tuple(args), token.position), token)


def _suggest(name: str) -> Words:
    near = get_close_matches(name.lower(), FUNCTIONS, 1)
    names = ", ".join(FUNCTIONS)
    if near:
        return Words(f"Có phải “{near[0]}”? Các hàm: {names}.", f"Did you mean “{near[0]}”? Functions: {names}.")
    return Words(f"Các hàm: {names}.", f"Functions: {names}.")
