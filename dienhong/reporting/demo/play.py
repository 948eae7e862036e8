"""The demo nation reports: real actions, checks and approvals at past business times. Resumes where it stopped."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction

from dienhong.base import clock, periods
from dienhong.base.numbers import typed_text
from dienhong.indicators import publisher
from dienhong.organizations import queries as organizations
from dienhong.reporting import actions, review
from dienhong.reporting.actions.duties import owed
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.demo import plans
from dienhong.reporting.demo.actors import Actors, actors_of
from dienhong.reporting.demo.disaster import rr07
from dienhong.reporting.demo.figures import SEED, rr05, rr22
from dienhong.reporting.figures import figures
from dienhong.reporting.models import Approval, Duty, RegimeVersion, State, Version
from dienhong.reporting.states import state_of
from dienhong.reporting.workdays import work_calendar
from dienhong.rules.workdays import Calendar

# Left for whoever tries the demo: these provinces have not reported the last closed quarter.
UNPLAYED: dict[str, tuple[str, ...]] = {"2020-Q2": ("10", "62"), "2020-M07": ("66",), "2020-M08": ("10", "01")}

Drawn = Mapping[str, Decimal | str]
GENERATORS: dict[str, Callable[[str, periods.Period], Drawn]] = {
    "RR22": rr22, "RR05": rr05, "RR07": rr07, "RR10": plans.rr10,
}  # fmt: skip
TEXTS: dict[str, Callable[[str, periods.Period], dict[str, str]]] = {"RR10": plans.texts}
# Besides those that chance makes late: whoever opens the sample province sees a late one in its history.
LATE = {("10", "2019-Q4"), ("10", "2020-M05")}


@dataclass(frozen=True, slots=True)
class Played:
    """One duty as the demo plays it: who, when it is sent, whether it is corrected afterwards."""

    duty: Duty
    unit_code: str
    sent_at: dt.datetime
    corrected: bool


def play_period(*, regime_version: RegimeVersion, period: periods.Period) -> Iterator[Duty]:
    """Play each duty of the period that has no report yet; yields each one played, in order of sending.

    A duty is opened together with its report, and those that nobody reports at the end: whoever uses the demo
    meanwhile must not see reports called overdue that have merely not been played. Reports about an event are opened
    beforehand (demo.disaster).
    """
    for one in _plan(regime_version, period):
        if one.sent_at > clock.business_now() or one.unit_code in UNPLAYED.get(period.key, ()):
            continue
        if one.duty.pk and Version.objects.filter(submission__duty=one.duty).exists():
            continue
        actors_of(one.duty.unit_id, one.duty.receiver_id)
        yield _opened_and_played(regime_version, period, one)
    if period.calendar != "event":
        actions.open_duties(by="job:demo", regime_version=regime_version, period=period)
    publisher.publish_once()


@transaction.atomic
def _opened_and_played(regime_version: RegimeVersion, period: periods.Period, one: Played) -> Duty:
    duty = one.duty
    if duty.pk is None:
        units = [duty.unit_id]
        [duty] = actions.open_duties(by="job:demo", regime_version=regime_version, period=period, units=units)
    play(replace(one, duty=duty), period)
    return duty


def _duties(regime_version: RegimeVersion, period: periods.Period) -> list[Duty]:
    """The duties of the period, those that are not opened yet unsaved."""
    found = Duty.objects.filter(regime=regime_version.regime, period__calendar=period.calendar, period__key=period.key)
    opened = list(found.select_related("unit", "receiver", "regime", "period"))
    there = {duty.unit_id for duty in opened}
    ahead = owed(regime_version, period) if period.calendar != "event" else []
    return opened + [duty for duty in ahead if duty.unit_id not in there]


def _plan(regime_version: RegimeVersion, period: periods.Period) -> list[Played]:
    duties = _duties(regime_version, period)
    codes = organizations.codes([duty.unit_id for duty in duties], "gso", period.last)
    days, out = work_calendar(), []
    for duty in duties:
        code = codes.get(duty.unit_id, str(duty.unit_id))
        draw = random.Random(f"{SEED}|sent|{code}|{period.key}|{duty.regime.code}")  # noqa: S311
        late = draw.random() < 0.05 or (code, period.key) in LATE
        early = 2.5 if period.calendar == "event" else 24 * 7
        hours = draw.uniform(4, 90) if late else -draw.uniform(1, early)
        sent = _office_hours(duty.due_at + dt.timedelta(hours=hours), late, duty.due_at)
        if period.calendar != "event":  # nothing is submitted before its figures have closed
            closed = dt.datetime.combine(period.last + dt.timedelta(days=1), dt.time(11), clock.HANOI)
            sent = max(sent, closed + dt.timedelta(minutes=draw.randrange(360)))
            sent = _on_a_working_day(days, sent, closed, late, duty.due_at)
        out.append(Played(duty, code, sent, duty.regime.code == "RR22" and draw.random() < 0.03))
    return sorted(out, key=lambda one: (one.sent_at, one.unit_code))


def _office_hours(at: dt.datetime, late: bool, due: dt.datetime) -> dt.datetime:
    local = at.astimezone(clock.HANOI)
    moved = local if due.astimezone(clock.HANOI).hour > 17 else local.replace(hour=8 + local.hour % 9)
    return moved if (moved > due) == late else local


def _on_a_working_day(
    days: Calendar, at: dt.datetime, closed: dt.datetime, late: bool, due: dt.datetime
) -> dt.datetime:
    """Nobody sends on a Sunday: the working day before, where the figures were closed by then, else the one after.
    A report in time stays in time."""
    local = at.astimezone(clock.HANOI)
    if days.is_working(local.date()):
        return at
    before, after = (dt.datetime.combine(days.move(local.date(), way), local.timetz()) for way in ("previous", "next"))
    if late:
        return after
    return before if before >= closed or after > due else after


def play(one: Played, period: periods.Period) -> None:
    """Enter, submit, approve, send and receive one report; some are corrected some days later."""
    who = actors_of(one.duty.unit_id, one.duty.receiver_id)
    drawn = GENERATORS[one.duty.regime.code](one.unit_code, period)
    typed = {key: value if isinstance(value, str) else typed_text(value) for key, value in drawn.items()}
    with clock.played(one.sent_at - dt.timedelta(hours=3)):
        version = actions.start_entry(by=who.entry, duty=one.duty)
    texts = TEXTS[one.duty.regime.code](one.unit_code, period) if one.duty.regime.code in TEXTS else {}
    _finish(who, version, typed, one.sent_at, texts)
    if one.corrected and one.sent_at + dt.timedelta(days=3) < clock.business_now():
        _correct(who, version, one.sent_at + dt.timedelta(days=2))


def _finish(
    who: Actors, version: Version, typed: dict[str, str], sent_at: dt.datetime, texts: Mapping[str, str] | None = None
) -> None:
    with clock.played(sent_at - dt.timedelta(hours=2)):
        actions.save_cells(by=who.entry, version=version, typed={key: Typed(text) for key, text in typed.items()})
        for section, text in (texts or {}).items():
            actions.save_narrative(by=who.entry, version=version, section=section, text=text)
        for finding in review.judge(version).findings:
            if finding.asks:
                actions.explain(by=who.entry, version=version, rule=finding.rule, text=_reason(finding.rule.key))
        actions.submit(by=who.entry, version=version)
    with clock.played(sent_at - dt.timedelta(hours=1)):
        actions.approve(by=who.leader, version=version, kind=Approval.Kind.DEMO)
    with clock.played(sent_at):
        actions.send(by=who.clerk, version=version, demo=True)
    received = min(sent_at + dt.timedelta(hours=5), clock.business_now())
    with clock.played(received):
        actions.receive(by=who.receiver, version=version)


EXPLANATION = "Số mẫu: biến động thật của kỳ, đã đối chiếu với sổ theo dõi."
EXPLANATIONS = {
    "late_change": "Số mẫu: một quý trả muộn nhiều do đổi phần mềm một cửa; quý liền kề trở lại mức thường.",
    "overdue_change": "Số mẫu: hồ sơ dồn cuối kỳ do đổi phần mềm một cửa; đã rà từng hồ sơ với sổ.",
    "year_change": "Số mẫu: năm trước có đợt cấp đổi giấy tờ nên số kỳ ấy khác hẳn; đã đối chiếu hai năm.",
}


def _reason(rule: str) -> str:
    """What the demo writes to a warning, by the check that asks."""
    return EXPLANATIONS.get(rule.partition(".")[0], EXPLANATION)


def _correct(who: Actors, version: Version, at: dt.datetime) -> None:
    """A dossier counted as on time was late: one moves from r3.1 to r3.2, with its reason."""
    now = figures(version)
    on_time, late = now["r3.1"].value, now["r3.2"].value
    if state_of(version) != State.RECEIVED or not on_time or late is None:
        return
    moved = max(1, int(on_time) // 400)
    with clock.played(at - dt.timedelta(hours=3)):
        corrected = actions.correct(
            by=who.entry, version=version, reason=f"Số mẫu: rà lại, {moved} hồ sơ trả đúng hạn thực ra quá hạn."
        )
    _finish(who, corrected, {"r3.1": str(int(on_time) - moved), "r3.2": str(int(late) + moved)}, at)
