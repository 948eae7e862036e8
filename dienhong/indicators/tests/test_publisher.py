import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from dienhong.base import clock
from dienhong.indicators import actions, publisher, queries, testing
from dienhong.indicators.models import Authority, Entry, Pending, Publication
from dienhong.indicators.tests.conftest import make_indicator, row_of


def test_every_committed_batch_gets_its_place_once(nation, revenue, say):
    for value in ("1", "2", "3"):
        say(revenue, {nation.provinces["a1"]: value}, publish=False)
    assert publisher.publish_once() == 3
    assert publisher.publish_once() == 0
    rows = list(Publication.objects.order_by("seq").values_list("seq", "batch_id"))
    assert [seq for seq, _ in rows] == [1, 2, 3]
    assert [batch for _, batch in rows] == sorted(batch for _, batch in rows)
    assert not Pending.objects.exists()


def test_moments_rise_even_when_the_clock_is_set_back(nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "1"})
    ahead = clock.record_now() + dt.timedelta(days=2)
    last = say(revenue, {nation.provinces["a1"]: "2"}, publish=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO indicators_publication (batch_id, seq, known_at) VALUES (%s, 2, %s)", [last.pk, ahead]
        )
        cursor.execute("DELETE FROM indicators_pending")
    say(revenue, {nation.provinces["a1"]: "3"})
    moments = list(Publication.objects.order_by("seq").values_list("known_at", flat=True))
    assert moments == sorted(set(moments))
    assert moments[-1] > ahead


def test_what_is_about_days_to_come_waits_for_the_business_day(nation, revenue, period, say):
    today = clock.business_today()
    tomorrow = today + dt.timedelta(days=1)
    late = say(revenue, {nation.provinces["a1"]: "1"}, not_before=tomorrow)
    say(revenue, {nation.provinces["a2"]: "2"}, not_before=today)
    assert Publication.objects.count() == 1
    assert Pending.objects.get().batch_id == late.pk


def test_a_wording_holds_from_its_publication(nation, source):
    indicator = make_indicator("02.009")
    actions.set_authority(indicator, source, (None, None))
    assert queries.entry(indicator.pk) is None
    testing.publish()
    first = Entry.objects.get()
    before = queries.cap()
    Entry.objects.create(**{
        field.attname: getattr(first, field.attname)
        for field in Entry._meta.concrete_fields if field.attname not in ("id", "known_at")
    } | {"name_vi": "Tên mới"})  # fmt: skip
    assert queries.entry(indicator.pk).name_vi == first.name_vi
    testing.publish()
    assert queries.entry(indicator.pk).name_vi == "Tên mới"
    assert queries.entry(indicator.pk, before).name_vi == first.name_vi
    assert Authority.objects.get().known_at == first.known_at


def test_idle_it_asks_four_small_questions(nation, revenue, say, django_assert_num_queries):
    say(revenue, {nation.provinces["a1"]: "1"})
    clock.business_today()
    with django_assert_num_queries(5):  # savepoint, lock, catalogue, queue, release
        assert publisher.publish_once() == 0


def test_as_of_the_future_is_capped(nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "1"})
    asked = queries.moment(clock.record_now() + dt.timedelta(days=1))
    assert asked.at == queries.cap()
    with pytest.raises(ValueError, match="time zone"):
        queries.moment(dt.datetime(2020, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_commits_late_is_not_lost(nation, revenue, period, source):
    """The first id commits last: `id > last published` would never see it."""
    ready, go = threading.Event(), threading.Event()
    slow_row = row_of(revenue, period, nation.provinces["a1"], "1")
    quick_row = row_of(revenue, period, nation.provinces["a2"], "2")

    def slow() -> None:
        try:
            with transaction.atomic():
                actions.write_batch(
                    by="job:a", source=source, reporter=nation.provinces["a1"], rows=[slow_row], evidence=[]
                )
                ready.set()
                go.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    ready.wait(10)
    with transaction.atomic():
        quick = actions.write_batch(
            by="job:b", source=source, reporter=nation.provinces["a2"], rows=[quick_row], evidence=[]
        )
    assert publisher.publish_once() == 1
    before = queries.cap()
    go.set()
    thread.join(10)
    assert publisher.publish_once() == 1
    known = list(Publication.objects.order_by("seq").values_list("batch_id", flat=True))
    assert known[0] == quick.pk
    assert known[1] < quick.pk
    units = [nation.provinces["a1"].pk, nation.provinces["a2"].pk]
    assert len(queries.cells(revenue.pk, [period.pk], units)) == 2
    assert len(queries.cells(revenue.pk, [period.pk], units, as_of=before)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_publishers_at_once_do_the_work_once(nation, revenue, say):
    for value in range(20):
        say(revenue, {nation.provinces["a1"]: str(value)}, publish=False)
    done: list[int] = []

    def work() -> None:
        try:
            done.append(publisher.publish_once())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sum(done) == 20
    assert sorted(Publication.objects.values_list("seq", flat=True)) == list(range(1, 21))


def test_the_sealers_user_may_publish_and_nothing_else(nation, revenue, say, database_users):
    say(revenue, {nation.provinces["a1"]: "1"}, publish=False)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {database_users['sealer']}")
        assert publisher.publish_once() == 1
        cursor.execute("RESET ROLE")


def test_a_business_moment_is_found_in_record_time(db):
    from dienhong.base.models import ClockSetting

    now = clock.record_now()
    assert queries.from_business(now - dt.timedelta(days=1)) == now - dt.timedelta(days=1)
    day = dt.datetime(2020, 8, 19, 8, tzinfo=clock.HANOI)
    first, second = now - dt.timedelta(hours=2), now - dt.timedelta(hours=1)
    ClockSetting.objects.create(set_at=first, business_at=day, set_by="job:t", reason="t")
    ClockSetting.objects.create(set_at=second, business_at=day + dt.timedelta(days=1), set_by="job:t", reason="t")
    clock.reset_cache()
    assert queries.from_business(day + dt.timedelta(minutes=5)) == first + dt.timedelta(minutes=5)
    assert queries.from_business(day + dt.timedelta(hours=5)) == second
    assert queries.from_business(day + dt.timedelta(days=1, minutes=5)) == second + dt.timedelta(minutes=5)
    assert queries.from_business(day - dt.timedelta(days=1)) == first - dt.timedelta(days=1)
    assert queries.from_business(day + dt.timedelta(days=9)) <= clock.record_now()
