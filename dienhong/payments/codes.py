"""Codes of bills and of groups of bills, made to survive a bank's text: fixed length, capitals and digits, a check.

Form: two letters of kind, eight characters by chance, one check character: eleven in all, so that two codes and a
blank fit into the 25 characters of a transfer's content. The alphabet leaves out I, O, U, Y and Z, which are misread;
its 31 characters are a prime number, so a weighted sum finds every single wrong character and every swap of two.
"""

import re
import secrets
from collections.abc import Iterator

BILL, GROUP = "DH", "DG"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTVWX"
BODY = 8
LENGTH = len(BILL) + BODY + 1
CUT_AT_LEAST = len(BILL) + 6  # of a code cut by the bank: fewer characters would name too many bills
_START = re.compile(f"(?=({BILL}|{GROUP}))")


def make(kind: str = BILL) -> str:
    """A fresh code. 31^8 possibilities: the caller lets the table refuse the one in 10^11 that was there before."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY))
    return kind + body + check(kind, body)


def check(kind: str, body: str) -> str:
    """The character that makes the sum of place × value divisible by 31; the kind takes part in it."""
    weighed = sum(place * ALPHABET.index(each) for place, each in enumerate(kind + body, 1))
    # The last place is 11: its value x must satisfy weighed + 11 x = 0 (mod 31); 17 is the inverse of 11.
    return ALPHABET[-weighed * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)]


def valid(code: str) -> bool:
    """Whether this is a whole code of ours with a true check character. Capitals only."""
    if len(code) != LENGTH or not code.startswith((BILL, GROUP)):
        return False
    body = code[len(BILL) : -1]
    return all(each in ALPHABET for each in body) and code[-1] == check(code[: len(BILL)], body)


def found_in(text: str) -> list[str]:
    """Codes in a bank's text, in order, each once: whatever stands before or after, in any case.

    If none is found as it stands, blanks and marks are taken out first: some banks break the text into lines.
    """
    return _whole(text.upper()) or _whole(re.sub(r"[^0-9A-Z]", "", text.upper()))


def _whole(text: str) -> list[str]:
    found, free = [], 0
    for match in _START.finditer(text):
        code = text[match.start() : match.start() + LENGTH]
        if match.start() >= free and valid(code):
            found.append(code)
            free = match.start() + LENGTH
    return list(dict.fromkeys(found))


def cut_in(text: str) -> Iterator[str]:
    """Beginnings of a code at the very end of the text, where a bank may have cut it; longest first."""
    upper = text.upper().rstrip()
    for match in _START.finditer(upper):
        rest = upper[match.start() :]
        if CUT_AT_LEAST <= len(rest) < LENGTH and all(each in ALPHABET for each in rest[len(BILL) :]):
            yield rest
