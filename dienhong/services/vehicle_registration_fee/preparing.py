"""From the facts of a form to the facts of the formula: what is missing is asked, what contradicts is refused."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dienhong.rules.law import Law, Single
from dienhong.rules.law.faults import Said
from dienhong.rules.law.jurist import description
from dienhong.rules.law.parameters import Node, Series
from dienhong.services.vehicle_registration_fee import formula, pricing
from dienhong.services.vehicle_registration_fee.facts import missing, read, wrong
from dienhong.services.vehicle_registration_fee.prices import PriceTable, province, provinces

ROAD = ("car", "pickup_passenger", "pickup_goods", "van_goods", "bus", "lorry", "special", "")


def prepare(facts: Mapping[str, Any], on: dt.date, law: Law, table: PriceTable) -> dict[str, Any]:
    """The inputs of the formula, all plain data; raises FactMissing, FactWrong or Undecided naming a fact."""
    made = read(facts)
    if "province_code" in made:
        check_province(made["province_code"], on)
    if made.get("exemption"):
        check_exemption(made, on, law)
        return made
    if facts.get("vehicle_type") == "":  # the paper leaves the kind blank: counts as a passenger car (TT 301 Đ4 k5)
        made["vehicle_type"] = ""
    needs(made, "province_code", "vehicle_type")
    made |= describe(made, on, law)
    made |= pricing.resolve(made, on, law, table)
    made |= years(made, on, law)
    if made["vehicle_type"] == "motorbike":
        made |= areas(made, on, law)
    return made


def needs(made: Mapping[str, Any], *keys: str) -> None:
    for key in keys:
        if key not in made:
            raise missing(key)


def check_province(code: str, on: dt.date) -> None:
    if province(code, on) is not None:
        return
    gone = next((one for one in provinces() if one.code == code and one.until and one.until <= on), None)
    heir = province(gone.successor, on) if gone else None
    if gone and heir:
        raise wrong("province_code", f"{gone.vi} đã hợp nhất vào {heir.vi} từ ngày {gone.until:%d/%m/%Y}.",
                    f"{gone.en} has been part of {heir.en} since {gone.until:%d/%m/%Y}.", (heir.code,))  # fmt: skip
    raise wrong("province_code", f"Không có tỉnh mang mã “{code}” ngày {on:%d/%m/%Y}.",
                f"There was no province with code “{code}” on {on:%d/%m/%Y}.")  # fmt: skip


def exemptions(law: Law, on: dt.date) -> tuple[str, ...]:
    """The grounds of exemption in force that day."""
    node = law["exemption"]
    assert isinstance(node, Node)
    return tuple(code for code, one in node.children.items() if isinstance(one, Series) and one.at(on))


def exemption_words(law: Law, code: str) -> Said:
    """What a ground is called; one that the law never had is called unknown, its code is nobody's business."""
    node = law["exemption"]
    found = node.children.get(code) if isinstance(node, Node) else None
    if isinstance(found, Series):
        return dict(description(law, found))
    return {"vi": "không rõ lý do nào", "en": "an unknown ground"}


def check_exemption(made: Mapping[str, Any], on: dt.date, law: Law) -> None:
    """Refused where the ground is not in force, or the law takes it back for this case (NĐ 140/2016 Đ9 k17 b, k18)."""
    code = made["exemption"]
    if code not in (listed := exemptions(law, on)):
        said = exemption_words(law, code)
        raise wrong("exemption", f"Ngày {on:%d/%m/%Y} luật không có lý do miễn này: {said['vi']}.",
                    f"On {on:%d/%m/%Y} the law has no such ground of exemption: {said['en']}.", listed)  # fmt: skip
    if code == "reorganisation" and made.get("all_founders_replaced"):
        raise wrong("exemption", "Không được miễn: tất cả người sáng lập hoặc thành viên đều đổi cùng lúc.",
                    "Not exempt: all founders or members change at the same time.")  # fmt: skip
    if code == "internal_transfer" and made.get("separate_accounts"):
        raise wrong("exemption", "Không được miễn: hai đơn vị hạch toán độc lập với nhau.",
                    "Not exempt: the two units keep separate accounts.")  # fmt: skip


