"""The edges of the law: days, limits, caps, areas, exemptions, and what is refused."""

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dienhong.rules.law import Law, LawFault
from dienhong.rules.law.faults import FactMissing, FactWrong, NoLaw
from dienhong.services.vehicle_registration_fee import facts as given
from dienhong.services.vehicle_registration_fee import preparing, rules
from dienhong.services.vehicle_registration_fee.rules import compute
from dienhong.services.vehicle_registration_fee.tests.cases import BIKE, CAR, THEN, USED, amount, day


def test_the_picture_of_the_fee() -> None:
    facts = CAR | {
        "brand": "VinFast",
        "model": "Fadil",
        "engine_cc": 1399,
        "country": "VN",
        "assembled_in": "Hải Phòng",
    }
    del facts["table_price"]
    made = compute(facts, day("2020-08-20"))
    assert [(line.label["vi"], line.figure["vi"], line.note["vi"]) for line in made.lines] == [
        ("Giá tính lệ phí", "549.000.000", "Bảng giá minh họa, đúng kiểu xe; không phải bảng giá của Bộ Tài chính."),
        ("Mức thu, Hà Nội", "× 12 %", "Ô tô dưới 10 chỗ, lần đầu."),
        ("Xe lắp ráp trong nước", "× 50 %", "Từ 28/06/2020 đến hết 31/12/2020."),
        ("Lệ phí trước bạ", "32.940.000 đ", "549.000.000 × 12 % × 50 %, tính đến đồng"),
    ]
    assert made.lines[0].references[0].json()["id"] == "MH-101"
    assert [one.said["vi"] for one in made.lines[1].references] == [
        "Nghị quyết của HĐND Hà Nội",
        "Nghị định 20/2019/NĐ-CP, Điều 1 khoản 2",
    ]
    assert made.heading["vi"].startswith("Xe VinFast Fadil, lắp ráp tại Hải Phòng, đăng ký lần đầu ở Hà Nội, khai ngày")
    assert made.heading["vi"].endswith("số liệu minh họa")
    assert "12% in Hà Nội" in made.explanation["en"]
    assert made.currency == "VND"
    assert {row.parameter for row in made.unconfirmed} >= {"rate.car_le9.first.01", "reduction.domestic.cars"}
    assert made.more["budget_line"] == "2802"


@pytest.mark.parametrize(
    ("moment", "fee"),
    [
        ("2020-06-27T23:59:59+07:00", 65_880_000),
        ("2020-06-28T00:00:00+07:00", 32_940_000),
        ("2020-12-31T23:59:59+07:00", 32_940_000),
        ("2021-01-01T00:00:00+07:00", 65_880_000),
        ("2020-06-27T17:00:00+00:00", 32_940_000),  # already the 28th in Hà Nội
    ],
)
def test_midnight_is_that_of_hanoi(moment: str, fee: int) -> None:
    assert compute(CAR, dt.datetime.fromisoformat(moment)).amount == fee


def test_a_moment_without_zone_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="time zone"):
        compute(CAR, dt.datetime(2020, 8, 19, 9, 0))


def test_imported_is_not_halved() -> None:
    assert amount(CAR, origin="imported") == 65_880_000


@pytest.mark.parametrize(
    ("paid", "fee"), [("2021-01-05", 32_940_000), ("2021-01-27", 32_940_000), ("2021-01-28", 65_880_000)]
)
def test_paid_outside_the_window_within_thirty_days(paid: str, fee: int) -> None:
    declared = day("2020-12-28")
    assert amount(CAR, rules.law_day(declared, day(paid))) == fee
    assert rules.declaration_void_on(declared) == day("2021-01-28")


@pytest.mark.parametrize(
    ("price", "fee", "cut"),
    [(25_000_000_000, 500_000_000, False), (25_000_000_050, 500_000_000, True), (24_999_999_950, 499_999_999, False)],
)
def test_the_cap(price: int, fee: int, cut: bool) -> None:
    made = compute(CAR | {"vehicle_type": "lorry", "origin": "imported", "table_price": price}, THEN)
    assert made.amount == fee
    assert ("cap" in [line.key for line in made.lines]) is cut


def test_a_battery_car_of_few_seats_is_not_capped_and_a_bus_is() -> None:
    costly = USED | {"powertrain": "battery", "table_price": 60_000_000_000, "year_made": 2026}
    assert amount(costly, day("2026-08-19")) == 1_080_000_000
    assert amount(costly, day("2026-08-19"), seats=30) == 500_000_000


@pytest.mark.parametrize(
    ("on", "kilograms", "kind"),
    [
        ("2022-02-28", 949, "pickup_light"),
        ("2022-02-28", 1499, "pickup_light"),
        ("2022-02-28", 1500, "pickup_heavy"),
        ("2022-03-01", 949, "pickup_light"),
        ("2022-03-01", 950, "pickup_heavy"),
        ("2022-03-01", 1499, "pickup_heavy"),
    ],
)
def test_payload(on: str, kilograms: int, kind: str) -> None:
    facts = CAR | {"vehicle_type": "pickup_goods", "payload_kg": kilograms, "origin": "imported"}
    made = compute(facts, day(on))
    assert made.more["kind"] == kind
    assert made.amount == 549_000_000 * Fraction("0.072" if kind == "pickup_light" else "0.02")
    assert compute(facts | {"seats": 6}, day(on)).more["kind"] == "pickup_heavy"
    assert compute(facts | {"seats": 6, "vehicle_type": "van_goods"}, day(on)).more["kind"] == kind.replace(
        "pickup_light", "van_light"
    )


