"""The screens of directives in one walk: axe, width, what a thumb presses, whole English; phone and desk."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.directives import actions, demo
from dienhong.directives.actions import Task
from dienhong.directives.models import Assignment, Directive
from dienhong.directives.tests.conftest import Ground, move
from dienhong.directives.tests.test_conditions import change_unit
from dienhong.indicators import testing as indicators_testing
from dienhong.organizations.models import Person
from tests.browser import CHROMIUM, NEEDED, new_page
from tests.looking import Looking

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
NAMES = ("Tiếng Việt", "Diên Hồng")


def page_of(browser: Browser, server: LiveServer, by: Person, width: int, lang: str = "vi") -> Page:
    """A page of someone who is signed in."""
    from django.test import Client

    client = Client()
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    page = new_page(browser, width, 800)
    cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": lang}
    page.context.add_cookies([{"name": name, "value": each, "url": server.url} for name, each in cookies.items()])
    return page


def scene(ground: Ground) -> tuple[Assignment, Assignment]:
    """The demo's directive from a paper; one that a number closed and undid, with a file; one frozen."""
    move(8, 19)
    demo.play()
    row = ground.conditioned(due=dt.date(2020, 9, 30))
    actions.acknowledge(by=ground.chief, assignment=row)
    move(9, 15)
    ground.say(40)
    ground.judged(row)
    ground.say(70)
    ground.judged(row)
    actions.ask_extension(
        by=ground.chief, assignment=row, new_due=dt.date(2020, 10, 15), reason="Chờ số liệu của ba sở."
    )
    other = ground.conditioned(due=dt.date(2020, 9, 16))
    change_unit(ground)
    indicators_testing.publish()
    ground.judged(other)
    move(9, 17)
    long = "Tổng hợp, rà soát toàn bộ hồ sơ thủ tục hành chính quá hạn trên địa bàn; " * 4
    ground.issue(*[Task(ground.province, long, dt.date(2020, 9, 18 + n)) for n in range(4)])
    return row, other


def test_what_somebody_who_looks_would_not_accept(live_server: LiveServer, browser: Browser, ground: Ground) -> None:
    row, frozen = scene(ground)
    look, paper = Looking(NAMES), Directive.objects.get(demo=True)
    born = "/directives/new/?indicator=08.003&calendar=decree09&period=2020-Q2&unit=10"
    at, of_frozen = (f"/directives/assignments/{each.pk}/" for each in (row, frozen))
    board = reverse("directives:board")
    for by, width, lang, paths in (
        (ground.boss, 360, "vi", ("/directives/", board, at, "/figures/08.003/decree09/2020-Q2/10/")),
        (ground.chief, 360, "en", (reverse("directives:work"), at, f"{at}report/")),
        (ground.boss, 1280, "en", ("/directives/", board, f"/directives/{paper.pk}/", of_frozen, born)),
    ):
        page = page_of(browser, live_server, by, width, lang)
        for path in paths:
            page.goto(live_server.url + path)
            look(page, f"{by.username} {path.replace('/', '.')}")
        page.context.close()
    page = page_of(browser, live_server, ground.boss, 360)
    page.goto(live_server.url + born)
    for name in ("title", "content", "lead"):
        page.locator(f"[name={name}]").evaluate("one => one.removeAttribute('required')")
    page.get_by_role("button", name="Ban hành").click()
    expect(page.locator(".error-summary")).to_be_visible()
    look(page, "directives new, error")
    page.goto(live_server.url + at)
    page.locator(".more-acts > summary").click()
    look(page, "directives more acts", ("day", "night"))
    assert look.faults == []
