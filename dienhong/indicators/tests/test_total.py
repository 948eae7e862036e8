from decimal import Decimal

import pytest

from dienhong.indicators import actions, queries, testing
from dienhong.indicators.models import Entry, Source
from dienhong.indicators.tests.conftest import ALWAYS, link, make_indicator, make_unit


def total(indicator, period, unit, **more):
    return queries.total(indicator, period, unit.pk, **more)


def test_provinces_add_up_and_nothing_arose_adds_zero(nation, revenue, period, say):
    places = nation.provinces
    say(revenue, {places["a1"]: "148.6", places["a2"]: "47.9", places["b1"]: 1})
    found = total(revenue, period, nation.unit)
    assert (found.how, found.value, found.reported) == ("sum", Decimal("196.5"), 3)
    assert found.without == (places["b2"].pk,)
    north = total(revenue, period, nation.regions["north"], hierarchy="six_regions")
    assert (north.value, north.without) == (Decimal("196.5"), ())


def test_unknown_is_named_and_never_estimated(nation, revenue, period, say):
    places = nation.provinces
    say(revenue, {places["a1"]: "10", places["a2"]: 2, places["b1"]: 4, places["b2"]: 3})
    found = total(revenue, period, nation.unit)
    assert found.value == Decimal("10")
    assert set(found.unknown) == {places["a2"].pk, places["b1"].pk}


def test_all_nothing_arose_is_nothing_arose_not_zero(nation, revenue, period, say):
    say(revenue, {unit: 1 for unit in nation.provinces.values()})
    found = total(revenue, period, nation.unit)
    assert (found.value, found.empty) == (None, 1)


def test_levels_are_never_mixed(nation, revenue, period, say):
    """Communes of a1 are known too; a1's own figure holds, and theirs are not added to it."""
    say(revenue, {nation.provinces["a1"]: "10"})
    say(revenue, {nation.communes[0]: "7", nation.communes[1]: "4"})
    assert total(revenue, period, nation.unit).value == Decimal("10")
    assert total(revenue, period, nation.provinces["a1"]).how == "direct"


def test_without_any_province_the_communes_speak(nation, revenue, period, say):
    say(revenue, {nation.communes[0]: "7", nation.communes[1]: "4"})
    found = total(revenue, period, nation.unit)
    assert (found.value, found.depth) == (Decimal("11"), 2)


@pytest.mark.parametrize("ahead", [False, True], ids=["read then", "read ahead"])
@pytest.mark.parametrize("code", ["02.001", "03.010"], ids=["reported", "computed"])
def test_what_a_level_adds_is_what_its_figures_add(nation, revenue, source, period, say, code, ahead):
    places = nation.provinces
    say(revenue, {places["a1"]: "148.6", places["a2"]: 1, places["b1"]: 2, places["b2"]: "7"})
    say(revenue, {places["b2"]: 9})
    say(revenue, {nation.communes[0]: "4"})
    indicator = make_indicator(code, formula="[02.001] * 2") if code != "02.001" else revenue
    testing.publish()
    at = queries.moment(None)
    breakdown = queries.total_breakdown()
    ask = queries.Ask(period, nation.unit.pk, "administrative", at, breakdown, 0)
    recipe = queries.recipe(indicator, ask)
    if ahead:
        queries.read_ahead(
            [queries.Wanted(each, nation.unit.pk, period.last, "administrative") for each in recipe.leaves.values()], at
        )
    level, _behind = queries.recipe_level(recipe, ask.below(), 1)
    adding = queries.recipe_adding(recipe, ask.below(), 1)
    assert adding == {unit: figure.adds for unit, figure in level.items() if figure and figure.adds is not None}
    assert adding[places["a1"].pk] == Decimal("148.6") * (1 if code == "02.001" else 2)
    assert places["b1"].pk not in adding
    assert places["b2"].pk not in adding


