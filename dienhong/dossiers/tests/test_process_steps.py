"""Steps that stay: places, the journal, repeated events, delegates, batches and timers."""

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.dossiers.models import Dossier, Place, ServiceVersion, Status
from dienhong.dossiers.process import persist, registry, timers
from dienhong.dossiers.process.faults import StepRefused
from dienhong.dossiers.process.runtime import Event, done, message, timer
from dienhong.dossiers.tests import process_world as world
from dienhong.journal.models import Event as JournalEvent
from dienhong.organizations.models import Unit

pytestmark = pytest.mark.django_db
BY = "job:test"


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine alone: what the rooms registered for the fee is not called here."""
    monkeypatch.setattr(registry, "_delegates", {})
    monkeypatch.setattr(registry, "_watchers", [])
    world.forget()
    yield
    world.forget()


@pytest.fixture
def unit() -> Unit:
    return Unit.objects.create(validity=DateRange(dt.date(2000, 1, 1), None))


@pytest.fixture
def fee() -> ServiceVersion:
    return world.version(world.FEE)


def begun(version: ServiceVersion, unit: Unit, facts: dict[str, Any] | None = None, **values: Any) -> Dossier:
    dossier = world.dossier(version, unit, **values)
    persist.begin(dossier, world.FEE_FACTS if facts is None else facts, by=BY)
    return dossier


def places(dossier: Dossier) -> set[str]:
    """The rows, which must say what the marking says."""
    rows = set(dossier.places.values_list("element", "sequence"))
    process = persist.process_of(dossier)
    dossier.refresh_from_db()
    assert rows == {(t, n) for t, n in persist.tokens(dossier).items() if t in process.nodes}
    return {element for element, _sequence in rows}


def accepted(version: ServiceVersion, unit: Unit) -> Dossier:
    dossier = begun(version, unit)
    world.CHANGES["accept"] = {"accepted": True}
    persist.step(dossier, done("accept_check"), by=BY, facts={"acceptance": "accept"})
    return dossier


def test_filing_waits_at_the_clerk(fee: ServiceVersion, unit: Unit) -> None:
    dossier = begun(fee, unit)
    assert places(dossier) == {"accept_check"}
    place = dossier.places.get()
    assert (place.role, place.status, place.kind, place.unit_id) == ("one_stop_clerk", 1, Place.Kind.TASK, unit.pk)
    assert place.due_at is not None
    assert place.timer_at is None
    event = JournalEvent.objects.get(verb="dossiers.step")
    assert (event.object_id, event.to_state, event.actor) == (str(dossier.pk), "1", BY)
    assert event.data == {"step": 1, "entered": ["accept_check"], "statuses": [1], "ran": ["check_filed"]}


def test_what_a_delegate_changes_leads_another_way_though_the_last_one_is_remembered(
    fee: ServiceVersion, unit: Unit
) -> None:
    """From one place with the same facts: each delegate runs for each dossier, once, and what it says counts."""
    world.CHANGES["accept"] = {"accepted": True}
    waits = {}
    for hit in (False, True, False, True):
        dossier = begun(fee, unit)
        world.CALLED.clear()
        world.CHANGES["find_base"] = {"table_hit": hit}
        persist.step(dossier, done("accept_check"), by=BY, facts={"acceptance": "accept"})
        ran = [action for _pk, action in world.CALLED]
        assert sorted(ran) == sorted({*ran}), "no delegate twice"
        assert ("compute_fee" in ran) is hit
        assert dossier.facts["table_hit"] is hit
        found = places(dossier)
        assert waits.setdefault(hit, found) == found
        assert ("fix_base" in found) is not hit
    dossier = begun(fee, unit)
    world.CHANGES["find_base"] = {"raise": "no table today"}
    with pytest.raises(RuntimeError, match="no table today"):
        persist.step(dossier, done("accept_check"), by=BY, facts={"acceptance": "accept"})
    assert places(dossier) == {"accept_check"}


def test_beginning_twice_is_refused(fee: ServiceVersion, unit: Unit) -> None:
    dossier = begun(fee, unit)
    with pytest.raises(persist.Refused, match="đã bắt đầu"):
        persist.begin(dossier, {}, by=BY)


def test_the_whole_way(fee: ServiceVersion, unit: Unit) -> None:
    dossier = accepted(fee, unit)
    assert dossier.status == Status.IN_PROCESS
    assert places(dossier) == {"fix_base", "register_answer", "register_silent", "overdue"}
    persist.step(dossier, message("register_answered"), by=BY, facts={"register_match": True})
    world.CHANGES["compute_fee"] = {"amount": 40_000_000}
    persist.step(dossier, done("fix_base"), by=BY)
    assert (dossier.status, dossier.before) == (Status.TO_PAY, Status.IN_PROCESS)
    assert places(dossier) == {"wait_payment", "payment_late"}
    persist.step(dossier, message("fee_paid", "capture:1"), by=BY, facts={"paid": True})
    assert dossier.status == Status.DONE
    assert dossier.finished_at
    assert not dossier.closed_at
    persist.step(dossier, message("result_delivered"), by=BY)
    assert dossier.status == Status.HANDED_OVER
    assert dossier.closed_at
    assert places(dossier) == set()
    ran = [action for _pk, action in world.CALLED]
    assert ran == [
        "check_filed", "accept", "find_base", "ask_register", "compute_fee", "issue_bill", "sign_receipt",
        "tell_police", "hand_over",
    ]  # fmt: skip
    passed = [event.data.get("statuses") for event in JournalEvent.objects.filter(verb="dossiers.step").order_by("id")]
    assert passed == [[1], [2, 4], None, [6], [4, 9], [10]]


def test_facts_of_a_delegate_choose_the_way(fee: ServiceVersion, unit: Unit) -> None:
    world.CHANGES["find_base"] = {"table_hit": True}
    world.CHANGES["compute_fee"] = {"amount": 0}
    dossier = accepted(fee, unit)
    assert places(dossier) == {"register_answer", "register_silent", "overdue"}
    persist.step(dossier, message("register_answered"), by=BY, facts={"register_match": True})
    assert places(dossier) == {"delivered", "delivery_late"}


def test_the_same_message_moves_once(fee: ServiceVersion, unit: Unit) -> None:
    dossier = accepted(fee, unit)
    assert persist.step(dossier, message("register_answered", "answer:7"), by=BY, facts={"register_match": True})
    steps = JournalEvent.objects.filter(verb="dossiers.step").count()
    assert persist.step(dossier, message("register_answered", "answer:7"), by=BY) is None
    assert JournalEvent.objects.filter(verb="dossiers.step").count() == steps
    with pytest.raises(StepRefused, match="không chờ"):
        persist.step(dossier, message("register_answered", "answer:8"), by=BY)


def test_a_page_of_an_earlier_visit_moves_nothing(fee: ServiceVersion, unit: Unit) -> None:
    dossier = begun(fee, unit)
    seen = dossier.places.get().sequence
    persist.step(dossier, message("supplement_asked"), by=BY)
    assert (dossier.status, dossier.before) == (Status.SUPPLEMENT, Status.NEW)
    persist.step(dossier, message("supplement_received"), by=BY)
    assert places(dossier) == {"accept_check"}
    with pytest.raises(StepRefused):
        persist.step(dossier, done("accept_check", seen), by=BY, facts={"acceptance": "accept"})
    assert persist.step(dossier, done("accept_check", seen + 2), by=BY, facts={"acceptance": "refuse"})
    assert dossier.status == Status.NOT_ACCEPTED


def test_a_withdrawal_refused_goes_back_where_it_was(fee: ServiceVersion, unit: Unit) -> None:
    dossier = begun(fee, unit)
    persist.step(dossier, message("supplement_asked"), by=BY)
    persist.step(dossier, message("withdraw"), by=BY)
    assert (dossier.status, dossier.before) == (Status.WITHDRAWAL, Status.SUPPLEMENT)
    persist.step(dossier, message("withdraw_taken_back"), by=BY)
    assert (dossier.status, dossier.before) == (Status.SUPPLEMENT, Status.NEW)
    persist.step(dossier, message("withdraw"), by=BY)
    persist.step(dossier, done("withdrawal"), by=BY, facts={"withdrawal": "granted"})
    assert dossier.status == Status.STOPPED
    assert places(dossier) == set()


def test_a_failing_delegate_leaves_all_as_it_was(fee: ServiceVersion, unit: Unit) -> None:
    dossier = begun(fee, unit)
    world.CHANGES["accept"] = {"raise": "no"}
    with pytest.raises(RuntimeError):
        persist.step(dossier, done("accept_check"), by=BY, facts={"acceptance": "accept"})
    assert places(dossier) == {"accept_check"}
    assert "acceptance" not in dossier.facts


def test_a_missing_fact_is_named(fee: ServiceVersion, unit: Unit) -> None:
    dossier = begun(fee, unit)
    with pytest.raises(StepRefused, match="acceptance"):
        persist.step(dossier, done("accept_check"), by=BY)


def test_a_claim_ends_with_the_visit(fee: ServiceVersion, unit: Unit) -> None:
    from dienhong.organizations.models import Person

    dossier = begun(fee, unit)
    clerk = Person.objects.create_user("mau-mot-cua")
    Place.objects.update(claimed_by=clerk, claimed_at=clock.business_now())
    persist.step(dossier, message("supplement_asked"), by=BY)
    persist.step(dossier, message("supplement_received"), by=BY)
    assert dossier.places.get().claimed_by is None


def test_a_dossier_keeps_its_version(unit: Unit) -> None:
    old, new = world.version(world.FILES / "parallel.bpmn"), world.version(world.FILES / "exclusive_loop.bpmn")
    one, other = begun(old, unit, {}, status=4), begun(new, unit, {})
    persist.step(one, done("left"), by=BY)
    persist.step(other, done("check"), by=BY, facts={"verdict": "repair"})
    assert places(one) == {"right"}
    assert places(other) == {"repair"}


def test_many_at_once_move_as_each_would(fee: ServiceVersion, unit: Unit) -> None:
    dossiers = [begun(fee, unit) for _ in range(5)]
    persist.step(dossiers[0], message("supplement_asked"), by=BY)
    batch = persist.steps_in_batch([d.pk for d in dossiers], message("withdraw", "mass:1"), by=BY)
    assert batch.moved == [d.pk for d in dossiers]
    assert [places(d) for d in dossiers] == [{"withdrawal"}] * 5
    assert [d.before for d in dossiers] == [5, 1, 1, 1, 1]
    again = persist.steps_in_batch([d.pk for d in dossiers], message("withdraw", "mass:1"), by=BY)
    assert again.repeated == [d.pk for d in dossiers]
    assert not again.moved
    third = persist.steps_in_batch([d.pk for d in dossiers], message("withdraw", "mass:2"), by=BY)
    assert third.not_awaited == [d.pk for d in dossiers]


def test_one_that_fails_does_not_stop_the_others(fee: ServiceVersion, unit: Unit, monkeypatch: Any) -> None:
    dossiers = [begun(fee, unit) for _ in range(3)]
    bad = dossiers[1].pk

    def accept(context: registry.Context) -> dict[str, Any]:
        Dossier.objects.filter(pk=context.dossier.pk).update(secret="touched")
        if context.dossier.pk == bad:
            raise RuntimeError("broken")
        return {"accepted": True}

    monkeypatch.setitem(registry._delegates, "accept", accept)
    event = done("accept_check")
    batch = persist.steps_in_batch([d.pk for d in dossiers], event, by=BY, facts={"acceptance": "accept"})
    assert batch.failed == {bad: "RuntimeError: broken"}
    assert batch.moved == [dossiers[0].pk, dossiers[2].pk]
    assert places(dossiers[1]) == {"accept_check"}
    assert [Dossier.objects.get(pk=d.pk).secret for d in dossiers] == ["touched", "x", "touched"]


def late(days: int) -> Any:
    """The business clock so many days on."""
    return clock.played(clock.business_now() + dt.timedelta(days=days))


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True


def test_a_timer_fires_when_it_is_due(demo: None, fee: ServiceVersion, unit: Unit) -> None:
    world.CHANGES["find_base"] = {"table_hit": True}
    world.CHANGES["compute_fee"] = {"amount": 5}
    dossier = accepted(fee, unit)
    persist.step(dossier, message("register_answered"), by=BY, facts={"register_match": True})
    with late(29):
        assert timers.fire() == 0
    with late(31):
        assert timers.fire() == 1
        assert timers.fire() == 0
    dossier.refresh_from_db()
    assert dossier.status == Status.STOPPED
    assert (dossier.pk, "void_bill") in world.CALLED


def test_the_apology_follows_the_due_date(demo: None, fee: ServiceVersion, unit: Unit) -> None:
    dossier = accepted(fee, unit)
    assert dossier.places.get(element="overdue").timer_at is None
    Place.objects.filter(element="register_silent").update(timer_at=None)
    due = clock.business_now() + dt.timedelta(days=3)
    Dossier.objects.filter(pk=dossier.pk).update(due_at=due)
    persist.set_facts(dossier)
    assert dossier.places.get(element="overdue").timer_at == due
    assert dossier.places.get(element="fix_base").due_at != due  # its own limit
    Dossier.objects.filter(pk=dossier.pk).update(due_at=due + dt.timedelta(days=2))
    persist.set_facts(dossier)
    with late(4):
        assert timers.fire() == 0
    with late(6):
        assert timers.fire() == 1
    assert places(dossier) == {"fix_base", "register_answer", "register_silent"}
    assert world.CALLED[-1] == (dossier.pk, "apologise")


def test_a_limit_set_later_arms_the_timer(demo: None, fee: ServiceVersion, unit: Unit) -> None:
    dossier = begun(fee, unit)
    limit = clock.business_now() + dt.timedelta(days=2)
    persist.step(dossier, message("supplement_asked"), by=BY, facts={"supplement_due": limit.isoformat()})
    assert dossier.places.get(element="supplement_late").timer_at == limit
    with late(3):
        assert timers.fire() == 1
    assert places(dossier) == {"judge_lapse"}
    persist.step(dossier, done("judge_lapse"), by=BY, facts={"lapse": "extend"})
    assert places(dossier) == {"supplement", "supplement_late"}


def test_a_timer_that_fails_is_tried_again_later(
    demo: None, fee: ServiceVersion, unit: Unit, caplog: pytest.LogCaptureFixture
) -> None:
    dossier = accepted(fee, unit)
    Place.objects.filter(element="overdue").update(timer_at=clock.business_now())
    world.CHANGES["apologise"] = {"raise": "printer"}
    with clock.played(clock.business_now()):
        assert timers.fire() == 0
        assert "printer" in caplog.text
    del world.CHANGES["apologise"]
    with clock.played(clock.business_now() + dt.timedelta(minutes=16)):
        assert timers.fire() == 1
    assert "overdue" not in places(dossier)


def test_a_timer_of_an_earlier_visit_does_not_fire(fee: ServiceVersion, unit: Unit) -> None:
    dossier = begun(fee, unit)
    with pytest.raises(StepRefused):
        persist.step(dossier, timer("supplement_late"), by=BY)
    batch = persist.steps_of_each([(dossier.pk, Event("timer", "supplement_late", "", 1))], by=BY)
    assert batch.not_awaited == [dossier.pk]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_move_once() -> None:
    unit = Unit.objects.create(validity=DateRange(dt.date(2000, 1, 1), None))
    dossier = begun(world.version(world.FEE), unit)
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def press() -> None:
        ready.wait()
        try:
            persist.step(dossier.pk, done("accept_check", 1), by=BY, facts={"acceptance": "refuse"})
            outcomes.append("moved")
        except StepRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["moved", "refused"]


@pytest.mark.django_db(transaction=True)
def test_timers_pass_over_a_dossier_in_hand() -> None:
    unit = Unit.objects.create(validity=DateRange(dt.date(2000, 1, 1), None))
    dossier = begun(world.version(world.FEE), unit)
    persist.step(dossier, message("supplement_asked"), by=BY)
    Place.objects.filter(element="supplement_late").update(timer_at=clock.business_now())
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Dossier.objects.select_for_update().get(pk=dossier.pk)
            held.set()
            let_go.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    assert timers.fire() == 0
    let_go.set()
    thread.join()
    assert timers.fire() == 1


def test_a_queue_is_one_index_scan(fee: ServiceVersion, unit: Unit) -> None:
    for _ in range(3):
        begun(fee, unit)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM dossiers_place WHERE unit_id = %s AND role = 'one_stop_clerk' AND role <> ''"
            " ORDER BY due_at, id LIMIT 100",
            [unit.pk],
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using place_queue" in plan
    assert "Sort" not in plan
