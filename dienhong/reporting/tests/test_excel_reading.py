"""Bad files and bad cells: each its own sentence, and nothing half-saved."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from dienhong.base import clock, periods
from dienhong.base.refusal import Refused
from dienhong.reporting import actions
from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.excel import package, template
from dienhong.reporting.excel.layout import META_SHEET
from dienhong.reporting.models import Edit, RegimeVersion, Submission, Upload, Version
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.excel_files import SHEET, filled, repacked, saved, with_xml

pytestmark = pytest.mark.django_db


def refused(world: World, data: bytes) -> Upload:
    """Hand the file in; whatever it is, nothing of it may be saved, and the file itself is kept."""
    from dienhong.base import store

    upload = take_upload(by=world.entry, duty=world.duty(), data=data, name="bao-cao.xlsx").upload
    assert upload.outcome != Upload.Outcome.TAKEN
    assert upload.version is None
    assert (Submission.objects.count(), Version.objects.count(), Edit.objects.count()) == (0, 0, 0)
    assert store.get(upload.digest) == data
    return upload


def only(upload: Upload) -> dict[str, Any]:
    assert len(upload.faults) == 1, upload.faults
    fault: dict[str, Any] = upload.faults[0]
    return fault


# Cells -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("một nghìn", "text", "là chữ; ô này nhận con số"),
        ("1.234", "ambiguous", "đọc được hai cách"),
        ("1 205", "space", "có dấu cách"),
        ("1e400", "exponent", "lối khoa học"),
        ("NaN", "nan", "không phải số"),
        ("∞", "infinity", "vô cực"),
        ("12 hồ sơ", "unit", "có chữ kèm theo số"),
        ("123456789012345678901234", "too_many_digits", "quá nhiều chữ số"),
        (12.5, "not_whole", "chỉ nhận số nguyên"),
        (True, "boolean", "đúng/sai"),
        (dt.date(2020, 6, 1), "date", "là ngày tháng"),
    ],
)
def test_a_wrong_cell(world: World, value: object, code: str, words: str) -> None:
    fault = only(refused(world, filled(world.duty(), r3_2=value)))
    assert (fault["code"], fault["sheet"], fault["address"], fault["key"]) == (code, SHEET, "C11", "r3.2")
    assert words in fault["sentence"]["vi"]
    assert fault["sentence"]["en"] != fault["sentence"]["vi"]
    assert fault["expected"]["vi"] == "số nguyên, hoặc - … x"


@pytest.mark.parametrize(
    ("xml", "code", "words"),
    [
        ('<c r="C11"><v>1e400</v></c>', "infinity", "vô cực"),
        ('<c r="C11"><v>NaN</v></c>', "nan", "không phải số"),
        ('<c r="C11"><v>12345678901234567</v></c>', "lost_digits", "15 chữ số"),
        ('<c r="C11"><v>1e30</v></c>', "too_many_digits", "quá nhiều chữ số"),
        ('<c r="C11" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "formula_error", "chia cho 0"),
        ('<c r="C11" t="e"><v>#REF!</v></c>', "formula_error", "trỏ tới ô đã mất"),
        ('<c r="C11"><f>C10*2</f></c>', "uncalculated", "không giữ kết quả"),
        ('<c r="C11"><f>C10*2</f><v></v></c>', "uncalculated", "không giữ kết quả"),
    ],
)
def test_a_cell_that_no_writer_offers(world: World, xml: str, code: str, words: str) -> None:
    data = with_xml(filled(world.duty()), "C11", xml)
    fault = only(refused(world, data))
    assert (fault["code"], fault["address"]) == (code, "C11")
    assert words in fault["sentence"]["vi"]


def test_a_formula_with_its_result_is_read(world: World) -> None:
    data = with_xml(filled(world.duty()), "C11", '<c r="C11"><f>1000+205</f><v>1205</v></c>')
    assert take_upload(by=world.entry, duty=world.duty(), data=data, name="a.xlsx").upload.outcome == "taken"
    assert Edit.objects.get(cell__key="r3.2").value == 1205


def test_the_noise_of_binary_fractions_is_not_a_decimal(world: World) -> None:
    data = with_xml(filled(world.duty()), "C11", '<c r="C11"><f>a</f><v>1205.0000000000002</v></c>')
    assert take_upload(by=world.entry, duty=world.duty(), data=data, name="a.xlsx").upload.outcome == "taken"


def test_a_negative_number_is_left_to_the_checks(world: World) -> None:
    """A minus is a number like any other; that a count cannot be negative is the regime's own check."""
    take_upload(by=world.entry, duty=world.duty(), data=filled(world.duty(), r3_2=-5), name="a.xlsx")
    version = Version.objects.get()
    with pytest.raises(Refused) as refusal:
        actions.submit(by=world.entry, version=version)
    assert "check:not_negative.r3.2" in [fault.code for fault in refusal.value.faults]


