"""Counting: the sets of a period become observations; what did not change is not said again."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from dienhong.base import clock, periods
from dienhong.dossiers.counting import due, proof, sets
from dienhong.dossiers.counting.measures import MEASURES, OWN, REPORTED, STATUS_MEMBERS, Written, breakdown_of
from dienhong.dossiers.counting.sets import Count, Window
from dienhong.dossiers.models import CountedSet, Counting, ServiceVersion
from dienhong.indicators import actions as indicators
from dienhong.indicators.breakdowns import key_of, members_of
from dienhong.indicators.models import Indicator, Period, Source, Stage
from dienhong.organizations import queries as organizations
from dienhong.organizations.registry import action

BY = "job:counting"
SOURCE = "count:dossiers"
LOCK = 0x0D1E_0C07  # advisory: one counts at a time, and nobody while the demo plays the past
SERVICES = ("service", "Dịch vụ công", "Public service")
Key = tuple[str, int, str, int | None]
"""What, unit, service, status."""


def source() -> Source:
    """Made at the first count, and the authority of what only it says."""
    found = Source.objects.filter(key=SOURCE).first()
    if found:
        return found
    found = indicators.ensure_source(
        SOURCE, Source.Kind.COUNT, "Đếm từ hồ sơ trên hệ thống này", name_en="Counted from the dossiers of this system"
    )
    codes = [each.code for each in OWN]
    for indicator in Indicator.objects.filter(code__in=codes).order_by("code"):
        indicators.set_authority(indicator, found, (None, None), by=BY, reason="counted, nobody reports it")
    return found


def count_due(*, by: str = BY, now: dt.datetime | None = None, again: bool = False) -> int:
    """Everything that is to be counted; returns how many figures changed. Each period stands by itself: what a crash
    breaks off is taken up by the next run. Stops where somebody else is counting."""
    changed = 0
    for one in due.due(now, again=again):
        found = count_period(by=by, period=one.period, as_of=one.as_of)
        if found is None:
            break
        changed += found
    return changed


@action("dossiers.count")
@transaction.atomic
def count_period(*, by: str, period: periods.Period, as_of: dt.datetime) -> int | None:
    """Count one period as of a moment of business time and write what changed, as one batch of observations.

    Returns how many figures changed; None where another process is counting. Counting the same again writes nothing.
    ValueError for a moment before the period began.
    """
    if as_of <= clock.midnight(period.first):
        raise ValueError(f"{period.key} has not begun at {as_of}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
    row = indicators.ensure_period_of(period)
    window = Window(period.first, period.last, as_of, clock.record_now())
    written = [each for each in (REPORTED if period.calendar == "decree09" else OWN) if period.kind in each.kinds]
    counts = sets.count(window, sorted({each.what for each in written}))
    counts = _with_zeros(counts, written, reported=period.calendar == "decree09")
    fresh = _changed(row, window, _sets(row, window, counts, written))
    if fresh:
        _write(by, row, window, fresh)
    Counting.objects.update_or_create(
        period=row, defaults={"as_of": as_of, "written": len(fresh), "at": clock.record_now()}
    )
    return len(fresh)


def _with_zeros(counts: list[Count], written: Iterable[Written], *, reported: bool) -> list[Count]:
    """Where a unit had anything at all in the period (of a service), what it had none of is zero and not unknown."""
    found: dict[Key, Count] = {each[:4]: each for each in counts if not (reported and each.service)}
    places = {(each.unit_id, each.service) for each in found.values()}
    whats = {each.what for each in written}
    for unit, service in places:
        for what in whats:
            statuses = [None, *STATUS_MEMBERS] if MEASURES[what].by_status else [None]
            for status in statuses:
                zero = Count(what, unit, service, status, 0, 0 if MEASURES[what].is_money else None, sets.EMPTY)
                found.setdefault(zero[:4], zero)
    return [found[key] for key in sorted(found, key=lambda key: (key[:3], key[3] or 0))]


def _sets(row: Period, window: Window, counts: list[Count], written: Iterable[Written]) -> list[CountedSet]:
    ids = dict(Indicator.objects.filter(code__in={each.code for each in written}).values_list("code", "pk"))
    by_what = {each.what: each for each in written}
    return [
        CountedSet(
            indicator_id=ids[by_what[each.what].code], what=each.what, period=row, unit_id=each.unit_id,
            service=each.service, status=each.status, as_of=window.as_of, trees_at=window.trees_at,
            official=window.is_over, number=each.number, amount=each.amount, digest=each.digest,
        )
        for each in counts
    ]  # fmt: skip


def _changed(row: Period, window: Window, counted: list[CountedSet]) -> list[CountedSet]:
    """Those of which number, digest or stage are others than the last time; a unit with nothing left becomes zero."""
    rows = CountedSet.objects.filter(period=row).order_by("unit", "what", "service", "status", "-pk")
    last = {_key(each): each for each in rows.distinct("unit", "what", "service", "status")}
    there = {_key(each) for each in counted}
    gone = [
        CountedSet(
            indicator_id=each.indicator_id, what=each.what, period=row, unit_id=each.unit_id, service=each.service,
            status=each.status, as_of=window.as_of, trees_at=window.trees_at, official=window.is_over, number=0,
            amount=0 if MEASURES[each.what].is_money else None, digest=sets.EMPTY,
        )
        for key, each in last.items()
        if key not in there
    ]  # fmt: skip
    return [each for each in [*counted, *gone] if _said(each) != _said(last.get(_key(each)))]


def _key(each: CountedSet) -> Key:
    return each.what, each.unit_id, each.service, each.status


def _said(each: CountedSet | None) -> tuple[int, int | None, str, bool] | None:
    return None if each is None else (each.number, each.amount, each.digest, each.official)


def _write(by: str, row: Period, window: Window, fresh: list[CountedSet]) -> None:
    for place, each in enumerate(fresh, 1):
        each.place = place
    label = f"Đếm hồ sơ: {row.key}, như đã biết lúc {window.as_of.astimezone(clock.HANOI):%H:%M %d/%m/%Y}"
    batch = indicators.write_batch(
        by=by,
        source=source(),
        reporter=organizations.unit_by_code("agency", "OOG", min(row.last, clock.business_today())),
        rows=_observations(row, fresh),
        evidence=[(proof.KIND, f"{row.calendar}/{row.key}", label, proof.digest_of(fresh))],
        demo=settings.DEMO,
    )
    for each in fresh:
        each.batch = batch
    CountedSet.objects.bulk_create(fresh, batch_size=2000)


def _observations(row: Period, fresh: list[CountedSet]) -> list[indicators.Row]:
    """Made whole before they are written: while COPY runs, its connection answers nothing else."""
    keys = {_key(each): _breakdown(row, each) for each in fresh}
    _services({each.service for each in fresh if each.service})
    ids = {key: indicators.ensure_breakdown(members_of(key)).pk for key in sorted(set(keys.values()))}
    return [
        indicators.Row(
            each.indicator_id,
            row.pk,
            each.unit_id,
            ids[keys[_key(each)]],
            0,
            Decimal(each.number if each.amount is None else each.amount),
            0,
            Stage.OFFICIAL if each.official else Stage.PRELIMINARY,
            ref=str(each.place),
        )
        for each in fresh
    ]


def _breakdown(row: Period, each: CountedSet) -> str:
    return key_of(breakdown_of(row.calendar, each.what, each.service, each.status))


def _services(codes: set[str]) -> None:
    """Members of the list of services, by their sheets' names."""
    rows = ServiceVersion.objects.filter(service__code__in=codes).order_by("service_id", "-number")
    for code, name in rows.distinct("service_id").values_list("service__code", "sheet__name"):
        said = name if isinstance(name, dict) else {"vi": str(name or code)}
        indicators.ensure_member(SERVICES, (code, said.get("vi", code), said.get("en") or said.get("vi", code)))
