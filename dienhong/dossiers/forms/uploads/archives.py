"""Word and Excel files are archives: looked through entry by entry, unpacked only to count, never to disk."""

import io
import re
import zipfile
import zlib
from typing import ClassVar

from django.utils.translation import gettext_lazy

MOST_ENTRIES, MOST_BYTES, MOST_TIMES, FREE = 2000, 100 * 2**20, 100, 2**20
CONTENT_TYPES = "[Content_Types].xml"
KINDS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
PROGRAM = re.compile(r"vbaProject|\.(?:bin|exe|dll|js|vbs|bat|cmd|ps1|scr|jar|hta|lnk)$", re.IGNORECASE)
HARMLESS_BIN = re.compile(r"(?:printerSettings/printerSettings\d*|calcChain)\.bin$")


class NotTaken(Exception):
    """A file that is not taken; `code` says why, `sentence(name)` tells a person."""

    SENTENCES: ClassVar = {
        "unknown": gettext_lazy("Tệp “%(name)s” không phải loại tài liệu được nhận. Hãy lưu thành PDF hoặc JPG."),
        "broken": gettext_lazy("Tệp “%(name)s” bị hỏng bên trong. Hãy mở thử, lưu lại rồi tải lên."),
        "cut": gettext_lazy("Tệp “%(name)s” tới chưa đủ. Hãy tải lên lại."),
        "two_kinds": gettext_lazy("Tệp “%(name)s” chứa một tệp khác loại ở bên trong. Hãy lưu lại rồi tải lên."),
        "bomb": gettext_lazy("Tệp “%(name)s” mở ra quá lớn. Hãy chụp hoặc lưu lại nhỏ hơn."),
        "active": gettext_lazy("Tệp “%(name)s” có phần tự chạy (mã lệnh hoặc macro). Hãy in ra PDF rồi tải lên."),
        "locked": gettext_lazy("Tệp “%(name)s” có mật khẩu nên cán bộ không mở được. Hãy bỏ mật khẩu."),
    }  # fmt: skip

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def sentence(self, name: str) -> str:
        return str(self.SENTENCES[self.code]) % {"name": name}


def office_kind(data: bytes) -> str:
    """docx or xlsx. Raises NotTaken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _shape(data, archive, entries)
            names = {each.filename for each in entries}
            found = next((kind for part, kind in KINDS.items() if part in names), None)
            if CONTENT_TYPES not in names or found is None:
                raise NotTaken("unknown")
            _unpack(archive, entries)
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError):
        raise NotTaken("broken") from None


def _shape(data: bytes, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Before anything is unpacked: how many, how large, one after another, none that runs."""
    if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_BYTES:
        raise NotTaken("bomb")
    end = 0
    for each in sorted(entries, key=lambda entry: entry.header_offset):
        if each.flag_bits & 1:
            raise NotTaken("locked")
        if each.header_offset < end:  # one stretch of bytes that counts for many entries
            raise NotTaken("bomb")
        end = each.header_offset + each.compress_size
        if each.file_size > FREE and each.file_size > MOST_TIMES * max(1, each.compress_size):
            raise NotTaken("bomb")
        name = each.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise NotTaken("broken")
        if PROGRAM.search(name) and not HARMLESS_BIN.search(name):
            raise NotTaken("active")
    if len({each.filename for each in entries}) != len(entries):
        raise NotTaken("two_kinds")
    if not entries or min(each.header_offset for each in entries) != 0 or archive.comment:
        raise NotTaken("two_kinds")
    if not data[-22:].startswith(b"PK\x05\x06"):
        raise NotTaken("two_kinds")


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Read every entry through once, bounded: what its header claims may be a lie."""
    left = MOST_BYTES
    for each in entries:
        with archive.open(each) as part:
            while piece := part.read(2**18):
                left -= len(piece)
                if left < 0:
                    raise NotTaken("bomb")
                if each.filename == CONTENT_TYPES and b"macroEnabled" in piece:
                    raise NotTaken("active")