def describe(made: Mapping[str, Any], on: dt.date, law: Law) -> dict[str, Any]:
    """Condition, history, origin and powertrain, asked only where the law of the day looks at them."""
    needs(made, "condition")
    filled = {"history": made.get("history")}
    if not filled["history"]:
        if made["condition"] == "new" or made.get("used_import"):
            filled["history"] = "new"
        elif made.get("confiscated"):
            filled["history"] = "unknown"  # not provable: the first rate (Đ7 k8)
        elif not made.get("part"):
            raise missing("history")
    if made["condition"] == "new" and made.get("history") == "paid" and not made.get("confiscated"):
        raise wrong("history", "Xe mới thì chưa thể đã nộp lệ phí trước bạ.",
                    "A new vehicle cannot have paid the registration fee before.")  # fmt: skip
    kind = made["vehicle_type"]
    if kind in (*ROAD, "trailer") and not made.get("part"):
        needs(made, "origin")
    if kind in ROAD and law.row("rate.battery_car", "later", on=on) is not None:
        needs(made, "powertrain")
    return {key: value for key, value in filled.items() if value}


def years(made: Mapping[str, Any], on: dt.date, law: Law) -> dict[str, Any]:
    """The year from which a used vehicle's age counts; whole calendar years."""
    if made["condition"] != "used" or made["price_path"] not in formula.RESIDUAL_PATHS:
        return {}
    year = made.get("year_made")
    if year is None:
        row = law.row("residual.year_first_used", on=on)
        if row is None or row.value is not True:
            raise missing("year_made")
        needs(made, "year_first_used")
        year = made["year_first_used"]
    if year > on.year:
        raise wrong("year_made", f"Năm sản xuất {year} sau năm khai {on.year}.",
                    f"The year of manufacture {year} is after the year of declaration {on.year}.")  # fmt: skip
    return {"year_counted": year}


def areas(made: Mapping[str, Any], on: dt.date, law: Law) -> dict[str, Any]:
    """Area A or B of the owner's address on the day, where the rates still tell them apart."""
    if law.row("rate.motorbike.first.A", on=on) is None:
        return {}
    area = made.get("area") or area_of(made, on)
    if area == "A" and made.get("history") == "paid" and not made.get("paid_high_rate"):
        needs(made, "last_area")
    return {"area": area}


def area_of(made: Mapping[str, Any], on: dt.date) -> str:
    """A: a centrally run city whole, a city under a province, the town where the provincial committee sits."""
    where = province(made["province_code"], on)
    if where is not None and where.municipality:
        return "A"
    needs(made, "place_kind")
    return "A" if made["place_kind"] in ("provincial_city", "seat_town") else "B"


def still_declares(single: Single) -> bool:
    """An exempt owner still files, except (since 2022) for the reissue of a lost certificate."""
    if single.facts["exemption"] == "certificate_lost":
        row = single.row("declaration.needed_for_lost_certificate")
        return row is None or row.value is True
    row = single.row("declaration.exempt_still_declares")
    return row is None or row.value is True


def budget_line(single: Single) -> str:
    kind = "motorbike" if single.facts["vehicle_type"] == "motorbike" else "car"
    row = single.row("budget_line", kind)
    return str(row.value) if row else ""


def warnings(single: Single) -> list[Said]:
    """What citizen and officer should know beside the amount."""
    facts, found = single.facts, []
    explained = facts["price_explanation"]
    if explained["invoice_ignored"] is not None:
        found.append({"vi": "Giá trên hóa đơn khác bảng giá; lệ phí tính theo bảng giá.",
                      "en": "The invoice differs from the table; the fee follows the table."})  # fmt: skip
    if facts.get("instalment_total"):
        found.append(
            {"vi": "Lãi trả góp không tính vào giá.", "en": "Interest on instalments is not part of the price."}
        )
    if facts["vehicle_type"] == "":
        found.append({"vi": "Giấy chứng nhận không ghi loại phương tiện nên tính như ô tô chở người.",
                      "en": "The certificate names no kind of vehicle, so it counts as a passenger car."})  # fmt: skip
    return found
