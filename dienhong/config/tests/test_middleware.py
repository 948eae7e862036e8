"""What every answer carries, what the log says, what a closed house refuses."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from dienhong.base import request_context
from dienhong.config import logs, upkeep
from dienhong.config.upkeep import Banner


@login_not_required
def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request_context.request_id.get())


@login_not_required
def typed(request: HttpRequest, text: str = "") -> HttpResponse:
    return HttpResponse(request.POST.get("text", "") + request.POST.get("file", ""))


@login_not_required
def asks(request: HttpRequest) -> HttpResponse:
    from dienhong.organizations.models import Person

    return HttpResponse(Person.objects.filter(username=request.body.decode()).count())


urlpatterns = [path("", include("dienhong.config.urls")), path("echo", echo), path("typed", typed), path("asks", asks)]
handler400 = "dienhong.base.views.bad_request"
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def test_the_content_policy_is_strict(client: Client) -> None:
    policy = client.get("/echo").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == parts["script-src"] == parts["style-src"] == "'self'"
    assert parts["frame-ancestors"] == parts["object-src"] == parts["base-uri"] == "'none'"


def test_each_request_has_its_id(client: Client) -> None:
    first, second = client.get("/echo"), client.get("/echo")
    assert first.content.decode() == first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert request_context.request_id.get() == ""


def test_only_a_proxy_of_ours_may_name_a_request(client: Client, settings: Any) -> None:
    given = "0123456789abcdef"
    assert client.get("/echo", headers={"X-Request-Id": given}).headers["X-Request-Id"] != given
    settings.BEHIND_PROXY = True
    assert client.get("/echo", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given
    assert client.get("/echo", headers={"X-Request-Id": "x\ny"}).headers["X-Request-Id"] != "x\ny"


def test_the_log_says_what_and_not_what_was_searched(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="dienhong.request"):
        client.get("/echo?name=Nguyen")
    (line,) = [record.getMessage() for record in caplog.records if record.name == "dienhong.request"]
    assert line.startswith("GET '/echo' 200 ")
    assert "Nguyen" not in line


def test_a_line_names_request_and_person() -> None:
    record = logging.LogRecord("dienhong.x", logging.WARNING, "", 0, "late", (), None)
    token = request_context.request_id.set("1f"), request_context.actor.set("person:7")
    logs.AddRequest().filter(record)
    request_context.request_id.reset(token[0])
    request_context.actor.reset(token[1])
    assert logs.Line().format(record).endswith(" WARNING dienhong.x request=1f by=person:7 late")


def test_a_closed_house_reads_and_does_not_write(client: Client) -> None:
    upkeep.announce(Banner("Bảo trì đến 22:00", closed=True))
    assert client.get("/echo").status_code == 200
    refused = client.post("/echo")
    assert refused.status_code == 503
    assert "Bảo trì đến 22:00" in refused.content.decode()
    assert "quay lại của trình duyệt" in refused.content.decode()
    machine = client.post("/echo", "{}", content_type="application/json", headers={"accept-language": "en"})
    assert (machine.status_code, machine.headers["Retry-After"]) == (503, "600")
    assert machine.json()["error"].startswith("The site is under maintenance")
    part = client.post("/echo", headers={"hx-request": "true"})
    assert (part.status_code, part.headers["Content-Type"]) == (503, "text/plain; charset=utf-8")
    upkeep.announce(Banner("Sắp bảo trì", closed=False))
    assert client.post("/echo").status_code == 200
    upkeep.announce(None)
    assert upkeep.current() is None


@pytest.mark.django_db
def test_nul_is_refused_with_a_sentence_and_left_out_of_what_was_typed(client: Client) -> None:
    for address in ("/echo?q=%00", "/ec%00ho", "/figures/08.001/decree09/%00/VN/", "/?breakdown=a%00b"):
        page = client.get(address)
        assert (page.status_code, "ký tự NUL" in page.content.decode()) == (400, True), address
    machine = client.get("/api/v1/indicators/%00/table?units=VN")
    assert (machine.status_code, machine.headers["Content-Type"]) == (400, "application/problem+json")
    assert "ký tự NUL" in machine.json()["title"]
    assert client.post("/typed", {"text": "Gửi\x00 lại"}).content.decode() == "Gửi lại"
    form = "text=G%E1%BB%ADi%00&file=%00"
    assert client.post("/typed", form, content_type="application/x-www-form-urlencoded").content.decode() == "Gửi"
    body = client.post("/asks", "a\x00", content_type="application/json", headers={"Accept": "application/json"})
    assert body.status_code == 400
