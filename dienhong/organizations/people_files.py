"""Lists of people as CSV or Excel: a template to fill, and its reading into lines. Nothing is changed here.

Columns, in any order, known by their Vietnamese or English head: see `COLUMNS`. At most `MOST` lines.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import python_calamine
from django.utils.translation import gettext as _
from django.utils.translation import override

from dienhong.base.clock import business_today
from dienhong.base.refusal import Refused
from dienhong.base.text import fold
from dienhong.organizations import queries
from dienhong.organizations.actions.accounts import check_address
from dienhong.organizations.actions.importing import Line
from dienhong.organizations.models import Role, Unit

COLUMNS = {
    "username": ("Tên đăng nhập", "username"),
    "display_name": ("Họ và tên", "name"),
    "email": ("Địa chỉ thư", "email"),
    "unit": ("Mã đơn vị", "unit"),
    "role": ("Vai trò", "role"),
    "subtree": ("Gồm cấp dưới", "subtree"),
    "first": ("Từ ngày", "from"),
    "last": ("Đến hết ngày", "to"),
}
NEEDED = ("username", "display_name", "unit")
SCHEMES = ("gso", "agency", "h", "g", "key", "iso3166")
MOST, MOST_BYTES, MOST_UNPACKED = 2000, 2 * 2**20, 40 * 2**20
YES, NO = {"co", "x", "yes", "1", "true"}, {"", "khong", "no", "0", "false"}


def template() -> bytes:
    """An Excel workbook: the heads, one line as an example, and a sheet that names the roles."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Danh sách"
    sheet.append([vi for vi, _en in COLUMNS.values()])
    sheet.append(["nguyenvana", "Nguyễn Văn A", "nguyenvana@tinh.gov.vn", "10", "Chuyên viên nhập liệu", "", "", ""])
    roles = book.create_sheet("Vai trò")
    with override("vi"):
        for role in Role:
            roles.append([str(role.label), role.value])
    for each in (sheet, roles):
        each.freeze_panes = "A2" if each is sheet else None
        for letter in "ABCDEFGH":
            each.column_dimensions[letter].width = 24
    for cell in sheet["D"]:
        cell.number_format = "@"  # 01 must not become 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def template_csv() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([vi for vi, _en in COLUMNS.values()])
    return out.getvalue().encode("utf-8-sig")  # Excel takes a CSV for Unicode only with the mark


def read(data: bytes, name: str) -> list[list[str]]:
    """The rows as text, heads first. Refused, with what to do, for a file that is no such list."""
    if len(data) > MOST_BYTES:
        raise Refused("big", _("Tệp lớn hơn 2 MB; chia thành nhiều danh sách."))
    rows = _sheet(data) if data[:2] == b"PK" else _text(data)
    kept = [row for row in rows if any(row)]
    if len(kept) < 2:
        raise Refused("empty", _("Tệp “%(name)s” không có dòng nào dưới hàng tiêu đề.") % {"name": name})
    if len(kept) > MOST + 1:
        raise Refused("long", _("Danh sách dài hơn %(most)d dòng; chia thành nhiều tệp.") % {"most": MOST})
    return kept