def test_a_percent_format_hides_a_hundredfold(world: World) -> None:
    def as_percent(book: Workbook) -> None:
        book[SHEET]["C11"].number_format = "0%"

    fault = only(refused(world, filled(world.duty(), as_percent, r3_2=12)))
    assert fault["code"] == "percent_format"
    assert "gấp 100 lần" in fault["sentence"]["vi"]


def test_a_merged_cell(world: World) -> None:
    fault = only(refused(world, filled(world.duty(), lambda book: book[SHEET].merge_cells("C10:D10"))))
    assert fault["code"] == "merged"
    assert "C10:D10" in fault["sentence"]["vi"]


def test_a_row_that_moved_is_named_with_both_places(world: World) -> None:
    def insert(book: Workbook) -> None:
        book[SHEET].insert_rows(10)

    upload = refused(world, filled(world.duty(), insert))
    moved = [fault for fault in upload.faults if fault["code"] == "row_moved"]
    assert [fault["address"] for fault in moved] == ["B10", "B11", "B12", "B13", "B14"]
    assert "“Trước và đúng hạn” phải nằm ở hàng 10 nhưng lại ở hàng 11" in moved[0]["sentence"]["vi"]
    assert "ở hàng 12" in moved[1]["sentence"]["vi"], "“Quá hạn” stands twice; its number tells which"
    assert {fault["code"] for fault in upload.faults} == {"row_moved"}, "figures of moved rows are not judged"


def test_a_label_that_was_overwritten(world: World) -> None:
    def rename(book: Workbook) -> None:
        book[SHEET]["B11"] = "Trễ hẹn"

    fault = only(refused(world, filled(world.duty(), rename)))
    assert fault["code"] == "label_changed"
    assert "“Trễ hẹn”" in fault["sentence"]["vi"]


def test_a_column_that_moved(world: World) -> None:
    upload = refused(world, filled(world.duty(), lambda book: book[SHEET].insert_cols(3)))
    assert only(upload)["code"] == "column_moved"


def test_a_sheet_that_was_renamed(world: World) -> None:
    def rename(book: Workbook) -> None:
        book[SHEET].title = "Sheet1"

    fault = only(refused(world, filled(world.duty(), rename)))
    assert fault["code"] == "sheet_missing"
    assert f"“{SHEET}”" in fault["sentence"]["vi"]


def test_every_fault_is_listed_at_once_in_the_order_of_the_sheet(world: World) -> None:
    upload = refused(world, filled(world.duty(), r3_2="1 205", r1="x y", r2_2=1.5))
    assert [fault["address"] for fault in upload.faults] == ["C5", "C8", "C11"]


# Computed cells ------------------------------------------------------------------------------------------------------


def test_a_sum_that_is_not_ours_is_shown_with_both_values(world: World) -> None:
    data = with_xml(filled(world.duty()), "C6", '<c r="C6"><f>C7+C8</f><v>12903</v></c>')
    fault = only(refused(world, data))
    assert (fault["code"], fault["address"]) == ("computed_differs", "C6")
    assert "Tệp ghi 12.903, còn tính từ các ô thành phần được 12.904" in fault["sentence"]["vi"]
    assert "12,904" in fault["sentence"]["en"]


def test_a_sum_that_is_ours_passes(world: World) -> None:
    data = with_xml(filled(world.duty()), "C6", '<c r="C6"><f>C7+C8</f><v>12904</v></c>')
    assert take_upload(by=world.entry, duty=world.duty(), data=data, name="a.xlsx").upload.outcome == "taken"


def test_a_total_typed_over_its_formula_is_not_lost_in_silence(world: World) -> None:
    def total_only(book: Workbook) -> None:
        book[SHEET]["C6"] = 12904

    fault = only(refused(world, filled(world.duty(), total_only, r2_1=None, r2_2=None)))
    assert (fault["code"], fault["address"]) == ("computed_typed_over", "C6")


