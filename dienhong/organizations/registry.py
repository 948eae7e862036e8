"""Every action function of every room by name: the permission matrix must name each (see tests)."""

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
ACTIONS: dict[str, Callable[..., Any]] = {}


def action(name: str) -> Callable[[F], F]:
    """Register an action as `room.verb`. A name used twice is a mistake of the programmer: ValueError."""

    def register(function: F) -> F:
        if name in ACTIONS and ACTIONS[name].__module__ != function.__module__:
            raise ValueError(f"action {name} is registered twice: {ACTIONS[name]} and {function}")
        ACTIONS[name] = function
        return function

    return register
