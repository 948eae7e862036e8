"""Codes: every slip of the hand shows, what people type is read kindly, none can be guessed. Masks hide enough."""

import itertools

import pytest

from dienhong.documents import codes, masking


def test_every_wrong_character_and_every_swap_shows() -> None:
    code = codes.make()
    for at, letter in itertools.product(range(codes.LENGTH), codes.ALPHABET):
        wrong = code[:at] + letter + code[at + 1 :]
        if wrong != code:
            with pytest.raises(codes.Mistyped):
                codes.read(wrong)
    for one, other in itertools.combinations(range(codes.LENGTH), 2):
        swapped = list(code)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        if "".join(swapped) != code:
            with pytest.raises(codes.Mistyped):
                codes.read("".join(swapped))


def test_it_is_read_as_people_write_it() -> None:
    code = codes.make()
    shown = codes.shown(code)
    for typed in (shown, shown.lower(), f" {shown} ", code, shown.replace("-", " "), shown.replace("-", "–")):
        assert codes.read(typed) == code
    with_zero = next(one for one in iter(codes.make, "") if "0" in one and "1" in one)
    assert codes.read(with_zero.replace("0", "o").replace("1", "l")) == with_zero


def test_codes_do_not_repeat_and_use_every_character() -> None:
    made = {codes.make() for _ in range(2000)}
    assert len(made) == 2000
    assert set("".join(made)) == set(codes.ALPHABET)


@pytest.mark.parametrize(
    ("full", "shown"),
    [("Nguyễn Văn Mẫu", "Nguyễn V** M**"), ("Mẫu", "M**"), ("", ""), ("Công ty TNHH Mẫu", "Công t** T** M**")],
)
def test_names_are_masked(full: str, shown: str) -> None:
    assert masking.name(full) == shown


def test_of_a_dossier_code_only_the_tail_is_shown() -> None:
    assert masking.tail("000.00.01.H26-200820-0001") == "…0001"
    assert masking.tail("12") == "12"
