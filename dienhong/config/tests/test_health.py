"""The endpoints that monitors ask."""

import pytest
from django.db import connection
from django.test import Client

from dienhong.config import health


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
