"""Work of the queue: sending. The clock of these jobs is the machine's."""

from procrastinate.contrib.django import app

from dienhong.notices import sending
from dienhong.notices.outbox import QUEUE


@app.task(name="notices.deliver", queue=QUEUE)
def deliver(delivery: int) -> None:
    sending.deliver(delivery)


@app.periodic(cron="0 0 * * *")  # 07:00 in Hanoi
@app.task(name="notices.digests", queue=QUEUE, queueing_lock="notices.digests")
def digests(timestamp: int) -> None:
    sending.digests()
