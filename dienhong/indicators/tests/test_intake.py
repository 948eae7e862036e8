from decimal import Decimal

import pytest

from dienhong.indicators import actions, queries, testing
from dienhong.indicators.intake import Check, Sent, take_in
from dienhong.indicators.models import Batch, Observation
from dienhong.indicators.tests.conftest import make_indicator
from dienhong.journal.models import Event


@pytest.fixture
def parts(revenue, source):
    """02.001 = 02.002 + 02.003, each between 0 and 1,000."""
    made = [make_indicator(code, minimum=0, maximum=1000) for code in ("02.002", "02.003")]
    for indicator in made:
        actions.set_authority(indicator, source, (None, None))
    testing.publish()
    return made


@pytest.fixture
def take(nation, source, period, parts):
    def taken(cells, **more):
        rows = [Sent(f"Thu!D{line}", *cell) for line, cell in enumerate(cells, 1)]
        said = {"by": "partner:1", "source": source, "reporter": nation.unit, "calendar": "decree09", "evidence": []}
        return take_in(**{**said, **more}, cells=rows)

    return taken


BALANCE = Check("balance", "[02.001] = [02.002] + [02.003]", "Hai vế lệch", "They differ")


def test_all_cells_become_one_batch(take, nation, revenue, period):
    outcome = take(
        [("01", "2020-M07", "02.001", "10.5"), ("31", "2020-M07", "02.001", "-"), ("92", "2020-M07", "02.001", "…")]
    )
    assert (outcome.values, outcome.errors, outcome.warnings) == (3, [], [])
    testing.publish()
    units = [unit.pk for unit in nation.provinces.values()]
    found = queries.cells(revenue.pk, [period.pk], units, proof=True)
    assert [(figure.value, figure.empty, figure.ref) for (_p, _u), figure in sorted(found.items())] == [
        (Decimal("10.5"), 0, "Thu!D1"), (None, 1, "Thu!D2"), (None, 2, "Thu!D3"),
    ]  # fmt: skip
    event = Event.objects.get(verb="indicators.batch_written")
    assert (event.object_id, event.data["rows"]) == (str(outcome.batch.pk), 3)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (("01", "2020-M07", "99.999", "1"), "indicator_unknown"),
        (("01", "2020-M08", "02.002", "1"), "period_unknown"),
        (("77", "2020-M07", "02.002", "1"), "unit_unknown"),
        (("01", "2020-M07", "02.002", "1", "area=moon"), "breakdown_unknown"),
        (("01", "2020-M07", "02.002", "mười"), "not_a_number"),
        (("01", "2020-M07", "02.002", "NaN"), "not_a_number"),
        (("01", "2020-M07", "02.002", "1e400"), "not_a_number"),
        (("01", "2020-M07", "02.002", "1.234,5"), "not_a_number"),
        (("01", "2020-M07", "02.002", "9" * 61), "not_a_number"),
        (("01", "2020-M07", "02.001", "9" * 21), "too_long"),
        (("01", "2020-M07", "02.002", "1.25"), "too_many_decimals"),
        (("01", "2020-M07", "02.002", "-1"), "below_minimum"),
        (("01", "2020-M07", "02.002", "1001"), "above_maximum"),
        (("01", "2020-M07", "02.002", "1", "", 7), "measure_unknown"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(take, cell, code):
    outcome = take([("31", "2020-M07", "02.002", "5"), cell])
    assert outcome.batch is None
    assert [(each.ref, each.typed, each.code) for each in outcome.errors] == [("Thu!D2", cell[3], code)]
    assert outcome.errors[0].vi
    assert outcome.errors[0].en
    assert not Observation.objects.exists()
    assert not Batch.objects.exists()


def test_the_same_series_twice_is_named_with_its_first_place(take):
    outcome = take([("01", "2020-M07", "02.002", "5"), ("01", "2020-M07", "02.002", "6")])
    assert [(each.ref, each.code) for each in outcome.errors] == [("Thu!D2", "twice")]
    assert "Thu!D1" in outcome.errors[0].vi


def test_a_check_between_cells_stops_it(take):
    row = [("01", "2020-M07", "02.001", "10"), ("01", "2020-M07", "02.002", "4"), ("01", "2020-M07", "02.003", "6")]
    assert take(row, checks=[BALANCE], dry_run=True).errors == []
    wrong = take([*row[:2], ("01", "2020-M07", "02.003", "7"), ("31", "2020-M07", "02.001", "1")], checks=[BALANCE])
    assert [(each.ref, each.code) for each in wrong.errors] == [("Thu!D1", "balance")]
    softer = Check("balance", BALANCE.expression, "lệch", "differ", "warning")
    passed = take([*row[:2], ("01", "2020-M07", "02.003", "7")], checks=[softer])
    assert passed.batch is not None
    assert [each.code for each in passed.warnings] == ["balance"]


def test_it_looks_back_at_the_period_before(take, say, nation, revenue):
    earlier = actions.ensure_period("decree09", "2020-M06")
    say(revenue, {nation.provinces["a1"]: "100", nation.provinces["a2"]: "100"}, on=earlier)
    cells = [("01", "2020-M07", "02.001", "131"), ("31", "2020-M07", "02.001", "130")]
    outcome = take(cells, dry_run=True)
    assert [(each.ref, each.code) for each in outcome.warnings] == [("Thu!D1", "jump")]
    check = Check("steady", "[02.001] <= [02.001]@prev * 1.3", "tăng quá", "too steep")
    assert [each.ref for each in take(cells, checks=[check]).errors] == ["Thu!D1"]


@pytest.mark.parametrize(
    ("convention", "typed", "value"),
    [("dot_thousands", "1.234,5", "1234.5"), ("dot_decimal", "1,234.5", "1234.5"), ("plain", "−2.5", "-2.5"),
     ("dot_thousands", "1234", "1234"), ("plain", " 7 ", "7"), ("plain", "7.0000000000000", "7")],
)  # fmt: skip
def test_numbers_as_the_file_writes_them(take, convention, typed, value):
    outcome = take([("01", "2020-M07", "02.001", typed)], convention=convention)
    assert outcome.errors == []
    assert Observation.objects.get().value == Decimal(value)
    assert Observation.objects.get().typed == typed


def test_blank_cells_are_not_entered_and_not_written(take):
    outcome = take([("01", "2020-M07", "02.001", "  "), ("31", "2020-M07", "02.001", "1")])
    assert (outcome.values, outcome.blank) == (1, 1)


def test_a_dry_run_writes_nothing_and_the_real_one_follows_in_the_same_transaction(take):
    cells = [("01", "2020-M07", "02.001", "5")]
    assert take(cells, dry_run=True).batch is None
    assert not Batch.objects.exists()
    assert take(cells).batch is not None


def test_sending_the_same_again_is_a_later_batch_with_the_same_figure(take, nation, revenue, period):
    cells = [("01", "2020-M07", "02.001", "5")]
    first, second = take(cells), take(cells)
    assert first.batch.pk < second.batch.pk
    testing.publish()
    key = queries.SeriesKey(revenue.pk, period.pk, nation.provinces["a1"].pk)
    assert queries.figure(key).value == Decimal(5)
