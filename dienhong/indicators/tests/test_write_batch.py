import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dienhong.indicators import actions, queries, testing
from dienhong.indicators.models import Batch, Evidence, Indicator, Observation, Period, Publication, Source
from dienhong.indicators.tests.conftest import Nation, Say, make_unit, row_of
from dienhong.journal.models import Event


def test_a_batch_is_written_and_counts_once_published(nation: Nation, revenue: Indicator, period: Period, say: Say):
    hanoi = nation.provinces["a1"]
    batch = say(revenue, {hanoi: "148.6"}, publish=False)
    assert queries.cells(revenue.pk, [period.pk], [hanoi.pk]) == {}
    assert testing.publish() == 1
    figure = queries.cells(revenue.pk, [period.pk], [hanoi.pk], proof=True)[period.pk, hanoi.pk]
    assert (figure.value, figure.empty, figure.ref, figure.typed) == (Decimal("148.6"), 0, "Thu!D14", "148.6")
    assert figure.batch_id == batch.pk


def test_its_event_and_its_evidence_stand_beside_it(nation: Nation, revenue: Indicator, say: Say):
    batch = say(revenue, {nation.provinces["a1"]: "1"})
    event = Event.objects.get(verb="indicators.batch_written", object_id=str(batch.pk))
    assert (event.actor, event.unit_id, event.data["rows"]) == ("person:1", str(nation.provinces["a1"].pk), 1)
    assert Evidence.objects.get(batch=batch).kind == "message"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e20", "0.00000000001"])
def test_what_is_no_bounded_decimal_is_refused_whole(nation, revenue, say, value):
    with pytest.raises(DatabaseError), transaction.atomic():
        say(revenue, {nation.provinces["a1"]: "5", nation.provinces["a2"]: value})
    assert not Batch.objects.exists()


def test_a_value_beside_a_kind_of_empty_is_refused(nation, revenue, period, source):
    row = row_of(revenue, period, nation.unit, "5")._replace(empty=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.write_batch(by="job:t", source=source, reporter=nation.unit, rows=[row], evidence=[])


def test_an_unknown_unit_is_refused(nation, revenue, period, source):
    row = row_of(revenue, period, nation.unit, "5")._replace(unit_id=10**9)
    with pytest.raises(IntegrityError, match="unit_id"), transaction.atomic():
        actions.write_batch(by="job:t", source=source, reporter=nation.unit, rows=[row], evidence=[])


def test_the_same_series_twice_in_one_batch_is_refused(nation, revenue, period, source):
    row = row_of(revenue, period, nation.unit, "5")
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.write_batch(by="job:t", source=source, reporter=nation.unit, rows=[row, row], evidence=[])


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused(source: Source):
    unit = make_unit("Ở đâu đó", "province")
    with pytest.raises(RuntimeError, match="transaction"):
        actions.write_batch(by="job:t", source=source, reporter=unit, rows=[], evidence=[])


def test_what_was_said_is_never_changed_or_deleted(nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "5"})
    for statement in (
        "UPDATE indicators_observation SET value = 6",
        "DELETE FROM indicators_observation",
        "UPDATE indicators_publication SET known_at = now()",
        "DELETE FROM indicators_batch",
        "DELETE FROM indicators_evidence",
        "UPDATE indicators_entry SET name_vi = 'x'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_correction_and_retraction_are_later_batches(nation, revenue, period, say):
    hanoi = nation.provinces["a1"]
    for value in ("149.8", "148.6", 9):
        say(revenue, {hanoi: value})
    key = queries.SeriesKey(revenue.pk, period.pk, hanoi.pk)
    said = queries.versions(key)
    assert [version.figure.value for version in said] == [Decimal("149.8"), Decimal("148.6"), None]
    assert [version.current for version in said] == [False, False, True]
    assert queries.figure(key) is None
    for version, expected in zip(said[:2], ("149.8", "148.6"), strict=True):
        then = queries.figure(key, version.figure.known_at)
        assert then is not None
        assert then.value == Decimal(expected)
    assert queries.cells(revenue.pk, [period.pk], [hanoi.pk], retracted=True)[period.pk, hanoi.pk].empty == 9


@pytest.mark.django_db(transaction=True)
def test_two_at_once_of_one_source_and_reporter_wait_for_one_another(nation, revenue, period, source):
    """The later id is the later commit: the second asks for its id only after the first has committed."""
    unit, first_is_open, order = nation.provinces["a1"], threading.Event(), []
    row = row_of(revenue, period, unit, "1")

    def second() -> None:
        try:
            first_is_open.wait(10)
            with transaction.atomic():
                batch = actions.write_batch(by="job:b", source=source, reporter=unit, rows=[row], evidence=[])
                order.append(("second", batch.pk))
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        batch = actions.write_batch(by="job:a", source=source, reporter=unit, rows=[row], evidence=[])
        first_is_open.set()
        thread.join(0.4)
        assert thread.is_alive(), "the second batch did not wait"
        order.append(("first", batch.pk))
    thread.join(10)
    assert [name for name, _ in order] == ["first", "second"]
    assert order[0][1] < order[1][1]
    testing.publish()
    assert Publication.objects.count() == 2
    assert Observation.objects.filter(unit=unit).count() == 2
