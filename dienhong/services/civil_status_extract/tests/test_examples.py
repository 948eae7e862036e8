"""The worked cases, and the folder as a whole."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from dienhong.dossiers import folders
from dienhong.rules.law import FactMissing, NoLaw
from dienhong.services.civil_status_extract import rules

CASES = yaml.safe_load((Path(__file__).resolve().parents[1] / "examples.yaml").read_text(encoding="utf-8"))["examples"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["key"]))
def test_a_worked_case(case: dict[str, Any]) -> None:
    result = rules.compute(case["facts"], case["declared_on"])
    assert result.amount == case["amount"]
    assert rules.recheck(result.json()).same


def test_nothing_is_guessed() -> None:
    with pytest.raises(FactMissing):
        rules.compute({}, dt.date(2020, 8, 20))
    with pytest.raises(NoLaw):
        rules.compute({"copies": 1}, dt.date(2010, 1, 1))


def test_the_jurist_sees_what_is_not_confirmed() -> None:
    assert [row.id for row in rules.jurist_view().unconfirmed]
    assert not [one for one in rules.worked() if one.differences]


def test_the_folder_is_whole() -> None:
    assert "civil_status_extract" in folders.names()
    assert not folders.problems()


def test_a_second_folder_for_the_same_procedure_is_said(tmp_path: Path) -> None:
    here = Path(__file__).resolve().parents[1]
    for name in ("civil_status_extract", "twice"):
        (tmp_path / name).mkdir()
        for file in ("process.bpmn", "form.yaml", "service.yaml"):
            text = (here / file).read_text(encoding="utf-8")
            if file != "process.bpmn":
                text = text.replace("civil_status_extract", name)
            (tmp_path / name / file).write_text(text, encoding="utf-8")
    [said] = folders.problems(tmp_path)
    assert "twice/service.yaml" in said
    assert "đã có thư mục civil_status_extract" in said
