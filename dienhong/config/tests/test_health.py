"""The endpoints that monitors ask."""

import os
import time

import pytest
from django.db import connection, transaction
from django.test import Client

from dienhong.config import health
from dienhong.journal.actions import record


def test_alive_asks_nothing_of_the_database(client: Client, django_assert_num_queries) -> None:
    answer = client.get("/healthz")
    assert answer.content == b"ok\n"


@pytest.mark.django_db
def test_ready_says_ok_for_each_question(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "migrations": "ok", "disk": "ok"}}


@pytest.mark.django_db
def test_ready_refuses_with_the_sentence(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.READY, "migrations", lambda: "2 migrations wait")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "2 migrations wait"


@pytest.mark.django_db
def test_metrics_are_numbers_for_this_machine_only(client: Client) -> None:
    answer = client.get("/metrics")
    samples = [line.split() for line in answer.content.decode().splitlines() if not line.startswith("#")]
    assert {name for name, _ in samples} == {"dienhong_disk_free_bytes", *health.METRICS}
    assert all(float(value) >= 0 for _, value in samples)
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 403


@pytest.mark.django_db
def test_metrics_tell_the_age_of_the_last_proven_backup(client: Client, settings, tmp_path) -> None:
    settings.HOME = tmp_path
    assert "dienhong_backup_age_seconds" not in client.get("/metrics").content.decode()
    (tmp_path / "last-backup").touch()
    os.utime(tmp_path / "last-backup", (0, time.time() - 7200))
    said = client.get("/metrics").content.decode()
    assert 7199 <= int(said.rpartition("dienhong_backup_age_seconds ")[2].split()[0]) <= 7300


@pytest.mark.django_db
def test_metrics_tell_what_waits(client: Client) -> None:
    with transaction.atomic():
        record(by="job:test", verb="waits", object_kind="test", object_id=1)
    said = dict(line.split() for line in client.get("/metrics").content.decode().splitlines() if line[0] != "#")
    assert said["dienhong_journal_unsealed"] == "1"
    assert float(said["dienhong_journal_unsealed_seconds"]) > 0


@pytest.mark.django_db
def test_metrics_with_a_token_need_it(client: Client, settings) -> None:
    settings.METRICS_TOKEN = "let-me-see"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer let-me-see"}).status_code == 200


@pytest.mark.django_db
def test_the_application_role_reaches_readiness(client: Client, app_role: None) -> None:
    assert client.get("/readyz").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("dienhong_app",)
