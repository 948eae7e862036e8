import csv
import re
from pathlib import Path

import pytest

from dienhong.indicators import legal

pytestmark = pytest.mark.django_db  # the business clock: which acts were issued later
DATA = Path(legal.__file__).parent / "data"
ENGLISH = re.compile(r"\b(of|and|the|as|by|from|row|report|Circular|Decree|Decision|Resolution|unconfirmed)\b")


@pytest.mark.parametrize("name", ["indicators.csv", "supporting.csv"])
def test_every_legal_basis_is_said_in_vietnamese(name: str) -> None:
    with (DATA / name).open(encoding="utf-8") as file:
        said = {legal.words(row["legal_basis"], "vi") for row in csv.DictReader(file)}
    assert sorted(text for text in said if ENGLISH.search(text)) == []


def test_numbers_of_acts_stay_and_english_stays_english() -> None:
    text = "Decree 94/2022/ND-CP as amended by Decree 62/2024/ND-CP; frequency (unconfirmed)"
    assert legal.words(text, "en") == text
    assert legal.words(text, "vi") == (
        "Nghị định 94/2022/NĐ-CP, sửa đổi bởi Nghị định 62/2024/NĐ-CP; tần suất (chưa xác nhận)"
    )
