import datetime as dt
import itertools
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dienhong.base.number_problems import SENTENCES, typed_text
from dienhong.base.number_words import spell
from dienhong.base.numbers import (
    Empty,
    Parsed,
    empty_label,
    empty_mark,
    format_number,
    parse_cell,
    parse_native,
)

D = Decimal
ROOT = Path(__file__).parents[3]
exact = st.decimals(
    min_value=D("-99999999999999999999"), max_value=D("99999999999999999999"), places=10, allow_nan=False
) | st.builds(lambda n, places: D(n).scaleb(-places), st.integers(-(10**9), 10**9), st.integers(0, 9))


def value_of(text: str, **options: object) -> Decimal | None:
    parsed = parse_cell(text, **{"decimals": None, **options})  # type: ignore[arg-type]
    assert parsed.problem is None, parsed.problem
    assert parsed.has_value
    return parsed.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"), ("1205", "1205"), (" 1205\n", "1205"), ("\u00a01205\u00a0", "1205"), ("+5", "5"), ("-5", "-5"),
        ("\u22125", "-5"), ("1,5", "1.5"), ("12.904,5", "12904.5"), ("1.234.567", "1234567"),
        ("1.234.567,891", "1234567.891"), ("0,234", "0.234"), ("1234,567", "1234.567"), ("1,2340", "1.234"),
        ("-0", "0"), ("-0,00", "0"), ("12,0", "12"),
        ("99999999999999999999,0123456789", "99999999999999999999.0123456789"),
    ],
)  # fmt: skip
def test_reads_what_vietnamese_people_type(text: str, value: str) -> None:
    assert value_of(text) == D(value)
    assert not str(value_of(text)).startswith("-0") or D(value)


def test_english_locale_mirrors() -> None:
    assert value_of("12,904.5", locale="en") == D("12904.5")
    assert value_of("1.5", locale="en") == D("1.5")
    assert parse_cell("1,5", decimals=None, locale="en").problem.kind == "separator"


def test_blank_is_not_yet_entered_and_zero_is_a_value() -> None:
    for blank in ("", "  ", "\u00a0", "\n"):
        parsed = parse_cell(blank, decimals=0)
        assert parsed == Parsed(None)
        assert parsed.is_blank
    assert not parse_cell("0", decimals=0).is_blank
    assert not parse_cell("abc", decimals=0).is_blank


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("-", "–", "—", "\u2212", "Không phát sinh", "nothing arose"), Empty.NOTHING_AROSE),
        (("…", "...", "..", "chưa có số"), Empty.UNKNOWN),
        (("x", "X", "×", "không áp dụng"), Empty.NOT_APPLICABLE),
        (("!", "mất nguồn", "source down"), Empty.SOURCE_DOWN),
    ],
)
def test_marks_of_the_empties(texts: tuple[str, ...], kind: Empty) -> None:
    for text in texts:
        assert parse_cell(text, decimals=0) == Parsed(kind, None, None)


def test_what_screens_show_for_an_empty_pastes_back_and_retracted_is_never_typed() -> None:
    for kind in Empty:
        for text in (empty_mark(kind), empty_label(kind, "vi"), empty_label(kind, "en")):
            parsed = parse_cell(text, decimals=0) if text else None
            if kind is Empty.RETRACTED:
                assert parsed is None or parsed.problem is not None
            elif parsed:
                assert parsed.kind is kind


@pytest.mark.parametrize("text", ["1.234", "1,234", "-1.234", "999.999", "12,345"])
@pytest.mark.parametrize("locale", ["vi", "en"])
@pytest.mark.parametrize("decimals", [None, 0, 3])
def test_one_group_of_three_is_never_guessed(text: str, locale: str, decimals: int | None) -> None:
    problem = parse_cell(text, decimals=decimals, locale=locale).problem
    small, large = D(text.replace(",", ".")), D(text.replace(",", "").replace(".", ""))
    assert problem.kind == "ambiguous"
    assert problem.readings == (small, large) if small > 0 else (large, small)


