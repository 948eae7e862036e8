"""Work by the clock and work after events. Cron lines are the machine's clock in UTC; what is due is asked of the
business clock inside. A job that ends in an error is tried again later and later, then stays in the list of failed.
"""

import logging

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from dienhong.base.by_the_clock import by_the_clock
from dienhong.config import reactions
from dienhong.directives import reminders as directives
from dienhong.directives.conditions import judge as conditions
from dienhong.dossiers import lapses
from dienhong.dossiers.actions import counting, drafts
from dienhong.dossiers.process import timers
from dienhong.dossiers.queries import lists
from dienhong.reporting import opening, reminders
from dienhong.watch import reminders as watch
from dienhong.watch.alerting import evaluate
from dienhong.watch.alerting import telling as alerts
from dienhong.watch.checking import settle

log = logging.getLogger("dienhong.jobs")
PATIENT = RetryStrategy(max_attempts=8, exponential_wait=5)  # 5 s, 25 s, 2 min … 22 h


@app.task(name="config.react", queue="reactions", retry=PATIENT)
def react(event: int, function: str) -> None:
    reactions.run(event, function)


@app.task(name="config.judge", queue="reactions", retry=PATIENT)
def judge(condition: int) -> None:
    conditions.judge(condition=condition)


@by_the_clock(cron="*/10 * * * *", name="config.remind_of_directives", queue="reactions")
def remind_of_directives(timestamp: int) -> None:
    directives.remind()


@app.task(name="config.check", queue="reactions", retry=PATIENT)
def check(key: str, periods: list[int]) -> None:
    settle.check(key=key, periods=periods)


@app.task(name="config.evaluate", queue="reactions", retry=PATIENT)
def evaluate_rule(rule: int) -> None:
    if evaluate.evaluate_by_job(rule):
        alerts.tell()


@by_the_clock(cron="*/10 * * * *", name="config.alerts", queue="reactions")
def watch_figures(timestamp: int) -> None:
    """Silence begins by the clock; who is told waits for the end of the quiet hours; what nobody takes on goes up."""
    changed = evaluate.evaluate_all()
    if changed:
        log.info("%d alerts raised or ended", changed)
    alerts.tell()
    watch.remind()


@by_the_clock(cron="*/10 * * * *", name="config.remind", queue="reactions")
def remind(timestamp: int) -> None:
    reminders.remind()


@by_the_clock(cron="7 * * * *", name="config.open", queue="reactions")
def open_running(timestamp: int) -> None:
    made = opening.open_running("job:opening")
    if made:
        log.info("%d duties opened", made)


@by_the_clock(cron="* * * * *", name="config.timers", queue="reactions")
def fire_timers(timestamp: int) -> None:
    moved = timers.fire()
    if moved:
        log.info("timers moved %d dossiers", moved)


@by_the_clock(cron="17 * * * *", name="config.lapses", queue="reactions")
def warn_of_lapses(timestamp: int) -> None:
    told = lapses.warn()
    if told:
        log.info("%d applicants warned of a limit", told)


@by_the_clock(cron="23 * * * *", name="config.drafts", queue="reactions")
def discard_drafts(timestamp: int) -> None:
    gone = drafts.discard_forgotten(by="job:drafts")
    if gone:
        log.info("%d forgotten drafts thrown away", gone)


@by_the_clock(cron="*/10 * * * *", name="config.count", queue="reactions")
def count_dossiers(timestamp: int) -> None:
    changed = counting.count_due()
    if changed:
        log.info("counting changed %d figures", changed)


@by_the_clock(cron="*/5 * * * *", name="config.tally", queue="reactions")
def sum_up_tally(timestamp: int) -> None:
    gone = lists.compact()
    if gone:
        log.info("%d differences of the tally summed up", gone)


@app.periodic(cron="* * * * *")
@app.task(name="config.rescue", queue="care", queueing_lock="config.rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Jobs whose worker died in the middle are begun again: at least once."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        log.warning("job %s (%s) was left by a worker that died; begun again", job.id, job.task_name)
        await manager.retry_job(job)
    await manager.prune_stalled_workers(seconds_since_heartbeat=300)
