"""The parts of a series key: periods, breakdowns, sources. Asking for one that is not there yet makes it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from dienhong.base import periods
from dienhong.base.refusal import Refused
from dienhong.indicators.breakdowns import key_of
from dienhong.indicators.models import Authority, Breakdown, CodeList, Indicator, Member, Period, Source
from dienhong.journal.actions import record
from dienhong.organizations.registry import action

Validity = DateRange | tuple[dt.date | None, dt.date | None]


def ensure_period(calendar: str, key: str) -> Period:
    """The row of a period by its key. PeriodError where the calendar has none; for events see `ensure_period_of`."""
    return ensure_periods(calendar, [key])[key]


def ensure_periods(calendar: str, keys: Iterable[str]) -> dict[str, Period]:
    """Key -> row, for many at once in three queries. PeriodError for the first key that the calendar lacks."""
    wanted = set(keys)
    found = {row.key: row for row in Period.objects.filter(calendar=calendar, key__in=wanted)}
    if missing := sorted(wanted - set(found)):
        read = [periods.period(calendar, key) for key in missing]
        Period.objects.bulk_create(
            (
                Period(calendar=calendar, key=each.key, kind=each.kind, first=each.first, last=each.last)
                for each in read
            ),
            ignore_conflicts=True,  # another may make the same meanwhile
        )
        by_key = {row.key: row for row in Period.objects.filter(calendar=calendar, key__in=[each.key for each in read])}
        found |= {key: by_key[each.key] for key, each in zip(missing, read, strict=True)}
    return found


def ensure_period_of(period: periods.Period) -> Period:
    """The row of a period. An event's further report may cover more days: that is another key, never this one moved."""
    row, _made = Period.objects.get_or_create(
        calendar=period.calendar,
        key=period.key,
        defaults={"kind": period.kind, "first": period.first, "last": period.last},
    )
    return row


def ensure_breakdown(members: Mapping[str, str]) -> Breakdown:
    """The row of a combination of members (list -> member). Refused for a list or member the catalogue lacks."""
    key = key_of(members)
    row = Breakdown.objects.filter(key=key).first()
    if row:
        return row
    found = {
        (member.code_list.key, member.key): member
        for member in Member.objects.filter(code_list__key__in=list(members)).select_related("code_list")
    }
    unknown = sorted(f"{pair[0]}={pair[1]}" for pair in members.items() if pair not in found)
    if unknown:
        raise Refused(
            "breakdown_unknown",
            _("Danh mục phân tổ không có %(what)s; thêm vào codelists.csv hoặc sửa lại mã.")
            % {"what": ", ".join(unknown)},
        )
    with transaction.atomic():
        row, made = Breakdown.objects.get_or_create(key=key)
        if made:
            row.members.set([found[pair] for pair in members.items()])
    return row


def ensure_member(code_list: tuple[str, str, str], member: tuple[str, str, str]) -> Member:
    """A member of a list that rooms above fill (each as key, Vietnamese, English), at its end; renamed where the names
    are others now. Members of bundled lists come from codelists.csv."""
    key, name_vi, name_en = code_list
    with transaction.atomic():
        found, _made = CodeList.objects.get_or_create(key=key, defaults={"name_vi": name_vi, "name_en": name_en})
        CodeList.objects.select_for_update().get(pk=found.pk)  # two at once would take the same place in it
        row, _made = Member.objects.update_or_create(
            code_list=found,
            key=member[0],
            defaults={"name_vi": member[1][:200], "name_en": member[2][:200]},
            create_defaults={
                "name_vi": member[1][:200], "name_en": member[2][:200], "position": found.members.count() + 1,
            },
        )  # fmt: skip
    return row


def ensure_source(
    key: str,
    kind: str,
    name_vi: str,
    *,
    name_en: str = "",
    publisher: Any = None,
    licence: str = "",
    demo: bool = False,
) -> Source:
    """The source of that key; what is there already stays as it is."""
    row, _made = Source.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "name_vi": name_vi,
            "name_en": name_en,
            "publisher": publisher,
            "licence": licence,
            "demo": demo,
        },
    )
    return row


@action("indicators.set_authority")
@transaction.atomic
def set_authority(
    indicator: Indicator, source: Source, validity: Validity, *, by: str = "job:catalogue", reason: str = ""
) -> Authority:
    """From its publication on, `source` speaks for the indicator in periods that begin within `validity`.

    Saying again what the last word for these days already says adds nothing. Of overlapping rows the later one holds.
    """
    days = validity if isinstance(validity, DateRange) else DateRange(*validity)
    last = Authority.objects.filter(indicator=indicator, validity__overlap=days).order_by("-pk").first()
    if last and last.source_id == source.pk and last.validity == days:
        return last
    row = Authority.objects.create(indicator=indicator, source=source, validity=days)
    record(
        by=by,
        verb="indicators.authority_set",
        object_kind="indicator",
        object_id=indicator.code,
        reason=reason,
        data={"source": source.key, "from": str(days.lower or ""), "to": str(days.upper or "")},
    )
    return row
