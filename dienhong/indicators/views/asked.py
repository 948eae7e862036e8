"""What an address asks for: which figure, as of when, in which language. Each with its 404 or 400."""

import datetime as dt

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from dienhong.base import clock, moments, periods
from dienhong.base.once import once
from dienhong.indicators import places, queries
from dienhong.indicators.models import Indicator, Measure, Period
from dienhong.indicators.queries import Moment, SeriesKey, kept
from dienhong.organizations.models import Unit


def language() -> str:
    return "en" if (translation.get_language() or "vi").startswith("en") else "vi"


@once
def moment(request: HttpRequest) -> Moment:
    """`as_of` is business time, a day or a minute; a day means its end. One that has not come is as known now.

    Resolved once a request: whoever answers a part of the page sees the same, and what one read the others have.
    """
    chosen = _chosen(request)
    return (
        queries.moment()
        if chosen is None or chosen > clock.business_now()
        else queries.moment(queries.from_business(chosen))
    )


def said_of_moment(request: HttpRequest) -> dict[str, str]:
    """A sentence where the chosen moment has not come yet: nobody can know what will be known then."""
    chosen = _chosen(request)
    if chosen is None or chosen <= clock.business_now() or chosen.date() == clock.business_today():
        return {"as_of_note": ""}
    said = _("%(asked)s còn ở phía trước. Đây là số như đã biết đến lúc này, %(now)s; đến khi ấy số có thể khác.")
    times = {"asked": chosen, "now": clock.business_now()}
    return {"as_of_note": said % {name: f"{at.astimezone(clock.HANOI):%H:%M, %d/%m/%Y}" for name, at in times.items()}}


def _chosen(request: HttpRequest) -> dt.datetime | None:
    text = request.GET.get("as_of", "").strip()
    if not text:
        return None
    try:
        return moments.read(text)
    except (ValueError, OverflowError):
        raise BadRequest(
            _("Không hiểu thời điểm “%(text)s”; viết 05/08/2020 14:02, hoặc chỉ ngày 05/08/2020.") % {"text": text[:40]}
        ) from None


def indicator(code: str) -> Indicator:
    try:
        return queries.indicator(code)
    except Indicator.DoesNotExist:
        raise Http404(_("Không có chỉ tiêu mang mã %(code)s.") % {"code": code[:40]}) from None


def key(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> SeriesKey:
    """The series key of an address with its parameters breakdown, measure, source. 404 for a period nobody spoke of."""
    row = kept.period(calendar, period)
    if row is None:
        raise Http404(_("Chưa có số nào của kỳ %(period)s.") % {"period": period[:40]})
    return key_in(row, request, code, unit)


def period_of(calendar: str, key: str) -> Period:
    """The period's row, or a row that is not saved for a period that exists and that only its parts speak of."""
    row = kept.period(calendar, key)
    if row is not None:
        return row
    try:
        plain = periods.period(calendar, key)
    except periods.PeriodError:
        raise Http404(_("Chưa có số nào của kỳ %(period)s.") % {"period": key[:40]}) from None
    return Period(calendar=plain.calendar, kind=plain.kind, key=plain.key, first=plain.first, last=plain.last)


def key_in(row: Period, request: HttpRequest, code: str, unit: str) -> SeriesKey:
    """The key within a period; period id 0 for one that is not saved."""
    try:
        found = places.unit(unit, row.last)
    except Unit.DoesNotExist as error:
        raise Http404(str(error)) from None
    breakdown = kept.breakdown_of(request.GET.get("breakdown", ""))
    measure, source = request.GET.get("measure", "0"), request.GET.get("source", "")
    known = measure.isdecimal() and int(measure) in Measure.values
    if breakdown is None or not known or (source and not source.isdecimal()):
        raise Http404(_("Không có dãy số như vậy."))
    return SeriesKey(
        indicator(code).pk, row.pk or 0, found.pk, breakdown, int(measure), int(source[:18]) if source else None
    )
