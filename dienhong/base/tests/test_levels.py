"""Targets and bounds as people type them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from dienhong.base.levels import read_level


def test_a_whole_number_is_read_as_the_page_writes_it() -> None:
    assert read_level("4.124", "vi", 0) == 4124
    assert read_level("4,124", "en", 0) == 4124
    assert read_level(" 5 ", "vi", 0) == 5


@pytest.mark.parametrize(("typed", "lang", "decimals"), [("4.124", "vi", 2), ("4,124", "en", None), ("4,5", "vi", 0)])
def test_what_may_mean_two_things_is_asked_and_a_part_of_one_refused(typed: str, lang: str, decimals: int) -> None:
    with pytest.raises(ValidationError):
        read_level(typed, lang, decimals)


def test_decimals_where_the_indicator_has_them() -> None:
    assert read_level("4,5", "vi", 1) == Decimal("4.5")
    assert read_level("4.5", "en", 1) == Decimal("4.5")
    with pytest.raises(ValidationError):
        read_level("-", "vi", 1)
