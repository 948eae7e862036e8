"""Who should have reported and has not: by regime, the longest overdue first. One question."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dienhong.base import clock
from dienhong.centre import answer
from dienhong.centre.answer import Answer, Head, Mark
from dienhong.centre.asking import CannotAsk, Sight
from dienhong.centre.forms import Form, register
from dienhong.centre.permissions import HOME
from dienhong.centre.spec import Tile
from dienhong.indicators import places
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Ancestry, Unit
from dienhong.reporting import queries as reporting
from dienhong.reporting.life import with_life
from dienhong.reporting.lived import LivedDuty
from dienhong.reporting.models import Duty
from dienhong.reporting.workdays import shown_calendar

ROOM = {1: 4, 2: 11, 3: 18}
LOOK_BACK = dt.timedelta(days=200)  # a duty overdue for longer is a matter of the regime's own board


@dataclass(frozen=True, slots=True)
class Late:
    duty: LivedDuty
    days: int


def answered(tile: Tile, sight: Sight) -> Answer:
    now = sight.at.business if sight.at.past else clock.business_now()
    of = _asked(tile, sight)
    found = overdue(tile.regime, now, None if of is None else _units(of, sight.today))
    names = organizations.names({each.duty.unit_id for each in found}, sight.today, sight.lang)
    where = "" if of is None else organizations.name(of, sight.today, sight.lang)
    regimes = reporting.regime_names({each.duty.regime_id for each in found}, sight.lang)
    most = ROOM[tile.height]
    marks = tuple(
        Mark(
            names.get(each.duty.unit_id, ""), _overdue(each.days), None,
            reverse("reporting:duty", args=[each.duty.pk]), name=regimes.get(each.duty.regime_id, ""),
        )
        for each in found[:most]
    )  # fmt: skip
    left = len(found) - len(marks)
    note = ngettext("và %(n)d báo cáo nữa", "và %(n)d báo cáo nữa", left) % {"n": left} if left else ""
    title = tile.title(sight.lang) or _("Chậm báo cáo")
    fresh = answer.counted_fresh(tile)
    head = Head(None, str(len(found)), "", reverse("reporting:regimes"), attention=bool(found), fresh=fresh)
    return Answer(tile, title, sight.lang, where=where, head=head, marks=marks, note=note)


def _asked(tile: Tile, sight: Sight) -> Unit | None:
    """Whose reports; None for everybody's."""
    if tile.unit == HOME:
        return None
    try:
        return places.unit(tile.unit, sight.today)
    except Unit.DoesNotExist:
        raise CannotAsk(_("Hôm nay không có đơn vị mang mã %(code)s.") % {"code": tile.unit}) from None


def _units(of: Unit, today: dt.date) -> set[int]:
    """The unit and all below it, in whichever hierarchy: a region has its provinces, a ministry its departments."""
    rows = Ancestry.objects.filter(ancestor=of, validity__contains=today, superseded_at=None)
    return {of.pk, *rows.values_list("descendant", flat=True)}


def overdue(regime: str, now: dt.datetime, units: set[int] | None = None) -> list[Late]:
    """Duties (of these units) past their due time that nobody sent, longest overdue first; working days are counted."""
    rows = Duty.objects.filter(due_at__lt=now, due_at__gt=now - LOOK_BACK)
    if regime:
        rows = rows.filter(regime__code=regime)
    if units is not None:
        rows = rows.filter(unit__in=units)
    lived = with_life(rows, now).filter(exempt=False, counts=False, sent_at=None, due__lt=now)
    days = shown_calendar()
    today = now.astimezone(clock.HANOI).date()
    return [
        Late(duty, days.working_days_between(duty.due.astimezone(clock.HANOI).date(), today))
        for duty in lived.order_by("due", "regime__code", "unit")
    ]


def _overdue(days: int) -> str:
    if not days:
        return _("quá hạn hôm nay")
    return ngettext("quá %(n)d ngày làm việc", "quá %(n)d ngày làm việc", days) % {"n": days}


FORM = register(
    Form(
        "late", gettext_lazy("Đơn vị chậm báo cáo"), "late", plain=answered, needs=frozenset(),
        offers=("lead", "regime", "fresh"),
    )
)  # fmt: skip
