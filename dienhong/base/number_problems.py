"""What can be wrong with a typed number, one sentence each in Vietnamese and English.

Each sentence says what is wrong, what was expected and what to do. `kind` is stable and may be stored; the
sentences are for people. Plain Python, no Django: the sentences cannot come from gettext, so both stand here.
"""

from dataclasses import dataclass
from decimal import Decimal

from dienhong.base.number_words import spell

MAX_ECHO = 40  # characters of the cell repeated in a sentence
MAX_INTEGER_DIGITS = 20
MAX_FRACTION_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell is no number. `readings`: the numbers it may have meant, for one-press mending."""

    kind: str
    vi: str
    en: str
    readings: tuple[Decimal, ...] = ()

    def sentence(self, lang: str) -> str:
        return self.vi if lang == "vi" else self.en


# {raw} the cell as typed; {limit}, {have} from the caller. The hint from `readings` follows.
SENTENCES: dict[str, tuple[str, str]] = {
    "ambiguous": (
        "“{raw}” đọc được hai cách: dấu ấy có thể ngăn hàng nghìn, cũng có thể ngăn phần thập phân.",
        "“{raw}” can be read two ways: the mark may group thousands or begin the decimals.",
    ),
    "space": ("“{raw}” có dấu cách.", "“{raw}” contains a space."),
    "nbsp": (
        "“{raw}” có dấu cách không ngắt, thường do dán từ Word hay trang web; số phải viết liền.",
        "“{raw}” contains a non-breaking space, often from Word or a web page; a number is written in one piece.",
    ),
    "invisible": (
        "“{raw}” có ký tự ẩn lẫn vào khi dán; số chỉ gồm chữ số, dấu chấm, dấu phẩy và dấu trừ.",
        "“{raw}” carries an invisible character from pasting; a number has only digits, dot, comma and minus.",
    ),
    "fullwidth": (
        "“{raw}” dùng chữ số toàn khổ của bộ gõ Đông Á; cần chữ số thường 0–9.",
        "“{raw}” uses full-width digits of an East Asian keyboard; plain digits 0–9 are needed.",
    ),
    "foreign_digits": (
        "“{raw}” có chữ số không phải 0–9 (chữ số của chữ viết khác, hoặc số mũ nhỏ); cần chữ số thường 0–9.",
        "“{raw}” has digits other than 0–9 (another script, or superscripts); plain digits 0–9 are needed.",
    ),
    "parentheses": (
        "“{raw}” viết trong ngoặc theo lối kế toán; số âm ở đây gõ bằng dấu trừ.",
        "“{raw}” is in parentheses as accountants write negatives; here a negative number takes a minus sign.",
    ),
    "dash_minus": (
        "“{raw}” mở đầu bằng dấu gạch ngang dài, không phải dấu trừ.",
        "“{raw}” begins with a dash, which is not a minus sign.",
    ),
    "trailing_minus": (
        "“{raw}” có dấu trừ ở cuối; dấu trừ phải đứng trước số.",
        "“{raw}” ends with the minus sign; it belongs before the number.",
    ),
    "apostrophe": (
        "“{raw}” có dấu nháy, nên Excel coi là chữ; cần số không có dấu nháy.",
        "“{raw}” has an apostrophe, which makes it text in Excel; a number has none.",
    ),
    "percent": (
        "“{raw}” có dấu %; đơn vị đã ghi ở chỉ tiêu, ô chỉ nhận con số.",
        "“{raw}” has a percent sign; the indicator already states its unit and the cell takes the figure alone.",
    ),
    "unit": (
        "“{raw}” có chữ kèm theo số; đơn vị đã ghi ở chỉ tiêu, ô chỉ nhận con số theo đơn vị ấy.",
        "“{raw}” has words beside the number; the indicator states its unit, the cell takes the figure in that unit.",
    ),
    "exponent": (
        "“{raw}” viết theo lối khoa học (chữ e là lũy thừa của 10); cần số viết đủ chữ số.",
        "“{raw}” is in scientific notation (e is a power of ten); write the number with all its digits.",
    ),
    "nan": (
        "“{raw}” nghĩa là “không phải số” (NaN), do máy tính ra. Xem lại công thức; nếu chưa có số, gõ …",
        "“{raw}” means “not a number”, made by a computation. Check the formula; if the figure is unknown, type …",
    ),
    "infinity": (
        "“{raw}” là vô cực, thường do chia cho 0; ô cần một số hữu hạn. Xem lại phép chia; nếu không áp dụng, gõ x.",
        "“{raw}” is infinity, often a division by zero; the cell needs a finite number. Check the division; "
        "if it does not apply, type x.",
    ),
    "formula_error": (
        "“{raw}” là lỗi công thức của Excel: {have}. Sửa công thức ở tệp gốc, hoặc gõ thẳng con số.",
        "“{raw}” is an Excel formula error: {have}. Mend the formula in the workbook, or type the number itself.",
    ),
    "formula": (
        "“{raw}” là công thức; ô này nhận con số. Trong Excel, sao chép rồi dán bằng “Chỉ giá trị”, hoặc gõ kết quả.",
        "“{raw}” is a formula; the cell takes a number. In Excel copy and use Paste Values, or type the result.",
    ),
    "date": (
        "“{raw}” là ngày tháng; ô này nhận con số. Nếu Excel tự đổi số thành ngày, định dạng ô là Số rồi gõ lại.",
        "“{raw}” is a date; the cell takes a number. If Excel turned the number into a date, format the cell as Number "
        "and type it again.",
    ),
    "boolean": (
        "“{raw}” là giá trị đúng/sai; ô này nhận con số. Gõ 1 hoặc 0 nếu đó là số đếm.",
        "“{raw}” is a true/false value; the cell takes a number. Type 1 or 0 if a count is meant.",
    ),
    "text": (
        "“{raw}” là chữ; ô này nhận con số. Gõ số, hoặc - nếu không phát sinh, … nếu chưa có số, x nếu không áp dụng.",
        "“{raw}” is text; the cell takes a number. Type a number, or - if nothing arose, … if unknown, "
        "x if not applicable.",
    ),
    "separator": (
        "“{raw}” dùng dấu chấm, dấu phẩy khác với cách viết đang chọn ({have}).",
        "“{raw}” uses dot and comma against the chosen way of writing ({have}).",
    ),
    "malformed": (
        "“{raw}” có dấu chấm hay dấu phẩy đặt sai chỗ; hàng nghìn ngăn đúng ba chữ số, phần thập phân chỉ một dấu. "
        "Gõ lại, ví dụ 1205 hoặc 12,5.",
        "“{raw}” has a dot or comma out of place; thousands are groups of exactly three digits and decimals take one "
        "mark. Type it again, for example 1205.",
    ),
    "leading_zero": (
        "“{raw}” bắt đầu bằng số 0 như một mã số; ô này nhận con số.",
        "“{raw}” begins with 0 like a code; the cell takes a number.",
    ),
    "too_long": (
        "“{raw}” dài {have} ký tự; một con số dài nhất {limit} ký tự. Xem có dán nhầm đoạn chữ không, rồi gõ lại số.",
        "“{raw}” is {have} characters long; a number has at most {limit}. See whether a paragraph was pasted, "
        "then type the number.",
    ),
    "too_many_digits": (
        "“{raw}” có quá nhiều chữ số; nhiều nhất 20 chữ số phần nguyên và 10 chữ số thập phân. "
        "Xem lại đơn vị của chỉ tiêu rồi gõ lại.",
        "“{raw}” has too many digits; at most 20 before the decimal mark and 10 after. "
        "Check the indicator's unit and type it again.",
    ),
    "precision": (
        "“{raw}” có {have} chữ số thập phân; chỉ tiêu này lấy nhiều nhất {limit}. Làm tròn theo quy định rồi gõ lại.",
        "“{raw}” has {have} decimals; this indicator takes at most {limit}. Round as prescribed and type it again.",
    ),
    "not_whole": (
        "“{raw}” có phần thập phân; chỉ tiêu này chỉ nhận số nguyên. Gõ số nguyên, hoặc xem lại đơn vị.",
        "“{raw}” has decimals; this indicator takes whole numbers only. Type a whole number, or check the unit.",
    ),
    "lost_digits": (
        "“{raw}” dài hơn 15 chữ số nên Excel đã làm mất các chữ số cuối; cần đủ chữ số. "
        "Gõ số này dưới dạng chữ (định dạng ô là Văn bản).",
        "“{raw}” is longer than 15 digits and its last ones were lost; all digits are needed. "
        "Enter it as text (format the cell as Text).",
    ),
    "type": (
        "Ô chứa dữ liệu kiểu {have}; cần một con số. Gửi số, hoặc chữ ghi số.",
        "The cell holds data of type {have}; a number is needed. Send a number, or text that writes one.",
    ),
}


def shorten(raw: str) -> str:
    """The cell's text as a sentence may repeat it: printable, at most MAX_ECHO characters, cut openly."""
    head = (" " if c.isspace() else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in raw[: MAX_ECHO + 1])
    shown = "".join(head)
    return shown if len(shown) <= MAX_ECHO else shown[:MAX_ECHO] + "…"


