"""Formulas that name a part, `[08.001]{channel=online}`, and the rates that divide by or through a formula."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import transaction

from dienhong.base import store
from dienhong.indicators import actions, catalogue_files, coverage, evidence, passports, queries, testing
from dienhong.indicators.models import CodeList, Indicator, Member
from dienhong.indicators.queries import SeriesKey
from dienhong.indicators.tests.conftest import make_indicator, row_of
from dienhong.rules.expressions import parse, references, rounded

SHEETS = {sheet.code: sheet for sheet in catalogue_files.sheets()}
BROKEN_DOWN = {
    code: ref
    for code, sheet in SHEETS.items()
    if sheet.method["formula"]
    for ref in references(parse(sheet.method["formula"]))
    if ref.breakdown
}
THROUGH_A_FORMULA = [
    code
    for code, sheet in SHEETS.items()
    if sheet.entry["agg_units"] == "ratio"
    and any(SHEETS[sheet.entry[side]].method["formula"] for side in ("numerator", "denominator"))
]


def read(digest, refs):
    cells = json.loads(store.get(digest))
    return {ref: (Decimal(cells[ref]), 0) for ref in refs}


@pytest.fixture
def files(monkeypatch):
    monkeypatch.setattr(evidence, "_resolvers", {})
    monkeypatch.setattr(evidence, "_readers", {"test_file": read})
    monkeypatch.setattr(coverage, "_providers", {})


@pytest.fixture
def like(nation, source):
    """The catalogue's own indicator by its code, with what it is made from; those without a formula are reported."""

    def made(code):
        there = Indicator.objects.filter(code=code).first()
        if there:
            return there
        sheet = SHEETS[code]
        formula = sheet.method["formula"]
        row = make_indicator(code, **{**sheet.entry, "formula": formula, "legal_basis": "Luật"})
        named = {sheet.entry[side] for side in ("numerator", "denominator", "weight")} - {""}
        named |= {ref.code for ref in references(parse(formula))} if formula else set()
        for each in sorted(named):
            made(each)
        if not named:
            actions.set_authority(row, source, (None, None))
        testing.publish()
        return row

    return made


@pytest.fixture
def give(files, source):
    """Write values of one unit with their kept file: (indicator, members, value) each."""

    def given(unit, on, *said, demo=False):
        rows, cells = [], {}
        for place, (indicator, members, value) in enumerate(said):
            for name, member in members.items():
                code_list, _made = CodeList.objects.get_or_create(key=name, defaults={"name_vi": name, "name_en": name})
                named = {"name_vi": member, "name_en": member, "position": 1}
                Member.objects.get_or_create(code_list=code_list, key=member, defaults=named)
            cells[f"Thu!D{place}"] = value
            broken = actions.ensure_breakdown(members).pk
            rows.append(row_of(indicator, on, unit, value, breakdown_id=broken, ref=f"Thu!D{place}"))
        digest = store.put(json.dumps(cells).encode() + b" " * unit.pk)
        with transaction.atomic():
            actions.write_batch(
                by="person:1", source=source, reporter=unit, rows=rows, demo=demo,
                evidence=[("test_file", str(unit.pk), "bieu.xlsx", digest)],
            )  # fmt: skip
        testing.publish()

    return given


def key(indicator, period, unit):
    return SeriesKey(indicator.pk, period.pk, unit.pk)


def test_the_catalogue_has_such_formulas():
    assert {"S.08.006", "S.06.010", "S.05.007"} <= set(BROKEN_DOWN)
    assert {"08.005", "08.004", "06.018", "05.007", "07.004"} <= set(THROUGH_A_FORMULA)


@pytest.mark.parametrize("code", sorted(BROKEN_DOWN))
def test_a_part_is_never_taken_for_the_whole(nation, period, like, give, code):
    view, ref = like(code), BROKEN_DOWN[code]
    whole, a1, a2 = Indicator.objects.get(code=ref.code), nation.provinces["a1"], nation.provinces["a2"]
    give(a1, period, (whole, {}, "100"), (whole, dict(ref.breakdown), "40"))
    give(a2, period, (whole, {}, "50"), (whole, dict(ref.breakdown), "5"))
    assert queries.total(view, period, a1.pk).value == 40
    assert queries.total(view, period, nation.unit.pk).value == 45
    assert passports.total(key(view, period, nation.unit))["figure"]["value"] == "45"
    again = passports.recompute(key(view, period, nation.unit))
    assert (again["verdict"], again["again"], again["cells"]) == ("equal", "45", 2)


