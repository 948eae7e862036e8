"""From data to PDF/A-2b by Typst, with our own fonts and no others.

Templates are files; what people wrote comes as JSON and is only ever shown as text, so nothing in it can be markup,
code or a path. A template of a service (`services/<name>/templates/*.typ`) is found before the common one in
`papers/`. Every template imports "/common.typ".
"""

import datetime as dt
import hashlib
import json
import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import typst
from django.conf import settings
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from dienhong.base.clock import HANOI

HERE = Path(__file__).parent
PAPERS, FONTS = HERE / "papers", HERE / "fonts"
STANDARD: Final = "a-2b"
# Characters that turn or hide what stands beside them: shown by their number instead.
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
NAME = re.compile(r"[a-z0-9_]{1,60}")
INCLUDED = re.compile(rb'#import\s+"/([a-z0-9_]+\.typ)"')


class PaperFault(Exception):
    """A template that cannot be set: missing, broken, or it evaluates text. A mistake of whoever wrote it."""


class Template(NamedTuple):
    name: str  # receipt, or vehicle_registration_fee/receipt
    source: bytes
    digest: str  # SHA-256 over the template and what it imports


class Typeset(NamedTuple):
    pdf: bytes
    template: Template


def find(name: str, service: str = "") -> Template:
    """The template of that name, the service's own first. PaperFault when there is none."""
    if not NAME.fullmatch(name) or (service and not NAME.fullmatch(service)):
        raise PaperFault(f"{service}/{name} is not the name of a template: small letters, digits and _")
    own = Path(settings.SERVICES) / service / "templates" / f"{name}.typ"
    path = own if service and own.is_file() else PAPERS / f"{name}.typ"
    if not path.is_file():
        raise PaperFault(f"no template {name}.typ under services/{service or '<name>'}/templates/ or documents/papers/")
    label = f"{service}/{name}" if path == own else name
    return _read(path, label, path.stat().st_mtime_ns)


@cache
def _read(path: Path, label: str, _changed: int) -> Template:
    source = path.read_bytes()
    digest = hashlib.sha256(source)
    for included in sorted(set(INCLUDED.findall(source))):
        digest.update(included + b"\0" + (PAPERS / included.decode()).read_bytes())
    if re.search(rb"(?<![\w-])(?:eval|plugin)\s*\(|@(?:preview|local)/", source):
        raise PaperFault(f"{label}.typ evaluates text or loads a package: a paper only shows its data")
    return Template(label, source, digest.hexdigest())


def plain(value: Any) -> Any:
    """As kept and typeset: dates as a person reads them, texts composed and of characters our fonts have.

    TypeError for what is neither text, whole number, truth, date, list nor mapping: a fraction is no text yet.
    """
    match value:
        case None | bool() | int():
            return value
        case str():
            return readable(value)
        case dt.datetime():
            return f"{value.astimezone(HANOI) if value.tzinfo else value:%H giờ %M, ngày %d/%m/%Y}"
        case dt.date():
            return f"{value:%d/%m/%Y}"
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case Sequence() if not isinstance(value, bytes):
            return [plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} {value!r} cannot stand in a paper: give its text")


def readable(text: str) -> str:
    """Composed (NFC), tabs and line ends tidied; a character no font of ours has, or that would turn or hide others,
    is written as its number, [U+4E2D]: it is neither lost in silence nor does it stop the paper."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(each if each == "\n" or _shows(each) else f"[U+{ord(each):04X}]" for each in composed)


@cache
def _covered() -> frozenset[int]:
    """Code points that every style of the text family and of the headings has."""
    found: frozenset[int] | None = None
    for path in sorted(FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            points = frozenset(font.getBestCmap())
        found = points if found is None else found & points
    return found or frozenset()


def _shows(character: str) -> bool:
    return ord(character) in _covered() and unicodedata.category(character) not in HIDDEN


class _Press(threading.local):
    """One compiler a thread: it keeps what it read of fonts and templates, and is not made to be shared."""

    def __init__(self) -> None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        self.compiler = typst.Compiler(root=PAPERS, font_paths=fonts, ignore_system_fonts=True)


_press = _Press()


def typeset(template: Template, paper: Mapping[str, Any], at: dt.datetime) -> Typeset:
    """The PDF/A-2b of `paper` (already `plain`), created `at`. PaperFault with Typst's own words when it fails."""
    try:
        made = _press.compiler.compile(
            input=template.source,
            format="pdf",
            sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)},
            pdf_standards=[STANDARD],
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        raise PaperFault(f"{template.name}.typ: {error.message} {error.diagnostic}") from error
    return Typeset(cast(bytes, made), template)