def test_an_error_in_a_computed_cell(world: World) -> None:
    data = with_xml(filled(world.duty()), "C6", '<c r="C6" t="e"><f>C7+C8</f><v>#VALUE!</v></c>')
    assert only(refused(world, data))["code"] == "formula_error"


def test_a_number_typed_as_text_does_not_make_the_sum_wrong(world: World) -> None:
    """Excel adds text as 0, so its sum says nothing; ours counts."""
    data = with_xml(filled(world.duty(), r2_1="4112"), "C6", '<c r="C6"><f>C7+C8</f><v>8792</v></c>')
    assert take_upload(by=world.entry, duty=world.duty(), data=data, name="a.xlsx").upload.outcome == "taken"


# Whose template ------------------------------------------------------------------------------------------------------


def test_another_units_template(world: World) -> None:
    fault = only(refused(world, filled(world.duty("01"))))
    assert fault["code"] == "other_unit"
    assert "Đây là mẫu của Hà Nội; báo cáo này của Lào Cai" in fault["sentence"]["vi"]


def test_another_periods_template(world: World) -> None:
    q1 = periods.period("decree09", "2020-Q1")
    made = actions.open_duties(by="job:test", regime_version=world.regime, period=q1)
    duty = next(one for one in made if one.unit_id == world.unit.pk)
    fault = only(refused(world, filled(duty)))
    assert fault["code"] == "other_period"
    assert "mẫu của kỳ Quý I/2020; báo cáo này của kỳ Quý II/2020" in fault["sentence"]["vi"]


def test_another_regimes_template(world: World) -> None:
    def other(book: Workbook) -> None:
        next(row for row in book[META_SHEET]["A1:B19"] if row[0].value == "regime")[1].value = "RR05"

    fault = only(refused(world, filled(world.duty(), other)))
    assert fault["code"] == "other_regime"
    assert "RR05" in fault["sentence"]["vi"]


def newer_form(world: World) -> RegimeVersion:
    """The same form once more as version 2: what happens when a regime folder changes."""
    cells = list(world.regime.cells.all())
    version = RegimeVersion.objects.get(pk=world.regime.pk)
    version.pk, version.number, version.digest = None, 2, "f" * 64
    version.save()
    for cell in cells:
        cell.pk, cell.regime_version = None, version
        cell.save()
    return version


def test_an_old_template_says_which_version_it_is_and_where_the_new_one_is(world: World) -> None:
    data = filled(world.duty())
    newer_form(world)
    fault = only(refused(world, data))
    assert fault["code"] == "old_template"
    assert "theo biểu bản 1; biểu đang dùng là bản 2" in fault["sentence"]["vi"]
    assert "Tải mẫu mới ngay trên trang này" in fault["sentence"]["vi"]


def test_a_template_of_a_form_never_known_here(world: World) -> None:
    data = filled(world.duty())
    RegimeVersion.objects.filter(pk=world.regime.pk).update(digest="e" * 64)
    fault = only(refused(world, data))
    assert fault["code"] == "old_template"
    assert "một bản biểu mà hệ thống không có; biểu đang dùng là bản 1" in fault["sentence"]["vi"]


def test_a_workbook_that_is_no_template(world: World) -> None:
    book = Workbook()
    book.active["A1"] = 5
    fault = only(refused(world, saved(book)))
    assert fault["code"] == "not_a_template"


def test_the_kept_workbook_of_a_report_is_no_template(world: World) -> None:
    from dienhong.reporting.canonical import workbook

    version = world.filled()
    data = workbook(version, "Lào Cai", {"regime": "RR22"})
    upload = take_upload(by=world.entry, duty=world.duty(), data=data, name="a.xlsx").upload
    assert [fault["code"] for fault in upload.faults] == ["not_a_template"]