def test_the_units_own_figure_holds_before_any_sum(nation, revenue, period, say):
    say(revenue, {nation.provinces["a1"]: "10"})
    say(revenue, {nation.unit: "775.9"})
    found = total(revenue, period, nation.unit)
    assert (found.how, found.value) == ("direct", Decimal("775.9"))
    say(revenue, {nation.unit: 9})
    assert total(revenue, period, nation.unit).value == Decimal("10")


def test_as_of_across_a_supersession_and_a_retraction(nation, revenue, period, say):
    a1, a2 = nation.provinces["a1"], nation.provinces["a2"]
    moments = []
    for values in ({a1: "10", a2: "5"}, {a1: "9"}, {a2: 9}):
        say(revenue, values)
        moments.append(queries.cap())
    assert [total(revenue, period, nation.unit, as_of=at).value for at in moments] == [15, 14, 9]
    assert a2.pk in total(revenue, period, nation.unit).without
    assert total(revenue, period, nation.unit, as_of=moments[0]).value == 15


def test_only_the_authoritative_source_counts(nation, revenue, source, period, say):
    other = actions.ensure_source("feed:gso", Source.Kind.FEED, "Tổng cục Thống kê")
    say(revenue, {nation.provinces["a1"]: "10"})
    say(revenue, {nation.provinces["a1"]: "99"}, by=other)
    before = queries.cap()
    assert total(revenue, period, nation.unit).value == Decimal("10")
    actions.set_authority(revenue, other, (None, None))
    testing.publish()
    assert total(revenue, period, nation.unit).value == Decimal("99")
    assert total(revenue, period, nation.unit, as_of=before).value == Decimal("10")
    assert queries.authority(revenue.pk, period).key == "feed:gso"
    assert queries.authority(revenue.pk, period, before) == source


@pytest.fixture
def parts(nation, source):
    """A ratio of two indicators, with its source."""
    made = [make_indicator(code) for code in ("08.002", "08.001")]
    ratio = make_indicator(
        "08.004", nature="ratio", agg_units="ratio", numerator="08.002", denominator="08.001", scale=100, decimals=1
    )
    for indicator in (*made, ratio):
        actions.set_authority(indicator, source, (None, None))
    testing.publish()
    return ratio, *made


def test_a_ratio_comes_from_both_totals_of_the_same_units(nation, parts, period, say):
    ratio, top, bottom = parts
    places = nation.provinces
    say(top, {places["a1"]: "1", places["a2"]: "1", places["b1"]: "500"})
    say(bottom, {places["a1"]: "3", places["a2"]: "3"})
    found = total(ratio, period, nation.unit)
    assert (found.how, found.value, found.reported) == ("ratio", Decimal("33.3"), 2)
    assert set(found.without) == {places["b1"].pk, places["b2"].pk}
    assert found.inputs["08.002"].value == Decimal("2")


def test_a_denominator_of_zero_is_refused_with_the_reason(nation, parts, period, say):
    ratio, top, bottom = parts
    say(top, {nation.provinces["a1"]: "1"})
    say(bottom, {nation.provinces["a1"]: "0"})
    found = total(ratio, period, nation.unit)
    assert found.value is None
    assert "mẫu số" in found.refusal.get("vi")


def test_a_weighted_mean_weighs(nation, source, period, say):
    mean = make_indicator("05.009", nature="average", agg_units="weighted", weight="05.002", decimals=2)
    weight = make_indicator("05.002")
    for indicator in (mean, weight):
        actions.set_authority(indicator, source, (None, None))
    testing.publish()
    say(mean, {nation.provinces["a1"]: "10", nation.provinces["a2"]: "20"})
    say(weight, {nation.provinces["a1"]: "1", nation.provinces["a2"]: "2"})
    assert total(mean, period, nation.unit).value == Decimal("16.67")


@pytest.mark.parametrize("nature", ["growth", "index", "rank"])
def test_rates_and_indices_are_never_summed(nation, source, period, say, nature):
    rate = make_indicator("01.001", nature=nature, agg_units="none")
    actions.set_authority(rate, source, (None, None))
    testing.publish()
    say(rate, {nation.provinces["a1"]: "5", nation.provinces["a2"]: "7"})
    found = total(rate, period, nation.unit)
    assert found.value is None
    assert found.refusal.get("vi") != found.refusal.get("en")
    assert total(rate, period, nation.provinces["a1"]).value == Decimal("5")