def typed_text(value: Decimal, locale: str = "vi") -> str:
    """The value as a person would type it, so that `parse_cell` reads it back without asking: "1205", "1,2340".

    No grouping. A lone group of three decimals gets a zero more, since "1,234" is the ambiguous form.
    """
    whole, _, fraction = format(value, "f").partition(".")
    digits = whole.lstrip("-")
    if not fraction:
        return whole
    if len(fraction) == 3 and len(digits) <= 3 and digits != "0":
        fraction += "0"
    return whole + ("," if locale == "vi" else ".") + fraction


def fits(reading: Decimal, decimals: int | None) -> bool:
    """Whether an indicator of so many decimals (None: any) can take the reading."""
    return decimals is None or -int(reading.normalize().as_tuple().exponent) <= decimals


def _hint(reading: Decimal, locale: str, lang: str, decimals: int | None) -> str:
    whole, _, fraction = format(reading, "f").partition(".")
    plain = Decimal(f"{whole}.{fraction.rstrip('0')}" if fraction.rstrip("0") else whole)
    words, typed = spell(plain, lang), typed_text(plain, locale)
    if not fits(plain, decimals):
        return _cannot(words or str(plain), lang, decimals or 0)
    # A lone group of three decimals is typed with a zero more, which nobody would guess the reason of.
    longer = len(typed) > len(format(plain, "f"))
    if lang == "vi":
        why = " (thêm số 0 cuối để khỏi lẫn với hàng nghìn)" if longer else ""
        return f"Nếu là {words}, gõ {typed}{why}." if words else f"Nếu đúng là số ấy, gõ {typed}{why}."
    why = " (the last zero keeps it apart from thousands)" if longer else ""
    return f"If it is {words}, type {typed}{why}." if words else f"If that is the number, type {typed}{why}."