def test_the_answer_for_the_block_settles_it() -> None:
    assert value_of("1.234", convention="dot_thousands") == 1234
    assert value_of("1.234", convention="dot_decimal") == D("1.234")
    assert value_of("1,234", convention="dot_thousands") == D("1.234")
    assert value_of("1,234", convention="dot_decimal") == 1234
    assert value_of("-1,234.5", convention="dot_decimal") == D("-1234.5")
    against = parse_cell("1.5", decimals=1, convention="dot_thousands").problem
    assert (against.kind, against.readings) == ("separator", (D("1.5"),))


PROBLEMS = [
    ("1 205", "space", ["1205"]), ("1\u00a0205", "nbsp", ["1205"]), ("1\u202f205,5", "nbsp", ["1205.5"]),
    ("12\n13", "space", []), ("\u200b12", "invisible", ["12"]), ("12\x00", "invisible", ["12"]),
    ("１２", "fullwidth", ["12"]), ("１２，５", "fullwidth", ["12.5"]), ("١٢", "foreign_digits", []),
    ("5²", "foreign_digits", ["52"]), ("(123)", "parentheses", ["-123"]), ("–5", "dash_minus", ["-5"]),
    ("5-", "trailing_minus", ["-5"]), ("'12", "apostrophe", ["12"]), ("1'205", "apostrophe", ["1205"]),
    ("12%", "percent", ["12"]), ("12,5 %", "percent", ["12.5"]), ("12 tỷ", "unit", []), ("5.000đ", "unit", []),
    ("1e5", "exponent", ["100000"]), ("1,5E-3", "exponent", ["0.0015"]), ("1e400", "exponent", []),
    ("1e-400", "exponent", []), ("1e999999999999", "exponent", []), ("NaN", "nan", []), ("-nan", "nan", []),
    ("Infinity", "infinity", []), ("-inf", "infinity", []), ("∞", "infinity", []), ("#DIV/0!", "formula_error", []),
    ("#n/a", "formula_error", []), ("#REF!", "formula_error", []), ("#####", "formula_error", []),
    ("=A1+1", "formula", []), ("19/8/2020", "date", []), ("2020-08-19", "date", []),
    ("19.8.2020", "date", []), ("1/2", "date", []),
    ("không có", "text", []), ("TRUE", "text", []), ("--", "text", []), ("1.5", "separator", ["1.5"]),
    ("1,234,567", "separator", ["1234567"]), ("1,234.5", "separator", ["1234.5"]), ("1..2", "malformed", []),
    ("1.23.4", "malformed", []), (",5", "malformed", []), ("5,", "malformed", []), ("1,2,3", "malformed", []),
    ("007", "leading_zero", ["7"]), ("1" * 21, "too_many_digits", []), ("0,12345678901", "too_many_digits", []),
    ("a" * 201, "too_long", []), ("1" * 10**6, "too_long", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "readings"), PROBLEMS, ids=lambda v: str(v)[:20])
def test_each_wrong_cell_has_its_own_problem(text: str, kind: str, readings: list[str]) -> None:
    parsed = parse_cell(text, decimals=None)
    assert (parsed.kind, parsed.value) == (None, None)
    assert parsed.problem.kind == kind
    assert list(parsed.problem.readings) == [D(r) for r in readings]
    for sentence in (parsed.problem.sentence("vi"), parsed.problem.sentence("en")):
        assert "{" not in sentence
        assert len(sentence) < 400
        assert sentence.endswith((".", "…", "…."))


def test_every_kind_of_problem_is_met_by_a_test() -> None:
    elsewhere = {"ambiguous", "precision", "not_whole", "boolean", "lost_digits", "type"}
    assert {kind for _, kind, _ in PROBLEMS} | elsewhere == set(SENTENCES)


