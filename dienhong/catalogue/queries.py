"""What is asked of the catalogue. Codes are taken in any writing."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case as SqlCase
from django.db.models import Count, F, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from dienhong.base import clock
from dienhong.catalogue import served
from dienhong.catalogue.models import Alias, Counted, Field, Level, LifeEvent, State, Usage, Version
from dienhong.catalogue.reading import codes

RECENT = dt.timedelta(days=30)
A_FILING_WEIGHS = 5  # views


@dataclass(frozen=True, slots=True)
class Standing:
    """How far this installation goes with a procedure."""

    key: str  # here, synchronised, described
    words: object


HERE = Standing("here", _("Nộp được tại đây"))
SYNCHRONISED = Standing("synchronised", _("Hồ sơ đồng bộ từ cơ quan khác"))
DESCRIBED = Standing("described", _("Chỉ có mô tả"))


def procedure(code: str, on: dt.date | None = None) -> Version | None:
    """The current version, or the one in force on a day; None when nothing has that code.

    A local code (1.000656.000.00.00.H29) falls back to the ministry's. A version without a day of its own counts from
    the first: its source does not say since when.
    """
    read = codes.read(code)
    wanted = [read.short(), read.base] if read else []
    if (
        not read
        and code.isprintable()
        and (alias := Alias.objects.filter(code=code.strip().upper()).select_related("procedure").first())
    ):
        wanted = [alias.procedure.code]
    rows = Version.objects.filter(procedure__code__in=wanted).select_related("procedure", "field", "agency", "decision")
    rows = rows.filter(current=True) if on is None else rows.filter(Q(valid_from=None) | Q(valid_from__lte=on))
    return rows.order_by("-procedure__code", "-number").first()


def standing(code: str, synchronised_with: str) -> Standing:
    if code in served.services():
        return HERE
    return SYNCHRONISED if synchronised_with else DESCRIBED


def listed() -> QuerySet[Version]:
    """Current versions that are not repealed, by name."""
    rows = Version.objects.filter(current=True).exclude(state=State.REPEALED).select_related("procedure", "agency")
    return rows.order_by("sort_key", "procedure__code")


def fields() -> QuerySet[Field]:
    """Fields with at least one procedure, with `many`."""
    live = Q(versions__current=True) & ~Q(versions__state=State.REPEALED)
    return Field.objects.annotate(many=Count("versions", filter=live)).filter(many__gt=0).order_by("sort_key", "name")


def life_events(audience: str) -> QuerySet[LifeEvent]:
    rows = LifeEvent.objects.filter(audience=audience).annotate(many=Count("links"))
    return rows.order_by("order")


def of_life_event(event: LifeEvent) -> QuerySet[Version]:
    """In the event's own order."""
    rows = listed().filter(procedure__life_events__event=event)
    return rows.order_by("procedure__life_events__order", "sort_key")


def levels(version: Version, on: dt.date | None = None) -> list[Level]:
    """What sources state for that day; empty: not stated."""
    on = on or clock.business_today()
    rows = version.procedure.online_levels.filter(
        Q(first_day=None) | Q(first_day__lte=on), Q(last_day=None) | Q(last_day__gte=on)
    )
    return list(rows.order_by("service", "-first_day", "pk"))


def weights(today: dt.date | None = None) -> dict[int, int]:
    """procedure id -> use in the last thirty business days: views, a filing as five."""
    today = today or clock.business_today()
    rows = Usage.objects.filter(day__gt=today - RECENT, day__lte=today).values("procedure")
    weighed = F("count") * SqlCase(When(kind=Counted.FILING, then=Value(A_FILING_WEIGHS)), default=Value(1))
    found = rows.annotate(use=Sum(weighed)).order_by().values_list("procedure", "use")
    return {int(key): int(use) for key, use in found}


def most_used(many: int) -> list[Version]:
    """What is handled here, then the most used of thirty days, then what stands first under each life event."""
    use = weights()
    here = set(served.services())
    first = listed().filter(Q(procedure__in=list(use)) | Q(procedure__code__in=here))
    found = sorted(first, key=lambda row: (row.procedure.code not in here, -use.get(row.procedure_id, 0), row.sort_key))
    if len(found) < many:
        held = {row.pk for row in found}
        fill = listed().filter(procedure__life_events__order=1, procedure__life_events__event__audience="citizen")
        fill = fill.order_by("procedure__life_events__event__order")
        found += [row for row in dict.fromkeys(fill) if row.pk not in held]
    return found[:many]
