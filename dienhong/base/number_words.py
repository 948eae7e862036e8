"""Numbers in words, Vietnamese and English: what a message reads back to the person who typed.

Plain Python, no Django.
"""

from decimal import Decimal

WORDS_BELOW = Decimal(10) ** 15  # larger figures are easier to check as digits
MAX_SPOKEN_DECIMALS = 6

_VI = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_EN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = {
    "vi": ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn")),
    "en": ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand")),
}


def _vi_below_hundred(n: int, *, after_hundred: bool) -> list[str]:
    tens, unit = divmod(n, 10)
    if tens == 0:
        return (["linh", _VI[unit]] if after_hundred else [_VI[unit]]) if unit else []
    words = ["mười"] if tens == 1 else [_VI[tens], "mươi"]
    if unit:
        special = {5: "lăm"} if tens == 1 else {1: "mốt", 4: "tư", 5: "lăm"}
        words.append(special.get(unit, _VI[unit]))
    return words


def _vi_group(n: int, *, leading: bool) -> list[str]:
    """0 < n < 1000. A group after another one says its missing hundreds: 1005 is "một nghìn không trăm linh năm"."""
    hundreds, rest = divmod(n, 100)
    if leading and not hundreds:
        return _vi_below_hundred(rest, after_hundred=False)
    return [_VI[hundreds], "trăm", *_vi_below_hundred(rest, after_hundred=True)]


def _vi(n: int, *, leading: bool = True) -> list[str]:
    for size, name in _SCALES["vi"]:
        if n >= size:
            high, rest = divmod(n, size)
            return [*_vi(high, leading=leading), name, *(_vi(rest, leading=False) if rest else [])]
    return _vi_group(n, leading=leading)


def _en_group(n: int) -> list[str]:
    hundreds, rest = divmod(n, 100)
    words = [_EN[hundreds], "hundred"] if hundreds else []
    if rest and hundreds:
        words.append("and")
    if rest >= 20:
        words.append(_EN_TENS[rest // 10] + (f"-{_EN[rest % 10]}" if rest % 10 else ""))
    elif rest:
        words.append(_EN[rest])
    return words


def _en(n: int) -> list[str]:
    for size, name in _SCALES["en"]:
        if n >= size:
            high, rest = divmod(n, size)
            joiner = ["and"] if 0 < rest < 100 else []
            return [*_en(high), name, *joiner, *(_en(rest) if rest else [])]
    return _en_group(n)


def spell(value: Decimal | int, lang: str = "vi") -> str | None:
    """The number in words ("một nghìn hai trăm linh năm"), or None where words would not help a reader."""
    number = Decimal(value)
    if not number.is_finite() or number.copy_abs() >= WORDS_BELOW:
        return None
    whole, _, fraction = format(number.copy_abs(), "f").partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > MAX_SPOKEN_DECIMALS:
        return None
    n = int(whole)
    units = _VI if lang == "vi" else _EN
    words = (_vi(n) if lang == "vi" else _en(n)) if n else [units[0]]
    if fraction:
        words += ["phẩy" if lang == "vi" else "point", *(units[int(digit)] for digit in fraction)]
    if number < 0:
        words.insert(0, "âm" if lang == "vi" else "minus")
    return " ".join(words)