def test_a_formula_takes_totals_and_earlier_periods(nation, source, period, say):
    last_year = actions.ensure_period("decree09", "2019-M07")
    base = make_indicator("03.006")
    growth = make_indicator(
        "03.009", nature="growth", agg_units="none", formula="change([03.006], [03.006]@year_before)", decimals=1
    )
    for indicator in (base, growth):
        actions.set_authority(indicator, source, (None, None))
    testing.publish()
    say(base, {nation.provinces["a1"]: "110", nation.provinces["a2"]: "10"})
    assert total(growth, period, nation.unit).value is None
    say(base, {nation.provinces["a1"]: "100"}, on=last_year)
    found = total(growth, period, nation.unit)
    assert (found.how, found.value) == ("formula", Decimal("20.0"))
    assert set(found.without) >= {nation.provinces["b1"].pk}


def test_a_formula_in_a_circle_is_refused(nation, source, period):
    one = make_indicator("03.001", agg_units="none", formula="[03.002] + 1")
    make_indicator("03.002", agg_units="none", formula="[03.001] + 1")
    testing.publish()
    assert "03.001" in total(one, period, nation.unit).refusal.get("en")


def test_a_hierarchy_of_the_past_is_replayed(nation, revenue, period, say):
    from dienhong.organizations.closure import refresh_ancestry

    say(revenue, {nation.provinces["a1"]: "10"})
    before = queries.moment(queries.cap())
    stranger = make_unit("Huế", "province", "46")
    link(nation.trees["administrative"], stranger, nation.unit)
    refresh_ancestry(nation.trees["administrative"].pk)
    assert ALWAYS.upper is None
    say(revenue, {stranger: "5"})
    assert total(revenue, period, nation.unit).value == Decimal("15")
    past = total(revenue, period, nation.unit, as_of=before)
    assert past.value == Decimal("10")
    assert stranger.pk not in past.without


def test_the_largest_changes_either_way(nation, revenue, period, say):
    earlier = actions.ensure_period("decree09", "2020-M06")
    a1, a2, b1, b2 = nation.provinces.values()
    say(revenue, {a1: "10", a2: "10", b1: "10", b2: "10"}, on=earlier)
    say(revenue, {a1: "11", a2: "2", b1: 1, b2: 2})
    found = queries.largest_changes(revenue.pk, period, earlier, nation.unit.pk, 2)
    assert [(row.unit_id, row.change) for row in found] == [(b1.pk, Decimal(-10)), (a2.pk, Decimal(-8))]


def test_search_finds_without_tones_and_with_half_words(nation, revenue, source):
    make_indicator("02.005", name_vi="Chi ngân sách nhà nước", name_en="State budget expenditure")
    make_indicator("05.001", name_vi="Lực lượng lao động", name_en="Labour force")
    testing.publish()
    assert {entry.indicator.code for entry in queries.search("ngan sach")} == {"02.001", "02.005"}
    assert queries.search("chi ngan sach")[0].indicator.code == "02.005"
    assert [entry.indicator.code for entry in queries.search("THU ngân sá")] == ["02.001"]
    assert [entry.indicator.code for entry in queries.search("luc luong lao don")] == ["05.001"]
    assert queries.search("02.005")[0].indicator.code == "02.005"
    assert queries.search("  ") == []
    assert queries.search("'); drop & | :*") == []


def test_an_old_wording_is_not_found_any_more(nation, revenue):
    first = Entry.objects.get()
    before = queries.cap()
    values = {f.attname: getattr(first, f.attname) for f in Entry._meta.concrete_fields}
    Entry.objects.create(**values | {"id": None, "known_at": None, "name_vi": "Khác", "search_key": "khac"})
    testing.publish()
    assert queries.search("tong thu") == []
    assert len(queries.search("tong thu", before)) == 1
