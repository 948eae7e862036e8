"""Codes outlive what banks do to a text."""

from hypothesis import given
from hypothesis import strategies as st

from dienhong.payments import codes

BODIES = st.text(codes.ALPHABET, min_size=codes.BODY, max_size=codes.BODY)


def code(body: str) -> str:
    return codes.BILL + body + codes.check(codes.BILL, body)


@given(BODIES, st.integers(2, 10), st.sampled_from(codes.ALPHABET))
def test_one_wrong_character_is_found(body: str, place: int, other: str) -> None:
    right = code(body)
    wrong = right[:place] + other + right[place + 1 :]
    assert codes.valid(right)
    assert codes.valid(wrong) == (wrong == right)


@given(BODIES, st.integers(2, 9))
def test_two_swapped_characters_are_found(body: str, place: int) -> None:
    right = code(body)
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert codes.valid(wrong) == (wrong == right)


@given(BODIES, st.text(max_size=30), st.text(max_size=30), st.booleans())
def test_found_in_any_company(body: str, before: str, after: str, low: bool) -> None:
    right = code(body)
    text = f"{before} {right.lower() if low else right}{after}"
    assert right in codes.found_in(text) or any(each in text.upper() for each in codes.found_in(text))


def test_found_where_a_bank_breaks_the_line() -> None:
    right = code("01234567")
    assert codes.found_in(f"MBVCB.1.{right[:5]} {right[5:]}.CT TU") == [right]
    assert codes.found_in(f"{right} {right}") == [right], "each once"
    assert codes.found_in("DH thu khong co ma") == []


def test_a_cut_code_is_known_as_cut() -> None:
    right = code("0123ABCD")
    assert list(codes.cut_in(f"MBVCB.1.{right[:9]}")) == [right[:9]]
    assert list(codes.cut_in(f"MBVCB.1.{right[:7]}")) == [], "too short to name a bill"
    assert list(codes.cut_in(f"MBVCB.1.{right}")) == [], "whole"


def test_two_codes_fit_into_a_content() -> None:
    assert len(f"{codes.make()} {codes.make(codes.GROUP)}") <= 25
    assert len({codes.make() for _ in range(1000)}) == 1000
