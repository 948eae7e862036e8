"""Figures of the demo for regimes whose real figures are not public: drawn from a fixed seed, marked demo on screen."""

import csv
import random
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from dienhong.base import periods

SEED = "dien-hong-19-08-2020"
FIRST = "2018-Q1"
FIRST_MONTH = "2019-M01"
POPULATIONS = Path(__file__).with_name("populations.csv")
# Dossiers that a province says were carried over beyond what it had left a quarter before: a cross-check sees it.
SLIPS = {("24", "2020-Q2"): 12}
MUNICIPALITIES = ("01", "31", "48", "79", "92")


@lru_cache(maxsize=4096)
def rr22(unit_key: str, period: periods.Period) -> dict[str, Decimal]:
    """Dossiers of one province in one quarter, cell key -> figure. The balance holds; r1 is last quarter's r4, but for
    SLIPS.

    Every quarter follows from the first one, so that older years may be played after newer ones.
    """
    carried_over = _open_before(unit_key, period)
    size = _size(unit_key)
    draw = random.Random(f"{SEED}|RR22|{unit_key}|{period.key}")  # noqa: S311 - a demo needs repeatable figures
    usual = _habits(unit_key)
    season = 1 + 0.04 * ((hash_of(period.key) % 5) - 2) / 2
    received = max(40, round(size * season * draw.uniform(0.95, 1.06)))
    years = period.last.year - 2017 + period.last.month / 12
    online = round(received * min(0.62, 0.05 + 0.075 * years + draw.uniform(-0.01, 0.01)))
    jump = 1.5 if draw.random() < 0.04 else 1.0  # a bad quarter, which asks for its sentence
    open_now = round(size * usual["open"] * draw.uniform(0.94, 1.06))
    before = carried_over if carried_over is not None else open_now
    overdue_open = min(open_now, round(size * usual["overdue"] * draw.uniform(0.93, 1.07) * jump))
    resolved = before + received - open_now
    slip = SLIPS.get((unit_key, period.key), 0)
    late = round(size * usual["late"] * draw.uniform(0.95, 1.05) * jump / (1 + 0.1 * years))
    figures = {
        "r1": before + slip,
        "r2.1": online,
        "r2.2": received - online,
        "r3.1": resolved - late + slip,
        "r3.2": late,
        "r4.1": open_now - overdue_open,
        "r4.2": overdue_open,
    }
    return {key: Decimal(value) for key, value in figures.items()}


def _open_before(unit_key: str, period: periods.Period) -> int | None:
    before = periods.previous(period)
    if before is None or period.key <= FIRST:
        return None
    earlier = rr22(unit_key, before)
    return int(earlier["r4.1"] + earlier["r4.2"])


@lru_cache(maxsize=1)
def _populations() -> dict[str, float]:
    with POPULATIONS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: float(row["thousand"]) for row in csv.DictReader(file)}


def population(unit_key: str) -> float:
    """Thousand people in 2016 (General Statistics Office, preliminary); a unit that is not in the table counts as a
    middling province."""
    return _populations().get(unit_key, 1200.0)


def _size(unit_key: str) -> int:
    """Dossiers a quarter: about 18 for each thousand people, more in the five municipalities."""
    draw = random.Random(f"{SEED}|size|{unit_key}")  # noqa: S311
    rate = 26 if unit_key in MUNICIPALITIES else draw.uniform(14, 20)
    return round(population(unit_key) * rate)


@lru_cache(maxsize=128)
def _habits(unit_key: str) -> dict[str, float]:
    """What part of its dossiers a province leaves open, lets fall due and answers late; it changes little."""
    draw = random.Random(f"{SEED}|habits|{unit_key}")  # noqa: S311
    return {
        "open": draw.uniform(0.035, 0.065),
        "overdue": draw.uniform(0.0008, 0.004),
        "late": draw.uniform(0.008, 0.04),
    }


def hash_of(text: str) -> int:
    """A small number from a text, the same on every machine (the built-in hash is salted)."""
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(text))


# Cases found a month in a middling province, by kind of violation; and fines in million VND for each case handled.
KINDS = {
    "r1": (14, 9.0),
    "r2": (6, 11.0),
    "r3": (4, 7.5),
    "r4": (9, 1.2),
    "r5": (11, 2.4),
    "r6": (7, 5.1),
    "r7": (2, 8.0),
    "r8": (8, 3.3),
    "r9": (3, 2.0),
}


@lru_cache(maxsize=4096)
def rr05(unit_key: str, period: periods.Period) -> dict[str, Decimal]:
    """Market management of one province in one month: cases by kind, inspections, money. Balances hold by row."""
    before = periods.previous(period)
    earlier = rr05(unit_key, before) if before is not None and period.key > FIRST_MONTH else None
    draw = random.Random(f"{SEED}|RR05|{unit_key}|{period.key}")  # noqa: S311
    size = (_size(unit_key) / 22000) ** 0.5
    out: dict[str, Decimal] = {}
    for row, (usual, fine) in KINDS.items():
        carried = earlier[f"{row}/pending"] if earlier else Decimal(round(usual * size * 0.2))
        found = Decimal(max(0, round(usual * size * draw.uniform(0.9, 1.12))))
        pending = Decimal(round(float(carried + found) * draw.uniform(0.12, 0.2)))
        handled = carried + found - pending
        confiscated = _tenth(float(handled) * fine * draw.uniform(0.2, 0.5))
        out |= {
            f"{row}/carried": carried,
            f"{row}/found": found,
            f"{row}/handled": handled,
            f"{row}/referred": Decimal(round(float(handled) * 0.02)),
            f"{row}/pending": pending,
            f"{row}/fines": _tenth(float(handled) * fine * draw.uniform(0.93, 1.07)),
            f"{row}/confiscated": confiscated,
            f"{row}/destroyed": _tenth(float(confiscated) * draw.uniform(0.1, 0.3)),
        }
    return out | _work(out, draw)


def _work(rows: dict[str, Decimal], draw: random.Random) -> dict[str, Decimal]:
    found = sum(rows[f"{row}/found"] for row in KINDS)
    handled = sum(rows[f"{row}/handled"] for row in KINDS)
    inspected = round(float(found) * draw.uniform(1.5, 1.7))
    planned = round(inspected * draw.uniform(0.35, 0.4))
    fined = round(float(handled) * draw.uniform(0.9, 1.0))
    firms = round(fined * draw.uniform(0.2, 0.3))
    confiscated = float(sum(rows[f"{row}/confiscated"] for row in KINDS))
    return {
        "w1.1": Decimal(planned),
        "w1.2": Decimal(inspected - planned),
        "w3.1": Decimal(firms),
        "w3.2": Decimal(fined - firms),
        "w4.2": _tenth(confiscated * draw.uniform(0.5, 0.55)),
        "w4.3": _tenth(float(handled) * draw.uniform(0.28, 0.3)),
        "w5": _tenth(confiscated * draw.uniform(0.3, 0.6)),
        "w6": Decimal(round(float(found) * draw.uniform(1.0, 1.6))),
        "w7": Decimal(round(float(found) * draw.uniform(0.5, 0.8))),
    }


def _tenth(amount: float) -> Decimal:
    return Decimal(round(amount * 10)) / 10
