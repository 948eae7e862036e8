"""Every action of every room by name, and the hand-written matrix of who may do it.

The matrix, `tests/permission_matrix.csv` of each room, has the columns action, role, own, subtree, other, successor:
what one who holds `role` for a unit may do for that unit, for one below it (by a grant with subtree), for an unrelated
one, and for the unit that took its place. yes, no, or - where the question makes no sense. The roles `anyone` (whoever
is signed in) and `job` (only the machine) stand alone; otherwise each of the roles has its row.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dienhong.organizations.models import Role

F = TypeVar("F", bound=Callable[..., Any])
ACTIONS: dict[str, Callable[..., Any]] = {}
RELATIONS = ("own", "subtree", "other", "successor")
ANSWERS = {"yes", "no", "-"}
ALONE = {"anyone", "job"}
PACKAGE = Path(__file__).resolve().parents[1]


def action(name: str) -> Callable[[F], F]:
    """Register an action as `room.verb`. A name used twice is a mistake of the programmer: ValueError."""

    def register(function: F) -> F:
        if name in ACTIONS and ACTIONS[name].__module__ != function.__module__:
            raise ValueError(f"action {name} is registered twice: {ACTIONS[name]} and {function}")
        ACTIONS[name] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a matrix."""

    action: str
    role: str
    own: str
    subtree: str
    other: str
    successor: str


def matrix(room: str | None = None) -> list[Row]:
    """All rows of all rooms, or of one. Raises ValueError naming file and line for a row that says nothing clear."""
    rows: list[Row] = []
    for path in sorted(PACKAGE.glob(f"{room or '**'}/tests/permission_matrix.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            for number, line in enumerate(csv.DictReader(file), 2):
                row = Row(**line)
                roles = {*Role.values, *ALONE}
                if row.role not in roles or any(getattr(row, each) not in ANSWERS for each in RELATIONS):
                    raise ValueError(f"{path.parent.parent.name}, line {number}: {line} is not understood")
                rows.append(row)
    return rows


def gaps() -> list[str]:
    """What the matrix does not answer, one sentence each: actions without rows, missing or doubled roles, strangers."""
    said: dict[str, list[str]] = {}
    for row in matrix():
        said.setdefault(row.action, []).append(row.role)
    found = [f"{name} stands in no matrix" for name in sorted(ACTIONS) if name not in said]
    for name, roles in sorted(said.items()):
        if name not in ACTIONS:
            found.append(f"{name} is in a matrix and is no action")
        if len(roles) != len(set(roles)):
            found.append(f"{name} names a role twice")
        if not (len(roles) == 1 and roles[0] in ALONE) and set(roles) != set(Role.values):
            found.append(f"{name} does not answer for {', '.join(sorted(set(Role.values) - set(roles)))}")
    return found
