"""Running a compiled process. Nothing is read or written here: the same arguments give the same outcome.

A marking is the set of tokens: the id of an element where the dossier waits, of a flow whose token waits at its join,
of a boundary timer that is set. The compiler admits only drawings in which no place can hold two tokens at once, so a
set says everything; a subprocess is at work while a token rests inside it.

    outcome = start(process, facts, call)
    outcome = advance(process, outcome.marking, done("check"), facts, call)
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from dienhong.dossiers.process import conditions, faults
from dienhong.dossiers.process.table import RANK, WAITING, Flow, Node, Process

Marking = frozenset[str]
Facts = Mapping[str, Any]
# What a service or send task does: given the element, gives back facts that changed, or None.
Call = Callable[[Node], Mapping[str, Any] | None]
# Which way out of a gateway; only exploring gives its own.
Choose = Callable[[Node, list[Flow]], Flow]
MOST_PASSED: Final = 1000


@dataclass(frozen=True, slots=True)
class Event:
    """What comes to a dossier: a task done (`name` its element), a message (its name), a timer (its element).

    `id` makes it safe to send twice (a message's own id). `sequence`, where given, is that of the visit to the place
    that the sender had before their eyes.
    """

    kind: Literal["done", "message", "timer"]
    name: str
    id: str = ""
    sequence: int | None = None


def done(element: str, sequence: int | None = None) -> Event:
    return Event("done", element, "", sequence)


def message(name: str, id: str = "") -> Event:
    return Event("message", name, id)


def timer(element: str) -> Event:
    return Event("timer", element)


@dataclass(slots=True)
class Outcome:
    """What one step did. Lists are in the order in which it happened.

    entered, left: elements that wait (a place left and entered again stands in both). set_timers, cancelled_timers: ids
    of timer events. delegates: (element, action) that ran. trace: every element passed. statuses: each national status
    that the dossier took on, the last being its present one; empty where it did not change.
    """

    marking: Marking
    status: int
    entered: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    set_timers: list[str] = field(default_factory=list)
    cancelled_timers: list[str] = field(default_factory=list)
    delegates: list[tuple[str, str]] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ended: bool = False


def status_of(process: Process, tokens: Marking | set[str], otherwise: int = 0) -> int:
    """The national status of a marking: the first in precedence of its places' statuses; `otherwise` without any."""
    found = [node.status for token in tokens if (node := process.nodes.get(token)) and node.kind in WAITING]
    return min((status for status in found if status), key=RANK.__getitem__, default=otherwise)


def start(
    process: Process, facts: Facts, call: Call | None = None, at: str = "", choose: Choose | None = None
) -> Outcome:
    """The first step. `at`: the message or timer start to begin at; without it, the none start."""
    run = _Run(process, frozenset(), 0, facts, call, choose)
    begin = process.nodes[at or process.index.inner_start[""]]
    run.trace(begin)
    run.leave(begin)
    return run.finish()


def advance(
    process: Process, marking: Marking, event: Event, facts: Facts, call: Call | None = None,
    choose: Choose | None = None, status: int = 0,
) -> Outcome:  # fmt: skip
    """One step. Raises StepRefused (not_awaited, no_fact, no_way) and leaves the caller's marking as it was."""
    node = catcher(process, marking, event)
    if node is None:
        raise faults.not_awaited(_said(process, event))
    run = _Run(process, marking, status_of(process, marking, status), facts, call, choose)
    run.take(node)
    return run.finish()


def catcher(process: Process, marking: Marking, event: Event) -> Node | None:
    """The element that takes this event now, innermost first; None where nobody waits for it."""
    if event.kind == "message":
        waiting = [node for node in process.index.catchers.get(event.name, ()) if _listens(process, marking, node)]
        return max(waiting, key=lambda node: len(process.index.scopes[node.id]), default=None)
    node = process.nodes.get(event.name)
    if node is None or event.name not in marking:
        return None
    return node if node.kind in (("user",) if event.kind == "done" else ("catch_timer", "boundary_timer")) else None


def _listens(process: Process, marking: Marking, node: Node) -> bool:
    if not node.host:
        return node.id in marking
    return node.host in marking or is_active(process, marking, node.host)


def is_active(process: Process, marking: Marking | set[str], scope: str) -> bool:
    """Whether a subprocess is at work (for "", whether the dossier still is)."""
    return any(scope in process.index.scopes[token] and not _armed(process, token) for token in marking)


def _armed(process: Process, token: str) -> bool:
    """Whether the token is a timer at an element's edge: it keeps nothing alive."""
    node = process.nodes.get(token)
    return node is not None and node.kind == "boundary_timer"


def _said(process: Process, event: Event) -> str:
    node = process.nodes.get(event.name)
    return node.said if node else event.name


class _Run:
    """One step under way. Tokens in flight wait in a queue, first come first served."""

    def __init__(
        self, process: Process, marking: Marking, status: int, facts: Facts, call: Call | None, choose: Choose | None
    ) -> None:
        self.process = process
        self.tokens = set(marking)
        self.facts: Facts = facts
        self.call = call
        self.choose = choose
        self.flight: deque[tuple[Flow, int]] = deque()
        self.out = Outcome(marking, status)
        self.passed = 0

    # What happens to an event.
    def take(self, node: Node) -> None:
        self.trace(node)
        host = self.process.nodes[node.host] if node.host else None
        if host is None:
            self.rest_no_more(node)
        elif node.interrupting:
            self.interrupt(host)
        else:
            self.tokens.discard(node.id)
        self.leave(node)

    def interrupt(self, host: Node) -> None:
        if host.kind == "subprocess":
            self.clear(host.id)
            self.disarm(host)
        else:
            self.rest_no_more(host)

    def clear(self, scope: str) -> None:
        """Take every token out of a scope, those in flight too."""
        scopes, nodes = self.process.index.scopes, self.process.nodes
        for token in sorted(token for token in self.tokens if scope in scopes[token]):
            self.tokens.discard(token)
            node = nodes.get(token)
            if node is not None:
                said = self.out.left if node.kind in WAITING else self.out.cancelled_timers
                said.append(token)
                if node.kind == "catch_timer":
                    self.out.cancelled_timers.append(token)
        self.flight = deque(each for each in self.flight if scope not in scopes[each[0].target])

    def rest_no_more(self, node: Node) -> None:
        self.tokens.discard(node.id)
        self.out.left.append(node.id)
        self.disarm(node)

    def disarm(self, host: Node) -> None:
        for boundary in self.process.index.boundaries.get(host.id, ()):
            if boundary.id in self.tokens:
                self.tokens.discard(boundary.id)
                self.out.cancelled_timers.append(boundary.id)

    def arm(self, host: Node) -> None:
        for boundary in self.process.index.boundaries.get(host.id, ()):
            if boundary.kind == "boundary_timer":
                if boundary.id in self.tokens:
                    raise faults.two_at_once(boundary.said)
                self.tokens.add(boundary.id)
                self.out.set_timers.append(boundary.id)

    # How tokens move.
    def finish(self) -> Outcome:
        while self.flight:
            self.passed += 1
            if self.passed > MOST_PASSED:
                raise faults.never_waits(self.process.name or self.process.id)
            flow, _status = self.flight.popleft()
            self.enter(self.process.nodes[flow.target], flow)
        self.out.marking = frozenset(self.tokens)
        self.out.ended = not is_active(self.process, self.tokens, "")
        if not self.out.ended:
            self.now(status_of(self.process, self.tokens, self.out.status))
        return self.out

    def enter(self, node: Node, flow: Flow) -> None:
        kind = node.kind
        if kind == "parallel" and len(node.incoming) > 1:
            return self.join(node, flow)
        self.trace(node)
        if kind in WAITING:
            return self.rest(node)
        if kind == "subprocess":
            scopes = self.process.index.scopes
            if is_active(self.process, self.tokens, node.id) or any(
                node.id in scopes[f.target] for f, _ in self.flight
            ):
                raise faults.two_at_once(node.said)
            self.arm(node)
            start = self.process.nodes[self.process.index.inner_start[node.id]]
            self.trace(start)
            return self.leave(start)
        if kind in ("end", "terminate"):
            return self.end(node)
        if kind in ("service", "send"):
            self.out.delegates.append((node.id, node.action))
            changed = self.call(node) if self.call else None
            if changed:
                self.facts = {**self.facts, **changed}
        return self.leave(node)

    def rest(self, node: Node) -> None:
        if node.id in self.tokens:
            raise faults.two_at_once(node.said)
        self.tokens.add(node.id)
        self.out.entered.append(node.id)
        if node.kind == "catch_timer":
            self.out.set_timers.append(node.id)
        self.arm(node)

    def join(self, node: Node, flow: Flow) -> None:
        if flow.id in self.tokens:
            raise faults.two_at_once(node.said)
        self.tokens.add(flow.id)
        if all(each in self.tokens for each in node.incoming):
            self.tokens.difference_update(node.incoming)
            self.trace(node)
            self.leave(node)

    def leave(self, node: Node) -> None:
        flows = [self.process.flows[each] for each in node.outgoing]
        if node.kind == "exclusive" and len(flows) > 1:
            flows = [self.choose(node, flows) if self.choose else choose(self.process, node, flows, self.facts)]
        self.flight.extend((flow, node.status) for flow in flows)

    def end(self, node: Node) -> None:
        if node.kind == "terminate":
            self.clear(node.scope)
        scopes = self.process.index.scopes
        if is_active(self.process, self.tokens, node.scope) or any(
            node.scope in scopes[flow.target] for flow, _status in self.flight
        ):
            return
        if node.scope:
            around = self.process.nodes[node.scope]
            self.disarm(around)
            self.leave(around)

    def trace(self, node: Node) -> None:
        """Note the element and the status that the dossier has while a token stands on it."""
        self.out.trace.append(node.id)
        if not node.status or node.kind == "subprocess":
            return
        if not node.scope and node.kind == "terminate":
            return self.now(node.status)
        if not node.scope and node.kind == "end" and (self.flight or is_active(self.process, self.tokens, "")):
            return
        others = [status_of(self.process, self.tokens), *(status for _flow, status in self.flight)]
        self.now(min((other for other in (node.status, *others) if other), key=RANK.__getitem__))

    def now(self, status: int) -> None:
        if status != self.out.status:
            self.out.status = status
            self.out.statuses.append(status)


def choose(process: Process, node: Node, flows: list[Flow], facts: Facts) -> Flow:
    """The first way whose condition holds, else the default. Raises StepRefused."""
    for flow in flows:
        if flow.id == node.default or not flow.condition:
            continue
        try:
            if conditions.read(flow.condition).ask(facts):
                return flow
        except conditions.FactMissing as missing:
            raise faults.no_fact(node.said, str(missing.args[0])) from missing
    if node.default:
        return process.flows[node.default]
    raise faults.no_way(node.said)
