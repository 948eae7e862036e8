"""RR05: the worked examples hold, every rule is seen to speak, and each tier is due on its own day."""

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


def test_each_tier_has_its_own_day() -> None:
    july = periods.period("decree09", "2020-M07")
    tiers = regime_files.read(FOLDER).sheet["tiers"]
    days = {tier["key"]: due.due_time(tier["due"], july, Calendar({})).date() for tier in tiers}
    assert days == {
        "team": dt.date(2020, 7, 17),
        "province": dt.date(2020, 7, 20),
        "general_department": dt.date(2020, 7, 23),
    }


def test_a_case_belongs_to_one_kind_and_kinds_make_the_total() -> None:
    cells = [cell for cell in regime_files.read(FOLDER).cells if cell.column == "found"]
    assert len({cell.breakdown.get("violation_kind") for cell in cells}) == 10
    assert next(cell for cell in cells if cell.row == "r0").formula.count("+") == 8
