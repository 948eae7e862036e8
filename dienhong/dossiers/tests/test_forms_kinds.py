"""Each kind of question: what is typed, what it becomes, what is refused with which sentence."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from dienhong.dossiers.forms import Form
from dienhong.dossiers.forms.kinds import KINDS, At
from dienhong.dossiers.forms.problems import SENTENCES, Wrong, sentence
from dienhong.dossiers.forms.shapes import Field

DAY = dt.date(2020, 8, 20)


def field(kind: str, **limits: Any) -> Field:
    return Field("it", kind, {"vi": "Mục", "en": "Item"}, "page", limits=limits)


def take(kind: str, typed: Any, lang: str = "vi", **limits: Any) -> Any:
    one = field(kind, **limits)
    value = KINDS[kind].read(typed, one, lang)
    KINDS[kind].judge(value, one, {}, At(DAY))
    return value


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "  Nguyễn Văn Mẫu ", "Nguyễn Văn Mẫu"),
        ("text", "Nguye\u0302\u0303n", "Nguyễn"),
        ("long_text", "một\r\nhai", "một\nhai"),
        ("whole", "1.500", 1500),
        ("whole", "1,500,000", 1500000),
        ("whole", "\N{MINUS SIGN}5", -5),
        ("money", "540.000.000 đ", 540000000),
        ("money", "540 000 000 VND", 540000000),
        ("decimal", "1,40", "1.4"),
        ("decimal", "1.4", "1.4"),
        ("decimal", "1.498", "1498"),
        ("decimal", "1.498,5", "1498.5"),
        ("decimal", "0,50", "0.5"),
        ("date", "20/8/2020", "2020-08-20"),
        ("date", "20-08-2020", "2020-08-20"),
        ("date", "2020-08-20", "2020-08-20"),
        ("date", "20082020", "2020-08-20"),
        ("yes_no", "no", False),
        ("identity", "001 085 012 345", "001085012345"),
        ("tax_code", "0100109106", "0100109106"),
        ("tax_code", "0100109106-001", "0100109106-001"),
        ("phone", "+84 912 345 678", "0912345678"),
        ("email", " mau@example.vn ", "mau@example.vn"),
        ("plate", "30a-123.45", "30A12345"),
        ("plate", "29-b1 123.45", "29B112345"),
        ("plate", "29-MĐ1 234.56", None),
        ("chassis", "rlmdf 1234567", "RLMDF1234567"),
        ("engine", "G4LC-123456", "G4LC123456"),
    ],
)
def test_reads(kind: str, typed: str, value: Any) -> None:
    if value is None:
        with pytest.raises(Wrong):
            take(kind, typed)
    else:
        assert take(kind, typed) == value


@pytest.mark.parametrize(
    ("kind", "typed", "code", "limits"),
    [
        ("whole", "một", "not_whole", {}),
        ("whole", "1.5", "not_whole", {}),
        ("whole", "1.50.000", "not_whole", {}),
        ("whole", "5", "too_small", {"min": 6}),
        ("whole", "9" * 20, "too_large", {}),
        ("money", "-1", "too_small", {}),
        ("decimal", "1.234", "two_readings", {"decimals": 3}),
        ("decimal", "abc", "not_number", {}),
        ("decimal", "1,23", "too_many_decimals", {"decimals": 1}),
        ("date", "30/02/2020", "no_such_day", {}),
        ("date", "hôm qua", "not_a_day", {}),
        ("date", "21/08/2020", "too_late", {"max": "today"}),
        ("date", "01/01/1900", "too_early", {"min": "1950-01-01"}),
        ("text", "a\u202eexe.pdf", "bad_sign", {}),
        ("text", "a\nb", "one_line", {}),
        ("text", "a" * 301, "too_long", {}),
        ("identity", "00108501234", "identity", {}),
        ("identity", "001221012345", "identity_year", {}),
        ("identity", "12345678", "identity_or_old", {"old": True}),
        ("tax_code", "0100109107", "tax_check", {}),
        ("phone", "12345", "phone", {}),
        ("plate", "42A-123.45", "plate_code", {}),
        ("plate", "TM-12-34", "plate_army", {}),
        ("plate", "30I-123.45", "plate", {}),
        ("chassis", "RLODF1234567", "chassis_letters", {}),
        ("chassis", "ABC", "chassis", {}),
        ("yes_no", "có", "not_yes_no", {}),
    ],
)
def test_refuses(kind: str, typed: str, code: str, limits: dict[str, Any]) -> None:
    with pytest.raises(Wrong) as raised:
        take(kind, typed, **limits)
    assert raised.value.code == code
    said = sentence(raised.value, label="Mục")
    assert "{" not in said
    assert said[-1] in "."


def test_nine_digits_where_the_old_card_is_taken() -> None:
    assert take("identity", "012345678", old=True) == "012345678"


def test_what_was_typed_is_no_template() -> None:
    with pytest.raises(Wrong) as raised:
        take("whole", "{label.__class__} {0} %s")
    assert "“{label.__class__} {0} %s”" in sentence(raised.value, label="Mục")


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_has_its_english(code: str) -> None:
    with override("vi"):
        vi = str(SENTENCES[code])
    with override("en"):
        en = str(SENTENCES[code])
    assert vi != en
    import re

    assert set(re.findall(r"\{(\w+)\}", vi)) >= set(re.findall(r"\{(\w+)\}", en))


def test_no_is_said_in_english_and_not_as_a_setting_that_is_off() -> None:
    field, at = Field("it", "yes_no", {"vi": "Mục", "en": "Item"}, "page"), At(DAY)
    with override("en"):
        assert [KINDS["yes_no"].show(value, field, "en", at) for value in (True, False)] == ["Yes", "No"]


def test_shown_as_typed_again() -> None:
    """What a prefilled value shows in its input is read back as the same value."""
    form = Form.load(Path(__file__).parent / "sample_form.yaml")
    values = {"year": 2020, "price": 540000000, "power": "1.4", "condition": "new", "truth": True, "company": False}
    for key, value in values.items():
        one = form.by_key[key]
        for lang in ("vi", "en"):
            assert KINDS[one.kind].read(KINDS[one.kind].typed(value, one, lang), one, lang) == value
