"""The screens in Chromium: accessible, nothing cut off, on a phone and on a desk, with something on each of them."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page

from dienhong.exchange import actions, testing
from dienhong.exchange.models import Message, Outbox
from dienhong.exchange.tests.test_ask import FADIL, PERSON, ask
from dienhong.exchange.tests.test_outbox import send
from dienhong.organizations.models import Person, Role
from dienhong.organizations.tests import worlds
from tests.browser import CHROMIUM, NEEDED

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


def life(registers_program, police_program) -> list[str]:
    """Something of everything; returns the addresses of the screens."""
    testing.introduce(registers_program)
    testing.introduce(police_program)
    registers_program.fail("forged", "population", times=1)
    police_program.fail("down", "police_registration", times=1)
    asked = [ask("vehicle_register", FADIL), ask("population", PERSON), ask("population", {**PERSON, "name": "Ai Mẫu"})]
    ask("vehicle_register", {**FADIL, "slip_no": "MAU-2020-9999"})
    given_up, waits = send(), send()
    Outbox.objects.filter(pk=given_up.pk).update(tries=100)
    actions.deliver(given_up.pk)
    done = send()
    actions.deliver(done.pk)
    actions.deliver(send(engine_no="MAU14F0000002").pk)
    names = ["", "messages/", "outbox/", "police_registration/"]
    uids = [asked[2].message_id, str(waits.uid)]
    return [f"/partners/{name}" for name in names] + [f"/partners/messages/{uid}/" for uid in uids]


def page_of(browser: Browser, address: str, person: Person, width: int, theme: str) -> Page:
    client = Client()
    client.force_login(person)
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if theme == "night" else "light")
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)
    return page


def test_every_screen_is_clean(live_server, browser, registers_program, police_program, empty_queue):
    addresses = life(registers_program, police_program)
    person = worlds.person("quan-tri")
    worlds.grant(person, Role.ADMINISTRATOR, worlds.world().nation, subtree=True)
    pictures = os.environ.get("DIENHONG_PICTURES")
    for width, theme in ((360, "day"), (1280, "night")):
        page = page_of(browser, live_server.url, person, width, theme)
        for number, address in enumerate(addresses):
            page.goto(live_server.url + address)
            page.locator("details.whole").first.evaluate_all("all => all.forEach(one => one.open = true)")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{address} {width} {theme}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} {width}"
            if pictures:
                page.screenshot(path=Path(pictures) / f"{number}-{width}-{theme}.png", full_page=True)
        page.context.close()
    assert Message.objects.count() == 8