def as_csv(rows: list[list[str]]) -> str:
    """For the page between trying and saving: the rows travel with it, the file need not be chosen again."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def lines(rows: list[list[str]]) -> list[Line]:
    """Each row understood as far as it goes; what is wrong with it stands in `problem`. Refused for unknown heads."""
    places = _heads(rows[0])
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for number, row in enumerate(rows[1:], 2):
        cells = {key: row[at] if at < len(row) else "" for key, at in places.items()}
        line = _line(number, cells)
        same = (line.username.lower(), cells["unit"], line.role)
        if not line.problem and same in seen:
            line = _line(number, cells, _("Trùng với dòng %(n)d.") % {"n": seen[same]})
        seen.setdefault(same, number)
        found.append(line)
    return found


def _heads(row: list[str]) -> dict[str, int]:
    names = {fold(word): key for key, words in COLUMNS.items() for word in (*words, key)}
    places = {names[fold(text)]: at for at, text in enumerate(row) if fold(text) in names}
    absent = [COLUMNS[key][0] for key in NEEDED if key not in places]
    if absent:
        said = _("Thiếu cột: %(columns)s. Tải mẫu rồi điền theo mẫu.") % {"columns": ", ".join(absent)}
        raise Refused("columns", said)
    return places


def _line(number: int, cells: dict[str, str], problem: str = "") -> Line:
    def text(key: str) -> str:
        return cells.get(key, "").strip()

    problems = [problem] if problem else []

    def taken(read: Callable[[str], Any], key: str, otherwise: Any) -> Any:
        try:
            return read(text(key))
        except Refused as refusal:
            problems.append(refusal.sentence)
            return otherwise

    unit = taken(_unit, "unit", None)
    role = taken(_role, "role", "")
    first, last = taken(_day, "first", None), taken(_day, "last", None)
    subtree = taken(_yes, "subtree", False)
    email = taken(_address, "email", "")
    said = " ".join(dict.fromkeys(problems))
    return Line(number, text("username"), text("display_name"), email, unit, role, subtree, first, last, said)


def _address(text: str) -> str:
    if text:
        check_address(text)
    return text


def _unit(code: str) -> Unit:
    """By a code of today: GSO (01), agency (OOG), national (H10, G22), or scheme:code. A lost leading zero is found."""
    if not code:
        raise Refused("unit", _("Thiếu mã đơn vị."))
    scheme, _colon, bare = code.partition(":") if ":" in code else ("", "", code)
    on = business_today()
    tries = [bare, bare.zfill(2)] if bare.isdigit() else [bare]
    for each in [scheme] if scheme else SCHEMES:
        for wanted in tries:
            try:
                return queries.unit_by_code(each, wanted, on)
            except queries.NoUnitError:
                continue
    raise Refused("unit", _("Mã đơn vị “%(code)s” không thuộc đơn vị nào hôm nay.") % {"code": code})


def _role(text: str) -> str:
    if not text:
        return ""
    for lang in ("vi", "en"):
        with override(lang):
            for role in Role:
                if fold(text) in (fold(str(role.label)), role.value):
                    return role.value
    raise Refused("role", _("Không có vai trò “%(role)s”; xem trang “Vai trò” của mẫu.") % {"role": text})


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(text, shape).date()
        except ValueError:
            continue
    raise Refused("day", _("Ngày “%(text)s” chưa đúng; viết ngày/tháng/năm.") % {"text": text})


def _yes(text: str) -> bool:
    if fold(text) in YES | NO:
        return fold(text) in YES
    raise Refused("subtree", _("Cột “Gồm cấp dưới” chỉ nhận có hoặc không, không nhận “%(text)s”.") % {"text": text})


def _text(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("encoding", _("Tệp không phải CSV bảng mã UTF-8 hay Excel; lưu lại rồi thử.")) from error
    if "\0" in text:
        raise Refused("encoding", _("Tệp không phải CSV bảng mã UTF-8 hay Excel; lưu lại rồi thử."))
    comma = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True):
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise Refused("csv", _("Tệp CSV hỏng: %(error)s.") % {"error": error}) from error


def _sheet(data: bytes) -> Iterator[list[str]]:
    unreadable = _("Tệp Excel này không đọc được; tải mẫu rồi chép danh sách sang.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
                raise Refused("bomb", _("Tệp nén quá lớn khi mở ra; tải mẫu rồi chép danh sách sang."))
        rows = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    except (zipfile.BadZipFile, python_calamine.CalamineError) as error:
        raise Refused("unreadable", unreadable) from error
    for row in rows:
        yield [_cell(each) for each in row]


def _cell(value: Any) -> str:
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
