"""The facts a computation asks for, by key (README.md says what each means). What cannot be read is refused."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dienhong.rules.law.faults import FactMissing, FactWrong

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

VEHICLE_TYPES = ("car", "pickup_passenger", "pickup_goods", "van_goods", "bus", "lorry", "special", "trailer",
                 "motorbike", "gun", "vessel", "yacht", "aircraft")  # fmt: skip
POWERTRAINS = ("petrol", "diesel", "hybrid", "battery", "other")
HISTORIES = ("new", "paid", "exempt", "unknown")
PLACE_KINDS = ("provincial_city", "seat_town", "other")


@dataclass(frozen=True)
class Fact:
    """`kind`: int, choice, flag or text. `ask` is how the form asks for it, for refusals that name it."""

    key: str
    kind: str
    vi: str
    en: str
    choices: tuple[str, ...] = ()


def _all() -> tuple[Fact, ...]:
    return (
        Fact("province_code", "text", "tỉnh, thành phố đăng ký", "province of registration"),
        Fact("vehicle_type", "choice", "loại phương tiện", "kind of vehicle", VEHICLE_TYPES),
        Fact("part", "choice", "bộ phận thay thế", "replaced part", ("engine", "frame", "hull")),
        Fact("seats", "int", "số chỗ ngồi, kể cả lái xe", "seats, the driver included"),
        Fact("payload_kg", "int", "khối lượng chuyên chở (kg)", "payload (kg)"),
        Fact("powertrain", "choice", "loại động cơ", "powertrain", POWERTRAINS),
        Fact("origin", "choice", "lắp ráp trong nước hay nhập khẩu", "domestic or imported", ("domestic", "imported")),
        Fact("condition", "choice", "xe mới hay đã qua sử dụng", "new or used", ("new", "used")),
        Fact("history", "choice", "lần đăng ký trước", "earlier registration", HISTORIES),
        Fact("year_made", "int", "năm sản xuất", "year of manufacture"),
        Fact("year_first_used", "int", "năm bắt đầu sử dụng", "year first put into use"),
        Fact("brand", "text", "nhãn hiệu", "brand"),
        Fact("model", "text", "số loại hoặc tên thương mại", "model or trade name"),
        Fact("model_code", "text", "mã kiểu loại", "model code"),
        Fact("engine_cc", "int", "dung tích (cm3)", "displacement (cm3)"),
        Fact("country", "text", "nước sản xuất (mã hai chữ)", "country of manufacture (two letters)"),
        Fact("assembled_in", "text", "nơi lắp ráp", "place of assembly"),
        Fact("invoice_price", "int", "giá trên hóa đơn, gồm thuế giá trị gia tăng", "invoice price, VAT included"),
        Fact("instalment_total", "int", "tổng tiền trả góp", "total of the instalments"),
        Fact("table_price", "int", "giá trong bảng do cơ quan thuế trả lời", "table price as the tax office answered"),
        Fact("table_row", "text", "dòng trong bảng giá", "row of the price table"),
        Fact("equivalent_row", "text", "dòng của kiểu xe tương đương", "row of the equivalent model"),
        Fact("tax_office_price", "int", "giá do cơ quan thuế quyết định", "price decided by the tax office"),
        Fact("tax_office_basis", "choice", "căn cứ của giá đó", "basis of that price",
             ("announced", "invoice", "similar", "customs", "cost")),
        Fact("confiscated", "flag", "tài sản nhà nước tịch thu bán ra", "confiscated and sold by the State"),
        Fact("auction_price", "int", "giá trúng đấu giá", "auction price"),
        Fact("customs_value", "int", "trị giá hải quan", "customs value"),
        Fact("import_duty", "int", "thuế nhập khẩu, kể cả phần được miễn", "import duty, exempt duty included"),
        Fact("excise", "int", "thuế tiêu thụ đặc biệt", "excise"),
        Fact("import_vat", "int", "thuế giá trị gia tăng khâu nhập khẩu", "VAT at import"),
        Fact("used_import", "flag", "xe đã dùng nhập khẩu, chưa đăng ký ở Việt Nam", "used import"),
        Fact("place_kind", "choice", "nơi đăng ký là thành phố, thị xã hay nơi khác", "city, seat town or other place",
             PLACE_KINDS),
        Fact("area", "choice", "địa bàn A hay B", "area A or B", ("A", "B")),
        Fact("last_area", "choice", "địa bàn của lần khai trước", "area of the last declaration", ("A", "B")),
        Fact("paid_high_rate", "flag", "đã từng nộp mức của địa bàn A", "the rate of area A was paid once"),
        Fact("exemption", "text", "lý do được miễn", "ground of exemption"),
        Fact("all_founders_replaced", "flag", "mọi người sáng lập, thành viên đều đổi", "all founders were replaced"),
        Fact("separate_accounts", "flag", "hai đơn vị hạch toán độc lập", "the two units keep separate accounts"),
    )  # fmt: skip


FACTS: Mapping[str, Fact] = {fact.key: fact for fact in _all()}


def missing(key: str, choices: tuple[str, ...] = ()) -> FactMissing:
    fact = FACTS[key]
    said = {"vi": f"Còn thiếu {fact.vi} để tính lệ phí.", "en": f"To compute the fee, give this: {fact.en}."}
    return FactMissing(key, said, choices or fact.choices)


def wrong(key: str, vi: str, en: str, choices: tuple[str, ...] = ()) -> FactWrong:
    return FactWrong(key, {"vi": vi, "en": en}, choices)


def _whole(fact: Fact, given: object) -> int:
    text = str(given).strip()
    digits = text.replace(".", "") if text.count(".") and all(len(p) == 3 for p in text.split(".")[1:]) else text
    if isinstance(given, bool | float) or not digits.isascii() or not digits.isdigit():
        raise wrong(fact.key, f"{fact.vi.capitalize()} phải là một số nguyên không âm, nhưng nhận được “{given}”.",
                    f"The {fact.en} must be a whole number, not “{given}”.")  # fmt: skip
    return int(digits)


def _choice(fact: Fact, given: object) -> str:
    if given not in fact.choices:
        raise wrong(fact.key, f"{fact.vi.capitalize()} “{given}” không có trong danh sách.",
                    f"The {fact.en} “{given}” is not in the list.", fact.choices)  # fmt: skip
    return str(given)


_FLAGS = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}


def _one(fact: Fact, given: Any) -> Any:
    if fact.kind == "int":
        return _whole(fact, given)
    if fact.kind == "choice":
        return _choice(fact, given)
    if fact.kind == "flag":
        if given not in _FLAGS:
            raise wrong(fact.key, f"{fact.vi.capitalize()}: trả lời có hoặc không.", f"{fact.en}: answer yes or no.")
        return _FLAGS[given]
    return str(given).strip()


def read(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts given, each in its type; empty ones are left out, keys of other parts of the form are passed over."""
    return {key: _one(fact, facts[key]) for key, fact in FACTS.items() if key in facts and facts[key] not in (None, "")}


def declared_day(moment: dt.date) -> dt.date:
    """The day of a declaration in Viet Nam. A moment must have its zone: at 23:59 in Hà Nội it is still that day."""
    if not isinstance(moment, dt.datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone.")
    return moment.astimezone(HANOI).date()
