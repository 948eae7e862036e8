"""The public code of a paper: 75 random bits and a check character, in groups of four for a human eye.

The alphabet leaves out I, L, O, U; whoever types them means 1, 1, 0, V. The check is a weighted sum over GF(32): every
single wrong character and every swap of two shows before anything is looked up. Plain Python, no Django.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_VALUE = {letter: place for place, letter in enumerate(ALPHABET)}
_MEANT = str.maketrans("ILOU", "110V")
_BETWEEN = re.compile(r"[\s\u00a0.\-–—_/]+")


class Mistyped(ValueError):
    """Not the form of a code. `why`: empty, length, letter or check; `what`: the letters that do not occur."""

    def __init__(self, why: str, what: str = "") -> None:
        super().__init__(f"{why}: {what}")
        self.why, self.what = why, what


def _powers() -> tuple[int, ...]:
    """1, a, a^2 … in GF(32) = GF(2)[x] / (x^5 + x^2 + 1)."""
    found, value = [], 1
    for _ in range(LENGTH):
        found.append(value)
        value <<= 1
        if value & 32:
            value ^= 0b100101
    return tuple(found)


_WEIGHTS = _powers()


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= 0b100101
        b >>= 1
    return product


def _check(body: str) -> str:
    """The last character, whose weight is 1."""
    total = 0
    for place, letter in enumerate(reversed(body), 1):
        total ^= _times(_WEIGHTS[place], _VALUE[letter])
    return ALPHABET[total]


def make() -> str:
    """A new code without dashes."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check(body)


def shown(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read(typed: str) -> str:
    """As kept, from what a person typed. Raises Mistyped."""
    text = _BETWEEN.sub("", typed).upper().translate(_MEANT)
    if not text:
        raise Mistyped("empty")
    if strange := sorted(set(text) - set(ALPHABET)):
        raise Mistyped("letter", " ".join(strange[:5]))
    if len(text) != LENGTH:
        raise Mistyped("length", str(len(text)))
    if _check(text[:-1]) != text[-1]:
        raise Mistyped("check")
    return text
