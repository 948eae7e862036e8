"""Tampering is done as the owner of the tables, triggers off: what the verifier is for."""

import json
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from dienhong.journal import canonical, exports, hashing, keys, sealer, verifier
from dienhong.journal.findings import Kind
from dienhong.journal.models import Event, Seal, SealBatch
from dienhong.journal.verifier import Verifier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("journal_home")]
TABLES = ("journal_event", "journal_seal", "journal_sealbatch")


@pytest.fixture
def sealed(events):
    """Twelve events in four batches of three."""
    ids = []
    for _ in range(4):
        ids += events(3)
        assert sealer.seal_once() == 3
    return ids


@contextmanager
def as_owner():
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found():
    return [finding for finding in Verifier().findings() if finding.kind is not Kind.NOTE]


def test_a_clean_chain_passes(sealed):
    check = Verifier()
    assert list(check.findings()) == []
    assert (check.events, check.batches, check.last_position) == (12, 4, 12)
    out = StringIO()
    call_command("verify_journal", stdout=out)
    assert out.getvalue() == "12 sự kiện, 4 lô, vị trí cuối 12: không thấy dấu hiệu can thiệp.\n"


def test_an_empty_journal_passes():
    assert list(Verifier().findings()) == []


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'khác'", "data = '{\"n\": 1.0}'", "at = at + interval '1 microsecond'", "at = 'infinity'",
        "business_at = business_at - interval '1 day'", "actor = 'person:8'", "to_state = '50'", "unit_id = '9'",
        "actor_commitment = 'ab'", "request_id = 'x'", "verb = 'v'", "object_kind = 'k'", "object_id = '99'",
        "from_state = '1'",
    ],
)  # fmt: skip
def test_an_edit_is_found_in_every_column(events, change):
    ids = events(3, data={"n": 1})
    sealer.seal_once()
    with as_owner() as cursor:
        cursor.execute(f"UPDATE journal_event SET {change} WHERE id = {ids[1]}")
    [finding] = found()
    assert (finding.kind, finding.event_id, finding.position) == (Kind.EDIT, ids[1], 2)
    assert finding.vi == (
        f"Sự kiện {ids[1]} (vị trí 2) không còn khớp với niêm phong: nội dung đã bị sửa sau khi niêm phong."
    )
    assert str(ids[1]) in finding.en


def test_a_deletion_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM journal_event WHERE id = %s", [sealed[4]])
    [finding] = found()
    assert (finding.kind, finding.event_id, finding.position) == (Kind.DELETION, sealed[4], 5)


def test_a_deletion_with_its_seal_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM journal_event WHERE id = %s", [sealed[4]])
        cursor.execute("DELETE FROM journal_seal WHERE event_id = %s", [sealed[4]])
    [finding] = found()
    assert (finding.kind, finding.position) == (Kind.DELETION, 5)
    assert str(sealed[3]) in finding.en


def test_a_whole_batch_deleted_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM journal_event WHERE id = ANY(%s)", [sealed[3:6]])
        cursor.execute("DELETE FROM journal_seal WHERE position BETWEEN 4 AND 6")
        cursor.execute("DELETE FROM journal_sealbatch WHERE number = 2")
    [finding] = found()
    assert (finding.kind, finding.batch, finding.position) == (Kind.DELETION, 2, 4)


def test_a_reordering_of_events_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute(
            "UPDATE journal_seal SET event_id = -event_id WHERE position IN (4, 5);"
            "UPDATE journal_seal SET event_id = CASE position WHEN 4 THEN %s ELSE %s END WHERE position IN (4, 5)",
            [sealed[4], sealed[3]],
        )
    first, second = found()
    assert (first.kind, first.event_id, first.position) == (Kind.REORDERING, sealed[4], 4)
    assert (second.kind, second.event_id, second.position) == (Kind.REORDERING, sealed[3], 5)


def test_a_reordering_of_whole_seals_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute(
            "UPDATE journal_seal SET position = -position WHERE position IN (4, 5);"
            "UPDATE journal_seal SET position = 9 + position WHERE position < 0"
        )
    assert {finding.kind for finding in found()} == {Kind.REORDERING}
    assert {finding.position for finding in found()} >= {4, 5}


