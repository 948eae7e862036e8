"""Work of the queue: delivering. The clock of these jobs is the machine's."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from dienhong.base.by_the_clock import AHEAD, by_the_clock
from dienhong.exchange import actions
from dienhong.exchange.actions.sending import QUEUE

# Only what fails on our side (the database went away) comes again, after the lease of the attempt has ended; a partner
# that does not answer is a verdict, and its next attempt is queued with it.
AGAIN = RetryStrategy(max_attempts=3, wait=70)


@app.task(name="exchange.deliver", queue=QUEUE, retry=AGAIN, priority=AHEAD)
def deliver(message: int) -> None:
    actions.deliver(message)


@by_the_clock(cron="* * * * *", name="exchange.sweep", queue=QUEUE)
def sweep(timestamp: int) -> None:
    actions.sweep()
