"""What visitors tell: views counted in batches, a word on a page, a language and a colour."""

import pytest
from django.test import Client

from dienhong.base.refusal import Refused
from dienhong.catalogue import queries
from dienhong.catalogue.models import Counted, Usage
from dienhong.journal.models import Event
from dienhong.portal import actions, seen
from dienhong.portal.models import Feedback

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    seen._counts.clear()
    monkeypatch.setattr(seen, "BATCH", 3)
    monkeypatch.setattr(seen, "PATIENCE", 1e9)


def test_views_are_written_a_batch_at_a_time(few: None, client: Client) -> None:
    for _ in range(2):
        assert client.post("/portal/seen/", {"code": "1.000001"}).status_code == 204
    assert not Usage.objects.exists()
    client.post("/portal/seen/", {"code": "1.000002"})
    counted = dict(Usage.objects.filter(kind=Counted.VIEW).values_list("procedure__code", "count"))
    assert counted == {"1.000001": 2, "1.000002": 1}
    for _ in range(3):
        client.post("/portal/seen/", {"code": "1.000001"})
    assert Usage.objects.get(procedure__code="1.000001").count == 5
    assert Event.objects.filter(verb="catalogue.count").count() == 2
    assert queries.most_used(1)[0].procedure.code == "1.000001"


def test_codes_that_nobody_knows_do_not_count(few: None, client: Client) -> None:
    assert client.post("/portal/seen/", {"code": "<x>"}).status_code == 400
    for _ in range(3):
        client.post("/portal/seen/", {"code": "9.999999"})
    assert not Usage.objects.exists()


def test_looking_at_a_page_writes_nothing(few: None, client: Client) -> None:
    before = Event.objects.count()
    client.get("/procedures/1.000001/")
    assert (Event.objects.count(), Usage.objects.count()) == (before, 0)
    assert client.get("/portal/seen/").status_code == 405


def test_a_visitor_says_whether_a_page_helped(few: None) -> None:
    client = Client(enforce_csrf_checks=True)
    address = "/portal/feedback/?code=1.000001"
    client.get(address)
    token = client.cookies["csrftoken"].value
    sent = {"helped": "no", "text": "Thiếu địa chỉ", "csrfmiddlewaretoken": token}
    assert client.post(address, sent).status_code == 200
    said = Feedback.objects.get()
    assert (said.code, said.helped, said.text) == ("1.000001", False, "Thiếu địa chỉ")
    event = Event.objects.get(verb="portal.say_feedback")
    assert "Thiếu" not in str(event.data)
    assert client.post(address, {"helped": "yes"}).status_code == 403


def test_saying_nothing_is_refused_and_what_was_typed_stays(few: None, client: Client) -> None:
    long = "x" * 1001
    answer = client.post("/portal/feedback/?code=1.000001", {"text": long})
    assert answer.status_code == 409
    assert long in answer.content.decode()
    assert client.post("/portal/feedback/?code=1.000001", {}).status_code == 409
    with pytest.raises(Refused, match=r"9\.999999"):
        actions.say_feedback(by="job:portal", code="9.999999", helped=True, text="", lang="vi")
    assert not Feedback.objects.exists()
    assert client.get("/portal/feedback/?code=x").status_code == 302


def test_language_and_colour_without_a_token(few: None) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/portal/language/", {"language": "en", "next": "/portal/"})
    assert (answer.status_code, answer["Location"]) == (302, "/portal/")
    assert "Public services" in client.get("/portal/").content.decode()
    client.post("/portal/theme/", {"theme": "night", "next": "/portal/"})
    assert 'class="night"' in client.get("/portal/").content.decode()
    assert (
        client.post("/portal/language/", {"language": "en", "next": "//evil.example/"})["Location"] != "//evil.example/"
    )


def test_counts_do_not_fall(few: None) -> None:
    from dienhong.base import clock
    from dienhong.catalogue.actions import count

    with pytest.raises(ValueError, match="fall"):
        count(by="job:test", counts={"1.000001": -1}, kind="view", day=clock.business_today())
    with pytest.raises(ValueError, match="not counted"):
        count(by="job:test", counts={"1.000001": 1}, kind="smile", day=clock.business_today())