def test_a_cut_tail_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM journal_event WHERE id = ANY(%s)", [sealed[6:]])
        cursor.execute("DELETE FROM journal_seal WHERE position > 6")
        cursor.execute("DELETE FROM journal_sealbatch WHERE number > 2")
    [finding] = found()
    assert (finding.kind, finding.position, finding.batch) == (Kind.CUT_TAIL, 7, 3)
    assert f"event {sealed[5]}, position 6" in finding.en
    # Sealing on does not hide it.
    with transaction.atomic():
        Event.objects.create(business_at="2020-08-19T08:00:00Z", actor="job:x", verb="v", object_kind="k")
    sealer.seal_once()
    [finding] = found()
    assert (finding.kind, finding.position, finding.batch) == (Kind.DELETION, 7, 3)


def test_a_cut_tail_of_everything_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("TRUNCATE journal_event, journal_seal, journal_sealbatch")
    assert [finding.kind for finding in found()] == [Kind.CUT_TAIL]


def rehash(private=None):
    """Compute seals and batches again over what now stands in the table, signed with `private` if given."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.position, {canonical.columns_sql()} FROM journal_seal s"
            " JOIN journal_event e ON e.id = s.event_id ORDER BY s.position"
        )
        rows = cursor.fetchall()
        previous, root = hashing.GENESIS, hashing.GENESIS
        for batch in SealBatch.objects.order_by("number"):
            tree = hashing.Tree()
            for position, *row in rows[batch.first_position - 1 : batch.last_position]:
                leaf = hashing.leaf(canonical.event_bytes(row))
                tree.push(leaf)
                chained = hashing.link(previous, leaf)
                cursor.execute(
                    "UPDATE journal_seal SET prev = %s, hash = %s WHERE position = %s", [previous, chained, position]
                )
                previous = chained
            if private is None:
                continue
            cursor.execute(
                f"SELECT {canonical.utc('sealed_at')} FROM journal_sealbatch WHERE number = %s", [batch.number]
            )
            statement = hashing.Statement(
                batch.number, batch.first_position, batch.last_position, previous.hex(), tree.root().hex(),
                root.hex(), cursor.fetchone()[0], keys.key_id_of(private.public_key().public_bytes_raw()),
            )  # fmt: skip
            root = statement.root()
            cursor.execute(
                "UPDATE journal_sealbatch SET chain = %s, tree = %s, previous_root = %s, root = %s, signature = %s,"
                " key_id = %s WHERE number = %s",
                [
                    previous, tree.root(), bytes.fromhex(statement.previous_root), root,
                    private.sign(statement.text().encode()), statement.key_id, batch.number,
                ],
            )  # fmt: skip


def test_seals_computed_again_are_caught_by_the_signed_root(sealed):
    with as_owner() as cursor:
        cursor.execute("UPDATE journal_event SET reason = 'khác' WHERE id = %s", [sealed[4]])
        rehash()
    first = found()[0]
    assert (first.kind, first.batch) == (Kind.FORGERY, 2)
    assert f"events {sealed[3]}–{sealed[5]}" in first.en


def test_a_chain_signed_with_another_key_is_caught(sealed):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    with as_owner() as cursor:
        cursor.execute("UPDATE journal_event SET reason = 'khác' WHERE id = %s", [sealed[4]])
        rehash(Ed25519PrivateKey.generate())
    assert {finding.kind for finding in found()} == {Kind.FORGERY}
    assert any("unknown key" in finding.en for finding in found())


def test_a_chain_signed_with_the_stolen_key_is_caught_by_the_exported_roots(sealed):
    with as_owner() as cursor:
        cursor.execute("UPDATE journal_event SET reason = 'khác' WHERE id = %s", [sealed[4]])
        rehash(keys.current().private)
    assert [(finding.kind, finding.batch) for finding in found()] == [
        (Kind.FORGERY, 2), (Kind.FORGERY, 3), (Kind.FORGERY, 4),
    ]  # fmt: skip
    assert all("exported earlier" in finding.en for finding in found())


def test_a_roots_file_that_lost_its_end_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute("UPDATE journal_event SET reason = 'khác' WHERE id = %s", [sealed[11]])
    lines = exports.roots_path().read_text().splitlines(keepends=True)
    exports.roots_path().write_text("".join(lines[:2]))
    kinds = [finding.kind for finding in Verifier().findings()]
    assert kinds == [Kind.EDIT, Kind.NOTE]  # sealed a moment ago: may still be under way


def test_a_roots_file_that_lost_its_end_long_ago_is_no_note(sealed, monkeypatch):
    monkeypatch.setattr(verifier, "EXPORT_DUE", -1)
    exports.roots_path().unlink()
    [finding] = found()
    assert (finding.kind, finding.batch) == (Kind.DELETION, 1)
    assert "1–4" in finding.en


def test_an_old_signature_on_a_new_batch_is_caught_without_any_exported_root(sealed):
    exports.roots_path().unlink()
    signatures = dict(SealBatch.objects.order_by("number").values_list("number", "signature"))
    with as_owner() as cursor:
        cursor.execute("UPDATE journal_event SET reason = 'khác' WHERE id = %s", [sealed[11]])
        rehash(keys.current().private)
        for number, signature in signatures.items():
            cursor.execute("UPDATE journal_sealbatch SET signature = %s WHERE number = %s", [signature, number])
    [finding] = found()
    assert (finding.kind, finding.batch) == (Kind.FORGERY, 4)
    assert "signature" in finding.en


def test_a_line_of_the_roots_that_was_changed_is_found(sealed):
    lines = exports.roots_path().read_text().splitlines(keepends=True)
    fields = json.loads(lines[1])
    fields["statement"] = fields["statement"].replace('"number":"2"', '"number":"3"')
    lines[1] = json.dumps(fields) + "\n"
    exports.roots_path().write_text("".join(lines))
    [finding] = found()
    assert finding.kind is Kind.FORGERY
    assert "Line 2" in finding.en


def test_thinned_roots_are_enough(sealed):
    lines = exports.roots_path().read_text().splitlines(keepends=True)
    exports.roots_path().write_text("".join(lines[::3]))
    assert list(Verifier().findings()) == []


def test_an_event_put_in_past_the_triggers_is_found(sealed):
    with as_owner() as cursor:
        cursor.execute(
            "INSERT INTO journal_event (at, business_at, verb, actor, actor_commitment, object_kind, object_id,"
            " unit_id, from_state, to_state, reason, data, request_id) VALUES"
            " (now(), now(), 'v', 'a', '', 'k', '1', '', '', '', '', '{}', '') RETURNING id"
        )
        slipped = cursor.fetchone()[0]
    [finding] = found()
    assert (finding.kind, finding.event_id) == (Kind.INSERTION, slipped)


def test_events_that_wait_are_a_note(sealed, events):
    [waiting] = events(1)
    [finding] = Verifier().findings()
    assert (finding.kind, finding.event_id) == (Kind.NOTE, waiting)


def test_a_signed_restore_explains_a_cut(sealed):
    with as_owner() as cursor:
        cursor.execute("DELETE FROM journal_event WHERE id = ANY(%s)", [sealed[6:]])
        cursor.execute("DELETE FROM journal_seal WHERE position > 6")
        cursor.execute("DELETE FROM journal_sealbatch WHERE number > 2")
    call_command("journal_restored", reason="Phục hồi bản sao 02:00", stdout=StringIO())
    [note] = Verifier().findings()
    assert note.kind is Kind.NOTE
    assert "Phục hồi bản sao 02:00" in note.vi
    with transaction.atomic():
        Event.objects.create(business_at="2020-08-19T08:00:00Z", actor="job:x", verb="v", object_kind="k")
    sealer.seal_once()
    assert [finding.kind for finding in Verifier().findings()] == [Kind.NOTE]
    exports.restored_path().write_text(exports.restored_path().read_text().replace("02:00", "03:00"))
    assert [finding.kind for finding in Verifier().findings()] == [Kind.DELETION]


def test_the_command_fails_and_names_the_event(sealed):
    with as_owner() as cursor:
        cursor.execute("UPDATE journal_event SET reason = 'khác' WHERE id = %s", [sealed[4]])
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_journal", language="en", stdout=out)
    assert out.getvalue().splitlines() == [
        f"edit: Event {sealed[4]} (position 5) no longer matches its seal: it was changed after it was sealed.",
        "12 events, 4 batches, last position 12: 1 signs of tampering.",
    ]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_tables_refuse_even_their_owner_while_triggers_are_on(sealed, table, statement):
    column = {"journal_event": "id", "journal_seal": "position", "journal_sealbatch": "number"}[table]
    with (
        pytest.raises(ProgrammingError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table, column, column))
    assert Seal.objects.count() == 12
