"""The screens of checks, questions and alerts in one walk: axe, width, what a thumb presses, whole English."""

from decimal import Decimal

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.indicators import queries
from dienhong.organizations.models import Person
from dienhong.watch import actions
from dienhong.watch.actions import Wording
from dienhong.watch.alerting.evaluate import evaluate
from dienhong.watch.models import Alert
from dienhong.watch.tests.conftest import CARRIED, LATE, Ground
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
    client = Client()
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    page = new_page(browser, width, 800)
    cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": lang}
    page.context.add_cookies([{"name": name, "value": each, "url": server.url} for name, each in cookies.items()])
    return page


def scene(ground: Ground) -> dict[str, str]:
    """A difference of each way to be read, a question with its answer and one without, an alert: name -> address."""
    row = ground.differs()
    actions.answer_difference(by=ground.chief, difference=row, text="Explained at length. " * 8)
    ground.say(4, "2020-Q1", code="S.08.004")
    ground.say(2, "2020-Q1", code="S.08.005")
    ground.say(9, code=CARRIED)
    ground.check("procedures_carried")
    batch = ground.say(80).pk
    asked = [
        actions.ask(by=ground.boss, asker=ground.office, key=ground.key(), batch=batch, text=text)
        for text in ("Which offices are counted?", "Why so many?")
    ]
    actions.answer_question(by=ground.officer, question=asked[0], text="All of them.")
    wording = Wording("Late dossiers", queries.indicator(LATE), "quarter", ground.province, "level", side=">",
                      bound=Decimal(50), receivers=(ground.office,))  # fmt: skip
    rule = actions.write_rule(by=ground.boss, owner=ground.office, wording=wording)
    evaluate(rule=rule.pk)
    alert = Alert.objects.get()
    return {
        "board": "/watch/?show=all", "sources": f"/watch/differences/{row.pk}/",
        "periods": f"/watch/differences/{row.pk + 1}/", "disagree": f"/watch/differences/{row.pk}/disagree/",
        "questions": "/watch/questions/?side=asked&show=all", "answered": f"/watch/questions/{asked[0].pk}/",
        "asked": f"/watch/questions/{asked[1].pk}/", "alerts": "/watch/alerts/", "alert": f"/watch/alerts/{alert.pk}/",
        "rules": "/watch/rules/", "targets": "/watch/targets/", "target": "/watch/targets/new/",
        "rule": f"/watch/rules/{rule.pk}/", "edit": f"/watch/rules/{rule.pk}/edit/",
        "passport": "/figures/08.003/decree09/2020-Q2/10/",
        "ask": f"/watch/ask/?indicator=08.003&calendar=decree09&period=2020-Q2&unit=10&batch={batch}",
    }  # fmt: skip


def test_what_somebody_who_looks_would_not_accept(live_server: LiveServer, browser: Browser, ground: Ground) -> None:
    seen, look = scene(ground), Looking(NAMES)
    for start, (width, lang) in enumerate(((360, "vi"), (1280, "en"))):  # each kind of screen once
        page = page_of(browser, live_server, ground.boss, width, lang)
        for name, path in list(seen.items())[start::2]:
            page.goto(live_server.url + path)
            look(page, f"watch {name}")
        page.context.close()
    page = page_of(browser, live_server, ground.boss, 360)
    page.goto(live_server.url + "/watch/rules/new/")
    for name in ("title", "indicator", "unit"):
        page.locator(f"[name={name}]").evaluate("one => one.removeAttribute('required')")
    page.get_by_role("button", name="Đặt quy tắc").click()
    expect(page.locator(".error-summary")).to_be_visible()
    look(page, "watch rule, error", ("day", "night"))
    assert look.faults == []
