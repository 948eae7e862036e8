"""What a file is, by its bytes. Names and what the browser claims are not asked.

Refused: a file that two programs would read as two things (polyglot), one that swells when opened (bomb), one that
runs something (scripts, macros, embedded programs). The checks read structure, they decode no pictures.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from dienhong.dossiers.forms.kinds.files import MEDIA
from dienhong.dossiers.forms.uploads import archives
from dienhong.dossiers.forms.uploads.archives import NotTaken

__all__ = ["NotTaken", "Sniffed", "sniff"]
MOST_PIXELS = 100_000_000
PNG = b"\x89PNG\r\n\x1a\n"
# Signs of another kind of file inside a picture or a PDF. Long enough not to stand in 5 MB by chance.
FOREIGN = re.compile(rb"<script|<html|<\?php|<!doctype|<svg[\s>]|#!/bin/|\x7fELF\x02|This program cannot be run", re.I)
EOCD = b"PK\x05\x06"
ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)\b")
HIDDEN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Sniffed:
    extension: str

    @property
    def media(self) -> str:
        return MEDIA[self.extension]


def sniff(data: bytes) -> Sniffed:
    """The kind of these bytes. Raises NotTaken."""
    if data.startswith(b"%PDF-"):
        _pdf(data)
        return Sniffed("pdf")
    if data.startswith(b"\xff\xd8\xff"):
        _jpeg(data)
        return Sniffed("jpg")
    if data.startswith(PNG):
        _png(data)
        return Sniffed("png")
    if data.startswith(b"PK\x03\x04"):
        return Sniffed(archives.office_kind(data))
    raise NotTaken("unknown")


def _no_foreign_body(data: bytes) -> None:
    """An archive is read from its end, a PDF may begin within the first 1,024 bytes: both can hide in another file."""
    tail = data[-65_557:]
    at = tail.rfind(EOCD)
    while at >= 0:
        comment = tail[at + 20 : at + 22]
        if len(comment) == 2 and at + 22 + struct.unpack("<H", comment)[0] == len(tail):
            raise NotTaken("two_kinds")
        at = tail.rfind(EOCD, 0, at)
    if FOREIGN.search(data):
        raise NotTaken("two_kinds")


def _pdf(data: bytes) -> None:
    if not re.match(rb"%PDF-[12]\.\d", data):
        raise NotTaken("broken")
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise NotTaken("cut")
    if len(data) - end > 1024:
        raise NotTaken("two_kinds")
    tail = data[-65_557:]
    if EOCD in tail:
        raise NotTaken("two_kinds")
    plain = HIDDEN_NAME.sub(lambda found: bytes([int(found[1], 16)]), data) if b"#" in data else data
    if ACTIVE.search(plain):
        raise NotTaken("active")


def _jpeg(data: bytes) -> None:
    _no_foreign_body(data)
    if b"%PDF-" in data[:1024]:
        raise NotTaken("two_kinds")
    if data.rfind(b"\xff\xd9") < 0:
        raise NotTaken("cut")
    seen = False
    for marker, segment in _segments(data):
        if marker in range(0xC0, 0xD0) and marker not in {0xC4, 0xC8, 0xCC}:
            if len(segment) < 6:
                raise NotTaken("broken")
            _pixels(*struct.unpack(">HH", segment[1:5]))
            seen = True
    if not seen:
        raise NotTaken("broken")


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, body) up to the picture itself."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise NotTaken("broken")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        size = struct.unpack(">H", data[at + 2 : at + 4])[0]
        yield marker, data[at + 4 : at + 2 + size]
        if marker == 0xDA:
            return
        at += 2 + max(size, 2)
    raise NotTaken("cut")


def _png(data: bytes) -> None:
    at, first, last = len(PNG), True, b""
    while at + 12 <= len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        check = data[at + 8 + size : at + 12 + size]
        if len(check) < 4 or struct.unpack(">I", check)[0] != zlib.crc32(name + body):
            raise NotTaken("broken")
        if first:
            if name != b"IHDR" or size != 13:
                raise NotTaken("broken")
            _pixels(*struct.unpack(">II", body[:8]))
        at, first, last = at + 12 + size, False, name
        if name == b"IEND":
            break
    if last != b"IEND":
        raise NotTaken("cut")
    if at != len(data):
        raise NotTaken("two_kinds")
    _no_foreign_body(data)
    if b"%PDF-" in data[:1024]:
        raise NotTaken("two_kinds")


def _pixels(height: int, width: int) -> None:
    if height < 1 or width < 1:
        raise NotTaken("broken")
    if height * width > MOST_PIXELS:
        raise NotTaken("bomb")