# Kinds of file --------------------------------------------------------------------------------------------------------


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
FILES: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "empty", "Tệp rỗng"),
    "csv": ("1;Tồn từ kỳ trước;594\n".encode(), "not_a_workbook", "văn bản"),
    "pdf": (b"%PDF-1.7\n%\x00", "not_a_workbook", "PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_workbook", "không rõ loại"),
    "xls": (OLE + b"\0" * 600, "old_xls", "Excel cũ (.xls)"),
    "password": (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted", "mật khẩu"),
    "docx": (zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), "not_a_workbook", "Word"),
    "ods": (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "not_a_workbook", "OpenDocument"),
    "zip": (zipped({"a.txt": b"a"}), "not_a_workbook", "nén (zip)"),
    "xlsb": (zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"a"}), "binary", "nhị phân"),
    "bomb": (zipped({"xl/worksheets/sheet1.xml": b"0" * 30 * 2**20}), "bomb", "nén bất thường"),
    "many": (zipped({f"{n}": b"" for n in range(package.MAX_ENTRIES + 1)}), "bomb", "nén bất thường"),
    "large": (zipped({f"{n}": bytes(range(256)) * 4 * 1024 for n in range(45)}), "bomb", "nén bất thường"),
    "doctype": (zipped({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "declarations", "DOCTYPE"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_wrong_kind_of_file(world: World, kind: str) -> None:
    data, code, words = FILES[kind]
    fault = only(refused(world, data))
    assert fault["code"] == code
    assert words in fault["sentence"]["vi"]


def test_macros_are_refused(world: World) -> None:
    data = repacked(filled(world.duty()), lambda parts: parts.update({"xl/vbaProject.bin": b"a"}))
    assert only(refused(world, data))["code"] == "macros"


def test_a_file_cut_in_the_middle(world: World) -> None:
    data = filled(world.duty())
    for cut in (len(data) // 3, len(data) - 10):
        assert only(refused(world, data[:cut]))["code"] == "damaged"


def test_a_zip_that_lies_about_its_sizes_is_not_unpacked(world: World) -> None:
    """The declared size is made small; what is read is bounded by it and found damaged, never blown up."""
    data = zipped({"xl/worksheets/sheet1.xml": b"0" * 30 * 2**20})
    true, small = (30 * 2**20).to_bytes(4, "little"), (100).to_bytes(4, "little")
    assert data.count(true) == 2
    assert only(refused(world, data.replace(true, small)))["code"] == "damaged"


def test_a_cell_far_out_is_refused_before_memory_is_laid_out_for_it(world: World) -> None:
    def far(parts: dict[str, bytes]) -> None:
        part = "xl/worksheets/sheet1.xml"
        row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        parts[part] = parts[part].replace(b"</sheetData>", row)

    fault = only(refused(world, repacked(filled(world.duty()), far)))
    assert fault["code"] == "too_far"
    assert "XFD1048576" in fault["sentence"]["vi"]


def test_a_far_cell_without_its_address_is_counted_too(world: World) -> None:
    def far(parts: dict[str, bytes]) -> None:
        part = "xl/worksheets/sheet1.xml"
        row = b'<row r="999999"><c><v>1</v></c></row></sheetData>'
        parts[part] = parts[part].replace(b"</sheetData>", row)

    assert only(refused(world, repacked(filled(world.duty()), far)))["code"] == "too_far"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_broken_parts(world: World, part: str) -> None:
    def breaks(how: Callable[[bytes], bytes]) -> bytes:
        return repacked(filled(world.duty()), lambda parts: parts.update({part: how(parts[part])}))

    assert only(refused(world, breaks(lambda xml: xml[: len(xml) // 2])))["code"] == "damaged"


def test_a_file_too_large_is_refused_and_not_kept(world: World) -> None:
    with pytest.raises(Refused, match="quá mức 10 MB") as refusal:
        take_upload(by=world.entry, duty=world.duty(), data=b"P" * (package.MAX_FILE + 1), name="a.xlsx")
    assert refusal.value.code == "too_large"
    assert not Upload.objects.exists()


def test_sheets_of_ones_own_and_colours_do_no_harm(world: World) -> None:
    def own(book: Workbook) -> None:
        book.create_sheet("Nháp")["ZZ9000"] = "=1/0"
        book[SHEET]["C5"].fill = PatternFill("solid", fgColor="00FF00")

    data = filled(world.duty(), own)
    assert take_upload(by=world.entry, duty=world.duty(), data=data, name="a.xlsx").upload.outcome == "taken"


def test_the_template_itself_comes_back_clean(world: World) -> None:
    with clock.played(dt.datetime(2020, 6, 24, 11, 0, tzinfo=clock.HANOI)):
        data = template.make(world.duty()).data
    upload = take_upload(by=world.entry, duty=world.duty(), data=data, name="a.xlsx").upload
    assert (upload.outcome, upload.cells) == ("taken", 0)
