"""What service and send tasks do, by name; and who is told of each step.

A delegate runs inside the step's transaction and sees the dossier locked. What leaves the house it puts into an outbox;
the answer comes back as a message. It returns the facts that changed, for the gateways behind it, or None.

    @delegate("issue_bill")
    def issue_bill(context: Context) -> dict[str, Any] | None: ...
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dienhong.dossiers.models import Dossier
from dienhong.dossiers.process.runtime import Event, Outcome
from dienhong.dossiers.process.table import Node


@dataclass(frozen=True, slots=True)
class Context:
    """`facts` as they are when the task is reached, the dossier's own and what delegates before it changed."""

    dossier: Dossier
    node: Node
    facts: Mapping[str, Any]
    by: str
    now: dt.datetime
    event: Event | None


@dataclass(frozen=True, slots=True)
class Stepped:
    """One step that was taken. `before`: the status it began with; `sequence`: the number of the step."""

    dossier: Dossier
    outcome: Outcome
    before: int
    sequence: int
    event: Event | None
    by: str
    now: dt.datetime


Delegate = Callable[[Context], Mapping[str, Any] | None]
Watcher = Callable[[Stepped], None]
_delegates: dict[str, Delegate] = {}
_watchers: list[Watcher] = []


def delegate(name: str) -> Callable[[Delegate], Delegate]:
    """Register what tasks with dienhong:action="name" do. The same name from two modules: ValueError."""

    def register(function: Delegate) -> Delegate:
        before = _delegates.get(name)
        if before is not None and before.__module__ != function.__module__:
            raise ValueError(f"delegate {name} is registered twice: in {before.__module__} and {function.__module__}")
        _delegates[name] = function
        return function

    return register


def watch(watcher: Watcher) -> Watcher:
    """Call this after each step, in its transaction and after its rows are written: if it raises, nothing happened."""
    _watchers.append(watcher)
    return watcher


def names() -> frozenset[str]:
    return frozenset(_delegates)


def run(context: Context) -> Mapping[str, Any] | None:
    """Raises LookupError for a delegate that is no more: the program is older or newer than the dossier's process."""
    function = _delegates.get(context.node.action)
    if function is None:
        raise LookupError(f"No delegate {context.node.action!r} for “{context.node.said}” of {context.dossier}.")
    return function(context)


def tell(stepped: Stepped) -> None:
    for watcher in _watchers:
        watcher(stepped)