def test_nine_and_ten_seats_and_a_blank_kind() -> None:
    assert compute(CAR | {"seats": 9}, THEN).more["kind"] == "car_le9"
    assert compute(CAR | {"seats": 10}, THEN).more["kind"] == "car_other"
    blank = compute(CAR | {"vehicle_type": ""}, THEN)
    assert (blank.more["kind"], len(blank.more["warnings"])) == ("car_le9", 1)
    with pytest.raises(FactMissing) as missing:
        compute({key: value for key, value in CAR.items() if key != "vehicle_type"}, THEN)
    assert missing.value.fact == "vehicle_type"


@pytest.mark.parametrize(
    ("years", "left"), [(0, 90), (1, 90), (2, 70), (3, 70), (4, 50), (6, 50), (7, 30), (10, 30), (11, 20), (60, 20)]
)
@pytest.mark.parametrize("on", ["2020-01-01", "2020-12-31"])
def test_residual(years: int, left: int, on: str) -> None:
    assert amount(USED, day(on), year_made=2020 - years) == 100_000_000 * left // 100 * 2 // 100


def test_year_of_manufacture_unknown() -> None:
    with pytest.raises(FactMissing) as missing:
        amount(USED, year_first_used=2018)
    assert missing.value.fact == "year_made"
    assert amount(USED, day("2022-03-01"), year_first_used=2019) == 1_400_000
    with pytest.raises(FactMissing) as missing:
        amount(USED, day("2022-03-01"))
    assert missing.value.fact == "year_first_used"
    with pytest.raises(FactWrong, match="sau năm khai"):
        amount(USED, year_made=2021)


@pytest.mark.parametrize(
    ("more", "fee"),
    [
        ({"place_kind": "provincial_city"}, 2_000_000),
        ({"place_kind": "seat_town"}, 2_000_000),
        ({"place_kind": "other"}, 800_000),
        ({"province_code": "01"}, 2_000_000),
        ({"area": "B"}, 800_000),
    ],
)
def test_areas_of_motorbikes(more: dict[str, Any], fee: int) -> None:
    assert amount(BIKE, **more) == fee


def test_a_town_promoted_between_two_transfers_pays_the_rate_of_a_city_once() -> None:
    second = BIKE | {"condition": "used", "year_made": 2018, "history": "paid", "place_kind": "provincial_city"}
    with pytest.raises(FactMissing) as missing:
        amount(second)
    assert missing.value.fact == "last_area"
    assert amount(second, last_area="B") == 1_400_000
    assert amount(second, last_area="B", paid_high_rate=True) == 280_000
    assert amount(second, paid_high_rate=True) == 280_000


def test_hue_became_a_centrally_run_city() -> None:
    assert amount(BIKE, day("2025-06-30"), province_code="46") == 2_000_000
    with pytest.raises(FactMissing):
        amount(BIKE, day("2024-12-31"), province_code="46")


def test_who_was_exempt_leaves_a_first_time_and_a_foreigner_without_privilege_a_later_one() -> None:
    assert amount(USED, history="exempt", year_made=2017, origin="imported") == 8_400_000
    assert amount(USED, history="paid", year_made=2017, origin="imported") == 1_400_000


def test_confiscated() -> None:
    facts = USED | {"confiscated": True, "auction_price": 350_000_000, "origin": "imported"}
    assert amount(facts, history="paid") == 7_000_000
    assert amount({key: value for key, value in facts.items() if key != "history"}) == 42_000_000
    assert compute(facts, THEN).more["price_explanation"]["path"] == "auction"


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        ("2022-02-28", "car_le9"), ("2022-03-01", "battery_car"), ("2025-02-28", "battery_car"),
        ("2025-03-01", "battery_car"), ("2027-02-28", "battery_car"), ("2027-03-01", "battery_car"),
        ("2030-12-31", "battery_car"), ("2031-01-01", "car_le9"),
    ],
)  # fmt: skip
def test_battery(on: str, kind: str) -> None:
    made = compute(CAR | {"powertrain": "battery", "origin": "imported"}, day(on))
    assert (made.more["kind"], made.amount, made.exempt) == (kind, 0 if kind == "battery_car" else 65_880_000, False)
    hybrid = compute(CAR | {"powertrain": "hybrid", "origin": "imported"}, day(on))
    assert hybrid.amount == 65_880_000


