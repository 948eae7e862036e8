"""A moment of business time as people write it: 05/08/2020, 14:02 05/08/2020; or as machines do, 2020-08-05T14:02."""

import datetime as dt
import re

from dienhong.base.clock import HANOI

_DAY = r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})"
_WRITTEN = (re.compile(rf"{_DAY}(?:[,\s]+{_TIME})?"), re.compile(rf"{_TIME}[,\s]+{_DAY}"))


def read(text: str) -> dt.datetime:
    """Aware, Hanoi unless the text says otherwise; a day alone means its end. ValueError for what is no moment."""
    said = text.strip()
    for pattern in _WRITTEN:
        found = pattern.fullmatch(said)
        if found:
            parts = {name: int(number) for name, number in found.groupdict().items() if number is not None}
            return _whole(dt.datetime(**parts), day_alone="hour" not in parts)  # type: ignore[arg-type]
    return _whole(dt.datetime.fromisoformat(said), day_alone=len(said) <= 10)


def _whole(found: dt.datetime, *, day_alone: bool) -> dt.datetime:
    if day_alone:
        found += dt.timedelta(days=1, microseconds=-1)
    return found.replace(tzinfo=HANOI) if found.tzinfo is None else found


def written(at: dt.datetime) -> str:
    """As the field of a chosen moment shows it: 05/08/2020 14:02, Hanoi time."""
    return f"{at.astimezone(HANOI):%d/%m/%Y %H:%M}"
