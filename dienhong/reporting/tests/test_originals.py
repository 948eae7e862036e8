"""The file as it was handed in: which cells it stands for, and "Recompute now" reading it beside what was sent."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from dienhong.base import store
from dienhong.indicators import passports, testing
from dienhong.indicators.models import Evidence
from dienhong.indicators.queries import SeriesKey
from dienhong.reporting import actions
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.evidence import original_facts
from dienhong.reporting.models import Edit, Version
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.excel_files import filled

pytestmark = pytest.mark.django_db


def uploaded(world: World, **cells: Any) -> Version:
    taken = take_upload(by=world.entry, duty=world.duty(), data=filled(world.duty(), **cells), name="good.xlsx")
    assert taken.upload.version
    return taken.upload.version


def sent(world: World, version: Version) -> Version:
    actions.submit(by=world.entry, version=version)
    actions.approve(by=world.leader, version=version)
    actions.send(by=world.clerk, version=version)
    testing.publish()
    version.refresh_from_db()
    return version


def key_of(version: Version, ref: str) -> SeriesKey:
    assert version.batch
    row = version.batch.observations.get(ref=ref)
    return SeriesKey(row.indicator_id, row.period_id, row.unit_id, row.breakdown_id, row.measure)


def test_a_file_stands_only_for_the_cells_it_brought(world: World) -> None:
    version = uploaded(world)
    version.refresh_from_db()
    changed = {"r2.1": Typed("4110"), "r2.2": Typed("8794")}
    actions.save_cells(by=world.entry, version=version, typed=changed)
    row = Evidence(kind="original_file", key=str(version.pk), label="good.xlsx", digest=version.original_digest)
    assert original_facts(row, "Biểu II.06a!C5", "vi")["holds_cell"]
    assert not original_facts(row, "Biểu II.06a!C7", "vi")["holds_cell"], "typed on the grid after the file"
    assert not original_facts(row, "Biểu II.06a!C6", "vi")["holds_cell"], "computed, brought by nobody"


def test_a_cell_of_an_earlier_file_is_not_the_later_files(world: World) -> None:
    version = uploaded(world)
    Edit.objects.filter(version=version).update(at="2020-06-01T00:00:00Z")
    version.uploads.update(kept=1)
    version.refresh_from_db()
    row = Evidence(kind="original_file", key=str(version.pk), label="good.xlsx", digest=version.original_digest)
    assert not original_facts(row, "Biểu II.06a!C5", "vi")["holds_cell"], "it may have left this cell as it was"
    version.uploads.update(kept=0)
    assert original_facts(row, "Biểu II.06a!C5", "vi")["holds_cell"], "it agreed with all of the draft"


def test_a_file_that_left_one_cell_as_it_was_still_stands_for_those_it_brought(world: World) -> None:
    version = uploaded(world)
    version.refresh_from_db()
    version.uploads.update(kept=1)
    row = Evidence(kind="original_file", key=str(version.pk), label="good.xlsx", digest=version.original_digest)
    assert original_facts(row, "Biểu II.06a!C5", "vi")["holds_cell"], "its edits came after the version began"


def test_recompute_names_both_files_and_reads_both(world: World) -> None:
    version = sent(world, uploaded(world))
    found = passports.recompute(key_of(version, "Biểu II.06a!C7"))
    assert (found["verdict"], found["cells"], found["files"]) == ("equal", 1, 2)
    assert [(row["file"], row["original"], row["cells"]) for row in found["read"]] == [
        ("RR22-2020-Q2-lao-cai-1.xlsx", False, 1), ("good.xlsx", True, 1),
    ]  # fmt: skip


def test_a_cell_typed_afterwards_is_not_asked_of_the_original(world: World) -> None:
    version = uploaded(world)
    changed = {"r2.1": Typed("4110"), "r2.2": Typed("8794")}
    actions.save_cells(by=world.entry, version=version, typed=changed)
    found = passports.recompute(key_of(sent(world, version), "Biểu II.06a!C7"))
    assert found["verdict"] == "equal"
    assert [row["file"] for row in found["read"]] == ["RR22-2020-Q2-lao-cai-1.xlsx"]


def test_an_original_that_says_something_else_is_named(world: World) -> None:
    """Row and sent workbook agree, as if both had been forged: the file that was handed in still has the old figure."""
    first = sent(world, uploaded(world))
    other = uploaded_elsewhere(world)
    ref = "Biểu II.06a!C7"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("indicators_evidence", "journal_event"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE indicators_evidence SET digest = %s WHERE batch_id = %s AND kind = 'original_file'",
            [other, first.batch_id],
        )
        cursor.execute("UPDATE journal_event SET data = data - 'files' WHERE object_kind = 'batch'")
        for table in ("indicators_evidence", "journal_event"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    first.uploads.update(digest=other)
    found = passports.recompute(key_of(first, ref))
    assert found["verdict"] == "unequal"
    assert [(row["file"], row["ref"], row["shown"], row["in_file"]) for row in found["differ"]] == [
        ("good.xlsx", ref, "4112", "4100")
    ]


def uploaded_elsewhere(world: World) -> str:
    return store.put(filled(world.duty(), r2_1=4100, r2_2=8804))


def test_a_lost_original_is_named(world: World) -> None:
    version = sent(world, uploaded(world))
    store.path(version.original_digest).unlink()
    found = passports.recompute(key_of(version, "Biểu II.06a!C7"))
    assert found["verdict"] == "unequal"
    assert [row["file"] for row in found["damaged"]] == ["good.xlsx"]


def test_an_ambiguous_text_means_what_the_person_said(world: World) -> None:
    data = filled(world.duty(), r2_1="4.112")
    taken = take_upload(by=world.entry, duty=world.duty(), data=data, name="chu.xlsx", convention="dot_thousands")
    assert taken.upload.version
    found = passports.recompute(key_of(sent(world, taken.upload.version), "Biểu II.06a!C7"))
    assert (found["verdict"], len(found["read"])) == ("equal", 2)


def test_a_stored_file_that_was_changed_is_a_sentence_and_no_fault_of_ours(world: World) -> None:
    version = world.sent()
    address = reverse("reporting:workbook", args=[version.pk])
    client = Client()
    client.force_login(world.receiver)
    assert client.get(address).status_code == 200
    path = store.path(version.canonical_digest)
    path.chmod(0o600)
    path.write_bytes(b"tampered")
    answer = client.get(address)
    assert answer.status_code == 409
    assert "bị mất hoặc bị đổi" in answer.content.decode()
