"""The catalogue set right on screen: by its keeper only, by a decision, and never over somebody else's version."""

import html
from typing import Any

import pytest
from django.test import Client

from dienhong.catalogue.models import Version
from dienhong.organizations.models import Person
from dienhong.portal.tests.test_cache import jurist

pytestmark = pytest.mark.django_db
PAGE = "/procedures/1.000001/"
DECISION = {"decision_no": "9/QĐ-MAU", "valid_from": "2020-09-01", "reason": "Theo quyết định mới"}


def as_(person: Person) -> Client:
    made = Client()
    made.force_login(person)
    return made


def standing(page: str) -> dict[str, str]:
    """What a browser would send back of the form untouched."""
    found: dict[str, str] = {}
    for name in ("name", "conditions", "steps", "executing_agencies", "keywords", "related"):
        text = page.partition(f'<textarea name="{name}"')[2].partition(">")[2].partition("</textarea>")[0]
        found[name] = html.unescape(text).removeprefix("\r\n").removeprefix("\n")
    version = Version.objects.get(procedure__code="1.000001", current=True)
    return found | {"seen": str(version.number), "sets": str(version.sets or "")}


def test_the_keeper_amends_and_repeals(ground_database: None, few: None, client: Client) -> None:
    keeper = as_(jurist())
    assert f"{PAGE}amend/" in keeper.get(PAGE).content.decode()
    assert f"{PAGE}amend/" not in client.get(PAGE).content.decode()
    typed: dict[str, Any] = standing(keeper.get(f"{PAGE}amend/").content.decode()) | DECISION
    unchanged = keeper.post(f"{PAGE}amend/", typed)
    assert (unchanged.status_code, "Chưa sửa gì" in unchanged.content.decode()) == (422, True)
    wrong = keeper.post(f"{PAGE}amend/", typed | {"name": "", "steps": "Bước một", "valid_from": "mai"})
    assert wrong.status_code == 422
    assert "Bước một" in wrong.content.decode(), "what was typed stays"
    assert keeper.post(f"{PAGE}amend/", typed | {"steps": "Bước một", "online": "yes"}).status_code == 302
    made = Version.objects.get(procedure__code="1.000001", current=True)
    assert (made.steps, made.online, made.decision and made.decision.number) == ("Bước một", True, "9/QĐ-MAU")
    late = keeper.post(f"{PAGE}amend/", typed | {"steps": "Bước khác"})
    assert "vừa có bản 2" in html.unescape(late.content.decode()), "over a version nobody saw nothing is written"
    assert keeper.post(f"{PAGE}repeal/", {}).status_code == 422
    assert keeper.post(f"{PAGE}repeal/", DECISION).status_code == 302
    assert keeper.get(f"{PAGE}amend/").status_code == 404
    assert "không còn từ ngày 01/09/2020" in keeper.get(PAGE).content.decode()


def test_nobody_else_does(ground_database: None, few: None, client: Client) -> None:
    stranger = as_(Person.objects.create_user("Người khác mẫu"))
    for act in ("amend", "repeal"):
        assert client.get(f"{PAGE}{act}/").status_code == 302
        assert stranger.get(f"{PAGE}{act}/").status_code == 403
        assert stranger.post(f"{PAGE}{act}/", DECISION).status_code == 403
    assert Version.objects.filter(procedure__code="1.000001").count() == 1
