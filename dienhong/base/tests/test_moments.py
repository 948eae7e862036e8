import datetime as dt

import pytest

from dienhong.base import moments
from dienhong.base.clock import HANOI


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("05/08/2020 14:02", 14, 2),
        ("5/8/2020, 14:02", 14, 2),
        (" 14:02, 05/08/2020 ", 14, 2),
        ("2020-08-05T14:02", 14, 2),
        ("2020-08-05T07:02:00+00:00", 14, 2),
        ("05/08/2020", 23, 59),
        ("2020-08-05", 23, 59),
    ],
)
def test_a_moment_is_read_as_it_is_written(text, hour, minute):
    found = moments.read(text).astimezone(HANOI)
    assert (found.date(), found.hour, found.minute) == (dt.date(2020, 8, 5), hour, minute)


@pytest.mark.parametrize("text", ["", "hôm qua", "32/08/2020", "08/2020", "05/08/20", "05/08/2020 25:00"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError, match=r"isoformat|out of range|must be in"):
        moments.read(text)


def test_a_moment_written_is_read_again():
    at = dt.datetime(2020, 8, 5, 14, 2, tzinfo=HANOI)
    assert moments.read(moments.written(at)) == at
