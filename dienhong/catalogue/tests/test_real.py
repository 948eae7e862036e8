"""The real records, where they lie beside the checkout: what was read has the measured shares of the domain page."""

import os
from collections import Counter
from pathlib import Path

import pytest

from dienhong.catalogue.reading.channels import Fee, Limit
from dienhong.catalogue.reading.parts import QUANTITY
from dienhong.catalogue.reading.records import NoFolder, Record, folder

BESIDE = Path(__file__).resolve().parents[4] / "shared"
FOLDER = Path(os.environ.get("DIENHONG_SHARED") or BESIDE) / "data" / "tthc"
needed = pytest.mark.skipif(not FOLDER.exists(), reason=f"the published records are not beside this checkout: {FOLDER}")


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return [each for each in folder(FOLDER) if isinstance(each, Record)]


@needed
def test_every_record_is_read(records: list[Record]) -> None:
    assert len(records) == len({record.code for record in records}) == 1841
    assert sum(record.detailed for record in records) == 610
    assert max(len(record.name) for record in records) == 672


@needed
def test_limits_and_fees(records: list[Record]) -> None:
    lines = [line for record in records for line in record.lines]
    assert Counter(line.limit for line in lines) == {
        Limit.UNDERSTOOD: 3902, Limit.NO_UNIT: 572, Limit.UNKNOWN: 189, Limit.RUN_TOGETHER: 104, Limit.WORDS: 25,
    }  # fmt: skip
    fees = Counter(line.fee for line in lines)
    assert (fees[Fee.AMOUNT], fees[Fee.UNKNOWN]) == (858, 832)
    assert (fees[Fee.RUN_TOGETHER], fees[Fee.LOST_THOUSANDS], fees[Fee.WORDS]) == (104, 75, 25)
    # The page counts notes in brackets; a description that names money is doubtful too, so we say free less often.
    assert sum(line.fee == Fee.ASK and bool(line.note) for line in lines) == 394
    assert fees[Fee.FREE] + fees[Fee.ASK] == 2051 + 453 + 394
    assert sum(line.currency == "USD" for line in lines) == 47


@needed
def test_by_procedure(records: list[Record]) -> None:
    assert sum(not record.lines for record in records) == 6
    assert Counter(len(record.lines) for record in records).most_common(3) == [(3, 1203), (2, 329), (1, 261)]
    whole = [record for record in records if record.lines]
    assert sum(all(line.limit == Limit.UNDERSTOOD for line in record.lines) for record in whole) == 1454
    assert sum(any(line.limit == Limit.NO_UNIT for line in record.lines) for record in whole) == 242
    assert sum(all(line.limit == Limit.UNKNOWN for line in record.lines) for record in whole) == 83


@needed
def test_value_sets(records: list[Record]) -> None:
    subjects = Counter(each for record in records for each in record.subjects)
    assert len(subjects) == 13
    assert (subjects["Công dân Việt Nam"], subjects["Cán bộ, công chức, viên chức"]) == (1044, 307)
    assert sum(bool(record.online) for record in records) == 1464
    assert sum(record.levels == ["ministry"] for record in records) == 680
    assert sum(not record.executing_agencies for record in records) <= 195


@needed
def test_papers_results_and_law(records: list[Record]) -> None:
    detailed = [record for record in records if record.detailed]
    assert sum(len(QUANTITY.findall(record.documents_text)) for record in detailed) == 3371
    assert sum(bool(record.documents) for record in detailed) == 609
    assert sum(len({paper.place for paper in record.documents}) > 1 for record in detailed) == 136
    coded = [each.code for record in detailed for each in record.results if each.code.startswith("KQ")]
    assert (len(coded), len(set(coded))) == (678, 392)
    assert sum(bool(record.basis) for record in detailed) == 605
    assert sum(any(each.number for each in record.basis) for record in detailed) >= 580


@needed
def test_nothing_doubtful_is_dropped(records: list[Record]) -> None:
    reasons = Counter(trouble.reason for record in records for trouble in record.troubles)
    assert reasons["limit without unit"] == 572
    assert reasons["fee below 1,000 đồng"] == 75
    assert reasons["result code not understood"] >= 15


def test_a_folder_without_a_table_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoFolder, match="procedures_"):
        list(folder(tmp_path))
