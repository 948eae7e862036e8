"""Work of the queue: asking banks, receipts, statements. Lines of cron are the machine's clock in UTC."""

import datetime as dt

from dienhong.base import clock
from dienhong.base.by_the_clock import by_the_clock
from dienhong.payments import actions, receipts

BY = "job:payments.poll"


@by_the_clock(cron="*/5 * * * *", name="payments.poll", queue="payments")
def poll(timestamp: int) -> None:
    """Open attempts, notices that a crash left, refunds that were approved, receipts that are missing."""
    actions.poll(by=BY)
    actions.send_refunds(by=BY)
    receipts.make_missing()


@by_the_clock(cron="30 22 * * *", name="payments.statements", queue="payments")  # 05:30 in Hanoi
def statements(timestamp: int) -> None:
    """Yesterday's statements, and those of the days before that a closed bank still owes."""
    today = clock.business_today()
    for back in range(4, 0, -1):
        actions.pull_statements(by=BY, day=today - dt.timedelta(days=back))
