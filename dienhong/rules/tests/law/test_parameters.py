"""Parameter files: what is read exactly, and the fault that names file, parameter, date and remedy."""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from dienhong.rules.law import Law, LawFault, Row

GOOD = """
fee:
  description: Mức thu
  metadata: {description_en: Rate, unit: /1}
  "*": {values: {2017-01-01: {value: 0.1, metadata: {reference: Điều 1}}}}
  "01":
    values:
      2018-01-01: {value: 0.12, metadata: {reference: Điều 2, remark: chưa thấy (unconfirmed)}}
      2020-01-01: {value: null}
amount: {metadata: {unit: amount}, values: {2017-01-01: {value: 500_000, metadata: {reference: Điều 3}}}}
kept: {values: {2017-01-01: {value: true, metadata: {reference: Điều 4}}}}
left:
  metadata: {unit: /1}
  brackets:
    - threshold: {2017-01-01: {value: 0, metadata: {reference: Điều 5}}}
      amount: {2017-01-01: {value: 0.9, metadata: {reference: Điều 5}}}
    - threshold: {2017-01-01: {value: 2, metadata: {reference: Điều 5}}}
      amount:
        2017-01-01: {value: 0.7, metadata: {reference: Điều 5}}
        2019-01-01: {value: 0.6, metadata: {reference: Điều 6}}
"""


def load(tmp_path: Path, text: str) -> Law:
    path = tmp_path / "parameters.yaml"
    path.write_text(text, encoding="utf-8")
    return Law.load(path)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_rate_stays_the_fraction_that_was_written(tmp_path: Path) -> None:
    law = load(tmp_path, GOOD)
    row = law.row("fee", "79", on=day("2020-08-19"))
    assert (row.value, row.id, row.article) == (Fraction(1, 10), "fee.*@2017-01-01", "Điều 1")
    assert law.row("amount", on=day("2020-08-19")).value == 500_000
    assert law.row("kept", on=day("2020-08-19")).value is True


@pytest.mark.parametrize(
    ("on", "value"),
    [
        ("2016-12-31", None),
        ("2017-12-31", "0.1"),
        ("2018-01-01", "0.12"),
        ("2019-12-31", "0.12"),
        ("2020-01-01", "0.1"),
    ],
)
def test_a_key_beats_the_star_until_null_ends_it(tmp_path: Path, on: str, value: str | None) -> None:
    row = load(tmp_path, GOOD).row("fee", "01", on=day(on))
    assert (row.value if row else None) == (Fraction(value) if value else None)


def test_a_row_knows_until_when_and_what_is_unconfirmed(tmp_path: Path) -> None:
    row = load(tmp_path, GOOD).row("fee", "01", on=day("2019-01-01"))
    assert (row.until, row.unconfirmed) == (day("2020-01-01"), True)
    assert Row.of(row.json()) == row


def test_units_are_inherited(tmp_path: Path) -> None:
    law = load(tmp_path, GOOD)
    assert {series.id: series.unit for series in law.every()}["fee.01"] == "/1"
    assert {series.id: series.unit for series in law.every()}["left.0.threshold"] == "number"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("x: {values: {2017-01-01: {value: 1}}}", r"^parameters\.yaml, x, 2017-01-01: names no article\. Write"),
        ("x: {values: {2017-01-01: 5}}", r"x, 2017-01-01: there is no `value:`\. Write one; null ends"),
        ("x: {values: {last year: {value: 1}}}", r"x: 'last year' is not a date\. Write .* 2020-08-19"),
        ("x: {values: {}}", r"x: has no value\. Write at least one"),
        ("x: 5", r"x: holds no values\. Write `values:`"),
        ("x: {1: {values: {}}}", r"x\.1: the name 1 is not text\. Put quotes"),
        ("x: {values: {2017-01-01: {value: [1], metadata: {reference: a}}}}", r"x, 2017-01-01: \[1\] is no value\."),
        ("x: {values: {2017-01-01: {value: 1, metadata: 5}}}", r"x, 2017-01-01: metadata are not a mapping\."),
        ("x: {brackets: [{threshold: {}}]}", r"x\.0: a bracket lacks a part\. Write `threshold:` and `amount:`"),
        ("x: {values: {2017-01-01: {value: 1}, 2017-01-01: {value: 2}}}", r"x, 2017-01-01: written twice \(line 1\)"),
        ('x: {"01": {values: {}}, "01": {values: {}}}', r"yaml, x\.01: written twice \(line 1\)\. Keep one"),
        ("x: [", r"parameters\.yaml: not YAML"),
        ("- 5", r"holds no parameters"),
    ],
)  # fmt: skip
def test_faults_name_the_place_and_the_remedy(tmp_path: Path, line: str, wanted: str) -> None:
    with pytest.raises(LawFault, match=wanted):
        load(tmp_path, line)


def test_a_parameter_that_is_not_there(tmp_path: Path) -> None:
    law = load(tmp_path, GOOD)
    with pytest.raises(LawFault, match=r"parameters\.yaml, fee\.none\.deep: there is no parameter 'none'"):
        law.row("fee.none.deep", on=day("2020-01-01"))
    with pytest.raises(LawFault, match="brackets"):
        law.scale("amount")
