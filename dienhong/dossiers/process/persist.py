"""Steps that stay: the dossier locked, delegates run, places written, one journal event, all in one transaction.

    begin(dossier, facts, by="person:7")                           the first step, in the transaction that files it
    step(dossier, done("accept_check"), by="person:9", facts={"acceptance": "accept"})
    steps_in_batch(ids, message("holiday", "decision:12"), by="job:…")   one step of many dossiers, set-based
    set_facts(dossier, {"supplement_due": "…"})                    facts that come from outside a step

An event with an id moves a dossier once, however often it is sent. A dossier keeps the table of its version.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.dossiers.models import Dossier, ServiceVersion
from dienhong.dossiers.process import faults, registry, rows, runtime, table
from dienhong.dossiers.process.registry import Stepped
from dienhong.dossiers.process.runtime import Event, Marking, Outcome
from dienhong.dossiers.process.table import Process

MOST_REMEMBERED = 20_000
MOST_UNDONE = 3  # dossiers for which a whole batch is taken again
Values = tuple[Any, ...]
_tables: dict[int, Process] = {}
# (where a step began, what gateways saw after each delegate) -> the next delegate's element, or where it ends.
_remembered: dict[Any, Outcome | table.Node] = {}


@dataclass(slots=True)
class Batch:
    """What became of each dossier of a batch, by id. `busy`: locked by somebody else and left alone."""

    moved: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    not_awaited: list[int] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


def process_of(dossier: Dossier) -> Process:
    """The compiled process of the version that the dossier began with."""
    found = _tables.get(dossier.version_id)
    if found is None:
        stored = ServiceVersion.objects.values_list("process", flat=True).get(pk=dossier.version_id)
        found = _tables[dossier.version_id] = table.by_digest(stored["digest"], stored)
    return found


def forget() -> None:
    """Between tests: another database may give a version's number to another process."""
    _tables.clear()
    rows.forget()


def _the(pk: int) -> Dossier:
    """The dossier, locked. Raises Dossier.DoesNotExist."""
    found = rows.lock([pk])
    if not found:
        raise Dossier.DoesNotExist(f"no dossier {pk}")
    return found[0]


def tokens(dossier: Dossier) -> dict[str, int]:
    """Token -> the number of the step that put it there. In the row they stand by step, which is shorter."""
    at: dict[str, list[str]] = dossier.marking.get("at", {})
    return {token: int(step) for step, found in at.items() for token in found}


def begin(dossier: Dossier, facts: Mapping[str, Any], *, by: str, at: str = "", made_here: bool = False) -> Stepped:
    """The first step. Refused if the dossier has begun already. `at`: a message or timer start of the drawing.

    `made_here`: the transaction around has inserted the dossier, so nobody else sees it and nothing need be locked;
    where the step fails, that transaction is lost.
    """
    with transaction.atomic(savepoint=not made_here):
        locked = dossier if made_here else _the(dossier.pk)
        if locked.marking:
            raise Refused("begun", faults.begun())
        taking = Taking(locked, None, by, facts, at=at)
        taking.run()
        rows.write([taking])
        registry.tell(taking.stepped)
    _copy(locked, dossier)
    return taking.stepped


def step(
    dossier: Dossier | int, event: Event, *, by: str, facts: Mapping[str, Any] | None = None, reason: str = ""
) -> Stepped | None:
    """One step; None if this event was taken before.

    `facts` are what the act decided, for the gateways; they are kept. Raises StepRefused where the dossier does not
    wait for it (also when `event.sequence` is of an earlier visit), and whatever a delegate raises: nothing happened.
    """
    pk = dossier if isinstance(dossier, int) else dossier.pk
    with transaction.atomic():
        locked = _the(pk)
        taking = Taking(locked, event, by, facts or {}, reason=reason)
        if taking.repeated:
            return None
        taking.run()
        rows.write([taking])
        registry.tell(taking.stepped)
    if isinstance(dossier, Dossier):
        _copy(locked, dossier)
    return taking.stepped


def steps_in_batch(
    dossiers: Iterable[int], event: Event, *, by: str, facts: Mapping[str, Any] | None = None, wait: bool = True
) -> Batch:
    """The same event to many dossiers (ids), in one transaction; a few hundred to a few thousand at once.

    What fails is undone for that dossier alone and stands in `failed`. `wait=False` passes over locked dossiers.
    """
    return steps_of_each([(pk, event) for pk in dossiers], by=by, facts=facts, wait=wait)


