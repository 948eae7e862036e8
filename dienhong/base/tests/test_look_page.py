"""The frame: every component on /look/ without inline style or script, themes that last, pages of errors."""

import re

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from dienhong.base import nav

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> str:
    return client.get("/look/", headers={"accept-language": "vi"}).content.decode()


def test_nothing_inline_so_that_a_strict_policy_holds(page: str) -> None:
    assert not re.findall(r"<style|\sstyle=|\son\w+=|javascript:|hx-on|<script(?![^>]*\ssrc=)", page)
    assert "includeIndicatorStyles&quot;:false" in page or '"includeIndicatorStyles":false' in page


def test_ids_are_unique_and_references_arrive(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    doubled = {each for each in ids if ids.count(each) > 1} - {i for i in ids if i.startswith("id_")}
    assert not doubled
    assert set(re.findall(r'(?:aria-labelledby|data-opens)="([^"]+)"', page)) <= set(ids)


def test_english_whole(client: Client) -> None:
    page = client.get("/look/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="en"' in page
    assert "61 of 63 units reported" in page


@pytest.mark.parametrize("chosen", ["day", "night", "wall"])
def test_a_chosen_theme_lasts(client: Client, chosen: str) -> None:
    answer = client.post("/theme/", {"theme": chosen, "next": "/look/"})
    assert answer["Location"] == "/look/"
    assert f'class="{chosen}"' in client.get("/look/").content.decode()
    client.post("/theme/", {"theme": "auto"})
    assert '<html lang="vi" class="">' in client.get("/look/", headers={"accept-language": "vi"}).content.decode()


def test_the_theme_refuses_what_it_does_not_know_and_never_leads_away(client: Client) -> None:
    assert client.post("/theme/", {"theme": "<b>"}).status_code == 400
    assert client.get("/theme/").status_code == 405
    opened = client.get("/theme/", headers={"accept": "text/html"})
    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert "chỉ nhận điều một biểu mẫu gửi tới" in opened.content.decode()
    answer = client.post("/theme/", {"theme": "day", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    client.cookies["theme"] = '"><script>'
    assert "><script>" not in client.get("/look/").content.decode()


@pytest.mark.parametrize("code", ["400", "403", "404", "500"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_of_an_error_needs_no_context(code: str, lang: str) -> None:
    with translation.override(lang):
        page = render_to_string(f"{code}.html")
    assert f'<html lang="{lang}"' in page
    assert page.count("<h1>") == 1
    assert code in page


def test_the_top_bar_shows_what_this_person_may_see_and_marks_one_as_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_items", {})

    def never(request: HttpRequest) -> bool:
        return False

    nav.register(nav.Item("Hai", "look", 20))
    nav.register(nav.Item("Một", "theme", 10, prefix="/l"))
    nav.register(nav.Item("Ba", "set_language", 30, shown=never))
    found = nav.items(RequestFactory().get("/look/x"))
    assert [(each["label"], each["current"]) for each in found] == [("Một", False), ("Hai", True)]


def test_doors_that_one_row_does_not_hold_go_behind_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_items", {})
    monkeypatch.setattr(nav, "reverse", lambda name: f"/{name}/")
    for place in range(9):
        nav.register(nav.Item(f"Cửa số {place} dài", f"door-{place}", place, yields=4 if place in (1, 7) else 0))
    ask = RequestFactory().get

    def names(request: HttpRequest) -> tuple[str, str]:
        bar = nav.bar(request)
        return tuple("".join(str(each["url"])[6] for each in bar[part]) for part in ("row", "more"))  # type: ignore[return-value]

    assert names(ask("/door-0/")) == ("02345", "1678")
    assert names(ask("/door-7/")) == ("02347", "1568")  # where one is stays in sight
    assert names(ask("/door-0/", {"as_of": "2020-08-18"})) == ("0234", "15678")
    monkeypatch.setattr(nav, "ROOM", 2000)
    assert names(ask("/door-0/")) == ("012345678", "")
