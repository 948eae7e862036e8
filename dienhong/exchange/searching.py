"""The log and the outbox as the screens ask for them: by page, newest first."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from dienhong.base import clock
from dienhong.exchange.models import Issue, Message, Outbox
from dienhong.exchange.queries import PAGE, with_latest
from dienhong.organizations.models import Person


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    before: int  # ask again with this for older ones; 0: there are none


def messages(asked: dict[str, Any], before: int = 0) -> Page:
    """Messages that fit all that is given: partner, way, verdict, key, since, until (days of record time, Hanoi)."""
    rows = Message.objects.select_related("partner")
    if asked.get("partner"):
        rows = rows.filter(partner__key=asked["partner"])
    if asked.get("way"):
        rows = rows.filter(way=asked["way"])
    if asked.get("since"):
        rows = rows.filter(at__gte=clock.midnight(asked["since"]))
    if asked.get("until"):
        rows = rows.filter(at__lt=clock.midnight(asked["until"] + dt.timedelta(days=1)))
    if asked.get("key"):
        rows = rows.filter(_called(asked["key"].strip()))
    if before:
        rows = rows.filter(pk__lt=before)
    found = with_latest(rows)
    if asked.get("verdict"):
        found = found.filter(verdict=asked["verdict"])
    return _page(list(found.order_by("-pk")[: PAGE + 1]))


def _called(text: str) -> Q:
    try:
        return Q(uid=uuid.UUID(text))
    except ValueError:
        return Q(business_key=text) | Q(owner_id=text)


def _page(found: list[Any]) -> Page:
    rows = found[:PAGE]
    return Page(rows, rows[-1].pk if len(found) > PAGE else 0)


def waiting() -> QuerySet[Outbox]:
    """What has not gone yet, the next one first."""
    rows = Outbox.objects.filter(delivered_at=None, dead_at=None)
    return rows.select_related("partner", "message").order_by("next_try_at", "pk")


def dead() -> QuerySet[Outbox]:
    """What was given up or refused, the latest first."""
    return Outbox.objects.exclude(dead_at=None).select_related("partner", "message").order_by("-dead_at", "pk")


def open_issues() -> QuerySet[Issue]:
    return Issue.objects.filter(closed_at=None).select_related("partner", "message").order_by("-opened_at", "pk")


def names(rows: Iterable[Message]) -> dict[str, str]:
    """person:<id> -> the name of the account, for those who asked."""
    ids = {row.asked_by.partition(":")[2] for row in rows if row.asked_by.startswith("person:")}
    found = Person.objects.filter(pk__in=[int(each) for each in ids if each.isdecimal()])
    return {person.actor: person.name for person in found}
