"""What a passport offers: to give a directive because of this figure, and those that hang on it already."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.directives.queries import lists
from dienhong.directives.words import standing_words
from dienhong.indicators import offers, places
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Period
from dienhong.indicators.offers import Act, Line, Offer
from dienhong.indicators.queries import SeriesKey
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person
from dienhong.organizations.permissions import works_here


def register() -> None:
    offers.register("directives", offer)


def offer(request: HttpRequest, key: SeriesKey, period: Period) -> Offer:
    by = request.user
    if not isinstance(by, Person) or not works_here(by) or not key.period_id or key.source_id:
        return Offer()
    acts = (Act(_("Giao việc vì số này"), figure_address(key, period)),) if lists.leads(by) else ()
    breakdown = key.breakdown_id or indicators.total_breakdown()
    rows = lists.about_figure(by, key.indicator_id, key.unit_id, breakdown, key.measure)
    lines = []
    issuers = organizations.office_names(
        {row.directive.issuer_id for row in rows}, clock.business_today(), get_language() or "vi"
    )
    for row in rows:
        said, css = standing_words(row)
        url = reverse("directives:assignment", args=[row.pk])
        name = f"{row.code} ({issuers.get(row.directive.issuer_id, '?')}) · {row.directive.title}"
        lines.append(Line(name, url, said, css))
    return Offer(acts, _("Chỉ đạo gắn với số này"), tuple(lines))


def figure_address(key: SeriesKey, period: Period) -> str:
    """Where a directive is written that is born from this figure."""
    parts = {
        "indicator": indicators.indicator_of(key.indicator_id).code,
        "calendar": period.calendar,
        "period": period.key,
        "unit": places.code_of(key.unit_id, period.last),
        **places.parameters(key),
    }
    return f"{reverse('directives:new')}?{urlencode(parts)}"