def test_the_sentence_of_the_space_reads_the_number_back() -> None:
    problem = parse_cell("1 205", decimals=0).problem
    assert problem.vi == "“1 205” có dấu cách. Nếu là một nghìn hai trăm linh năm, gõ 1205."
    assert problem.en == "“1 205” contains a space. If it is one thousand two hundred and five, type 1205."


def test_a_reading_that_the_indicator_cannot_take_is_named_and_never_offered() -> None:
    whole = parse_cell("4.634", decimals=0).problem
    assert "Nếu là bốn nghìn sáu trăm ba mươi tư, gõ 4634." in whole.vi
    assert "chỉ tiêu này chỉ nhận số nguyên; xem lại đơn vị." in whole.vi
    assert "whole numbers only" in whole.en
    assert not any("4,6340" in said or "4.6340" in said for said in (whole.vi, whole.en))
    assert "chỉ lấy 1 chữ số thập phân" in parse_cell("4.634", decimals=1).problem.vi
    assert "gõ 4,6340 (thêm số 0 cuối để khỏi lẫn với hàng nghìn)" in parse_cell("4.634", decimals=3).problem.vi
    assert parse_cell("2..3", decimals=0).problem.kind == "malformed"
    assert "12,5" not in parse_cell("12\n13", decimals=0).problem.vi


def test_what_the_hint_says_to_type_is_read_as_that_reading() -> None:
    for locale, (text, _, _) in itertools.product(("vi", "en"), [*PROBLEMS, ("1.234", "", ""), ("2 205.300", "", "")]):
        problem = parse_cell(text, decimals=None, locale=locale).problem
        for reading in problem.readings if problem else ():
            assert value_of(typed_text(reading, locale), locale=locale) == reading


def test_precision_of_the_indicator() -> None:
    assert parse_cell("1,25", decimals=1).problem.kind == "precision"
    assert parse_cell("1,5", decimals=0).problem.kind == "not_whole"
    assert str(parse_cell("1,50", decimals=1).value) == "1.5"
    assert str(parse_cell("12", decimals=2).value) == "12.00"
    assert str(parse_cell("1" * 20, decimals=10).value) == "1" * 20 + ".0000000000"  # beyond Decimal's default context


@given(exact, st.sampled_from(["vi", "en"]))
def test_what_is_shown_reads_back(value: Decimal, lang: str) -> None:
    convention = "dot_thousands" if lang == "vi" else "dot_decimal"
    assert value_of(format_number(value, None, lang), locale=lang, convention=convention) == value


@given(exact, st.sampled_from(["vi", "en"]))
def test_what_is_put_into_an_edited_cell_reads_back_without_asking(value: Decimal, lang: str) -> None:
    assert value_of(typed_text(value, lang), locale=lang) == value


@given(st.text(max_size=60) | st.text("0123456789., -−()%'eE", max_size=20))
def test_any_text_gets_an_answer_and_a_value_is_what_python_reads(text: str) -> None:
    parsed = parse_cell(text, decimals=None)
    if parsed.has_value:
        plain = text.strip().replace(".", "").replace(",", ".").replace("\u2212", "-")
        assert parsed.value == D(plain)
        assert parsed.problem is None


@given(st.integers(-(10**20) + 1, 10**20 - 1))
def test_native_integers(n: int) -> None:
    assert parse_native(n, decimals=0) == Parsed(Empty.NONE, D(n))


