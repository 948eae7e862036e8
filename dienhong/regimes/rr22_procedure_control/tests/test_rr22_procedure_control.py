"""RR22: the worked examples hold, and every rule is seen to speak."""

from pathlib import Path

from dienhong.reporting import examples, regime_files

FOLDER = Path(__file__).resolve().parents[1]


def test_the_worked_examples_hold() -> None:
    assert examples.prove(FOLDER) == []


def test_every_rule_speaks_in_some_example() -> None:
    rules = {check.key.split(".")[0] for check in regime_files.read(FOLDER).checks}
    assert {key.split(".")[0] for key in examples.shown(FOLDER)} == rules
