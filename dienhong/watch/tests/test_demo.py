"""The demo's annex of districts and wards: a drill that reaches a ward, and one vertical difference."""

from decimal import Decimal

from dienhong.base import clock
from dienhong.indicators import places, queries
from dienhong.indicators.models import Period
from dienhong.indicators.publisher import publish_once
from dienhong.organizations import queries as organizations
from dienhong.watch import demo
from dienhong.watch.checking.settle import check
from dienhong.watch.models import Difference
from tests.nation import Nation


def test_districts_and_wards_report_beside_their_province(nation: Nation) -> None:
    demo._districts()
    demo._districts()
    publish_once()
    period = Period.objects.get(calendar=demo.CALENDAR, key=demo.QUARTER)
    district = places.unit("001", clock.DEMO_DAY)
    wards = list(organizations.children("administrative", district.pk, clock.DEMO_DAY).order_by("pk"))
    indicator = queries.indicator("08.001")
    said = queries.of_units(indicator, period, [ward.pk for ward in wards], queries.moment())
    assert (len(wards), len(said)) == (13, 13)
    whole = queries.total(indicator, period, district.pk)
    assert sum((each.figure.adds or Decimal(0) for each in said.values()), Decimal(0)) == whole.value
    check(key="provinces_nation", periods=[period.pk])
    [found] = Difference.objects.filter(check_key="provinces_nation").order_by("pk")
    assert (found.unit, found.kind) == (places.unit("01", clock.DEMO_DAY), "vertical")
