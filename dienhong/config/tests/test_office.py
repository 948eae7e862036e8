"""The administrator's screens about the system: only for who runs all of it, each act in the journal."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from dienhong.base import playing
from dienhong.config import office, upkeep
from dienhong.journal.models import Event
from dienhong.organizations.models import Person, Role
from dienhong.organizations.tests import worlds

pytestmark = pytest.mark.django_db
ACTS = [("office_system", {"text": "Nâng cấp"}), ("office_take_down", {}), ("office_try_mail", {})]


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.fixture
def world() -> worlds.World:
    return worlds.world()


def desk_of(unit: Any, email: str = "toi@coquan.gov.vn") -> Client:
    who = Person.objects.create(username=f"quan-tri-{unit.pk}", email=email)
    worlds.grant(who, Role.ADMINISTRATOR, unit, subtree=True)
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(("name", "typed"), ACTS)
def test_an_administrator_of_a_province_does_not_run_the_system(
    name: str, typed: dict[str, str], world: worlds.World
) -> None:
    answer = desk_of(world.ha_noi).post(reverse(name), typed)
    assert answer.status_code == 403
    assert "toàn hệ thống" in answer.content.decode()
    assert upkeep.current() is None
    assert not mail.outbox
    assert not Event.objects.filter(verb__startswith="config.").exists()


def test_the_banner_goes_up_and_down_by_hand(world: worlds.World) -> None:
    desk = desk_of(world.nation)
    assert desk.post(reverse("office_system"), {"text": ""}).status_code == 422
    desk.post(reverse("office_system"), {"text": "Nâng cấp lúc 22:00"})
    assert upkeep.current() == upkeep.Banner("Nâng cấp lúc 22:00", False)
    assert "Nâng cấp lúc 22:00" in desk.get(reverse("office_people")).content.decode()
    desk.post(reverse("office_take_down"))
    assert upkeep.current() is None
    assert Event.objects.filter(verb="config.announce").count() == 2


def test_while_closed_the_banner_can_still_be_taken_down(world: worlds.World) -> None:
    desk = desk_of(world.nation)
    desk.post(reverse("office_system"), {"text": "Nâng cấp", "closed": "on"})
    assert desk.post(reverse("office_person_new"), {}).status_code == 503
    assert desk.post(reverse("office_take_down")).status_code == 302
    assert upkeep.current() is None


def test_the_mail_test_says_what_happened(world: worlds.World, settings: Any) -> None:
    desk = desk_of(world.nation)
    settings.EMAIL_HOST = "mail.coquan.gov.vn"
    said = desk.post(reverse("office_try_mail"), follow=True).content.decode()
    assert "đã nhận thư" in said
    assert [letter.to for letter in mail.outbox] == [["toi@coquan.gov.vn"]]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1,
    )  # fmt: skip
    said = desk.post(reverse("office_try_mail"), follow=True).content.decode()
    assert "Không gửi được qua 127.0.0.1: ConnectionRefusedError" in said
    problems = [each.data["problem"] for each in Event.objects.filter(verb="config.test_mail").order_by("pk")]
    assert problems[0] == ""
    assert "Refused" in problems[1]


def test_without_an_address_of_ones_own_there_is_nothing_to_try(world: worlds.World) -> None:
    said = desk_of(world.nation, email="").post(reverse("office_try_mail"), follow=True).content.decode()
    assert "chưa có địa chỉ thư" in said


def test_the_state_of_the_system_is_asked_now(world: worlds.World, tmp_path: Path) -> None:
    page = desk_of(world.nation).get(reverse("office_system")).content.decode()
    assert "sự kiện chờ niêm phong" in page
    assert "PostgreSQL" in page
    assert "việc hỏng" in page
    assert "chưa bản nào thử phục hồi đạt; không có bản nào ở nơi thường lệ" in page
    folder = tmp_path / "backups" / "20200820T190000Z"
    folder.mkdir(parents=True)
    (folder / "manifest.json").touch()
    (tmp_path / "last-backup").touch()
    assert office.states()[2][1]
    assert "bản mới nhất lúc 02:00, 21/08/2020" in office.states()[2][2]
    long_ago = time.time() - 9 * 86400
    os.utime(tmp_path / "last-backup", (long_ago, long_ago))
    assert not office.states()[2][1]
    assert "đã 9 ngày trước" in office.states()[2][2]


def test_while_the_demo_plays_its_older_years_the_page_says_how_far(world: worlds.World, settings: Any) -> None:
    settings.DEMO, desk = True, desk_of(world.nation)
    with playing.told():
        playing.tell(playing.Progress("Một cửa, Quý III năm 2018", "One-stop, Q3 2018", 17, 20))
        page = desk.get(reverse("office_system")).content.decode()
        assert "Một cửa, Quý III năm 2018. <label" in page
        assert '<progress id="demo-plays" max="20" value="17">' in page
    assert "demo-plays" not in desk.get(reverse("office_system")).content.decode()
