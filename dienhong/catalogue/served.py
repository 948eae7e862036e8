"""Which procedures are handled here: the rooms above say so, this one never knows a service by name."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dienhong.catalogue.reading import codes


@dataclass(frozen=True, slots=True)
class StatedLevel:
    """A key of models.OnlineLevel that a source states, from its first day to its last; None is no bound."""

    level: str
    first_day: dt.date | None
    last_day: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service folder, as its sheet has it. `code` is the procedure's, `url` the address where filing begins.

    `field` and `agency` are used where the catalogue does not know the procedure yet; `fee_url` shows fee and time
    before sign-in, or is empty. `levels` are those that the sheet has a source for.
    """

    code: str
    url: str
    name_vi: str
    name_en: str = ""
    field: str = ""
    agency: str = ""
    fee_url: str = ""
    levels: tuple[StatedLevel, ...] = ()


Source = Callable[[], Iterable[Service]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Ask `source` whenever it matters. It must be quick: it answers from memory. Registering twice changes nothing."""
    if source not in _sources:
        _sources.append(source)


def forget(source: Source) -> None:
    """For tests."""
    _sources.remove(source)


def services() -> dict[str, Service]:
    """Procedure code as the catalogue stores it -> service. A code that is none is a fault of the sheet: ValueError."""
    found: dict[str, Service] = {}
    for source in _sources:
        for service in source():
            code = codes.read(service.code)
            if code is None:
                raise ValueError(f"service {service.name_vi}: {service.code!r} is not a procedure code")
            found[code.short()] = service
    return found