@given(st.floats(min_value=-1e9, max_value=1e9).map(lambda f: round(f, 4)))
def test_native_floats_count_as_they_are_written(f: float) -> None:
    assert parse_native(f, decimals=4).value == D(repr(f))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "boolean"), (False, "boolean"), (dt.date(2020, 8, 19), "date"), (dt.datetime(2020, 8, 19, 7), "date"),
        (dt.time(7), "date"), (dt.timedelta(1), "date"), (float("nan"), "nan"), (float("inf"), "infinity"),
        (D("NaN"), "nan"), (D("sNaN"), "nan"), (D("-Infinity"), "infinity"), (10**20, "too_many_digits"),
        (10**5000, "too_many_digits"), (D("1e400"), "too_many_digits"), (D("1e-400"), "too_many_digits"),
        (D("1e999999"), "too_many_digits"), (1e300, "too_many_digits"), (1e16, "lost_digits"), (b"1", "type"),
        ([1], "type"), ("#N/A", "formula_error"), (1.5, "not_whole"), (0.1 + 0.2, "too_many_digits"),
    ],
    ids=lambda v: type(v).__name__,
)  # fmt: skip
def test_native_values_that_are_no_number(value: object, kind: str) -> None:
    assert parse_native(value, decimals=0).problem.kind == kind


def test_native_values_of_a_workbook() -> None:
    assert parse_native(None, decimals=0) == Parsed(None)
    assert str(parse_native(1205.0, decimals=0).value) == "1205"
    assert str(parse_native(1205.0, decimals=None).value) == "1205"
    assert parse_native(0.1 + 0.2, decimals=1, excel=True).value == D("0.3")
    assert parse_native(-0.0, decimals=0).value.is_signed() is False


@pytest.mark.parametrize(
    ("value", "decimals", "lang", "shown"),
    [
        (12904, 0, "vi", "12.904"), (12904, 0, "en", "12,904"), (D("1.5"), 1, "vi", "1,5"),
        (D("-1.5"), 1, "vi", "−1,5"),
        (D("0.5"), 0, "vi", "1"), (D("-0.5"), 0, "vi", "−1"), (D("2.5"), 0, "vi", "3"), (D("-0.04"), 1, "vi", "0,0"),
        (D("1234567.125"), 2, "en", "1,234,567.13"), (D("1E+3"), None, "vi", "1.000"), (D("1.50"), None, "vi", "1,50"),
        (D("9" * 20 + ".5"), 1, "vi", "99.999.999.999.999.999.999,5"),
    ],
)  # fmt: skip
def test_shown_numbers(value: Decimal | int, decimals: int | None, lang: str, shown: str) -> None:
    assert format_number(value, decimals, lang) == shown


def test_sign_of_a_change_and_refusals() -> None:
    assert [format_number(n, 0, "vi", sign=True) for n in (5, 0, -5)] == ["+5", "0", "−5"]
    with pytest.raises(TypeError):
        format_number(0.1, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not a number"):
        format_number(D("NaN"), 1)


@pytest.mark.parametrize(
    ("number", "vi", "en"),
    [
        ("0", "không", "zero"), ("15", "mười lăm", "fifteen"), ("21", "hai mươi mốt", "twenty-one"),
        ("24", "hai mươi tư", "twenty-four"), ("10", "mười", "ten"),
        ("105", "một trăm linh năm", "one hundred and five"),
        ("1005", "một nghìn không trăm linh năm", "one thousand and five"),
        ("1000000", "một triệu", "one million"), ("2000000000", "hai tỷ", "two billion"),
        ("12904", "mười hai nghìn chín trăm linh bốn", "twelve thousand nine hundred and four"),
        ("1000000000000", "một nghìn tỷ", "one trillion"),
        ("-1.05", "âm một phẩy không năm", "minus one point zero five"),
    ],
)  # fmt: skip
def test_numbers_in_words(number: str, vi: str, en: str) -> None:
    assert (spell(D(number), "vi"), spell(D(number), "en")) == (vi, en)


def test_words_stop_where_digits_read_better() -> None:
    assert spell(10**15) is None
    assert spell(D("0.1234567")) is None


def test_rules_may_use_numbers_periods_and_text_without_django() -> None:
    program = (
        "import sys; sys.modules['django'] = None\n"
        "from dienhong.base import numbers, periods, text\n"
        "print(numbers.parse_cell('1 205', decimals=0).problem.kind)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout, done.stderr) == ("space\n", "")
