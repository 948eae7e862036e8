"""The catalogue's legal bases in Vietnamese. The catalogue keeps its sources' English words; readers read their own."""

import csv
import re
from functools import lru_cache
from pathlib import Path

from dienhong.base import acts, clock

TABLE = Path(__file__).parent / "data" / "legal_words.csv"


@lru_cache(maxsize=1)
def _table() -> list[tuple[re.Pattern[str], str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [(re.compile(row["pattern"]), row["vietnamese"]) for row in csv.DictReader(file)]


def words(text: str, lang: str) -> str:
    """The legal basis in the reader's language, acts issued after the business day marked; a fragment that is not
    known stays as its source has it."""
    return acts.dated(_said(text, lang), clock.business_today(), lang)


@lru_cache(maxsize=1024)
def _said(text: str, lang: str) -> str:
    return text if lang == "en" else "; ".join(_vietnamese(part) for part in text.split("; "))


def _vietnamese(part: str) -> str:
    """Every row of the table in its order: acts first, then the remarks behind them. Acts keep their numbers."""
    for pattern, put in _table():
        part = pattern.sub(put, part, count=1)
    return part
