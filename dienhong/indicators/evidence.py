"""Doors from evidence rows to pages and to stored files. Rooms above register them in their AppConfig.ready.

A resolver may answer with any of these, all optional; the passport joins the answers of a batch's evidence rows:
    title, url            what it is called and where it is shown
    file, sheet, cell     where the value stands; `cell_url` opens that cell, `digest` names the stored file
    holds_cell            false where the file is part of the story but this figure is no longer its cell's
    version, version_label, reason    which version it is and why it was made
    steps                 [{label, by, role, at (ISO), reason}], the way through the people
    computed              how a computed cell is made, "C7 + C8"
    approval              {by, at, kind, kind_label, digest} or None
    checks                [{key, severity, outcome, sentence, explanation}]; `of` where it is the check of a part of
                          a computed cell
    facts                 [(label, value)]
    set                   a set that was counted, for machines
    received, demo, reconstructed     bool
    journal               {object_kind, object_id}
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dienhong.indicators.models import Evidence
from dienhong.journal.models import Event

Resolver = Callable[[Evidence, str, str], dict[str, Any]]
"""(evidence row, ref of the observation, language) -> the keys above."""
Raw = tuple[Decimal | None, int] | tuple[Decimal | None, int, str]
"""A cell as the file has it: the number before its factor, and the kind of empty. A third part says in a sentence why
it does not agree although the number may be the same."""
Reader = Callable[[str, list[str]], Mapping[str, Raw]]
"""(digest, refs) -> ref -> raw cell. Raises base.store.StoreError for a file that is gone or damaged."""

Original = Callable[[Evidence, list[str]], Mapping[str, Raw]]
"""(evidence row, refs) -> ref -> raw cell, of those refs only whose cells that handed-in file brought."""

_resolvers: dict[str, Resolver] = {}
_readers: dict[str, Reader] = {}
_originals: dict[str, Original] = {}


def register(kind: str, resolver: Resolver) -> None:
    """Registering a kind again replaces it."""
    _resolvers[kind] = resolver


def register_reader(kind: str, reader: Reader) -> None:
    """How the cells of a stored file of this kind are read again for "Recompute now"."""
    _readers[kind] = reader


def reader(kind: str) -> Reader | None:
    return _readers.get(kind)


def readable_kinds() -> list[str]:
    return sorted(_readers)


def register_original(kind: str, original: Original) -> None:
    """How the file that somebody handed in is read again, to compare it with what was sent."""
    _originals[kind] = original


def original_reader(kind: str) -> Original | None:
    return _originals.get(kind)


def original_kinds() -> list[str]:
    return sorted(_originals)


Words = Callable[[Event, str], str]
_words: list[Words] = []


def register_words(words: Words) -> None:
    """Who says an event's verb in people's words; the last one registered."""
    _words[:] = [words]


def event_words(event: Event, lang: str) -> str:
    return _words[0](event, lang) if _words else event.verb


NotReceived = Callable[[Collection[int], dt.datetime | None], set[int]]
"""(batch ids, business time or None for now) -> those of them that were sent and that nobody has received."""
_not_received: list[NotReceived] = []


def register_not_received(ask: NotReceived) -> None:
    """Who knows which batches still wait to be received; the last one registered."""
    _not_received[:] = [ask]


def not_received(batch_ids: Collection[int], until: dt.datetime | None = None) -> set[int]:
    return _not_received[0](batch_ids, until) if _not_received and batch_ids else set()


@dataclass(frozen=True, slots=True)
class Happened:
    """What a batch did to its unit's figures. `act`: sent, resent, corrected, withdrawn or returned; `reason` as the
    person who did it wrote it."""

    act: str
    reason: str = ""


TellHappened = Callable[[Collection[int]], Mapping[int, Happened]]
"""batch ids -> what each did; those it knows nothing of are left out."""
_happened: list[TellHappened] = []


def register_happened(ask: TellHappened) -> None:
    """Who knows how a report moved; the last one registered."""
    _happened[:] = [ask]


def happened(batch_ids: Collection[int]) -> Mapping[int, Happened]:
    return _happened[0](batch_ids) if _happened and batch_ids else {}


Explained = Callable[[Collection[int], Collection[tuple[int, int]]], set[int]]
"""(batch ids, series as (indicator, breakdown)) -> the batches whose figure of a series passed a check because its
warning was explained."""
_explained: list[Explained] = []


def register_explained(ask: Explained) -> None:
    """Who knows which figures were warned of and explained; the last one registered."""
    _explained[:] = [ask]


def explained(batch_ids: Collection[int], series: Collection[tuple[int, int]]) -> set[int]:
    return _explained[0](batch_ids, series) if _explained and batch_ids else set()


def resolve(row: Evidence, ref: str = "", lang: str = "vi") -> dict[str, Any]:
    """The resolver's answer; evidence that no room explains still shows its own label and digest."""
    plain: dict[str, Any] = {"kind": row.kind, "key": row.key, "title": row.label, "digest": row.digest}
    resolver = _resolvers.get(row.kind)
    return plain | resolver(row, ref, lang) if resolver else plain
