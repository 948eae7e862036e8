"""RR10: the worked examples hold, every rule is seen to speak, text and form stand together."""

import datetime as dt
from pathlib import Path

from dienhong.base import periods
from dienhong.reporting import due, examples, regime_files
from dienhong.rules.workdays import Calendar

FOLDER = Path(__file__).resolve().parents[1]


def test_the_worked_examples_hold() -> None:
    assert examples.prove(FOLDER) == []


def test_every_rule_speaks_in_some_example() -> None:
    rules = {check.key.split(".")[0] for check in regime_files.read(FOLDER).checks}
    assert {key.split(".")[0] for key in examples.shown(FOLDER)} == rules


def test_due_on_25_december_of_the_year_reported() -> None:
    [tier] = regime_files.read(FOLDER).sheet["tiers"]
    year = periods.period("decree09", "2020-Y")
    assert due.due_time(tier["due"], year, Calendar({})).date() == dt.date(2020, 12, 25)


def test_three_of_six_sections_are_required() -> None:
    outline = regime_files.read(FOLDER).sheet["outline"]
    assert [section["key"] for section in outline if section["required"]] == ["hazards", "results", "plan"]


def test_the_sentence_names_section_cell_and_both_figures() -> None:
    folder = regime_files.read(FOLDER)
    came = examples.run(folder, examples.read(FOLDER)["text_says_otherwise"])
    assert "2. “145” ≠ C7 “140”" in came.sentences["narrative_figures"]["vi"]
