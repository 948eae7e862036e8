"""What is read, what is refused and how the refusal teaches; text and JSON lead back to the same tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dienhong.rules.expressions import (
    ExpressionError,
    Ref,
    from_json,
    kind_of,
    parse,
    references,
    to_json,
    to_text,
)
from dienhong.rules.tests.expressions.support import texts


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("1 - (2 - 3)", "1 - (2 - 3)"),
        ("-[a] * 2", "(-[a]) * 2"),
        ("not [a] = 1 and [b] = 1", "(not ([a] = 1)) and ([b] = 1)"),
        ("[a] = 1 or [b] = 1 and [c] = 1", "[a] = 1 or ([b] = 1 and [c] = 1)"),
        ("a × b ÷ c − d ≤ 3", "[a] * [b] / [c] - [d] <= 3"),
        ("r2.online <> 3", "[r2.online] != 3"),
        ("[ 08.001 ]:estimate@prev", "[08.001]@prev:estimate"),
        ("[a]{sex=f, area=01}", "[a]{area=01, sex=f}"),
        ("[r1]@prev-[r2]", "[r1]@prev - [r2]"),
        ("số_hộ > 0", "[số_hộ] > 0"),
    ],
)
def test_reads(text: str, same_as: str) -> None:
    assert parse(text) == parse(same_as)


def test_a_reference_with_all_its_qualifiers() -> None:
    assert parse("[r1]@prev:estimate{sex=f}") == Ref("r1", "prev", "estimate", (("sex", "f"),))


def test_references_come_once_and_in_order() -> None:
    keys = [ref.key for ref in references(parse("[b] + [a] / [b]@prev = sum([a], [c]:plan)"))]
    assert keys == ["[b]", "[a]", "[b]@prev", "[c]:plan"]


REFUSED = [
    ("1 +", 4, "", "một ô như [r1]", "Bổ sung"),
    ("", 1, "", "một số", "Bổ sung"),
    ("[r1 + 2", 1, "[r1 + 2", "“]”", "[08.001]"),
    ("[r 1]", 1, "[r 1]", "mã gồm", "[r2.online]"),
    ("a = b = c", 7, "=", "duy nhất", "a <= b and b <= c"),
    ("abs(1, 2)", 1, "abs", "1 tham số", "Hiện có 2"),
    ("sum()", 1, "sum", "≥ 1 tham số", "Hiện có 0"),
    ("sun(1)", 1, "sun", "tên một hàm", "“sum”"),
    ("abs + 1", 5, "+", "“(”", "[mã]"),
    ("a + (b > 1)", 8, "[b] > 1", "một số", "if("),
    ("a and b > 1", 1, "[a]", "đúng hoặc sai", "> 0"),
    ("if(a > 1, 1, b > 2)", 16, "[b] > 2", "một số", "if("),
    ("1.234.567", 6, ".", "một số", "1234.5"),
    (".5", 1, ".", "một số", "1234.5"),
    ("12kg", 3, "k", "một số", "1234.5"),
    ("1,5", 2, ",", "phép tính", "dấu chấm"),
    ("a && b", 3, "&", "ký hiệu", "and or not"),
    ("round(a, b)", 10, "[b]", "-12 đến 12", "round([r1], 2)"),
    ("round(a, 0.5)", 10, "0.5", "-12 đến 12", "round([r1], 2)"),
    ("round(a, 13)", 10, "13", "-12 đến 12", "round([r1], 2)"),
    ("[r1]@prev@prev", 10, "@", "phép tính", "mỗi loại một lần"),
    ("[r1]{sex}", 9, "}", "tên=mục", "{sex=f}"),
    ("[r1]{sex=f, sex=m}", 13, "sex", "tên=mục", "mỗi loại một lần"),
    ("(a", 3, "", "“)”", "Đóng ngoặc"),
    ("a b", 3, "b", "phép tính", "Nối"),
    ("1234567890123456789012345", 1, "1234567890123456789012345", "24 + 12", "đổi đơn vị"),
    ("0.1234567890123", 1, "0.1234567890123", "24 + 12", "ngắn hơn"),
    ("(" * 100 + "1" + ")" * 100, 61, "(", "60 tầng", "sum("),
    ("a" + "+a" * 100, 120, "+", "60 tầng", "sum("),
    ("a", 1, "[a]", "đúng hoặc sai", "> 0"),
]


@pytest.mark.parametrize(("text", "position", "found", "expected", "remedy"), REFUSED)
def test_refuses_with_position_expectation_and_remedy(
    text: str, position: int, found: str, expected: str, remedy: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, expects="truth")
    error = caught.value
    assert (error.position, error.found) == (position, found)
    assert expected in error.expected.vi
    assert remedy in error.remedy.vi
    assert error.sentence("vi") != error.sentence("en")
    assert f"{position}" in error.sentence("vi")


def test_refuses_what_could_need_too_many_digits() -> None:
    ratios = ", ".join("[a] / [b]" for _ in range(120))
    with pytest.raises(ExpressionError, match="4000 digits"):
        parse(f"sum({ratios})")
    assert kind_of(parse(f"sum({', '.join('[a]' for _ in range(1000))})")) == "number"


def test_refuses_a_text_that_is_too_long_before_reading_it() -> None:
    with pytest.raises(ExpressionError, match="at most 20000 characters"):
        parse("1 " * 20_000)


def test_is_parsed_once() -> None:
    assert parse("[a] + [b]") is parse("[a] + [b]")


@given(texts())
def test_text_and_json_lead_back(text: str) -> None:
    tree = parse(text)
    assert parse(to_text(tree)) == tree
    assert from_json(to_json(tree)) == tree


@pytest.mark.parametrize("data", [[], ["number", "1e5"], ["number", 5], ["ref", "r1"], ["eval", ["number", "1"]], "x"])
def test_refuses_other_json(data: list[object]) -> None:
    with pytest.raises(ValueError, match="not the JSON"):
        from_json(data)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_politely(text: str) -> None:
    position = 1
    try:
        parse(text)
    except ExpressionError as error:
        position = error.position
    assert 1 <= position <= len(text) + 1
