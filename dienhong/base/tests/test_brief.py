"""Answers that may be a few seconds old."""

import time
from typing import Any

import pytest
from django.db import transaction

from dienhong.base import brief

pytestmark = pytest.mark.django_db


def test_kept_for_its_seconds_and_by_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    @brief.brief(seconds=5)
    def twofold(number: int) -> int:
        asked.append(number)
        if number < 0:
            raise ValueError(number)
        return number * 2

    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert [twofold(1), twofold(1), twofold(2)] == [2, 2, 4]
    assert asked == [1, 2]
    now += 4.9
    assert (twofold(1), asked) == (2, [1, 2])
    now += 0.2
    assert (twofold(1), asked) == (2, [1, 2, 1])
    brief.forget()
    assert (twofold(1), asked) == (2, [1, 2, 1, 1])
    for _time in range(2):
        with pytest.raises(ValueError, match="-1"):
            twofold(-1)
    assert asked[-2:] == [-1, -1], "an error is not kept"


def test_what_may_yet_be_taken_back_is_not_kept() -> None:
    asked: list[int] = []

    @brief.brief(seconds=60, settled=True)
    def row(pk: int) -> int:
        asked.append(pk)
        return pk

    with transaction.atomic():
        row(1)
    assert (row(1), asked) == (1, [1, 1])
    with transaction.atomic():
        assert (row(1), asked) == (1, [1, 1]), "what was kept before is answered"
