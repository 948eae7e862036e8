"""The result in words: the lines of the screen, the heading, the sentence. Vietnamese and English beside each other."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from dienhong.rules.law import Row, Single, Step
from dienhong.rules.law.faults import Said
from dienhong.rules.law.jurist import Table, TableRow
from dienhong.rules.law.results import Line, Reference
from dienhong.rules.law.words import LANGUAGES, article, day, expression, money, percent
from dienhong.rules.law.words import amount as figure
from dienhong.services.vehicle_registration_fee.prices import Decision, PriceRow, province

KINDS: Mapping[str, Said] = {
    "car_le9": {"vi": "Ô tô dưới 10 chỗ", "en": "Car of fewer than 10 seats"},
    "pickup_passenger": {"vi": "Xe con pick-up chở người", "en": "Passenger pick-up"},
    "pickup_light": {"vi": "Xe bán tải chở hàng loại nhẹ", "en": "Light goods pick-up"},
    "van_light": {"vi": "Xe tải VAN loại nhẹ", "en": "Light cargo van"},
    "pickup_heavy": {"vi": "Xe bán tải, xe tải VAN chở hàng", "en": "Goods pick-up or cargo van"},
    "car_other": {"vi": "Xe từ 10 chỗ, xe tải, xe chuyên dùng", "en": "Vehicle for 10 or more, lorry, special vehicle"},
    "trailer": {"vi": "Rơ moóc, sơ mi rơ moóc", "en": "Trailer or semi-trailer"},
    "battery_car": {"vi": "Ô tô điện chạy pin", "en": "Battery-electric car"},
    "motorbike": {"vi": "Xe máy", "en": "Motorbike"},
    "gun": {"vi": "Súng săn, súng thể thao", "en": "Hunting or sports gun"},
    "vessel": {"vi": "Tàu, thuyền", "en": "Ship or boat"},
    "yacht": {"vi": "Du thuyền", "en": "Yacht"},
    "aircraft": {"vi": "Tàu bay", "en": "Aircraft"},
}


def both(vi: str, en: str) -> Said:
    return {"vi": vi, "en": en}


def each(made: Any, *values: Any) -> Said:
    return {language: made(*values, language) for language in LANGUAGES}


def references(rows: Iterable[Row]) -> tuple[Reference, ...]:
    """The articles, the most particular first, each said once."""
    found: dict[str, Reference] = {}
    for row in rows:
        found.setdefault(row.article, Reference("article", each(article, row.article), row.id, row.unconfirmed))
    return tuple(found.values())


def place(single: Single) -> Said:
    code = single.facts.get("province_code", "")
    found = province(code, single.on)
    name = found.vi if found else code  # names of places stay Vietnamese in both languages
    return both(name, name)


def _first(steps: Mapping[str, Step], single: Single) -> bool:
    if single.facts.get("part"):
        return False
    return single.facts.get("history") != "paid"


def _turn(steps: Mapping[str, Step], single: Single) -> Said:
    if single.facts.get("part"):
        return both("bộ phận thay thế", "replaced part")
    return (
        both("lần đầu", "first time") if _first(steps, single) else both("lần thứ hai trở đi", "second time or later")
    )


def price_line(single: Single, steps: Mapping[str, Step]) -> Line:
    explained = single.facts["price_explanation"]
    shown = references(steps["price"].rows)
    if explained["row_id"]:
        said = both("xem dòng trong bảng", "see the row in the table")
        shown = (Reference("table_row", said, explained["row_id"]), *shown)
    label = both("Giá tính lệ phí", "Price the fee is computed on")
    return Line("price", label, each(figure, steps["price"].value), explained["said"], shown)


def residual_line(single: Single, step: Step) -> Line:
    years = single.on.year - int(single.facts["year_counted"])
    note = both(
        f"Xe đã dùng, {years} năm tính đến năm khai.", f"Used vehicle, {years} years by the year of declaration."
    )
    return Line("residual", both("Giá trị còn lại", "Residual value"), _times(step.value), note, references(step.rows))


def _times(value: Any) -> Said:
    return {language: f"× {percent(Fraction(value), language)}" for language in LANGUAGES}


def rate_line(single: Single, steps: Mapping[str, Step]) -> Line:
    step, kind, turn = steps["rate"], KINDS[str(steps["kind"].value)], _turn(steps, single)
    where = place(single)
    provincial = any(one.path == "rate.car_le9.first" for one in step.asked)
    label = both(f"Mức thu, {where['vi']}", f"Rate, {where['en']}") if provincial else both("Mức thu", "Rate")
    note = both(f"{kind['vi']}, {turn['vi']}.", f"{kind['en']}, {turn['en']}.")
    if len(step.expression) > 1:
        note = both(f"{note['vi'][:-1]}: {expression(step.expression, 'vi')}.",
                    f"{note['en'][:-1]}: {expression(step.expression, 'en')}.")  # fmt: skip
    return Line("rate", label, _times(step.value), note, references(step.rows))


def reduction_row(steps: Mapping[str, Step]) -> Row | None:
    rows = steps["reduced"].rows
    return rows[-1] if rows else None


def reduction_line(row: Row) -> Line:
    window = both(f"Từ {day(row.since, 'vi')}", f"From {day(row.since, 'en')}")
    if row.until:
        last = row.until.fromordinal(row.until.toordinal() - 1)
        window = both(f"{window['vi']} đến hết {day(last, 'vi')}", f"{window['en']} to {day(last, 'en')} inclusive")
    label = both("Xe lắp ráp trong nước", "Vehicle assembled in Viet Nam")
    return Line("reduction", label, _times(row.value), {k: f"{v}." for k, v in window.items()}, references((row,)))


def is_cut(steps: Mapping[str, Step]) -> bool:
    return steps["capped"].value != steps["full"].value


def cap_line(steps: Mapping[str, Step]) -> Line:
    full, step = steps["full"].value, steps["capped"]
    note = both(f"{figure(Fraction(full), 'vi')} vượt mức tối đa cho một tài sản.",
                f"{figure(Fraction(full), 'en')} is above the most to pay for one asset.")  # fmt: skip
    label = both("Mức tối đa", "Most to pay")
    return Line("cap", label, each(figure, step.value), note, references(step.rows))


def total_line(steps: Mapping[str, Step]) -> Line:
    step = steps["amount"]
    shown = each(expression, steps["full"].expression)
    note = both(f"{shown['vi']}, tính đến đồng", f"{shown['en']}, to the whole VND")
    if is_cut(steps):
        note = both(f"{shown['vi']}, lấy mức tối đa", f"{shown['en']}, cut to the most to pay")
    label = both("Lệ phí trước bạ", "Registration fee")
    return Line("amount", label, each(money, step.value), note, total=True)


def lines(single: Single) -> tuple[Line, ...]:
    steps = {step.key: step for step in single.steps}
    made = [price_line(single, steps)]
    if "residual" in steps:
        made.append(residual_line(single, steps["residual"]))
    made.append(rate_line(single, steps))
    if (row := reduction_row(steps)) is not None:
        made.append(reduction_line(row))
    if is_cut(steps):
        made.append(cap_line(steps))
    return (*made, total_line(steps))


def heading(single: Single) -> Said:
    """Whose case: the vehicle, where it was assembled, where and when it is declared."""
    facts, where = single.facts, place(single)
    row = (facts.get("price_explanation") or {}).get("row") or {}
    named = row if (facts.get("price_explanation") or {}).get("path") == "table" and row else facts
    name = " ".join(str(named[key]) for key in ("brand", "model") if named.get(key))
    vi, en = [f"Xe {name}" if name else "Xe"], [name or "Vehicle"]
    if facts.get("assembled_in"):
        vi.append(f"lắp ráp tại {facts['assembled_in']}")
        en.append(f"assembled in {facts['assembled_in']}")
    turn = both("đăng ký lần đầu", "first registration")
    if not _first({}, single):
        turn = both("đăng ký lần sau", "later registration")
    vi.append(f"{turn['vi']} ở {where['vi']}" if where["vi"] else turn["vi"])
    en.append(f"{turn['en']} in {where['en']}" if where["en"] else turn["en"])
    vi.append(f"khai ngày {day(single.on, 'vi')}")
    en.append(f"declared on {day(single.on, 'en')}")
    tail = both(" · số liệu minh họa", " · illustrative figures") if row.get("illustrative") else both("", "")
    return both(", ".join(vi) + tail["vi"], ", ".join(en) + tail["en"])


def explanation(single: Single) -> Said:
    """One sentence a citizen understands."""
    steps = {step.key: step for step in single.steps}
    made = {}
    for at, language in enumerate(LANGUAGES):
        say = _Sentence(single, steps, language, at)
        made[language] = say.whole()
    return made


class _Sentence:
    def __init__(self, single: Single, steps: Mapping[str, Step], language: str, at: int) -> None:
        self.single, self.steps, self.language, self.at = single, steps, language, at

    def pick(self, vi: str, en: str) -> str:
        return (vi, en)[self.at]

    def percent(self, key: str) -> str:
        return percent(Fraction(self.steps[key].value), self.language)

    def whole(self) -> str:
        paid = money(Fraction(self.steps["amount"].value), self.language)
        price = money(Fraction(self.steps["price"].value), self.language)
        text = self.pick(f"Bạn nộp {paid}: giá tính lệ phí {price}", f"You pay {paid}: the price of {price}")
        if "residual" in self.steps:
            left = self.percent("residual")
            text += self.pick(
                f", còn lại {left} vì xe đã dùng", f", of which {left} is left because the vehicle is used"
            )
        where = place(self.single)[self.language]
        provincial = any(one.path == "rate.car_le9.first" for one in self.steps["rate"].asked)
        text += self.pick(f", nhân mức {self.percent('rate')}", f", times the rate of {self.percent('rate')}")
        text += self.pick(f" ở {where}", f" in {where}") if provincial else ""
        return text + self._reduction() + self._cap() + "."

    def _reduction(self) -> str:
        row = reduction_row(self.steps)
        if row is None:
            return ""
        factor = percent(Fraction(row.value or 0), self.language)
        return self.pick(f", rồi nhân {factor} vì xe lắp ráp trong nước được giảm theo {row.article}",
                         f", then times {factor}, the reduction for vehicles assembled in Viet Nam under "
                         f"{article(row.article, 'en')}")  # fmt: skip

    def _cap(self) -> str:
        if not is_cut(self.steps):
            return ""
        most = money(Fraction(self.steps["capped"].value), self.language)
        return self.pick(f", nhưng một tài sản nộp không quá {most}", f", but no asset pays more than {most}")


def price_table(decision: Decision, rows: Iterable[PriceRow]) -> Table:
    """One decision's prices as a table, in the order of the file; đồng with thousands apart."""
    columns = (
        both("Dòng", "Row"), both("Nhãn hiệu", "Brand"), both("Số loại", "Model"), both("Mã kiểu loại", "Model code"),
        both("Dung tích (lít)", "Engine (litres)"), both("Số chỗ", "Seats"), both("Nơi sản xuất", "Made in"),
        both("Giá (đồng)", "Price (VND)"),
    )  # fmt: skip
    ends = decision.valid_to.isoformat() if decision.valid_to else None
    title = both("Bảng giá tính lệ phí trước bạ", "Price table of the registration fee")
    made = tuple(TableRow(row.id, _cells(row), row.note) for row in rows)
    return Table(title, decision.number, decision.valid_from.isoformat(), ends, decision.note, columns, made)


def _cells(row: PriceRow) -> tuple[str, ...]:
    price = f"{row.price:,}".replace(",", ".")
    return (row.id, row.brand, row.model, row.model_code, row.engine_l, row.seats, row.country, price)
