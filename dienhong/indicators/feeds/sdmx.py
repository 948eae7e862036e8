"""SDMX-ML 2.1 structure-specific data messages, as published: every value with its place, faults named, none mended.

Own reader on expat: it keeps line and column of each observation, needs no structure from the network, and refuses
document types and entities. (pysdmx reads these messages too, only with pandas and pyarrow, and without places.)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from xml.parsers import expat

from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault, Refused

LARGEST = 64 * 1024 * 1024  # bytes of one message
VALUE, TIME = "OBS_VALUE", "TIME_PERIOD"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TIME = re.compile(r"[0-9]{4}(?:-(?:(?:0[1-9]|1[0-2])(?:-[0-3][0-9])?|Q[1-4]|S[12]|W[0-5][0-9]))?")
_MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"


@dataclass(frozen=True, slots=True)
class Value:
    """One observation. `place`: line and column of its element, from 1."""

    series: str  # the indicator's code
    dimensions: tuple[tuple[str, str], ...]
    period: str
    text: str
    place: tuple[int, int]

    @property
    def number(self) -> Decimal | None:
        """The exact number; None for text that is none (spaces inside make it none)."""
        return Decimal(self.text) if _NUMBER.fullmatch(self.text) else None


@dataclass
class Message:
    """A message read whole."""

    name: str
    series: int = 0
    values: list[Value] = field(default_factory=list)
    comment: str = ""

    def faults(self) -> Iterator[Fault]:
        """Every value that is not a number, every period that is none, every series and period said twice."""
        seen: set[tuple[tuple[tuple[str, str], ...], str]] = set()
        for value in self.values:
            said = _said(value, (value.dimensions, value.period) in seen)
            seen.add((value.dimensions, value.period))
            if said:
                line, column = value.place
                where = _("%(file)s, dòng %(line)s, cột %(column)s, chuỗi %(series)s, kỳ %(period)s") % {
                    "file": self.name,
                    "line": line,
                    "column": column,
                    "series": value.series,
                    "period": value.period,
                }
                yield Fault(said[0], f"{where}: {said[1]}", f"{self.name}:{line}:{column}", value.text)


def _said(value: Value, twice: bool) -> tuple[str, str] | None:
    """Code and sentence of what is wrong with one observation."""
    text = value.text
    if twice:
        return "twice", _("chuỗi và kỳ này đã có ở trên trong cùng tệp.")
    if not _TIME.fullmatch(value.period):
        return "period", _("“%(text)s” không phải là một kỳ.") % {"text": value.period}
    if value.number is not None:
        return None
    if not text.strip():
        return "missing", _("thiếu giá trị.")
    if re.fullmatch(r"n\.?/?a\.?", text.strip(), re.IGNORECASE):
        return "not_available", _("“%(text)s” là chữ báo không có số, không phải số.") % {"text": text}
    if _NUMBER.fullmatch(re.sub(r"\s", "", text)):
        return "space", _("“%(text)s” có dấu cách trong số; không tự bỏ.") % {"text": text}
    flag = re.fullmatch(r"([+-]?[0-9.]+)\s*([A-Za-z]+)", text.strip())
    if flag:
        return "flag", _("“%(text)s” có dấu hiệu “%(flag)s” dính vào số; dấu hiệu phải đứng ở OBS_STATUS.") % {
            "text": text,
            "flag": flag[2],
        }
    return "not_a_number", _("“%(text)s” không phải số.") % {"text": text}


def read(data: bytes, name: str) -> Message:
    """Read one message. Refused, with the sentence, where it is no such message, is cut, or declares entities."""
    if len(data) > LARGEST:
        raise Refused("sdmx_too_large", _("%(file)s lớn hơn %(most)s MB.") % {"file": name, "most": LARGEST >> 20})
    reader = _Reader(name)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        why = _("%(file)s không đọc được: XML hỏng ở dòng %(line)s, cột %(column)s (%(why)s).")
        raise Refused(
            "sdmx_broken",
            why % {"file": name, "line": error.lineno, "column": error.offset + 1, "why": error},
        ) from error
    return reader.message


class _Reader:
    """Takes expat's events. Namespaces are resolved, so that any prefix does."""

    def __init__(self, name: str) -> None:
        self.message = Message(name)
        self.dimensions: tuple[tuple[str, str], ...] = ()
        self.root = True
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.StartDoctypeDeclHandler = self.refuse

    def refuse(self, *_declared: object) -> None:
        raise Refused(
            "sdmx_doctype",
            _("%(file)s khai báo DOCTYPE; tệp SDMX không cần, nên bị từ chối.") % {"file": self.message.name},
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _space, local = name.rpartition(" ")
        if self.root:
            self.root = False
            if (space, local) != (_MESSAGE, "StructureSpecificData"):
                said = _("%(file)s không phải tệp số liệu SDMX-ML 2.1 (StructureSpecificData) mà là %(root)s.")
                raise Refused("sdmx_root", said % {"file": self.message.name, "root": local})
        elif local == "DataSet":
            self.message.comment = attributes.get("COMMENT", "")
        elif local == "Series":
            self.message.series += 1
            self.dimensions = tuple(sorted((key, value) for key, value in attributes.items() if " " not in key))
        elif local == "Obs":
            self.message.values.append(self.value(attributes))

    def value(self, attributes: dict[str, str]) -> Value:
        place = (self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)
        series = dict(self.dimensions).get("INDICATOR", "").strip()
        return Value(series, self.dimensions, attributes.get(TIME, ""), attributes.get(VALUE, ""), place)
