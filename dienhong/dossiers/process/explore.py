"""Everything a process can come to, tried out once when it is loaded.

From each marking every event that somebody could send, and at each gateway every way out, since facts are not known
beforehand. What comes out: no place ever holds two tokens, no message has two takers, every marking can reach an end,
every place and every end has a national status, and each change of status is one of the table. A drawing in which facts
exclude what is drawn (two gateways asking the same) is judged as if they did not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault
from dienhong.dossiers.process import runtime
from dienhong.dossiers.process.faults import StepRefused
from dienhong.dossiers.process.runtime import Event, Marking, Outcome
from dienhong.dossiers.process.table import WAITING, Flow, Node, Process

MOST: Final = 20_000
State = tuple[Marking, int]


@dataclass(slots=True)
class Explored:
    """States (marking and status) with what leads from each; `faults` in the order found."""

    moves: dict[State, list[tuple[Event | None, State]]] = field(default_factory=dict)
    pairs: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)  # status pair -> elements' ids
    ended: set[State] = field(default_factory=set)
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)

    def fault(self, process: Process, code: str, element: str, sentence: str) -> None:
        node = process.nodes.get(element)
        where = f"{node.line}:{node.id}" if node else element
        self.faults.setdefault((code, element), Fault(code, sentence, where))


class _Choices:
    """Takes each way out of each gateway in turn: the run is repeated until no way is left untried."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.open: list[int] = []
        self.at = 0

    def __call__(self, node: Node, flows: list[Flow]) -> Flow:
        if self.at == len(self.taken):
            self.taken.append(0)
            self.open.append(len(flows))
        picked = flows[self.taken[self.at]]
        self.at += 1
        return picked

    def onward(self) -> bool:
        """Whether there is another combination."""
        self.at = 0
        while self.taken:
            if self.taken[-1] + 1 < self.open[-1]:
                self.taken[-1] += 1
                return True
            self.taken.pop()
            self.open.pop()
        return False


def events(process: Process, marking: Marking) -> list[Event]:
    """What somebody could send now, in a fixed order."""
    found = []
    for token in sorted(marking):
        node = process.nodes.get(token)
        if node is None:
            continue
        if node.kind == "user":
            found.append(runtime.done(token))
        elif node.kind in ("catch_timer", "boundary_timer"):
            found.append(runtime.timer(token))
    names = (name for name in sorted(process.index.catchers))
    return found + [runtime.message(name) for name in names if runtime.catcher(process, marking, runtime.message(name))]


def outcomes(process: Process, state: State | None, event: Event | None, at: str = "") -> Iterator[Outcome]:
    """Every outcome of a step, by the ways that gateways could take. Raises StepRefused."""
    choices = _Choices()
    while True:
        if state is None or event is None:
            yield runtime.start(process, {}, None, at, choices)
        else:
            yield runtime.advance(process, state[0], event, {}, None, choices, state[1])
        if not choices.onward():
            return


def explore(process: Process) -> Explored:
    """Raises nothing: what is wrong stands in `faults`."""
    found = Explored()
    todo: list[State] = []
    for begin in process.index.starts.values():
        if not begin.scope:
            for state in _try(process, found, None, None, begin.id):
                found.moves.setdefault(state, [])
                todo.append(state)
    seen = set(todo)
    while todo:
        state = todo.pop()
        steps = found.moves.setdefault(state, [])
        if state in found.ended:
            continue
        _look_at(process, found, state)
        for event in events(process, state[0]):
            for after in _try(process, found, state, event):
                steps.append((event, after))
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        if len(seen) > MOST:
            sentence = _("Quy trình có hơn {most} trạng thái nên không kiểm tra hết được; bớt nhánh song song.")
            found.fault(process, "too_large", "", sentence.format(most=MOST))
            return found
    _find_stuck(process, found)
    return found


