"""Codes of procedures as they are written: short, with a suffix of a ministry or province, in two spellings."""

import re
from dataclasses import dataclass

# 1.000656.000.00.00.H29: groups of the agency lowest level first (QCVN 102:2016).
LONG = re.compile(r"^(\d\.\d{6})(?:\.([0-9A-Z]{3})\.([0-9A-Z]{2})\.([0-9A-Z]{2})\.([GH]\d{2}))?$", re.ASCII)
# 1.000656.H29 or 1.000656.H29.01: highest level first, one group per level (Decision 20/2020).
SHORT = re.compile(r"^(\d\.\d{6})\.([GH]\d{2})((?:\.[0-9A-Z]{2,3})*)$", re.ASCII)
# Records before the national database: T-HGI-123456-TT of a province, B-BTP-123456-TT of a ministry (unconfirmed).
OLD = re.compile(r"^[TB]-[A-ZĐ]{2,4}-\d{3,7}-TT$", re.ASCII)
BARE = re.compile(r"^(\d)[ .,]?(\d{6})$", re.ASCII)
EMPTY = {"000", "00"}


@dataclass(frozen=True, slots=True)
class Code:
    """`base` is the ministry's code, opaque; `levels` name the agency of a local version, highest level first."""

    base: str
    levels: tuple[str, ...] = ()

    def long(self) -> str:
        """As QCVN 102:2016 writes it."""
        if not self.levels:
            return self.base
        below = (*self.levels[1:], "00", "00", "000")[:3]
        return ".".join((self.base, "000" if below[2] == "00" else below[2], below[1], below[0], self.levels[0]))

    def short(self) -> str:
        """As Decision 20/2020 writes it."""
        return ".".join((self.base, *self.levels))


def read(text: str) -> Code | None:
    """The code in either spelling, also typed without its point; None where it is none."""
    text = text.strip().upper().rstrip(".")
    if match := LONG.match(text):
        levels = [group for group in (match[5], match[4], match[3], match[2]) if group]
        while levels and levels[-1] in EMPTY:
            levels.pop()
        return Code(match[1], tuple(levels))
    if match := SHORT.match(text):
        return Code(match[1], (match[2], *(group for group in match[3].split(".") if group)))
    if match := BARE.match(text):
        return Code(f"{match[1]}.{match[2]}")
    return None
