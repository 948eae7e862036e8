from decimal import Decimal

import pytest
from psycopg.types.range import DateRange

from dienhong.indicators import actions, queries, testing
from dienhong.indicators.models import Source, Voice
from dienhong.indicators.tests.conftest import ALWAYS, make_indicator
from dienhong.organizations.models import Grant, Person, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasury(db):
    return actions.ensure_source("feed:treasury", Source.Kind.FEED, "Kho bạc Nhà nước", name_en="State Treasury")


@pytest.fixture
def apart(nation, revenue, treasury, say):
    """Hanoi: 100 against 100,3; Hải Phòng: the same at the indicator's digits; Cần Thơ: one source only."""
    places = nation.provinces
    say(revenue, {places["a1"]: "100", places["a2"]: "50", places["b1"]: "7"})
    say(revenue, {places["a1"]: "100.3", places["a2"]: "50.01"}, by=treasury)
    return places


def test_only_what_differs_at_the_indicators_digits_is_a_conflict(apart, revenue, source, treasury):
    [row] = queries.conflicts()
    assert (row.unit_id, row.one.value, row.two.value) == (apart["a1"].pk, Decimal(100), Decimal("100.3"))
    assert {row.one.source_id, row.two.source_id} == {source.pk, treasury.pk}
    assert row.apart_percent == Decimal("0.3")
    assert queries.count_conflicts(revenue.pk) == 1
    assert Voice.objects.count() == 2


def test_a_correction_ends_it_and_the_past_still_has_it(apart, revenue, treasury, say):
    before = queries.cap()
    say(revenue, {apart["a1"]: "100"}, by=treasury)
    assert queries.conflicts() == []
    assert queries.count_conflicts(revenue.pk) == 0
    assert len(queries.conflicts(as_of=before)) == 1


def test_a_retracted_or_unknown_figure_says_nothing_against_another(apart, revenue, treasury, say):
    say(revenue, {apart["a1"]: 9}, by=treasury)
    assert queries.conflicts() == []
    say(revenue, {apart["a1"]: 2}, by=treasury)
    assert queries.conflicts() == []
    say(revenue, {apart["a1"]: 1}, by=treasury)
    assert len(queries.conflicts()) == 1, "nothing arose is 0, and 0 is not 100"


def test_nobody_is_asked_twice_where_one_source_speaks(nation, revenue, say, django_assert_num_queries):
    say(revenue, {nation.provinces["a1"]: "100"})
    at = queries.moment(queries.cap())
    with django_assert_num_queries(1):
        assert queries.count_conflicts(revenue.pk, at) == 0


def _signed(client, unit):
    person = Person.objects.create_user(f"u{unit.pk}", display_name="Nguyễn Văn Mẫu")
    Grant.objects.create(person=person, role=Role.LEADER, unit=unit, validity=DateRange(ALWAYS.lower, None))
    client.force_login(person)
    return client


def test_both_owners_see_it_and_the_indicator_counts_it(client, apart, revenue):
    other = make_indicator("02.097")
    testing.publish()
    text = _signed(client, apart["a1"]).get("/indicators/conflicts/").content.decode()
    assert ("100,0" in text, "100,3" in text, "Kho bạc Nhà nước" in text, "nguồn được giao" in text) == (True,) * 4
    assert "Của đơn vị tôi (1)" in text
    assert "1 chỗ hai nguồn nói khác nhau" in client.get("/indicators/02.001/").content.decode()
    assert "chỗ hai nguồn nói khác nhau" not in client.get(f"/indicators/{other.code}/").content.decode()
    text = _signed(client, apart["b1"]).get("/indicators/conflicts/", {"mine": "1"}).content.decode()
    assert "Của đơn vị tôi (0)" in text
    assert "Không có chỗ nào" in text
