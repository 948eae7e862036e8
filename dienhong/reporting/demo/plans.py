"""Disaster-prevention plans of the demo: a year's figures of a province, and the text that quotes them. All drawn."""

import random
from decimal import Decimal
from functools import lru_cache

from dienhong.base import periods
from dienhong.reporting.demo.figures import SEED, population

FIRST_YEAR = 2018
MOUNTAINS = ("02", "04", "06", "08", "10", "11", "12", "14", "15", "17", "19", "20", "24", "25")
COAST = ("22", "30", "31", "34", "36", "37", "38", "40", "42", "44", "45", "46", "48", "49", "51", "52", "54", "56",
         "58", "60", "77", "79", "80", "82", "83", "84", "86", "91", "94", "95", "96")  # fmt: skip


@lru_cache(maxsize=512)
def rr10(unit_key: str, period: periods.Period) -> dict[str, Decimal | str]:
    """Cell key -> figure. The fund's balance follows from the year before; parts never exceed their whole."""
    year = period.last.year
    before = periods.previous(period)
    earlier = rr10(unit_key, before) if before is not None and year > FIRST_YEAR else None
    draw = random.Random(f"{SEED}|RR10|{unit_key}|{year}")  # noqa: S311 - a demo needs repeatable figures
    steady = random.Random(f"{SEED}|RR10|{unit_key}")  # noqa: S311
    people = population(unit_key)
    communes = max(40, round(people * steady.uniform(0.09, 0.14)))
    approved = round(communes * min(1.0, draw.uniform(0.82, 0.95) + 0.03 * (year - FIRST_YEAR)))
    members = communes * steady.randrange(35, 60)
    shelters = round(communes * steady.uniform(0.4, 0.9)) + 3 * (year - FIRST_YEAR)
    at_risk = round(people * steady.uniform(0.3, 1.6) * (1 - 0.06 * (year - FIRST_YEAR)))
    collected, spent = (_tenth(people * draw.uniform(low, high)) for low, high in ((6, 11), (4, 8)))
    balance = Decimal(earlier["r21"]) if earlier else _tenth(people * steady.uniform(3, 9))
    local = _tenth(people * steady.uniform(18, 40) * draw.uniform(0.95, 1.1))
    return {
        "r1": Decimal(communes),
        "r2": Decimal(approved),
        "r4": Decimal(round(communes * draw.uniform(0.5, 0.8))),
        "r5": Decimal(communes),
        "r6": Decimal(members),
        "r6.1": Decimal(round(members * steady.uniform(0.18, 0.3))),
        "r7.1": Decimal(communes * draw.randrange(6, 12)),
        "r7.2": Decimal(communes * draw.randrange(30, 70)),
        "r7.3": Decimal(communes * draw.randrange(10, 30)),
        "r8": Decimal(draw.randrange(8, 40)),
        "r9": Decimal(round(people / steady.uniform(25, 60))),
        "r10": Decimal(shelters),
        "r11": Decimal(shelters * steady.randrange(150, 320)),
        "r12": Decimal(steady.randrange(15, 60) + 2 * (year - FIRST_YEAR)),
        **_weak_points(unit_key, steady),
        "r14": Decimal(at_risk),
        "r15": Decimal(round(at_risk * draw.uniform(0.04, 0.12))),
        "r16": Decimal(draw.randrange(800, 9000, 50)),
        "r17": Decimal(draw.randrange(2, 18)),
        "r18.1": _tenth(float(local) * steady.uniform(0.6, 1.8)),
        "r18.2": local,
        "r19": collected,
        "r20": spent,
        "r21": balance + collected - spent,
        "r22": "Ủy ban nhân dân tỉnh",
    }


def _weak_points(unit_key: str, draw: random.Random) -> dict[str, Decimal | str]:
    """Mountains slide, coasts have storms and surges; what a province cannot have does not apply."""
    mountain, coast = unit_key in MOUNTAINS, unit_key in COAST
    found: dict[str, Decimal | str] = {
        "r13.1": Decimal(draw.randrange(5, 30)) if coast else "-",
        "r13.2": Decimal(draw.randrange(6, 40)),
        "r13.3": Decimal(draw.randrange(20, 90)) if mountain else Decimal(draw.randrange(0, 6)),
        "r13.4": Decimal(draw.randrange(0, 8)),
        "r13.5": Decimal(draw.randrange(0, 12)),
        "r13.6": Decimal(draw.randrange(3, 15)) if mountain else "-",
        "r13.7": Decimal(draw.randrange(1, 14)) if coast else "x",
        "r13.8": "-",
        "r13.9": "-",
    }
    return found


def texts(unit_key: str, period: periods.Period) -> dict[str, str]:
    """Sections of the outline. Figures are quoted by reference, so that the text cannot say others than the form."""
    if unit_key in MOUNTAINS:
        hazards = (
            "Trong năm xảy ra lũ quét, sạt lở đất và rét hại. Toàn tỉnh có {r13} khu vực trọng điểm xung yếu, trong"
            " đó {r13.3} điểm do lũ quét, sạt lở; {r14} hộ còn ở vùng nguy cơ cao."
        )
    elif unit_key in COAST:
        hazards = (
            "Trong năm chịu ảnh hưởng của bão, mưa lớn và nước dâng. Có {r13} khu vực trọng điểm xung yếu, trong đó"
            " {r13.1} điểm do bão, {r13.2} điểm do lũ, ngập lụt; {r14} hộ ở vùng cần di dời."
        )
    else:
        hazards = (
            "Trong năm có mưa lớn, lốc và nắng hạn kéo dài. Có {r13} khu vực trọng điểm xung yếu, trong đó {r13.2}"
            " điểm do lũ, ngập lụt; {r14} hộ ở vùng nguy cơ."
        )
    out = {
        "hazards": hazards,
        "results": "Đã duyệt kế hoạch ở {r2} trên {r1} xã, đạt {r3} %. Lực lượng xung kích {r6} người, tập huấn {r7}"
        " lượt người, {r8} cuộc diễn tập. Ngân sách chi {r18} triệu đồng; Quỹ thu {r19}, chi {r20} triệu đồng.",
        "plan": "Năm sau tiếp tục di dời các hộ ở vùng nguy cơ, trước hết ít nhất bằng {r15} hộ của năm nay; các xã còn"
        " lại lập xong kế hoạch trong quý I.",
    }
    if period.last.year == FIRST_YEAR:
        out["shortcomings"] = "Số liệu năm đầu còn gom thủ công từ các xã; một số xã chưa đánh giá rủi ro."
    return {section: f"Số mẫu. {text}" for section, text in out.items()}


def _tenth(amount: float) -> Decimal:
    return Decimal(round(amount * 10)) / 10
