"""What is written only along with something else says so, before it writes."""

from django.db import connection


def is_open() -> bool:
    return connection.in_atomic_block


def require(what: str) -> None:
    """RuntimeError unless the caller has begun a transaction. `what`: the function that asks, by its name."""
    if not is_open():
        raise RuntimeError(f"{what} must run inside the transaction of the change that it goes with")
