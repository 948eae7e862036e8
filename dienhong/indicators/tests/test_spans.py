"""A longer period from its parts: flows add, of stocks the last counts, rates never; what is missing is named."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from dienhong.base import periods
from dienhong.indicators import actions, passports, queries, testing
from dienhong.indicators.queries import SeriesKey
from dienhong.indicators.tests.conftest import make_indicator
from dienhong.journal.models import Event
from dienhong.organizations.models import Person

pytestmark = pytest.mark.django_db
Q2 = periods.period("decree09", "2020-Q2")
MONTHS = ("2020-M04", "2020-M05", "2020-M06")


@pytest.fixture
def indicator(nation, source):
    def made(code="02.001", **said):
        found = make_indicator(code, **said)
        actions.set_authority(found, source, (None, None))
        testing.publish()
        return found

    return made


@pytest.fixture
def told(nation, say):
    """Values of a1 by month; None says nothing of that month."""

    def tell(indicator, *values, months=MONTHS):
        for key, value in zip(months, values, strict=True):
            if value is not None:
                say(indicator, {nation.provinces["a1"]: value}, on=actions.ensure_period("decree09", key))

    return tell


def over(indicator, nation, whole=Q2):
    return queries.over_periods(indicator, whole, nation.provinces["a1"].pk)


@pytest.mark.parametrize(
    ("rule", "nature", "value"),
    [("sum", "flow", "60.0"), ("last", "stock", "30.0"), ("first", "stock", "10.0"), ("average", "average", "20.0"),
     ("max", "stock", "30.0")],
)  # fmt: skip
def test_the_catalogues_rule_joins_the_parts(nation, indicator, told, rule, nature, value):
    found = indicator(nature=nature, agg_periods=rule)
    told(found, "10", "20", "30")
    made = over(found, nation)
    assert (made.kind, made.value, made.missing) == ("month", Decimal(value), [])


@pytest.mark.parametrize("nature", ["growth", "index", "rank"])
def test_rates_and_indices_are_never_joined(nation, indicator, told, nature):
    found = indicator(nature=nature, agg_periods="none", agg_units="none")
    told(found, "1", "2", "3")
    made = over(found, nation)
    assert made.value is None
    assert "không cho gộp" in made.refusal.vi


def test_a_missing_month_is_named_and_not_estimated(nation, indicator, told):
    found = indicator()
    told(found, "10", None, "30")
    made = over(found, nation)
    assert (made.value, [part.plain.key for part in made.missing]) == (Decimal("40.0"), ["2020-M05"])


def test_of_a_stock_the_last_part_decides(nation, indicator, told):
    found = indicator(nature="stock", agg_periods="last")
    told(found, "10", "20", None)
    made = over(found, nation)
    assert made.value is None
    assert "Tháng 6/2020" in made.refusal.vi


def test_nothing_arose_adds_nothing(nation, indicator, told):
    found = indicator()
    told(found, "10", 1, "5")
    assert over(found, nation).value == Decimal("15.0")


def test_a_rate_joins_from_its_sides_and_not_from_itself(nation, indicator, told):
    top, bottom = indicator("08.002"), indicator("08.001")
    rate = indicator(
        "08.004",
        nature="ratio",
        agg_units="ratio",
        agg_periods="ratio",
        numerator="08.002",
        denominator="08.001",
        scale=100,
    )
    told(top, "1", "1", "8")
    told(bottom, "2", "4", "10")
    made = over(rate, nation)
    assert made.value == Decimal("62.5")
    assert made.sides == {"08.002": Decimal(10), "08.001": Decimal(16)}
    row = actions.ensure_period("decree09", "2020-Q2")
    shown = passports.span(SeriesKey(rate.pk, row.pk, nation.provinces["a1"].pk), row)
    assert [side["text"] for side in shown["sides"]] == ["10", "16"]
    again = passports.recompute_span(SeriesKey(rate.pk, row.pk, nation.provinces["a1"].pk), row)
    assert (again["again"], again["verdict"]) == ("62.5", "unproven"), (
        "made again from both sides; no files behind them"
    )
    told(rate, "50", None, None)
    refused = over(rate, nation)
    assert refused.value is None, "one month now gives the rate alone"
    assert "tử số" in refused.refusal.vi


def test_quarters_are_taken_before_months_and_never_mixed(nation, indicator, told):
    found = indicator()
    told(found, "1", "1", "1")
    told(found, "10", "20", months=("2020-Q1", "2020-Q2"))
    made = over(found, nation, periods.period("decree09", "2020-Y"))
    assert (made.kind, made.value, len(made.missing)) == ("quarter", Decimal("30.0"), 2)


def address(key="2020-Q2", name="figure", unit="01"):
    return reverse(f"indicators:{name}", args=["02.001", "decree09", key, unit])


def test_the_passport_shows_each_part_and_reads_them_again(client, nation, indicator, told):
    found = indicator()
    told(found, "10", None, "30")
    client.force_login(Person.objects.create_user("an", password="x"))
    text = client.get(address()).content.decode()
    for words in ("Gộp từ các kỳ", "Cộng các kỳ con", "2/3", "Tháng 5/2020", address("2020-M04"), "40,0"):
        assert words in text, words
    made = json.loads(client.get(address(name="figure_json")).content)
    assert (made["kind"], made["figure"]["value"], made["figure"]["how"]) == ("span", "40", "periods")
    assert [part["known"] for part in made["parts"]] == [True, False, True]
    again = client.post(address(name="recompute")).content.decode()
    assert "Chưa chứng minh được" in again, "messages have no files"
    assert Event.objects.get(verb="indicators.recomputed").object_id.split(":")[1] == "decree09/2020-Q2"
    assert client.get(address("2021-Q2")).status_code == 404
    assert client.get(address("2020-Q9")).status_code == 404


def test_a_figure_of_its_own_stands_before_its_parts(nation, indicator, told):
    found = indicator()
    told(found, "1", "1", "1")
    told(found, "4", months=("2020-Q2",))
    row = actions.ensure_period("decree09", "2020-Q2")
    key = SeriesKey(found.pk, row.pk, nation.provinces["a1"].pk)
    assert passports.passport(key)["figure"]["value"] == "4"
