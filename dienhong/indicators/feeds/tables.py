"""A feed file: a CSV table that says of itself what it holds, so that a cell and its meaning stay together.

First lines `name,value` describe the table (title, publisher, source, licence, unit, calendar). `lead,a|b` names the
first columns of the body; the lines after it, up to `data`, name what each value column is (indicator, members,
period, stage, factor). A value's key is its column's words and its row's words together. Cells are named as a
spreadsheet program names them when it opens the file: sheet = table key, A1 address.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext as _

from dienhong.base.number_problems import MAX_FRACTION_DIGITS
from dienhong.base.numbers import Empty, parse_cell
from dienhong.base.refusal import Fault, Refused

FOLDER = Path(__file__).parents[1] / "data" / "series"
REQUIRED = ("table", "title_vi", "title_en", "publisher", "source", "licence", "unit", "calendar", "start", "lead")
KEYS = ("indicator", "members", "period", "stage", "factor", "area")
IGNORED = ("name", "origin")  # words for people
LARGEST = 8 * 1024 * 1024  # bytes of one feed file
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell of the body with the words of its column and its row."""

    row: int  # from 0, as the lines of the file
    column: int
    text: str
    words: Mapping[str, str]

    @property
    def address(self) -> str:
        return address(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Read:
    """A cell as the file has it, before its factor; or the sentence that says why it is no number."""

    value: Decimal | None
    empty: int
    fault: Fault | None = None


@dataclass(frozen=True)
class Table:
    head: Mapping[str, str]
    rows: list[list[str]]
    first: int  # line of the first row of the body
    lead: tuple[str, ...]
    columns: list[dict[str, str]]  # words of each value column

    @property
    def key(self) -> str:
        return self.head["table"]

    def said(self, name: str) -> str:
        return self.head.get(name, "")

    def cells(self) -> Iterator[Cell]:
        """Every filled cell of the body, row by row. An empty cell says nothing."""
        width = len(self.lead)
        for number in range(self.first, len(self.rows)):
            own = self._own(number)
            for at, words in enumerate(self.columns):
                text = self.rows[number][width + at]
                if text.strip():
                    yield Cell(number, width + at, text, words | own)

    def _own(self, number: int) -> dict[str, str]:
        """The words of one row."""
        line = self.rows[number]
        return {name: line[at] for at, name in enumerate(self.lead) if line[at] and name not in IGNORED}

    def words_at(self, where: str) -> dict[str, str]:
        """What the cell of an A1 address is about. LookupError outside the body."""
        row, column = place(where)
        at = column - len(self.lead)
        if not (self.first <= row < len(self.rows) and 0 <= at < len(self.columns)):
            raise LookupError(f"{self.key}: {where}?")
        return self.columns[at] | self._own(row)

    def text_at(self, where: str) -> str:
        """The text of the cell of an A1 address; LookupError where the file has no such cell."""
        row, column = place(where)
        try:
            return self.rows[row][column]
        except IndexError:
            raise LookupError(f"{self.key}: {where}?") from None

    def origin_at(self, where: str) -> str:
        """Where the publisher's own file has the cell, if its row or its column says so. LookupError."""
        row, column = place(where)
        own = self.rows[row][self.lead.index("origin")] if "origin" in self.lead else ""
        at = column - len(self.lead)
        return own or (self.columns[at].get("origin", "") if 0 <= at < len(self.columns) else "")

    def read(self, text: str, where: str) -> Read:
        """The number, the kind of empty or the fault of one cell. Published figures have a decimal point."""
        if text.strip() in filter(None, self.said("unknown").split("|")):
            return Read(None, Empty.UNKNOWN)
        exact = self._rounded(text.strip())
        parsed = parse_cell(exact, decimals=None, convention="dot_decimal")
        if parsed.problem:
            said = _("%(table)s, ô %(where)s: “%(text)s” không phải số nên không nạp; chờ nhà xuất bản đính chính.")
            sentence = said % {"table": self.key, "where": where, "text": text}
            return Read(None, Empty.UNKNOWN, Fault("not_a_number", sentence, f"{self.key}!{where}", text))
        return Read(parsed.value, int(parsed.kind or 0))

    def _rounded(self, text: str) -> str:
        """Where the table says `round`, binary noise beyond these decimals is dropped; other text stays as it is."""
        digits = self.said("round")
        if not digits or not re.fullmatch(rf"-?[0-9]+\.[0-9]{{{int(digits) + 1},}}", text):
            return text
        step = Decimal(1).scaleb(-min(int(digits), MAX_FRACTION_DIGITS))
        try:
            return format(Decimal(text).quantize(step, context=_WIDE), "f")
        except InvalidOperation:
            return text


def address(row: int, column: int) -> str:
    """Row and column from 0 -> A1."""
    letters, left = "", column + 1
    while left:
        left, last = divmod(left - 1, 26)
        letters = chr(65 + last) + letters
    return f"{letters}{row + 1}"


def place(where: str) -> tuple[int, int]:
    """A1 -> row and column from 0. LookupError for anything else."""
    match = _ADDRESS.fullmatch(where)
    if match is None:
        raise LookupError(where)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def parse(data: bytes) -> Table:
    """Read a feed file. Refused, with the sentence, where it is too large, not UTF-8, or not such a table."""
    if len(data) > LARGEST:
        raise Refused("feed_too_large", _("Tệp lớn hơn %(most)s MB.") % {"most": LARGEST // 1024 // 1024})
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused("feed_unreadable", _("Không đọc được tệp: %(why)s.") % {"why": error}) from error
    head: dict[str, str] = {}
    columns: dict[str, list[str]] = {}
    for number, row in enumerate(rows):
        name = row[0] if row else ""
        if name == "data":
            return _table(head, rows, number + 1, columns)
        if "lead" in head:
            columns[name] = row
        elif name:
            head[name] = row[1] if len(row) > 1 else ""
    raise Refused("feed_without_data", _("Tệp không có dòng “data”."))


def _table(head: dict[str, str], rows: list[list[str]], first: int, columns: dict[str, list[str]]) -> Table:
    missing = [name for name in REQUIRED if not head.get(name)]
    unknown = [name for name in columns if name not in (*KEYS, *IGNORED)]
    lead = tuple(head.get("lead", "").split("|"))
    unknown += [name for name in lead if name not in (*KEYS, *IGNORED)]
    if missing or unknown:
        said = _("Đầu bảng thiếu: %(missing)s; có từ lạ: %(unknown)s.")
        raise Refused("feed_head", said % {"missing": ", ".join(missing), "unknown": ", ".join(unknown)})
    width = max(map(len, [*columns.values(), *rows[first:]]), default=0)
    uneven = [str(at + 1) for at in range(first, len(rows)) if len(rows[at]) != width]
    if uneven:
        raise Refused("feed_uneven", _("Dòng %(lines)s thiếu hoặc thừa ô.") % {"lines": ", ".join(uneven[:20])})
    common = {"area": head.get("area", ""), "factor": "", "members": "", "stage": ""}
    words = [
        common | {name: row[at] for name, row in columns.items() if at < len(row) and row[at]}
        for at in range(len(lead), width)
    ]
    return Table(head, rows, first, lead, words)
