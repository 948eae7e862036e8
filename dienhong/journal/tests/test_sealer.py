import itertools
import os
import threading

import psycopg
import pytest
from django.db import connection, connections, transaction

from dienhong.journal import canonical, exports, hashing, keys, sealer
from dienhong.journal.actions import record
from dienhong.journal.models import Event, Seal, SealBatch, Unsealed

FIELDS = {"by": "person:7", "verb": "version.send", "object_kind": "version", "object_id": 3}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("journal_home")]


@pytest.fixture(autouse=True)
def _no_steps_of_other_rooms(monkeypatch):
    monkeypatch.setattr(sealer, "_steps", {})


def in_thread(work):
    """Run `work` on a connection of its own; raises what it raised."""
    problems = []

    def go():
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            problems.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=go)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    if problems:
        raise problems[0]


def test_chains_signs_and_exports(events):
    ids = events(5)
    assert sealer.seal_once() == 5
    seals = list(Seal.objects.order_by("position"))
    assert [seal.event_id for seal in seals] == ids
    assert [seal.position for seal in seals] == [1, 2, 3, 4, 5]
    assert bytes(seals[0].prev) == hashing.GENESIS
    assert all(bytes(after.prev) == bytes(before.hash) for before, after in itertools.pairwise(seals))
    batch = SealBatch.objects.get()
    root = exports.parse(exports.roots_path().read_text())
    assert root.statement.root() == bytes(batch.root)
    key = keys.current()
    assert keys.is_signed(bytes.fromhex(key.public_hex), root.signature, root.statement.text().encode())
    assert not Unsealed.objects.exists()
    assert sealer.seal_once() == 0


def test_every_column_of_an_event_is_hashed():
    columns = {field.column for field in Event._meta.concrete_fields}
    assert columns == set(canonical.COLUMNS[hashing.FORM])


def test_key_is_for_its_owner_only(events):
    events()
    sealer.seal_once()
    path = keys.folder() / "journal.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    os.utime(path, (1, 1))
    with pytest.raises(PermissionError, match="chmod 600"):
        keys.current()


def test_two_transactions_that_commit_out_of_order_are_sealed_once_each():
    earlier, inner_done, ids = threading.Event(), threading.Event(), []

    def slow():
        with transaction.atomic():
            ids.append(record(**FIELDS).id)
            earlier.set()
            assert inner_done.wait(20)

    thread = threading.Thread(target=lambda: (slow(), connections.close_all()))
    thread.start()
    assert earlier.wait(20)
    with transaction.atomic():
        later = record(**FIELDS).id
    assert later > ids[0]
    assert sealer.seal_once() == 1
    assert list(Seal.objects.order_by("position").values_list("event_id", flat=True)) == [later]
    inner_done.set()
    thread.join(20)
    assert sealer.seal_once() == 1
    assert sealer.seal_once() == 0
    assert list(Seal.objects.order_by("position").values_list("event_id", flat=True)) == [later, ids[0]]


def test_killed_after_commit_and_before_export_resumes(events, monkeypatch):
    events(2)
    with monkeypatch.context() as patch:
        patch.setattr(exports, "export", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sealer.seal_once()
    assert exports.tail() is None
    events(1)
    assert sealer.seal_once() == 1
    assert [exports.parse(line).statement.number for line in exports.roots_path().read_text().splitlines()] == [1, 2]


def test_killed_before_commit_seals_nothing_and_loses_nothing(events, monkeypatch):
    events(2)
    with monkeypatch.context() as patch:
        patch.setattr(keys, "current", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sealer.seal_once()
    assert not Seal.objects.exists()
    assert sealer.seal_once() == 2


def test_a_line_cut_in_the_middle_is_mended(events):
    events()
    sealer.seal_once()
    with exports.roots_path().open("a") as file:
        file.write('{"statement": "{\\"cha' + "x" * 5000)
    events()
    sealer.seal_once()
    assert [exports.parse(line).statement.number for line in exports.roots_path().read_text().splitlines()] == [1, 2]


def test_only_one_sealer_at_a_time(events):
    events()
    connection.ensure_connection()
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": psycopg.ClientCursor}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [sealer.LOCK])
        assert sealer.seal_once() == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [sealer.LOCK])
    assert sealer.seal_once() == 1


def test_numbers_and_positions_are_not_used_again_after_a_cut(events):
    events(3)
    sealer.seal_once()
    exported = exports.tail()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE journal_seal, journal_sealbatch")
    events(1)
    sealer.seal_once()
    batch = SealBatch.objects.get()
    assert (batch.number, batch.first_position) == (exported.number + 1, exported.last_position + 1)


def test_an_event_deleted_before_its_seal_leaves_an_event(events):
    ids = events(2)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_event DISABLE TRIGGER journal_refuse")
        cursor.execute("DELETE FROM journal_event WHERE id = %s", [ids[0]])
        cursor.execute("ALTER TABLE journal_event ENABLE TRIGGER journal_refuse")
    sealer.seal_once()
    assert Event.objects.get(verb="event.missing").object_id == str(ids[0])


def run_until(condition, during=lambda: None):
    stop = threading.Event()
    thread = threading.Thread(target=sealer.run, args=(stop,))
    thread.start()
    try:
        during()
        for _ in range(100):
            if condition():
                return
            stop.wait(0.1)
        raise AssertionError("the sealer did not get there in ten seconds")
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def test_outlives_the_loss_of_its_connection(events):
    events(1)

    def cut():
        for _ in range(3):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND usesysid IS NOT NULL"  # autovacuum is nobody's, and may not be ended
                )
            threading.Event().wait(0.3)
            events(1)

    run_until(lambda: Seal.objects.count() == 4, cut)


def test_steps_run_in_order_after_sealing_and_one_failure_stops_nothing(events):
    seen = []
    sealer.register(lambda: seen.append(("first", Seal.objects.count())) or 0, name="first")
    sealer.register(lambda: 1 // 0, name="broken")
    sealer.register(lambda: seen.append(("last", Seal.objects.count())) or 0, name="last")
    events(2)
    run_until(lambda: ("last", 2) in seen)
    assert seen[seen.index(("last", 2)) - 1] == ("first", 2)


def test_notifies_once_a_round(events):
    events(3)
    with psycopg.connect(
        **{**connection.get_connection_params(), "cursor_factory": psycopg.ClientCursor}, autocommit=True
    ) as listener:
        listener.execute(f"LISTEN {sealer.CHANNEL}")
        run_until(lambda: Seal.objects.count() == 3)
        heard = list(listener.notifies(timeout=1, stop_after=1))
    assert [each.payload for each in heard] == ['{"sealed": 3, "published": 0}']
