"""Figures of the demo for regimes whose real figures are not public: drawn from a fixed seed, marked demo on screen."""

import random
from decimal import Decimal

from dienhong.base import periods

SEED = "dien-hong-19-08-2020"


def rr22(unit_key: str, period: periods.Period, carried_over: int | None) -> dict[str, Decimal]:
    """Dossiers of one province in one quarter, cell key -> figure. The balance holds; r1 is last quarter's r4."""
    size = _size(unit_key)
    draw = random.Random(f"{SEED}|RR22|{unit_key}|{period.key}")  # noqa: S311 - a demo needs repeatable figures
    season = 1 + 0.06 * ((hash_of(period.key) % 5) - 2) / 2
    received = max(40, round(size * season * draw.uniform(0.93, 1.08)))
    years = period.last.year - 2017 + period.last.month / 12
    online = round(received * min(0.62, 0.05 + 0.075 * years + draw.uniform(-0.02, 0.02)))
    before = carried_over if carried_over is not None else round(size * draw.uniform(0.04, 0.08))
    still_open = round((received + before) * draw.uniform(0.03, 0.07))
    overdue_open = round(still_open * draw.uniform(0.0, 0.09))
    resolved = before + received - still_open
    late = round(resolved * draw.uniform(0.004, 0.05) / (1 + 0.1 * years))
    figures = {
        "r1": before,
        "r2.1": online,
        "r2.2": received - online,
        "r3.1": resolved - late,
        "r3.2": late,
        "r4.1": still_open - overdue_open,
        "r4.2": overdue_open,
    }
    return {key: Decimal(value) for key, value in figures.items()}


def _size(unit_key: str) -> int:
    """Dossiers a quarter: five large municipalities, a spread of the rest."""
    draw = random.Random(f"{SEED}|size|{unit_key}")  # noqa: S311
    large = {"01": 210_000, "79": 260_000, "48": 62_000, "31": 58_000, "92": 44_000}
    return large.get(unit_key, round(draw.lognormvariate(9.6, 0.45)))


def hash_of(text: str) -> int:
    """A small number from a text, the same on every machine (the built-in hash is salted)."""
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(text))
