"""Answers that may be a few seconds old, kept in this process: for what changes a few times a year and is asked always.

The trap: a change is seen `seconds` later, in this process too unless whoever makes it calls `forget`. So nothing that
one person changes and then looks at belongs here, and no answer about who may do what.
"""

import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
R = TypeVar("R")
Kept = dict[Hashable, tuple[float, object]]
_all: list[Kept] = []


def amid_a_transaction() -> bool:
    """Whether what is read now may yet be taken back."""
    return connection.in_atomic_block


def brief(seconds: float, most: int = 4096, *, settled: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep what the function answered to these arguments (hashable) for so long, at most so many; errors are not kept.

    Answers of one database are not given for another. `settled`: what was read amid a transaction is not kept, for
    ids of rows that a dry run takes back.
    """

    def keep(function: Callable[P, R]) -> Callable[P, R]:
        kept: Kept = {}
        _all.append(kept)

        @wraps(function)
        def ask(*args: P.args, **kwargs: P.kwargs) -> R:
            key = (connection.settings_dict["NAME"], args, *kwargs.items())
            found, now = kept.get(key), time.monotonic()
            if found is not None and now < found[0]:
                return found[1]  # type: ignore[return-value]
            answer = function(*args, **kwargs)
            if settled and amid_a_transaction():
                return answer
            if len(kept) >= most:
                kept.clear()
            kept[key] = (now + seconds, answer)
            return answer

        return ask

    return keep


def forget() -> None:
    """After a change made here, and between tests."""
    for kept in _all:
        kept.clear()