def test_a_zero_rate_is_not_an_exemption() -> None:
    now = day("2026-08-19")
    assert compute(CAR | {"powertrain": "battery"}, now).exempt is False
    bus = {"province_code": "01", "exemption": "clean_bus", "powertrain": "battery", "vehicle_type": "bus"}
    made = compute(bus, now)
    assert (made.exempt, made.amount, made.more["next_owner"]) == (True, 0, "first")
    assert amount(USED, now, powertrain="battery", year_made=2025) == 1_800_000, "second-hand: 2 %, not the first rate"


@pytest.mark.parametrize(("code", "on", "fee"), [("30", "2025-06-30", 54_900_000), ("31", "2025-07-01", 65_880_000)])
def test_a_merger_changes_the_rate(code: str, on: str, fee: int) -> None:
    assert amount(CAR, day(on), province_code=code) == fee


def test_a_merged_or_unknown_province_is_refused() -> None:
    with pytest.raises(FactWrong, match="Hải Dương đã hợp nhất vào Hải Phòng") as refused:
        amount(CAR, day("2025-07-01"), province_code="30")
    assert refused.value.choices == ("31",)
    with pytest.raises(FactWrong, match="Không có tỉnh mang mã “29”"):
        amount(CAR, province_code="29")


def test_a_rate_above_the_ceiling_is_refused(tmp_path: Path) -> None:
    text = rules.FILE.read_text(encoding="utf-8")
    wrong = tmp_path / "parameters.yaml"
    head, _, tail = text.partition('      "42":')
    wrong.write_text(head + '      "42":' + tail.replace("value: 0.11", "value: 0.16", 1), encoding="utf-8")
    with pytest.raises(LawFault, match=r"rate\.car_le9\.first\.42, 2017-01-01.*ceiling.*mend"):
        rules.check_ceiling(Law.load(wrong))
    rules.check_ceiling(Law.load(rules.FILE))


def test_exemptions_that_the_law_takes_back() -> None:
    base = {"province_code": "01", "exemption": "reorganisation"}
    assert compute(base, THEN).exempt
    with pytest.raises(FactWrong, match="người sáng lập"):
        compute(base | {"all_founders_replaced": True}, THEN)
    with pytest.raises(FactWrong, match="hạch toán độc lập"):
        compute(base | {"exemption": "internal_transfer", "separate_accounts": True}, THEN)
    with pytest.raises(FactWrong, match=r"luật không có lý do miễn này: .*kết hôn") as refused:
        compute(base | {"exemption": "marriage"}, THEN)
    assert "marriage" not in refused.value.choices
    assert "“marriage”" not in "".join(refused.value.said.values()), "a code is nobody's reading"
    assert compute(base | {"exemption": "marriage"}, day("2022-03-01")).exempt


def test_the_exempt_still_declare_but_not_for_a_lost_certificate_since_2022() -> None:
    lost = {"province_code": "01", "exemption": "certificate_lost"}
    assert compute(lost, THEN).more["declares"] is True
    assert "Vẫn phải khai" in compute(lost, THEN).explanation["vi"]
    assert compute(lost, day("2022-03-01")).more["declares"] is False
    assert compute(lost | {"exemption": "diplomatic"}, day("2022-03-01")).more["declares"] is True


def test_every_exemption_has_words_in_both_languages() -> None:
    for code in preparing.exemptions(rules.law(), day("2022-03-01")):
        said = preparing.exemption_words(rules.law(), code)
        assert said["vi"]
        assert said["en"]
        assert said["vi"] != said["en"]


@pytest.mark.parametrize("fact", ["province_code", "vehicle_type", "condition", "origin", "seats"])
def test_each_missing_fact_is_named(fact: str) -> None:
    with pytest.raises(FactMissing) as missing:
        compute({key: value for key, value in CAR.items() if key != fact}, THEN)
    assert missing.value.fact == fact
    assert missing.value.sentence.startswith("Còn thiếu")
    assert given.FACTS[fact].en in missing.value.said["en"]


def test_powertrain_is_asked_since_it_matters() -> None:
    without = {key: value for key, value in CAR.items() if key != "powertrain"}
    assert amount(without) == 32_940_000
    with pytest.raises(FactMissing, match="loại động cơ"):
        amount(without, day("2022-03-01"))


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("seats", "năm"),
        ("seats", -1),
        ("seats", 4.5),
        ("table_price", "549.00"),
        ("origin", "VN"),
        ("confiscated", "maybe"),
    ],
)
def test_what_cannot_be_read_is_refused(fact: str, value: object) -> None:
    with pytest.raises(FactWrong) as wrong:
        compute(CAR | {fact: value}, THEN)
    assert wrong.value.fact == fact


def test_figures_may_come_as_a_form_sends_them() -> None:
    assert amount(CAR, seats="5", table_price="549.000.000", confiscated="false", notes="passed over") == 32_940_000


def test_a_new_vehicle_that_already_paid_contradicts_itself() -> None:
    with pytest.raises(FactWrong, match="chưa thể đã nộp"):
        amount(CAR, history="paid")


def test_before_the_law_nothing_is_guessed() -> None:
    with pytest.raises(NoLaw, match="31/12/2016"):
        amount(CAR, day("2016-12-31"))
