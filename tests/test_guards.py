"""The nets that conftest.py spreads under every test do hold."""

import socket

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path


@login_not_required
def careless(request: HttpRequest) -> HttpResponse:
    """A view that writes whatever it is asked with."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_content_type SET model = model")
    return HttpResponse("done")


@login_not_required
def sneaky(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("WITH gone AS (DELETE FROM django_content_type WHERE id < 0 RETURNING id) SELECT * FROM gone")
    return HttpResponse("done")


urlpatterns = [path("careless", careless), path("sneaky", sneaky)]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/careless", "/sneaky"])
def test_a_get_that_writes_fails(client: Client, address: str) -> None:
    with pytest.raises(AssertionError, match="must not write"):
        client.get(address)
    assert client.post(address).content == b"done"


def test_the_network_ends_at_this_machine() -> None:
    with socket.socket() as link, pytest.raises(PermissionError, match="stay on this machine"):
        link.connect(("192.0.2.1", 80))


@pytest.mark.django_db
def test_unordered_rows_come_in_any_order() -> None:
    orders = {tuple(kind.pk for kind in ContentType.objects.all()) for _ in range(8)}
    assert len(orders) > 1
    sorted_orders = {tuple(kind.pk for kind in ContentType.objects.order_by("pk")) for _ in range(4)}
    assert len(sorted_orders) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE journal_event",
        "TRUNCATE journal_event",
        "DELETE FROM django_migrations",
        "UPDATE journal_event SET verb = ''",
    ],
)
def test_the_application_may_not(app_role: None, statement: str) -> None:
    refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