def steps_of_each(
    events: Iterable[tuple[int, Event]], *, by: str, facts: Mapping[str, Any] | None = None, wait: bool = True
) -> Batch:
    """As steps_in_batch, each dossier with an event of its own; one event a dossier."""
    asked = dict(events)
    broken: dict[int, str] = {}
    while True:
        try:
            with transaction.atomic():
                return _all(asked, by, facts or {}, wait, broken)
        except _Broken as failure:
            # Undone as a whole and taken again without that dossier; where many fail, each is undone by itself.
            broken[failure.dossier] = failure.why


class _Broken(Exception):
    def __init__(self, dossier: int, why: str) -> None:
        super().__init__(why)
        self.dossier, self.why = dossier, why


def _all(asked: dict[int, Event], by: str, facts: Mapping[str, Any], wait: bool, broken: dict[int, str]) -> Batch:
    """Steps of these dossiers but the broken ones, in the transaction around. Raises _Broken."""
    batch, moving, now = Batch(failed=dict(broken)), [], clock.business_now()
    locked = rows.lock([pk for pk in asked if pk not in broken], wait=wait)
    batch.busy = sorted(set(asked) - set(broken) - {dossier.pk for dossier in locked})
    guarded = len(broken) >= MOST_UNDONE
    for dossier in locked:
        taking = Taking(dossier, asked[dossier.pk], by, facts, now=now)
        if taking.repeated:
            batch.repeated.append(dossier.pk)
        elif _tried(taking, batch, guarded):
            moving.append(taking)
    rows.write(moving)
    for taking in moving:
        registry.tell(taking.stepped)
    batch.moved = [taking.dossier.pk for taking in moving]
    return batch


def _tried(taking: "Taking", batch: Batch, guarded: bool) -> bool:
    """Whether the step could be taken. Raises _Broken where a delegate wrote something that must be undone."""
    try:
        taking.run(guarded=guarded)
    except Exception as error:  # one dossier's delegate must not stop a thousand others
        refused = error if isinstance(error, faults.StepRefused) else None
        if refused and not taking.called and refused.code == "not_awaited":
            batch.not_awaited.append(taking.dossier.pk)
            return False
        why = refused.sentence if refused else f"{type(error).__name__}: {error}"
        if taking.called and not guarded:
            raise _Broken(taking.dossier.pk, why) from error
        batch.failed[taking.dossier.pk] = why
        return False
    return True


def set_facts(dossier: Dossier | int, changes: Mapping[str, Any] | None = None) -> Dossier:
    """Facts from outside a step (a limit was set, a due date moved): timers that read them are set anew.

    Also to be called when the dossier's due_at was changed elsewhere. The caller journals why.
    """
    pk = dossier if isinstance(dossier, int) else dossier.pk
    with transaction.atomic():
        locked = _the(pk)
        if changes:
            locked.facts = {**locked.facts, **changes}
            locked.save(update_fields=["facts"])
        rows.set_anew(process_of(locked), locked, tokens(locked), known(locked))
    if isinstance(dossier, Dossier):
        _copy(locked, dossier)
    return locked


