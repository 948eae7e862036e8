"""Text to tokens. Signs as they are printed (≤ ≥ ≠ × ÷ −) are read like those of the keyboard."""

import re
from typing import Final, Literal, NamedTuple, cast

from dienhong.rules.expressions.errors import OPERAND, ExpressionError, Words

MAX_TEXT: Final = 20_000
TokenKind = Literal["number", "ref", "word", "sign", "end"]


class Token(NamedTuple):
    kind: TokenKind
    text: str
    position: int  # counts from 1


_SAME = {"≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "÷": "/", "−": "-", "==": "=", "<>": "!="}
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<ref>\[[^\[\]\n]*\])"
    r"|(?P<word>[^\W\d]\w*(?:\.\w+)*)"
    r"|(?P<sign><=|>=|!=|==|<>|[-+*/()=<>,@:{}≤≥≠×÷−])"
)
_LEGAL = Words("một ký hiệu của ngôn ngữ công thức", "a sign of the formula language")
_SIGNS = Words(
    "Dùng + - * / ( ) = != < <= > >= , and or not, mã trong ngoặc vuông như [r1].",
    "Use + - * / ( ) = != < <= > >= , and or not, codes in square brackets such as [r1].",
)
_CLOSE = Words("“]” sau mã", "“]” after the code")
_CLOSE_REMEDY = Words("Viết mã trong ngoặc vuông, ví dụ [08.001].", "Write the code in square brackets, e.g. [08.001].")
_SHORTER = Words(f"không quá {MAX_TEXT} ký tự", f"at most {MAX_TEXT} characters")
_SPLIT = Words("Chia thành nhiều chỉ tiêu.", "Split it into several indicators.")
_DIGITS_REMEDY = Words(
    "Viết số liền chữ số, dấu thập phân là dấu chấm: 1234.5",
    "Write a number without separators, with a decimal point: 1234.5",
)


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, closed by one of kind end. Raises ExpressionError."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(MAX_TEXT + 1, text[MAX_TEXT : MAX_TEXT + 10], _SHORTER, _SPLIT)
    result: list[Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unreadable(text, at)
        at = found.end()
        kind = cast(TokenKind | Literal["space"], found.lastgroup)
        if kind == "number" and re.match(r"\.[0-9.]|[^\W\d]", text[at:]):
            raise ExpressionError(at + 1, text[at], OPERAND, _DIGITS_REMEDY)
        if kind != "space":
            result.append(Token(kind, _SAME.get(found[0], found[0]), found.start() + 1))
    result.append(Token("end", "", len(text) + 1))
    return result


def _unreadable(text: str, at: int) -> ExpressionError:
    if text[at] == "[":
        return ExpressionError(at + 1, text[at : at + 12], _CLOSE, _CLOSE_REMEDY)
    if text[at] == "." and re.search(r"[0-9]$|^\.[0-9]", text[:at] or text[at:]):
        return ExpressionError(at + 1, text[at], OPERAND, _DIGITS_REMEDY)
    return ExpressionError(at + 1, text[at], _LEGAL, _SIGNS)
