"""A process as a transition table: what the compiler gives, what is kept with the service's version, what runs.

The table is plain data (`Process.json()`), so that a dossier goes on under the table it began with, whatever becomes of
the drawing. Every id in it is the drawing's own.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Final

FORMAT: Final = 1
# Where a token rests. All else passes within one step.
WAITING: Final = frozenset({"user", "receive", "catch_message", "catch_timer"})
TASKS: Final = frozenset({"user", "receive", "service", "send"})
# A dossier in several places at once has the status that binds the applicant most; ends count only when nothing waits.
PRECEDENCE: Final = (7, 5, 6, 4, 2, 1, 9, 10, 8, 3)
RANK: Final = {status: rank for rank, status in enumerate(PRECEDENCE)}
_EMPTY: Final[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A way from one element to another. `condition` is "" where there is none."""

    id: str
    source: str
    target: str
    condition: str = ""
    name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One element. `scope` is the subprocess it stands in ("" for the process itself).

    kind: start, start_message, start_timer, end, terminate, user, receive, service, send, exclusive, parallel,
    catch_message, catch_timer, boundary_message, boundary_timer, subprocess.
    """

    id: str
    kind: str
    name: str
    line: int
    scope: str
    incoming: tuple[str, ...] = _EMPTY
    outgoing: tuple[str, ...] = _EMPTY
    default: str = ""
    host: str = ""
    interrupting: bool = True
    status: int = 0  # its own, or that of the subprocess around it; 0: none
    role: str = ""
    action: str = ""
    message: str = ""
    due: str = ""  # limits.py; of a timer: when it fires
    label_en: str = ""

    @property
    def said(self) -> str:
        """As it is named to a person."""
        return self.name or self.id


@dataclass(frozen=True)
class Process:
    """A compiled drawing. `digest` is the SHA-256 of the file it came from."""

    id: str
    name: str
    digest: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    label_en: str = ""

    @cached_property
    def index(self) -> "Index":
        """Made when first asked for: of a broken drawing it cannot be made."""
        return Index(self)

    def __hash__(self) -> int:
        return hash(self.digest)

    def json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "id": self.id,
            "name": self.name,
            "label_en": self.label_en,
            "digest": self.digest,
            "nodes": [_lean(asdict(node)) for node in self.nodes.values()],
            "flows": [_lean(asdict(flow)) for flow in self.flows.values()],
        }


def _lean(row: dict[str, Any]) -> dict[str, Any]:
    """Without what has its usual value; tuples as lists."""
    kept = {key: value for key, value in row.items() if value not in ("", (), 0) or key in ("scope", "interrupting")}
    if kept.get("interrupting") is True:
        del kept["interrupting"]
    return {key: list(value) if isinstance(value, tuple) else value for key, value in kept.items()}


def from_json(table: Mapping[str, Any]) -> Process:
    """The process of a stored table. ValueError for a format this program does not know."""
    if table.get("format") != FORMAT:
        raise ValueError(f"Process table of format {table.get('format')!r}: this program reads format {FORMAT}.")
    nodes = [Node(**{"name": "", "line": 0, **row, **_tuples(row)}) for row in table["nodes"]]
    flows = [Flow(**row) for row in table["flows"]]
    return Process(
        id=table["id"],
        name=table["name"],
        digest=table["digest"],
        nodes={node.id: node for node in nodes},
        flows={flow.id: flow for flow in flows},
        label_en=table.get("label_en", ""),
    )


def _tuples(row: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(row[key]) for key in ("incoming", "outgoing") if key in row}


_compiled: dict[str, Process] = {}


def by_digest(digest: str, table: Mapping[str, Any]) -> Process:
    """The process of a table, built once in this program for each digest."""
    found = _compiled.get(digest)
    if found is None:
        found = _compiled[digest] = from_json(table)
    return found


class Index:
    """What the runtime looks up again and again, found once."""

    def __init__(self, process: Process) -> None:
        nodes = process.nodes
        self.starts = {node.id: node for node in nodes.values() if node.kind.startswith("start")}
        self.inner_start = {node.scope: node.id for node in nodes.values() if node.kind == "start"}
        self.boundaries: dict[str, tuple[Node, ...]] = {}
        self.catchers: dict[str, tuple[Node, ...]] = {}
        self.scopes: dict[str, tuple[str, ...]] = {}
        for node in nodes.values():
            if node.host:
                self.boundaries[node.host] = (*self.boundaries.get(node.host, ()), node)
            if node.message and node.kind in ("receive", "catch_message", "boundary_message"):
                self.catchers[node.message] = (*self.catchers.get(node.message, ()), node)
            self.scopes[node.id] = self._around(process, node)
        # A token that waits at a join is named by the flow on which it came.
        for flow in process.flows.values():
            self.scopes[flow.id] = self.scopes[flow.target]
        self.fact_timers = {n.id: n.due[1:] for n in nodes.values() if n.due.startswith("@")}
        self.names = frozenset(
            name for flow in process.flows.values() if flow.condition for name in _names(flow.condition)
        )

    @staticmethod
    def _around(process: Process, node: Node) -> tuple[str, ...]:
        """The subprocesses around it, innermost first, ending with "" (the process)."""
        found = [node.scope]
        while found[-1]:
            found.append(process.nodes[found[-1]].scope)
        return tuple(found)


def _names(condition: str) -> frozenset[str]:
    from dienhong.dossiers.process import conditions

    return conditions.read(condition).names
