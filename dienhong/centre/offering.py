"""What a passport offers: why a figure that is computed of one unit's own figures is another one now.

A total says so itself, by the units that it is made from (indicators.passports.why).
"""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.indicators import offers, places, queries
from dienhong.indicators.models import Period
from dienhong.indicators.offers import Act, Offer
from dienhong.indicators.queries import Moment, SeriesKey
from dienhong.indicators.views import asked
from dienhong.organizations.permissions import works_here

CHANGES = "changes"


def register() -> None:
    offers.register(CHANGES, changes)


def changes(request: HttpRequest, key: SeriesKey, period: Period) -> Offer:
    if not works_here(request.user) or not key.period_id or key.source_id:
        return Offer()
    at = asked.moment(request)
    before = queries.shifted(period, "prev") if _may_be_computed(key, period, at) else None
    if before is None or not all(_computed(key, row, at) for row in (period, before)):
        return Offer()
    indicator, unit = queries.indicator_of(key.indicator_id), places.code_of(key.unit_id, period.last)
    said = places.parameters(key) | ({"as_of": request.GET["as_of"]} if request.GET.get("as_of") else {})
    address = reverse("centre:changes", args=[indicator.code, period.calendar, period.key, unit])
    return Offer((Act(_("Vì sao đổi"), f"{address}?{urlencode(said)}" if said else address),))


def _may_be_computed(key: SeriesKey, period: Period, at: Moment) -> bool:
    """Without reading a figure: most are reported, and every passport asks."""
    entry, method = queries.entry(key.indicator_id, at), queries.method(key.indicator_id, period, at)
    rate = entry is not None and entry.agg_units in ("ratio", "weighted")
    return rate or bool(method is not None and method.formula)


def _computed(key: SeriesKey, period: Period, at: Moment) -> bool:
    """Whether the figure is there and is made of others of the unit itself."""
    made = queries.total(
        queries.indicator_of(key.indicator_id), period, key.unit_id, breakdown_id=key.breakdown_id,
        measure=key.measure, as_of=at,
    )  # fmt: skip
    return made.value is not None and made.how != "direct" and not made.depth
