"""The figures that machines read: the same as on the pages, and a sentence where the question is not one."""

import pytest

from dienhong.base.clock import business_now
from dienhong.indicators import actions, testing
from dienhong.indicators.tests.conftest import make_indicator
from dienhong.organizations.models import Person

pytestmark = pytest.mark.django_db
TABLE = {"calendar": "decree09", "kind": "month", "since": "2020-M07", "until": "2020-M07"}
MONTH = {"calendar": "decree09", "period": "2020-M07"}


@pytest.fixture
def ask(client):
    client.force_login(Person.objects.create_user("may", display_name="Máy đọc"))

    def get(address, **parameters):
        return client.get(f"/api/v1/indicators/{address}", parameters)

    return get


def test_a_table_of_provinces(ask, client, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "148.60"})
    made = ask("02.001/table", **TABLE).json()
    assert made["periods"] == ["2020-M07"]
    codes = [unit["code"] for unit in made["units"]]
    assert len(codes) == len(nation.provinces)
    values = dict(zip(codes, made["values"], strict=True))
    assert values["01"] == ["148.6"]
    assert [value for code, value in values.items() if code != "01"] == [[None]] * (len(codes) - 1)
    assert made["empty"] == []
    chosen = ask("02.001/table", **TABLE, units="01").json()
    assert chosen["units"][0]["name"]
    assert chosen["values"] == [["148.6"]]
    page = made["passport"].format(period="2020-M07", unit="01")
    assert client.get(page).json()["figure"]["value"]


def test_a_table_says_where_and_why_it_is_empty(ask, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "1", nation.provinces["a2"]: 1, nation.provinces["b1"]: 3})
    say(revenue, {nation.provinces["a1"]: 9})
    made = ask("02.001/table", **TABLE, units="01,31,92").json()
    assert made["values"] == [[None], [None], [None]]
    empty = [(each["unit"], each["period"], each["kind"]) for each in made["empty"]]
    assert empty == [(1, 0, "nothing_arose"), (2, 0, "not_applicable")]


def test_a_total_says_what_it_is_made_of(ask, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "148.6", nation.provinces["a2"]: "47.9"})
    made = ask("02.001/total", **MONTH).json()
    assert (made["how"], made["value"], made["reported"]) == ("sum", "196.5", 2)
    assert made["missing"] == len(nation.provinces) - 2
    assert made["passport"].endswith(".json")


def test_a_table_of_a_rate_that_nobody_reports(ask, nation, source, say):
    made = [make_indicator(code) for code in ("08.002", "08.001")]
    make_indicator("08.004", nature="ratio", agg_units="ratio", numerator="08.002", denominator="08.001", scale=100)
    for indicator in made:
        actions.set_authority(indicator, source, (None, None))
    testing.publish()
    say(made[0], {nation.provinces["a1"]: "1", nation.provinces["b1"]: "1"})
    say(made[1], {nation.provinces["a1"]: "4"})
    found = ask("08.004/table", **TABLE, units="01,92").json()
    assert found["values"] == [["25"], [None]]
    assert ask("08.004/total", **MONTH).json()["value"] == "25"


def test_the_past_answers_as_it_knew(ask, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "148.6"})
    then = business_now().isoformat()
    say(revenue, {nation.provinces["a1"]: "150"})
    assert ask("02.001/total", **MONTH, unit="01").json()["value"] == "150"
    assert ask("02.001/total", **MONTH, unit="01", as_of=then).json()["value"] == "148.6"


def test_the_largest_changes(ask, nation, revenue, say):
    a1, a2 = nation.provinces["a1"], nation.provinces["a2"]
    say(revenue, {a1: "148.6", a2: "47.9"})
    say(revenue, {a1: "100.6", a2: "46.9"}, on=actions.ensure_period("decree09", "2020-M06"))
    made = ask("02.001/changes", **MONTH, before="2020-M06").json()
    assert [(one["unit"], one["change"]) for one in made["changes"]] == [("01", "48"), ("31", "1")]
    assert len(ask("02.001/changes", **MONTH, before="2020-M06", limit=1).json()["changes"]) == 1


@pytest.mark.parametrize(
    ("address", "parameters", "status"),
    [
        ("99.999/table", TABLE, 404),
        ("02.001/table", TABLE | {"since": "2020-M13"}, 400),
        ("02.001/table", TABLE | {"since": "1990-M01", "until": "1990-M02"}, 404),
        ("02.001/table", TABLE | {"units": "khong-co"}, 404),
        ("02.001/table", TABLE | {"units": ","}, 404),
        ("02.001/table", TABLE | {"breakdown": "sao=kim"}, 404),
        ("02.001/table", TABLE | {"as_of": "hôm qua"}, 400),
        ("02.001/table", {"since": "2020-M07"}, 422),
        ("02.001/total", MONTH | {"unit": "ZZ"}, 404),
        ("02.001/total", MONTH | {"period": "2020-M99"}, 404),
        ("02.001/changes", MONTH | {"before": "2020-M07", "limit": "0"}, 400),
        ("02.001/changes", MONTH | {"before": "2020-M07", "depth": "sâu"}, 422),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence(ask, nation, revenue, say, address, parameters, status):
    say(revenue, {nation.provinces["a1"]: "1"})
    answer = ask(address, **parameters)
    assert answer.status_code == status, answer.content
    assert len(answer.json()["title"]) > 10
    assert "2020-M13" not in parameters.values() or answer.json()["title"].startswith("Lịch decree09 không có kỳ")


def test_a_stranger_is_told_to_sign_in(client, nation, revenue):
    assert client.get("/api/v1/indicators/02.001/total", MONTH).status_code == 401
