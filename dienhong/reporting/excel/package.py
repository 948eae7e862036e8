"""Opening an uploaded file safely: bounded before it is parsed, and only what was counted is parsed.

The trap: a zip's sizes are what its maker wrote. Every entry is therefore read here, within bounds, and packed anew;
the readers behind see the new package and nothing of the old one. Nothing outside the file is ever fetched.
"""

import io
import zipfile
import zlib
from dataclasses import dataclass

from dienhong.reporting.excel.faults import BadFile, gettext_noop

MAX_FILE = 10 * 2**20
MAX_ENTRIES = 500
MAX_UNPACKED = 40 * 2**20
MAX_RATIO = 200  # sheets of one repeated row reach about 60
RATIO_FROM = 2**20  # below this an entry may be as regular as it likes
MEDIA = "xl/media/"  # pictures: never parsed, and a drawing in SVG may well have a DOCTYPE
NEEDED = ("[Content_Types].xml", "xl/workbook.xml")
OLE, ZIP, PDF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"%PDF"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))

EMPTY = gettext_noop("Tệp rỗng, không có gì để đọc. Chọn lại tệp mẫu đã điền.")
TOO_LARGE = gettext_noop(
    "Tệp nặng %(size)s MB, quá mức %(limit)d MB. Một biểu đã điền chỉ vài chục KB: xóa hình ảnh, trang tính thêm vào "
    "rồi nộp lại."
)
ENCRYPTED = gettext_noop(
    "Tệp có mật khẩu mở nên không đọc được. Bỏ mật khẩu (Tệp, Thông tin, Bảo vệ sổ làm việc) rồi nộp lại."
)
OLD_XLS = gettext_noop("Tệp ở dạng Excel cũ (.xls). Trong Excel chọn Lưu thành, dạng .xlsx, rồi nộp lại.")
NOT_A_WORKBOOK = gettext_noop(
    "Đây là tệp %(what)s, không phải sổ Excel .xlsx. Tải mẫu của kỳ này, điền rồi nộp mẫu ấy."
)
BINARY = gettext_noop("Tệp ở dạng Excel nhị phân (.xlsb). Trong Excel chọn Lưu thành, dạng .xlsx, rồi nộp lại.")
MACROS = gettext_noop(
    "Tệp có macro. Hệ thống không nhận tệp chứa chương trình: trong Excel chọn Lưu thành, dạng .xlsx, rồi nộp lại."
)
DAMAGED = gettext_noop("Tệp hỏng hoặc tải lên dở dang nên không mở được. Mở lại bằng Excel, lưu, rồi nộp lại.")
BOMB = gettext_noop(
    "Tệp nén bất thường: mở ra lớn hơn nhiều lần một biểu báo cáo, nên không mở. Chép số sang mẫu mới tải về rồi nộp."
)
DECLARATIONS = gettext_noop(
    "Tệp có khai báo lạ (DOCTYPE) mà Excel không bao giờ ghi, nên không mở. Chép số sang mẫu mới tải về rồi nộp."
)


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a workbook, all bounded, by name."""

    parts: dict[str, bytes]

    def packed(self) -> bytes:
        """One zip of exactly these parts, not compressed: for the readers that want a file."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
            for name, data in self.parts.items():
                new.writestr(name, data)
        return out.getvalue()


def check_size(size: int) -> None:
    """Raises BadFile before anything of a file that is too large is kept."""
    if size > MAX_FILE:
        raise BadFile("too_large", TOO_LARGE, size=f"{size / 2**20:.1f}".replace(".", ","), limit=MAX_FILE // 2**20)


def open_package(data: bytes) -> Package:
    """The parts of the uploaded workbook. Raises BadFile with the reason: one sentence per kind of wrong file."""
    check_size(len(data))
    _refuse_other_kinds(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise BadFile("damaged", DAMAGED) from error
    _refuse_other_packages(parts)
    return Package(parts)


def _refuse_other_kinds(data: bytes) -> None:
    if not data:
        raise BadFile("empty", EMPTY)
    if data.startswith(OLE):
        raise BadFile("encrypted", ENCRYPTED) if ENCRYPTED_STREAM in data else BadFile("old_xls", OLD_XLS)
    if data.startswith(PDF):
        raise BadFile("not_a_workbook", NOT_A_WORKBOOK, what="PDF")
    if not data.startswith(ZIP):
        text = b"\0" not in data[:4096]
        what = {"vi": "văn bản (CSV, TXT, HTML)", "en": "text (CSV, TXT, HTML)"} if text else _UNKNOWN
        raise BadFile("not_a_workbook", NOT_A_WORKBOOK, what=what)


_UNKNOWN = {"vi": "không rõ loại", "en": "unknown"}


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise BadFile("bomb", BOMB)
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for entry in entries:
        if entry.is_dir():
            continue
        if entry.flag_bits & 0x1:
            raise BadFile("encrypted", ENCRYPTED)
        if entry.filename in parts:
            raise BadFile("damaged", DAMAGED)
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise BadFile("bomb", BOMB)
        with archive.open(entry) as part:
            content = part.read(left + 1)
        left -= len(content)
        if left < 0:
            raise BadFile("bomb", BOMB)
        if not entry.filename.startswith(MEDIA) and any(mark in content for mark in DOCTYPES):
            raise BadFile("declarations", DECLARATIONS)
        parts[entry.filename] = content
    return parts


def _refuse_other_packages(parts: dict[str, bytes]) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in parts) or b"macroEnabled" in parts.get(NEEDED[0], b""):
        raise BadFile("macros", MACROS)
    if "xl/workbook.bin" in parts:
        raise BadFile("binary", BINARY)
    if all(name in parts for name in NEEDED):
        return
    kinds = (("word/", "Word"), ("ppt/", "PowerPoint"), ("mimetype", "OpenDocument"))
    what = next((what for start, what in kinds if any(name.startswith(start) for name in parts)), None)
    raise BadFile("not_a_workbook", NOT_A_WORKBOOK, what=what or {"vi": "nén (zip)", "en": "zip archive"})
