"""What can be wrong with an answer, one sentence each: what is wrong, what was expected, what to do."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy


class Wrong(Exception):
    """An answer that a kind does not take; `code` is a key of SENTENCES, `facts` fill its places."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


SENTENCES = {
    # what is not there
    "required": gettext_lazy("Chưa có câu trả lời. Mục này phải có; hãy điền rồi đi tiếp."),
    "choose_one": gettext_lazy("Chưa chọn mục nào. Hãy chọn một mục."),
    "choose_some": gettext_lazy("Chưa chọn mục nào. Hãy chọn ít nhất {least} mục."),
    "statement": gettext_lazy("Hồ sơ chỉ nộp được khi bạn đồng ý với lời cam kết này. Hãy đọc rồi đánh dấu."),
    # text
    "too_long": gettext_lazy("Phần này dài {length} ký tự; được nhiều nhất {most}. Hãy viết ngắn lại."),
    "too_short": gettext_lazy("Phần này quá ngắn; cần ít nhất {least} ký tự. Hãy viết đầy đủ."),
    "one_line": gettext_lazy("Mục này chỉ một dòng. Hãy bỏ chỗ xuống dòng."),
    "bad_sign": gettext_lazy("Có ký tự ẩn hoặc ký tự điều khiển mà máy không nhận. Hãy xóa rồi gõ lại."),
    "not_this_shape": gettext_lazy("“{typed}” không đúng dạng. Cần {expected}; hãy xem lại giấy tờ rồi gõ lại."),
    # numbers
    "not_whole": gettext_lazy("“{typed}” không phải số nguyên. Hãy gõ bằng chữ số, ví dụ {example}."),
    "not_number": gettext_lazy("“{typed}” không phải một số. Hãy gõ bằng chữ số, ví dụ {example}."),
    "two_readings": gettext_lazy("“{typed}” đọc được hai cách: {one} hoặc {other}. Hãy gõ lại, không dùng dấu ngăn."),
    "too_small": gettext_lazy("{typed} nhỏ hơn mức được nhận; cần từ {least} trở lên. Hãy xem lại số."),
    "too_large": gettext_lazy("{typed} lớn hơn mức được nhận; nhiều nhất là {most}. Hãy xem lại số."),
    "too_many_digits": gettext_lazy("{typed} có quá nhiều chữ số; cần nhiều nhất {digits} số trước dấu phẩy. Xem lại."),
    "too_many_decimals": gettext_lazy("{typed} có quá nhiều số lẻ; được nhiều nhất {decimals}. Hãy làm tròn."),
    # days
    "not_a_day": gettext_lazy("“{typed}” không phải một ngày. Hãy gõ ngày, tháng, năm, ví dụ 20/08/2020."),
    "no_such_day": gettext_lazy("Lịch không có ngày {typed}. Hãy xem lại ngày và tháng."),
    "too_early": gettext_lazy("Ngày {typed} sớm quá; cần từ ngày {least}. Hãy xem lại."),
    "too_late": gettext_lazy("Ngày {typed} muộn quá; nhiều nhất là ngày {most}. Hãy xem lại."),
    # choices
    "not_offered": gettext_lazy("“{typed}” không có trong danh sách. Hãy chọn một mục trong danh sách."),
    "not_open": gettext_lazy("“{choice}” không áp dụng cho ngày {day}. Hãy chọn mục khác."),
    "too_few": gettext_lazy("Mới có {number}; cần ít nhất {least}. Hãy thêm cho đủ."),
    "too_many": gettext_lazy("Có {number}; được nhiều nhất {most}. Hãy bỏ bớt."),
    "twice": gettext_lazy("“{typed}” được chọn hai lần. Hãy giữ một."),
    "no_such_place": gettext_lazy("Mã “{typed}” không phải đơn vị hành chính nào vào ngày {day}. Hãy chọn lại."),
    "not_within": gettext_lazy("“{typed}” không thuộc nơi đã chọn ở trên. Hãy chọn lại."),
    "not_yes_no": gettext_lazy("Hãy chọn Có hoặc Không."),
    # numbers of people, companies and vehicles
    "identity": gettext_lazy("“{typed}” không phải số định danh: cần 12 chữ số như trên thẻ căn cước. Hãy xem lại."),
    "identity_or_old": gettext_lazy(
        "“{typed}” không phải số giấy tờ: cần 12 chữ số (căn cước) hoặc 9 chữ số (chứng minh nhân dân). Hãy xem lại."
    ),
    "identity_year": gettext_lazy("“{typed}” cho biết năm sinh chưa tới. Hãy so lại chữ số thứ tư đến thứ sáu."),
    "tax_code": gettext_lazy("“{typed}” không phải mã số thuế: cần 10 chữ số, chi nhánh thêm -001. Hãy xem lại."),
    "tax_check": gettext_lazy("“{typed}” sai chữ số kiểm tra, chữ số thứ mười. Hãy so lại từng chữ số."),
    "phone": gettext_lazy(
        "“{typed}” không phải số điện thoại: cần 10 chữ số (máy bàn 11) bắt đầu bằng 0. Hãy xem lại."
    ),
    "email": gettext_lazy("“{typed}” không phải địa chỉ thư: cần dạng ten@mien.vn. Hãy xem lại."),
    "plate": gettext_lazy("“{typed}” không phải biển số: cần dạng 30A-123.45 hoặc 29-B1 123.45. Hãy xem lại."),
    "plate_code": gettext_lazy("Biển số không có mã địa phương {digits}. Hãy xem lại hai chữ số đầu."),
    "plate_army": gettext_lazy("“{typed}” là biển số quân đội, do Bộ Quốc phòng cấp; dịch vụ này không nhận."),
    "chassis": gettext_lazy("“{typed}” không phải số khung: cần 6 đến 17 chữ cái và chữ số. Hãy xem lại trên phiếu."),
    "chassis_letters": gettext_lazy("Số khung không dùng chữ I, O, Q. Hãy xem đó có phải số 1 hoặc số 0."),
    "engine": gettext_lazy("“{typed}” không phải số máy: cần 4 đến 25 chữ cái và chữ số. Hãy xem lại trên phiếu."),
    # files
    "no_file": gettext_lazy("Chưa có tệp nào. Hãy tải lên ảnh chụp hoặc bản quét."),
    "file_kind": gettext_lazy("Tệp “{typed}” không thuộc loại được nhận ({expected}). Hãy chọn tệp khác."),
    "file_large": gettext_lazy("Tệp “{typed}” nặng {size}; được nhiều nhất {most}. Hãy chụp nhỏ lại hoặc tách tệp."),
    # machines
    "shape": gettext_lazy("Giá trị gửi đến không đúng kiểu: cần {expected}."),
    "unknown_field": gettext_lazy("Biểu mẫu không có mục “{key}”. Hãy bỏ mục này."),
}


def language() -> str:
    """vi or en: that of the moment."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def sentence(wrong: Wrong, **facts: Any) -> str:
    """In the language of the moment. Braces in what was typed stay as they are: only the template is formatted."""
    said = {**facts, **wrong.facts}
    return str(SENTENCES[wrong.code]).format(**{key: _short(value) for key, value in said.items()})


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
