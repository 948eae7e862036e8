"""Papers, results, legal basis, lists and codes."""

import pytest

from dienhong.catalogue.reading import codes, parts

HEADER = parts.DOCUMENTS_HEADER


def test_papers_case_by_case() -> None:
    found = parts.documents(
        f"--{HEADER}Tờ khai Mẫu TK01.docx1 bản chínhẢnh chân dung0 bản chính,2 bản sao"
        f"Trường hợp cấp lại:{HEADER}Đơn1 bản chính"
    )
    assert [(each.place, each.case, each.name, each.originals, each.copies) for each in found] == [
        (1, "", "Tờ khai Mẫu TK01.docx", 1, 0),
        (1, "", "Ảnh chân dung", 0, 2),
        (2, "Trường hợp cấp lại", "Đơn", 1, 0),
    ]
    assert found[0].form.endswith("TK01.docx")


def test_a_number_in_a_sentence_is_no_cell() -> None:
    (one,) = parts.documents(f"{HEADER}Hợp đồng (01 bản chính hoặc 01 bản sao) có chứng thực1 bản chính")
    assert one.name.startswith("Hợp đồng (01 bản chính hoặc 01 bản sao)")
    assert (one.originals, one.doubtful) == (1, False)


def test_a_number_glued_to_the_name_is_said() -> None:
    (one,) = parts.documents(f"{HEADER}Mẫu số 031 bản chính")
    assert (one.name, one.originals, one.doubtful) == ("Mẫu số 03", 1, True)


def test_sets_are_counted_where_the_page_says_how_many() -> None:
    text = f"--{HEADER}Tờ khai1 bản chính* Số lượng hồ sơ: 01 (một) bộ.1 bản chínhẢnh2 bản chính"
    assert parts.sets(text) == 1
    assert [each.name for each in parts.documents(text)] == ["Tờ khai", "Ảnh"], "the count of sets is no paper"
    assert parts.sets(f"{HEADER}Số bộ hồ sơ 02 (hai) bộ0 bản chính") == 2
    for unsure in (
        "Tờ khai1 bản chính",
        "gửi 01 bộ hồ sơ về Sở Tư pháp",
        "Số lượng hồ sơ: 02 bộ đối với mỗi loại hồ sơ",
        "Số lượng hồ sơ: 01 bộ. Số lượng hồ sơ: 02 bộ.",
    ):
        assert parts.sets(unsure) is None, unsure


def test_results_and_their_codes() -> None:
    found = parts.results(
        "Trích lụcMã: KQ.G15.000033Giấy xác nhậnMã: 12231Từ khóaKhông có thông tinMô tảX"
        "Chọn cơ quan thực hiệnTỉnh/ Thành phố"
    )
    assert [(each.name, each.code, each.code_text) for each in found] == [
        ("Trích lục", "KQ.G15.000033", ""),
        ("Giấy xác nhận", "", "12231"),
    ]


def test_a_maker_ends_where_the_next_title_begins() -> None:
    found = parts.basis(
        "Tên văn bản pháp lýMã văn bảnVề đăng ký99/2022/NĐ-CPLuật Hộ tịch60/2014/QH13"
        "Nghị định số 123/2015/NĐ-CP hướng dẫn Luật Hộ tịch123/2015/NĐ-CPQuyết định của Thủ tướng09/2023/QĐ-TTg"
    )
    assert [each.number for each in found] == ["99/2022/NĐ-CP", "60/2014/QH13", "123/2015/NĐ-CP", "09/2023/QĐ-TTg"]
    assert found[2].title == "Nghị định số 123/2015/NĐ-CP hướng dẫn Luật Hộ tịch"


def test_values_with_commas_stay_whole() -> None:
    assert parts.split_list(
        "Cán bộ, công chức, viên chức, Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)"
    ) == [
        "Cán bộ, công chức, viên chức",
        "Công dân Việt Nam",
        "Tổ chức (không bao gồm doanh nghiệp, HTX)",
    ]


@pytest.mark.parametrize(
    ("typed", "short", "long"),
    [
        ("1.000656", "1.000656", "1.000656"),
        ("1.000656.000.00.00.H29", "1.000656.H29", "1.000656.000.00.00.H29"),
        ("1.000656.h29", "1.000656.H29", "1.000656.000.00.00.H29"),
        ("1.000656.000.A0.01.H26", "1.000656.H26.01.A0", "1.000656.000.A0.01.H26"),
        ("1000656", "1.000656", "1.000656"),
        (" 1.000656. ", "1.000656", "1.000656"),
    ],
)
def test_one_code_in_two_spellings(typed: str, short: str, long: str) -> None:
    read = codes.read(typed)
    assert read is not None
    assert (read.short(), read.long()) == (short, long)


@pytest.mark.parametrize("typed", ["", "1.00065", "a.000656", "1.000656.X29", "1.000656.H299", "1" * 5000, "١.٠٠٠٦٥٦"])
def test_what_is_no_code(typed: str) -> None:
    assert codes.read(typed) is None
