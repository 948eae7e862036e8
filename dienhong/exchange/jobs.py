"""Work of the queue: delivering. The clock of these jobs is the machine's."""

from procrastinate.contrib.django import app

from dienhong.exchange import actions
from dienhong.exchange.actions.sending import QUEUE


@app.task(name="exchange.deliver", queue=QUEUE)
def deliver(message: int) -> None:
    actions.deliver(message)


@app.periodic(cron="* * * * *")
@app.task(name="exchange.sweep", queue=QUEUE, queueing_lock="exchange.sweep")
def sweep(timestamp: int) -> None:
    actions.sweep()
