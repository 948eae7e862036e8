"""RR07: the worked examples hold, every rule is seen to speak, nothing is required, hours rise with the tiers."""

import datetime as dt
from pathlib import Path

from dienhong.base import periods
from dienhong.indicators import catalogue_files
from dienhong.reporting import due, examples, regime_files
from dienhong.rules.workdays import Calendar

FOLDER = Path(__file__).resolve().parents[1]


def test_the_worked_examples_hold() -> None:
    assert examples.prove(FOLDER) == []


def test_every_rule_speaks_in_some_example() -> None:
    rules = {check.key.split(".")[0] for check in regime_files.read(FOLDER).checks}
    assert {key.split(".")[0] for key in examples.shown(FOLDER)} == rules


def test_nothing_is_required() -> None:
    assert [cell.key for cell in regime_files.read(FOLDER).cells if cell.required and cell.kind != "computed"] == []


def test_each_tier_has_its_own_hour_even_on_a_sunday() -> None:
    sunday = periods.event("lu-mien-trung", 2, dt.date(2020, 10, 6), dt.date(2020, 10, 11))
    tiers = regime_files.read(FOLDER).sheet["tiers"]
    moments = {tier["key"]: due.due_time(tier["due"], sunday, Calendar({})) for tier in tiers}
    assert {key: f"{moment:%d %H:%M}" for key, moment in moments.items()} == {
        "commune": "11 17:00",
        "district": "11 18:00",
        "province": "11 19:00",
    }


def test_only_running_figures_may_not_fall() -> None:
    natures = {sheet.code: sheet.entry["nature"] for sheet in catalogue_files.sheets()}
    folder = regime_files.read(FOLDER)
    watched = {check.cells[0] for check in folder.checks if check.key.startswith("not_lower.")}
    running = {
        cell.key
        for cell in folder.cells
        if cell.kind == "number" and cell.indicator and natures[cell.indicator] == "cumulative"
    }
    assert watched == running
