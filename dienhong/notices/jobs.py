"""Work of the queue: sending. The clock of these jobs is the machine's."""

from procrastinate.contrib.django import app

from dienhong.base.by_the_clock import AHEAD, by_the_clock
from dienhong.notices import sending
from dienhong.notices.outbox import QUEUE


@app.task(name="notices.deliver", queue=QUEUE, priority=AHEAD)
def deliver(delivery: int) -> None:
    sending.deliver(delivery)


@by_the_clock(cron="0 0 * * *", name="notices.digests", queue=QUEUE)  # 07:00 in Hanoi
def digests(timestamp: int) -> None:
    sending.digests()