@pytest.mark.parametrize("code", sorted(BROKEN_DOWN))
def test_without_the_part_there_is_nothing(nation, period, like, give, code):
    view, ref = like(code), BROKEN_DOWN[code]
    give(nation.provinces["a1"], period, (Indicator.objects.get(code=ref.code), {}, "100"))
    for unit in (nation.provinces["a1"], nation.unit):
        found = queries.total(view, period, unit.pk)
        assert (found.how, found.value) == ("nothing", None)
    assert passports.recompute(key(view, period, nation.unit))["verdict"] == "nothing"


def leaves_of(code):
    """(indicator code, members) of everything reported that the code is made from, in a fixed order."""
    formula = SHEETS[code].method["formula"]
    if not formula:
        return [(code, ())]
    return [(ref.code, ref.breakdown) for ref in references(parse(formula))]


@pytest.mark.parametrize("code", sorted(THROUGH_A_FORMULA))
def test_a_rate_through_a_formula_has_its_tree_and_is_recomputed(nation, period, like, give, code):
    rate, entry = like(code), SHEETS[code].entry
    sides = [leaves_of(entry[side]) for side in ("numerator", "denominator")]
    every = list(dict.fromkeys([*sides[0], *sides[1]]))
    a1, a2, b1 = (nation.provinces[name] for name in ("a1", "a2", "b1"))
    amounts = {}
    for unit, size in ((a1, 10), (a2, 7)):
        amounts[unit] = {leaf: Decimal(size * (place + 3)) for place, leaf in enumerate(every)}
        said = [
            (Indicator.objects.get(code=of), dict(members), str(amounts[unit][of, members])) for of, members in every
        ]
        give(unit, period, *said)
    one_sided = sides[0][0]
    if len(every) > 1:
        give(b1, period, (Indicator.objects.get(code=one_sided[0]), dict(one_sided[1]), "9999"))

    def side(unit, which):
        one, *others = (amounts[unit][leaf] for leaf in leaves_of(entry[which]))
        sign = -1 if "-" in SHEETS[entry[which]].method["formula"] else 1
        return one + sign * sum(others, Decimal(0))

    def rate_of(*units):
        top, bottom = (sum(side(unit, which) for unit in units) for which in ("numerator", "denominator"))
        return rounded(Fraction(top) / Fraction(bottom) * Fraction(entry["scale"]), entry["decimals"])

    assert queries.total(rate, period, a1.pk).value == rate_of(a1)
    assert queries.total(rate, period, nation.unit.pk).value == rate_of(a1, a2), "b1 lacks a side and counts in none"
    made = passports.total(key(rate, period, nation.unit))
    assert json.loads(json.dumps(made)) == made
    assert made["checks"][0]["outcome"] == "passed"
    [north] = [node for node in made["contributors"] if node["value"]]
    rows = passports.branch(key(rate, period, nation.unit), north["unit"]["id"])
    assert {row["unit"]["id"]: Decimal(row["value"]) for row in rows} == {a1.pk: rate_of(a1), a2.pk: rate_of(a2)}
    for unit in (nation.unit, a1):
        again = passports.recompute(key(rate, period, unit))
        assert again["verdict"] == "equal", (unit, again)


def test_a_view_that_breaks_down_by_nothing_is_the_whole(nation, period, like, give):
    """S.07.001 is [07.009] without breakdown: a kind of land is divided by all land, not by itself."""
    share, a1 = like("S.07.002"), nation.provinces["a1"]
    area = Indicator.objects.get(code="07.009")
    give(a1, period, (area, {}, "100"), (area, {"land_use": "forest"}, "40"))
    forest = actions.ensure_breakdown({"land_use": "forest"})
    assert queries.total(share, period, a1.pk, breakdown_id=forest.pk).value == 40


def test_a_breakdown_that_is_asked_joins_the_one_in_the_formula(nation, period, like, give):
    online, a1 = like("S.08.006"), nation.provinces["a1"]
    dossiers = Indicator.objects.get(code="08.001")
    give(a1, period, (dossiers, {"channel": "online", "handling_level": "commune"}, "7"),
         (dossiers, {"handling_level": "commune"}, "30"), (dossiers, {"channel": "online"}, "20"))  # fmt: skip
    commune = actions.ensure_breakdown({"handling_level": "commune"})
    assert queries.total(online, period, a1.pk, breakdown_id=commune.pk).value == 7
    assert queries.total(online, period, a1.pk).value == 20


