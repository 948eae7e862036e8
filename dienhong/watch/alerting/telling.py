"""Who hears of an alert, when: not in quiet hours unless it is urgent, once, and one level up if nobody takes it on.

Safe to repeat as often as one likes: what was told is told under a key, what went up has its row.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from dienhong.base import clock
from dienhong.journal.actions import record
from dienhong.notices import audience
from dienhong.notices.actions import notify
from dienhong.notices.models import Notice
from dienhong.organizations import permissions
from dienhong.watch import notice_kinds as kinds
from dienhong.watch import telling
from dienhong.watch.models import Alert, AlertEscalation, AlertRuleVersion, AlertStand, AlertState, Severity
from dienhong.watch.permissions import LEADING, RECEIVING

BY = "job:alerts"
SEVERITIES = {
    Severity.NOTICE: {"vi": "Lưu ý", "en": "Note"},
    Severity.WARNING: {"vi": "Cảnh báo", "en": "Warning"},
    Severity.URGENT: {"vi": "Khẩn", "en": "Urgent"},
}


def quiet(version: AlertRuleVersion, now: dt.datetime) -> bool:
    """Whether nothing is said at this hour of Hanoi. From 21 to 7 runs over midnight; equal hours mean never."""
    if version.severity == Severity.URGENT or version.quiet_from == version.quiet_to:
        return False
    hour = now.astimezone(clock.HANOI).hour
    if version.quiet_from < version.quiet_to:
        return version.quiet_from <= hour < version.quiet_to
    return hour >= version.quiet_from or hour < version.quiet_to


def tell() -> int:
    """Tell of what is raised and not taken on; send up what has waited too long. Returns how many were newly told."""
    now = clock.business_now()
    said = 0
    for rows in _waiting():
        if not quiet(rows[0].version, now):
            said += _tell(rows)
            said += _escalate(rows, now)
    return said


def _waiting() -> list[list[Alert]]:
    """Open alerts that nobody has taken on, by version of their rule."""
    taken = AlertState.objects.exclude(state=AlertStand.RAISED).values("alert")
    rows = Alert.objects.filter(closed_at=None).exclude(pk__in=taken).select_related("version__rule", "period")
    found: dict[int, list[Alert]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.version_id, []).append(row)
    return list(found.values())


@transaction.atomic
def _tell(rows: list[Alert]) -> int:
    """One notice a person, of all that they have not heard of yet, however many units these are."""
    version, said = rows[0].version, 0
    heard_of = _audience(version, rows)
    heard = _heard(version.rule_id, heard_of)
    groups: dict[tuple[int, ...], set[int]] = {}
    for person, mine in heard_of.items():
        if new := tuple(pk for pk in mine if pk > heard.get(person, 0)):
            groups.setdefault(new, set()).add(person)
    by_pk = {row.pk: row for row in rows}
    for new, people in sorted(groups.items()):
        key = f"{_key(version.rule_id)}{new[-1]}"
        said += _notify(people, kinds.ALERT, version, [by_pk[pk] for pk in new], key, {})
    return said


def _audience(version: AlertRuleVersion, rows: list[Alert]) -> dict[int, list[int]]:
    """person -> ids of the alerts they are told of, in order: receivers of all, a reporter's people of their own."""
    units = list(version.receivers.values_list("unit", flat=True))
    found = {
        person: [row.pk for row in rows]
        for person in set().union(*audience.holders_of(RECEIVING, units).values())
    }  # fmt: skip
    if not version.to_reporter:
        return found
    held = audience.holders_of(RECEIVING, {row.unit_id for row in rows})
    own: dict[int, list[int]] = {}
    for row in rows:
        for person in held[row.unit_id] - found.keys():
            own.setdefault(person, []).append(row.pk)
    return found | own


def _key(rule: int) -> str:
    return f"{kinds.ALERT}:{rule}:"


def _heard(rule: int, people: Iterable[int]) -> dict[int, int]:
    """person -> the newest alert of the rule that they were told of. Alerts of one rule are numbered as they are
    raised, for whoever evaluates it waits for whoever does."""
    rows = Notice.objects.filter(person__in=list(people), kind=kinds.ALERT, dedupe__startswith=_key(rule))
    found: dict[int, int] = {}
    for person, key in rows.values_list("person", "dedupe"):
        found[person] = max(found.get(person, 0), int(key.removeprefix(_key(rule))))
    return found


@transaction.atomic
def _escalate(rows: list[Alert], now: dt.datetime) -> int:
    """To the leaders of who laid the rule down, and of the units above those that did not take it on."""
    version = rows[0].version
    if not version.escalate_after:
        return 0
    before = now - dt.timedelta(hours=version.escalate_after)
    locked = Alert.objects.select_for_update(of=("self",)).filter(
        pk__in=[row.pk for row in rows], escalation=None, business_at__lte=before
    )
    due = list(locked.select_related("version", "period").order_by("pk"))
    if not due:
        return 0
    AlertEscalation.objects.bulk_create(AlertEscalation(alert=row, business_at=now) for row in due)
    for row in due:
        record(by=BY, verb="watch.alert_escalated", object_kind="alert", object_id=row.pk, unit_id=row.unit_id,
               data={"hours": version.escalate_after})  # fmt: skip
    key = f"{kinds.ESCALATED}:{version.rule_id}:{due[-1].pk}"
    return _notify(_above(version, due), kinds.ESCALATED, version, due, key, {"hours": version.escalate_after})


def _above(version: AlertRuleVersion, rows: Iterable[Alert]) -> set[int]:
    named = set(version.receivers.values_list("unit", flat=True)) | {row.unit_id for row in rows}
    units = {version.rule.owner_id, *permissions.superiors(named, clock.business_today())}
    return set().union(*audience.holders_of(LEADING, units).values())


def _notify(
    people: set[int], kind: str, version: AlertRuleVersion, rows: list[Alert], dedupe: str, more: dict[str, object]
) -> int:
    units = [row.unit_id for row in rows]
    params = {
        "severity": SEVERITIES[Severity(version.severity)],
        "title": telling.titled(version.title, [row.period for row in rows]),
        "number": len(rows),
        "units": telling.named(units),
    }
    url = f"/watch/alerts/{rows[0].pk}/" if len(rows) == 1 else f"/watch/alerts/?rule={version.rule_id}"
    return len(
        notify(by=BY, to=people, kind=kind, subject=("alert", rows[0].pk), params=params | more, url=url, dedupe=dedupe)
    )
