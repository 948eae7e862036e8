"""Work of the queue: asking banks, receipts, statements. Lines of cron are the machine's clock in UTC."""

import datetime as dt

from procrastinate.contrib.django import app

from dienhong.base import clock
from dienhong.payments import actions, receipts

BY = "job:payments.poll"


@app.periodic(cron="*/5 * * * *")
@app.task(name="payments.poll", queue="payments", queueing_lock="payments.poll")
def poll(timestamp: int) -> None:
    """Open attempts, notices that a crash left, refunds that were approved, receipts that are missing."""
    actions.poll(by=BY)
    actions.send_refunds(by=BY)
    receipts.make_missing()


@app.periodic(cron="30 22 * * *")  # 05:30 in Hanoi
@app.task(name="payments.statements", queue="payments", queueing_lock="payments.statements")
def statements(timestamp: int) -> None:
    """Yesterday's statements, and those of the days before that a closed bank still owes."""
    today = clock.business_today()
    for back in range(4, 0, -1):
        actions.pull_statements(by=BY, day=today - dt.timedelta(days=back))