def _cannot(words: str, lang: str, decimals: int) -> str:
    """What to do with a reading that the indicator does not take: nothing to type here, so look at the unit."""
    if lang == "vi":
        takes = f"chỉ lấy {decimals} chữ số thập phân" if decimals else "chỉ nhận số nguyên"
        return f"Nếu là {words}: chỉ tiêu này {takes}; xem lại đơn vị."
    takes = f"at most {decimals} decimals" if decimals else "whole numbers only"
    return f"If it is {words}: this indicator takes {takes}; check the unit."


# Kinds whose sentence leaves "what to do" to the hint; without a reading it ends with this one.
_HINTED = {
    *("ambiguous", "space", "nbsp", "invisible", "fullwidth", "foreign_digits", "parentheses", "dash_minus"),
    *("trailing_minus", "apostrophe", "percent", "unit", "exponent", "separator", "leading_zero"),
}
_RETYPE = ("Gõ lại số, ví dụ 1205 hoặc {example}.", "Type the number again, for example 1205 or {example}.")
_RETYPE_WHOLE = ("Gõ lại số, ví dụ 1205.", "Type the number again, for example 1205.")


def problem(
    kind: str,
    raw: str,
    readings: tuple[Decimal, ...] = (),
    *,
    locale: str = "vi",
    have: tuple[str, str] | str | int = "",
    limit: int = 0,
    decimals: int | None = None,
) -> Problem:
    """The Problem of this kind with its sentences; `have` may be a (vi, en) pair. KeyError on an unknown kind.

    A reading with more decimals than the indicator takes (`decimals`, None: any) is named, and never offered.
    """
    echo = shorten(raw)
    offered = sorted(readings, key=lambda one: not fits(one, decimals))  # what can be typed comes first
    have_vi, have_en = have if isinstance(have, tuple) else (have, have)
    vi, en = SENTENCES[kind]
    parts_vi = [vi.format(raw=echo, have=have_vi, limit=limit), *(_hint(r, locale, "vi", decimals) for r in offered)]
    parts_en = [en.format(raw=echo, have=have_en, limit=limit), *(_hint(r, locale, "en", decimals) for r in offered)]
    if kind in _HINTED and not readings:
        example = "12,5" if locale == "vi" else "12.5"
        retype = _RETYPE_WHOLE if decimals == 0 else _RETYPE
        parts_vi.append(retype[0].format(example=example))
        parts_en.append(retype[1].format(example=example))
    return Problem(kind, " ".join(parts_vi), " ".join(parts_en), readings)
