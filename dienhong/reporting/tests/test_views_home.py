"""The first page to strangers and to each role; the overview of the nation."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dienhong.base import clock
from dienhong.organizations import demo
from dienhong.organizations.models import Person, Role
from dienhong.reporting import overview
from dienhong.reporting.tests.conftest import World, person
from dienhong.reporting.tests.test_views_entry import as_
from dienhong.reporting.tests.test_views_lists import LATE

pytestmark = pytest.mark.django_db


def test_a_stranger_is_told_what_this_is_and_signs_in_with_one_press(world: World) -> None:
    demo.make_demo_accounts(by="job:test")
    client = Client()
    page = client.get("/").content.decode()
    [lead] = re.findall(r'<p class="lead">(.*?)</p>', page, re.DOTALL)
    assert lead.count(". ") + lead.rstrip().endswith(".") == 3
    assert page.count('name="person"') == len(demo.SAMPLES)
    assert page.index("Chuyên viên nhập liệu") < page.index("Lãnh đạo đơn vị") < page.index("Văn thư")
    leader = Person.objects.get(username="mau-lao-cai-lanh-dao").pk
    pressed = client.post(reverse("sign_in"), {"person": leader, "next": "/"}, follow=True)
    assert pressed.status_code == 200
    assert pressed.redirect_chain[-1][0] == reverse("reporting:duties")


def test_without_the_demo_nobody_is_offered_an_account(world: World, settings: Any) -> None:
    demo.make_demo_accounts(by="job:test")
    settings.DEMO = False
    page = Client().get("/").content.decode()
    assert 'name="person"' not in page
    assert f'href="{reverse("account_login")}"' in page


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.LEADER, "reporting:duties"),
        (Role.RECEIVER, "reporting:regimes"),
        (Role.AUDITOR, "reporting:journal"),
        (Role.VIEWER, "reporting:overview"),
        (Role.ADMINISTRATOR, "office"),
    ],
)
def test_each_role_lands_where_its_work_is(world: World, role: Role, name: str) -> None:
    answer = as_(person("ai-do", role, world.unit)).get("/")
    assert (answer.status_code, answer["Location"]) == (302, reverse(name))


def test_who_watches_sees_how_far_it_has_come_and_the_latest_figures(world: World) -> None:
    viewer = as_(person("xem", Role.VIEWER, world.receiver_unit, subtree=True))
    empty = viewer.get(reverse("reporting:overview")).content.decode()
    assert "Chưa có số" in empty
    world.sent()
    with clock.played(LATE.replace(month=7, day=20)):
        page = viewer.get(reverse("reporting:overview"))
    body = page.content.decode()
    assert "1/63 đơn vị đã gửi" in body
    assert "62 quá hạn" in body
    assert re.search(r'<a class="door" href="/reports/RR22/decree09/2020-Q2/" aria-label="Bảng nhận báo cáo: ', body)
    shown = {one.code: one for one in page.context["latest"]}
    assert shown["08.001"].shown == Decimal(12904)
    assert f'href="{shown["08.001"].href}"' in body
    assert shown["08.001"].coverage.missing == 62
    assert as_(world.entry).get(shown["08.001"].href).status_code == 200


def test_the_overview_needs_a_person(world: World) -> None:
    assert Client().get(reverse("reporting:overview")).status_code == 302


def test_a_spark_breaks_where_a_period_is_missing() -> None:
    one, none = Decimal(1), None
    assert overview.spark([one, none]) == ""
    assert overview.spark([one, Decimal(2), none, Decimal(3), one]).count("<polyline") == 2
    assert overview.spark([one, one]).count("<polyline") == 1


def test_the_way_to_what_machines_can_ask(world: World) -> None:
    client = as_(world.entry)
    account = client.get(reverse("my_account")).content.decode()
    assert f'href="{reverse("reporting:machines")}"' in account
    answer = client.get(reverse("reporting:machines"))
    assert all(one["title"] for one in answer.context["operations"]), "each says in Vietnamese what it does"
    page = answer.content.decode()
    told = client.get("/api/v1/openapi.json").json()
    for path in told["paths"]:
        assert path in page
    assert 'href="/api/v1/openapi.json"' in page
    assert Client().get(reverse("reporting:machines")).status_code == 302
