"""Handing deliveries to the queue, in the caller's transaction: what is rolled back is never sent."""

from collections.abc import Iterable

from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

QUEUE = "notices"


def post(deliveries: Iterable[int], *, seconds: int = 0) -> None:
    """A job for each delivery, to be done after commit and not before `seconds` have passed."""
    jobs: list[JSONDict] = [{"delivery": pk} for pk in deliveries]
    if jobs:
        app.configure_task("notices.deliver", queue=QUEUE, schedule_in={"seconds": seconds}).batch_defer(*jobs)