def test_a_measure_that_a_formula_names_is_taken(nation, period, source):
    from dienhong.indicators.models import Measure

    base, a1 = make_indicator("02.001"), nation.provinces["a1"]
    estimated = make_indicator("02.098", agg_units="none", formula="[02.001]:full_estimate")
    actions.set_authority(base, source, (None, None))
    testing.publish()
    rows = [row_of(base, period, a1, "60"), row_of(base, period, a1, "100", measure=int(Measure.FULL_ESTIMATE))]
    with transaction.atomic():
        actions.write_batch(
            by="person:1", source=source, reporter=a1, rows=rows, evidence=[("message", "m", "Tin nhắn", "")]
        )
    testing.publish()
    assert queries.total(estimated, period, a1.pk).value == 100


def test_two_sums_that_share_no_unit_make_no_rate(nation, period, like, give):
    rate = like("08.013")
    top, bottom = (Indicator.objects.get(code=code) for code in ("08.012", "08.008"))
    give(nation.provinces["a1"], period, (top, {}, "3"))
    give(nation.provinces["b1"], period, (bottom, {}, "4"))
    found = queries.total(rate, period, nation.unit.pk)
    assert found.value is None
    assert "cả hai" in found.refusal.get("vi")


def test_a_rate_says_that_it_is_generated_only_where_its_inputs_are(nation, period, like, give):
    rate = like("08.005")
    dossiers, a1, a2 = Indicator.objects.get(code="08.001"), nation.provinces["a1"], nation.provinces["a2"]
    said = ((dossiers, {}, "100"), (dossiers, {"channel": "online"}, "40"))
    give(a1, period, *said)
    give(a2, period, *said, demo=True)
    figures = {unit: passports.passport(key(rate, period, unit))["figure"] for unit in (a1, a2, nation.unit)}
    assert [figures[unit]["demo"] for unit in (a1, a2, nation.unit)] == [False, True, True]


@pytest.fixture
def online(nation, period, like, give):
    """08.005 of two provinces in two months."""
    rate, dossiers = like("08.005"), Indicator.objects.get(code="08.001")
    for on, one, two in ((actions.ensure_period("decree09", "2020-M06"), "20", "45"), (period, "40", "30")):
        for unit, part in (("a1", one), ("a2", two)):
            said = ((dossiers, {}, "100"), (dossiers, {"channel": "online"}, part))
            give(nation.provinces[unit], on, *said, demo=unit == "a2")
    return rate


@pytest.fixture
def signed(client, db):
    from dienhong.organizations.models import Person

    client.force_login(Person.objects.create_user("an", password="x", display_name="Nguyễn Thị An"))
    return client


def test_the_page_of_a_computed_rate_has_its_table_its_line_and_its_map(signed, online):
    text = signed.get("/indicators/08.005/").content.decode()
    assert "Chưa có số" not in text
    assert "<svg" in text
    table = text.split('<table class="table">')[-1]
    assert ("35,00" in table, "32,50" in table, "2/4" in table) == (True, True, True)
    assert 'class="tile' in text


def test_the_download_of_a_computed_rate_has_every_unit_and_the_nation(signed, online):
    import csv
    import io

    body = b"".join(signed.get("/indicators/08.005.csv").streaming_content).decode("utf-8-sig")
    rows = {(row["unit_code"], row["period"]): row for row in csv.DictReader(io.StringIO(body))}
    assert {key: Decimal(row["value"]) for key, row in rows.items()} == {
        ("01", "2020-M06"): 20, ("31", "2020-M06"): 45, ("VN", "2020-M06"): Decimal("32.5"),
        ("01", "2020-M07"): 40, ("31", "2020-M07"): 30, ("VN", "2020-M07"): 35,
    }  # fmt: skip
    assert {(row["how"], row["batch_id"]) for row in rows.values()} == {("ratio", "")}
    assert {code: row["demo"] != "" for (code, _period), row in rows.items()} == {"01": False, "31": True, "VN": True}
    made = json.loads(b"".join(signed.get("/indicators/08.005.json").streaming_content))
    assert len(made["rows"]) == 6


def test_the_list_counts_computed_rates_among_those_with_figures(signed, online):
    text = signed.get("/indicators/", {"q": "08.005"}).content.decode()
    assert "1 có số" in text
    assert "Tháng 7/2020" in text


def test_a_rate_says_by_what_it_is_divided(signed, like):
    like("06.018")
    text = signed.get("/indicators/06.018/").content.decode()
    assert "báo cáo trực tiếp" not in text
    names = {code: SHEETS[code].entry["name_vi"] for code in ("S.06.010", "06.001")}
    assert f"{names['S.06.010']} ÷ {names['06.001']} × 100" in text.replace("&#x27;", "'")
