"""What is wrong with one cell, in a sentence for the person who sent it: the value, what was expected, what to do."""

from dataclasses import dataclass
from typing import Any

SENTENCES: dict[str, tuple[str, str]] = {
    "indicator_unknown": (
        "Danh mục không có chỉ tiêu {indicator}; dùng mã trong danh mục, ví dụ 02.001.",
        "The catalogue has no indicator {indicator}; use a code of it, such as 02.001.",
    ),
    "period_unknown": (
        "Kỳ {period} chưa mở trong lịch này; viết như 2020-M07, hoặc mở kỳ trước.",
        "Period {period} is not open in this calendar; write it like 2020-M07, or open it first.",
    ),
    "unit_unknown": (
        "Mã {unit} không thuộc đơn vị nào vào ngày cuối của kỳ {period}; xem lại mã.",
        "Code {unit} belongs to no unit on the last day of {period}; check the code.",
    ),
    "breakdown_unknown": (
        "Không có phân tổ {breakdown}; viết như area=urban;sex=female, tổng thì để trống.",
        "There is no breakdown {breakdown}; write it like area=urban;sex=female, leave it empty for the total.",
    ),
    "measure_unknown": ("Loại số phải là 0, 1 hoặc 2.", "The measure must be 0, 1 or 2."),
    "not_a_number": (
        "“{typed}” không phải số theo cách viết của tệp; gõ số, hoặc -, …, x.",
        "“{typed}” is not a number as this file writes them; type a number, or -, …, x.",
    ),
    "too_long": (
        "“{typed}” quá lớn: nhiều nhất 20 chữ số trước dấu thập phân.",
        "“{typed}” is too large: at most 20 digits before the decimal mark.",
    ),
    "too_many_decimals": (
        "“{typed}” có nhiều chữ số thập phân hơn {decimals}; làm tròn theo biểu mẫu.",
        "“{typed}” has more decimals than {decimals}; round it as the form says.",
    ),
    "below_minimum": (
        "{typed} nhỏ hơn mức thấp nhất {minimum} của chỉ tiêu; xem lại số và đơn vị tính.",
        "{typed} is below the indicator's least value {minimum}; check figure and unit.",
    ),
    "above_maximum": (
        "{typed} lớn hơn mức cao nhất {maximum} của chỉ tiêu; xem lại số và đơn vị tính.",
        "{typed} is above the indicator's greatest value {maximum}; check figure and unit.",
    ),
    "twice": (
        "Số này đã có ở {first} trong cùng tệp; giữ lại một chỗ.",
        "The same figure stands at {first} in this file already; keep one of them.",
    ),
    "jump": (
        "{typed} so với kỳ trước {before} thay đổi quá {threshold} %; giải trình nếu đúng.",
        "{typed} against {before} in the period before changes by more than {threshold}%; explain it if it is right.",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`ref` says where, `typed` what stands there. Warnings pass with an explanation, errors stop the whole batch."""

    line: int
    ref: str
    typed: str
    code: str
    vi: str
    en: str
    severity: str = "error"

    @classmethod
    def of(cls, line: int, ref: str, typed: str, code: str, severity: str = "error", **facts: Any) -> "Problem":
        shown = {name: _plain(value) for name, value in {**facts, "typed": typed[:40]}.items()}
        vi, en = SENTENCES[code]
        return cls(line, ref, typed, code, vi.format(**shown), en.format(**shown), severity)


def _plain(value: Any) -> str:
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "").lstrip("-").isdigit() else text