def _try(process: Process, found: Explored, state: State | None, event: Event | None, at: str = "") -> Iterator[State]:
    try:
        for outcome in outcomes(process, state, event, at):
            after = (outcome.marking, outcome.status)
            _note_pairs(process, found, state, outcome)
            if outcome.ended:
                found.ended.add(after)
                _note_end(process, found, outcome)
            yield after
    except StepRefused as refused:
        element = event.name if event else at
        found.fault(process, refused.code, element, refused.sentence)


def _note_pairs(process: Process, found: Explored, state: State | None, outcome: Outcome) -> None:
    before = state[1] if state else 0
    origin = _holder(process, state[0], before) if state else outcome.trace[0]
    for status in outcome.statuses:
        holder = _holder(process, outcome.marking, status) or next(
            (each for each in reversed(outcome.trace) if process.nodes[each].status == status), outcome.trace[-1]
        )
        found.pairs.setdefault((before, status), (origin or outcome.trace[0], holder))
        before, origin = status, holder


def _holder(process: Process, marking: Marking, status: int) -> str:
    """The place of a marking that gives it this status."""
    nodes = (process.nodes.get(token) for token in sorted(marking))
    return next((node.id for node in nodes if node and node.kind in WAITING and node.status == status), "")


def _note_end(process: Process, found: Explored, outcome: Outcome) -> None:
    last = process.nodes[outcome.trace[-1]]
    if not last.status:
        sentence = _(
            "Sự kiện kết thúc “{name}” (dòng {line}) có thể kết thúc hồ sơ mà không cho biết trạng thái quốc gia."
        )
        found.fault(process, "end_without_status", last.id, sentence.format(name=last.said, line=last.line))


def _look_at(process: Process, found: Explored, state: State) -> None:
    """What must hold of every marking by itself."""
    for token in state[0]:
        node = process.nodes.get(token)
        if node and node.kind in WAITING and not node.status:
            sentence = _("“{name}” (dòng {line}) là chỗ hồ sơ chờ nên cần dienhong:status từ 1 đến 10.")
            found.fault(process, "no_status", token, sentence.format(name=node.said, line=node.line))
    for token in state[0]:
        flow = process.flows.get(token)
        if flow is not None and _waits_for_nothing(process, state[0], process.nodes[flow.target].scope):
            _note_stuck(process, found, flow.target)
    for name, catchers in process.index.catchers.items():
        takers = [each for each in catchers if runtime._listens(process, state[0], each)]
        if len(takers) > 1:
            sentence = _("Tin “{message}” có hai chỗ nhận cùng lúc: “{one}” và “{two}”; đặt tên tin khác nhau.")
            said = sentence.format(message=name, one=takers[0].said, two=takers[1].said)
            found.fault(process, "two_takers", takers[0].id, said)


def _find_stuck(process: Process, found: Explored) -> None:
    """Markings from which no end can be reached."""
    before: dict[State, list[State]] = {}
    for state, steps in found.moves.items():
        for _event, after in steps:
            before.setdefault(after, []).append(state)
    alive, todo = set(found.ended), list(found.ended)
    while todo:
        for state in before.get(todo.pop(), ()):
            if state not in alive:
                alive.add(state)
                todo.append(state)
    for state in found.moves:
        if state in alive:
            continue
        token = min(state[0], default="")
        join = process.flows.get(token)
        _note_stuck(process, found, join.target if join else token)


def _waits_for_nothing(process: Process, marking: Marking, scope: str) -> bool:
    """Whether all that is left in a scope are tokens at joins: nothing can come to meet them any more."""
    inside = [token for token in marking if scope in process.index.scopes[token]]
    return not any(token in process.nodes and process.nodes[token].kind in WAITING for token in inside)


def _note_stuck(process: Process, found: Explored, element: str) -> None:
    node = process.nodes.get(element)
    sentence = _(
        "Hồ sơ có thể mắc kẹt tại “{name}” (dòng {line}): nhánh còn lại không bao giờ tới, nên không đi tiếp được."
    )
    said = sentence.format(name=node.said if node else "", line=node.line if node else 0)
    found.fault(process, "stuck", element, said)