def known(dossier: Dossier, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The facts that gateways and timers can ask: the dossier's, and its own columns under fixed names."""
    found = dict(dossier.facts if facts is None else facts)
    found["status"] = dossier.status
    found["before"] = dossier.before or 0
    found["due_at"] = dossier.due_at
    return found


def _remember(key: Any, way: Outcome | table.Node) -> None:
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[key] = way


def _plain(value: Any) -> Any:
    """The value so that 1, True and "1" differ, and a list can be a key."""
    return (type(value), value) if value is None or isinstance(value, (bool, int, str)) else repr(value)


def _copy(locked: Dossier, given: Dossier) -> None:
    for name in (*rows.COLUMNS, "due_at", "accepted_at"):
        setattr(given, name, getattr(locked, name))


class Taking:
    """A step being taken: what it needs, then what it did."""

    def __init__(
        self, dossier: Dossier, event: Event | None, by: str, given: Mapping[str, Any], at: str = "", reason: str = "",
        now: dt.datetime | None = None,
    ) -> None:  # fmt: skip
        self.dossier, self.event, self.by, self.at, self.reason = dossier, event, by, at, reason
        self.process = process_of(dossier)
        self.tokens = tokens(dossier)
        self.facts = {**dossier.facts, **given}
        self.before = dossier.status
        self.sequence = dossier.marking.get("steps", 0) + 1
        self.now = now or clock.business_now()
        # Ids of outside events, shortened: a dossier has few, and they stand in the row that is locked anyway.
        self.took: list[str] = list(dossier.marking.get("took", ()))
        self.repeated = False
        if event is not None and event.id:
            key = hashlib.blake2b(event.id.encode(), digest_size=8).hexdigest()
            self.repeated = key in self.took
            self.took.append(key)
        self.savepoint: str | None = None
        self.called = False
        self.read = self._moments()
        self.begun_with = self.known()
        self.outcome: Outcome

    @property
    def stepped(self) -> Stepped:
        return Stepped(self.dossier, self.outcome, self.before, self.sequence, self.event, self.by, self.now)

    def _moments(self) -> tuple[Any, ...]:
        """What timers and due places of this dossier read."""
        found = self.known()
        return (self.dossier.due_at, *(found.get(name) for name in self.process.index.fact_timers.values()))

    @property
    def moments_changed(self) -> bool:
        return self._moments() != self.read

    def run(self, *, guarded: bool = False) -> None:
        """Fill `outcome`. `guarded`: undo what delegates wrote if one of them fails.

        The way through a drawing is the same wherever gateways see the same facts, so it is remembered piece by piece:
        up to the first delegate, from there to the next, by what they changed. Delegates themselves always run.
        """
        self._check_visit()
        call = self._guarded if guarded else self._call
        try:
            self.outcome = self._way(call)
        except Exception:
            if self.savepoint:
                transaction.savepoint_rollback(self.savepoint)
            raise
        if self.savepoint:
            transaction.savepoint_commit(self.savepoint)

    def _way(self, call: runtime.Call) -> Outcome:
        key = self._key()
        trail: tuple[Values, ...] = ()
        given: list[tuple[Mapping[str, Any] | None, Values]] = []
        while True:
            known_way = _remembered.get((key, trail))
            if known_way is None:
                return self._advance(call, key, given)
            if isinstance(known_way, Outcome):
                return known_way
            given.append((call(known_way), self._values()))
            trail = (*trail, given[-1][1])

    def _check_visit(self) -> None:
        event = self.event
        if event and event.sequence is not None and self.tokens.get(event.name) != event.sequence:
            raise faults.not_awaited(event.name)

    def _advance(self, call: runtime.Call, key: Any, given: list[tuple[Mapping[str, Any] | None, Values]]) -> Outcome:
        """Through the drawing itself. `given`: what delegates have answered already; they are not run again."""
        trail: tuple[Values, ...] = ()
        again = iter(given)

        def answer(node: table.Node) -> Mapping[str, Any] | None:
            nonlocal trail
            _remember((key, trail), node)
            found = next(again, None)
            if found is None:
                found = (call(node), self._values())
            trail = (*trail, found[1])
            return found[0]

        if self.event is None:
            outcome = runtime.start(self.process, self.begun_with, answer, self.at)
        else:
            outcome = runtime.advance(
                self.process, self.marking, self.event, self.begun_with, answer, status=self.before
            )
        _remember((key, trail), outcome)
        return outcome

    @property
    def marking(self) -> Marking:
        return frozenset(self.tokens)

    def known(self) -> dict[str, Any]:
        return known(self.dossier, self.facts)

    def _values(self) -> Values:
        """Of the facts that gateways ask, as they are now."""
        asked = known(self.dossier, self.facts)
        return tuple(_plain(value) for value in map(asked.get, self.process.index.names))

    def _key(self) -> Any:
        """All that the outcome can depend on until a delegate runs."""
        values = self._values()
        if self.event is None:
            return (self.process.digest, self.at, values)
        return (self.process.digest, self.marking, self.before, self.event.kind, self.event.name, values)

    def _guarded(self, node: table.Node) -> Mapping[str, Any] | None:
        if self.savepoint is None:
            self.savepoint = transaction.savepoint()
        return self._call(node)

    def _call(self, node: table.Node) -> Mapping[str, Any]:
        self.called = True
        context = registry.Context(self.dossier, node, self.known(), self.by, self.now, self.event)
        self.facts.update(registry.run(context) or {})
        return self.known()
