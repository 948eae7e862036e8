"""Which price counts: the table of the day, several rows, none, and the ways around the table."""

import pytest

from dienhong.rules.law.faults import FactMissing, FactWrong, Undecided
from dienhong.services.vehicle_registration_fee.prices import Decision, PriceRow, PriceTable, bundled, litres
from dienhong.services.vehicle_registration_fee.rules import compute
from dienhong.services.vehicle_registration_fee.tests.cases import CAR, THEN, amount, day


def row(row_id: str, decision: Decision, price: int, model: str = "X", **more: str) -> PriceRow:
    keys = {"vehicle_type": "car", "model_code": "", "engine_l": "", "seats": "5", "country": "VN"} | more
    return PriceRow(row_id, decision, brand="Mẫu", model=model, price=price, **keys)


WHOLE = Decision("1", day("2017-01-01"), day("2017-01-01"), None, True)
QUARTER = Decision("2", day("2020-09-25"), day("2020-10-01"), None, False)
RENEWED = Decision("3", day("2021-01-01"), day("2021-01-01"), None, True)
TABLE = PriceTable(
    [
        row("a", WHOLE, 400_000_000),
        row("b", QUARTER, 500_000_000),
        row("c", RENEWED, 450_000_000, "Y"),
        row("d", WHOLE, 300_000_000, "Z", model_code="Z1"),
        row("e", WHOLE, 310_000_000, "Z", model_code="Z2"),
    ]
)
MODEL = {key: value for key, value in CAR.items() if key != "table_price"} | {
    "brand": "MẪU",
    "model": "x",
    "origin": "imported",
}


@pytest.mark.parametrize(("on", "fee"), [("2020-09-30", 48_000_000), ("2020-10-01", 60_000_000)])
def test_the_table_of_the_day_of_declaration(on: str, fee: int) -> None:
    assert compute(MODEL, day(on), table=TABLE).amount == fee


def test_a_new_whole_table_ends_the_old_one() -> None:
    with pytest.raises(Undecided) as refused:
        compute(MODEL, day("2021-01-01"), table=TABLE)
    assert (refused.value.code, refused.value.fact) == ("not_in_table", "tax_office_price")
    decided = compute(
        MODEL | {"tax_office_price": 1000, "tax_office_basis": "announced"}, day("2021-01-01"), table=TABLE
    )
    assert decided.more["price_explanation"]["path"] == "tax_office"
    used = MODEL | {"condition": "used", "history": "paid", "year_made": 2020}
    with pytest.raises(Undecided) as refused:
        compute(used, day("2021-01-01"), table=TABLE)
    assert refused.value.fact == "equivalent_row"
    made = compute(used | {"equivalent_row": "c"}, day("2021-01-01"), table=TABLE)
    assert (made.amount, made.more["price_explanation"]["row_id"]) == (8_100_000, "c")


def test_two_rows_match() -> None:
    with pytest.raises(Undecided) as refused:
        compute(MODEL | {"model": "Z"}, THEN, table=TABLE)
    assert (refused.value.code, refused.value.fact, refused.value.choices) == ("several_rows", "table_row", ("d", "e"))
    assert compute(MODEL | {"model": "Z", "table_row": "e"}, THEN, table=TABLE).amount == 37_200_000
    assert compute(MODEL | {"model": "Z", "model_code": "z-1"}, THEN, table=TABLE).amount == 36_000_000
    with pytest.raises(FactWrong, match="không có trong bảng giá"):
        compute(MODEL | {"table_row": "zz"}, THEN, table=TABLE)


def test_rows_written_almost_so_are_offered_and_never_taken() -> None:
    """The register says "Vios E", the table "Vios E (CVT)": the tax office chooses; another model is no choice."""
    bought = CAR | {"brand": "TOYOTA", "model": "Vios E", "seats": 5}
    del bought["table_price"]
    with pytest.raises(Undecided) as refused:
        compute(bought, THEN)
    assert (refused.value.code, refused.value.fact) == ("near_rows", "table_row")
    models = {bundled().rows[each].model for each in refused.value.choices}
    assert "Vios E (CVT)" in models
    assert not {each for each in models if not each.startswith("Vios")}
    with pytest.raises(Undecided) as refused:
        compute(bought | {"condition": "used", "history": "paid", "year_made": 2019}, THEN)
    assert refused.value.fact == "equivalent_row"


def test_the_bundled_table_tells_two_versions_of_one_name_apart() -> None:
    vios = {"brand": "Toyota", "model": "VIOS E CVT"}
    assert bundled().find(vios, THEN).answer == "several"
    assert bundled().find(vios | {"model_code": "NSP151L-BEMRKU"}, THEN).rows[0].price == 520_000_000
    assert bundled().find({"brand": "Toyota", "model": "Không có"}, THEN).answer == "none"
    assert (litres(1399), litres(1350), litres(1349)) == ("1.4", "1.4", "1.3")


@pytest.mark.parametrize("invoice", [500_000_000, 549_000_000, 700_000_000])
def test_the_invoice_does_not_count_beside_the_table(invoice: int) -> None:
    made = compute(CAR | {"invoice_price": invoice}, THEN)
    assert made.amount == 32_940_000
    assert bool(made.more["warnings"]) is (invoice != 549_000_000)


def test_before_the_table_stood_alone_the_higher_counted() -> None:
    early = day("2019-04-09")
    with pytest.raises(FactMissing) as missing:
        amount(CAR, early)
    assert missing.value.fact == "invoice_price"
    assert amount(CAR, early, invoice_price=600_000_000) == 72_000_000
    assert amount(CAR, early, invoice_price=500_000_000) == 65_880_000


def test_special_vehicles_follow_the_market_since_2022() -> None:
    crane = CAR | {"vehicle_type": "special", "origin": "imported", "invoice_price": 1_000_000_000}
    assert compute(crane, day("2022-02-28")).more["price_explanation"]["path"] == "table"
    assert compute(crane, day("2022-03-01")).more["price_explanation"]["path"] == "market"


def test_exempt_duty_is_added_back_and_every_part_is_asked() -> None:
    facts = CAR | {"condition": "used", "used_import": True, "origin": "imported", "customs_value": 800_000_000}
    with pytest.raises(FactMissing) as missing:
        compute(facts, THEN)
    assert missing.value.fact == "import_duty"
    made = compute(facts | {"import_duty": 100, "excise": 0, "import_vat": 50}, THEN)
    assert made.inputs["price"] == 800_000_150
    assert made.amount == 96_000_018
