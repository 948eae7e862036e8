"""The English interface: every screen walked in English, and whatever is Vietnamese there says so."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation

from dienhong.base import clock
from dienhong.notices.actions import notify
from dienhong.organizations import demo
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Role
from dienhong.reporting import actions
from dienhong.reporting import notice_kinds as kinds
from dienhong.reporting.actions.comments import add_comment
from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.tests.conftest import World, person
from dienhong.reporting.tests.excel_files import filled
from dienhong.reporting.tests.voices import unmarked

pytestmark = pytest.mark.django_db
DUTY = "/reports/RR22/decree09/2020-Q2/"
FIGURE = "/figures/08.001/decree09/2020-Q2"
BOARD = ["RR22", "decree09", "2020-Q2"]
LATE = dt.datetime(2020, 6, 29, 10, 0, tzinfo=clock.HANOI)


def english(who: Any) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who)
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def pages(world: World) -> dict[str, list[str]]:
    """Role -> the addresses that it sees."""
    duty, other = world.duty().pk, world.duty("01").pk
    version = world.duty().submission.versions.latest("number").pk
    common = [
        "/overview/",
        "/reports/",
        DUTY,
        "/indicators/",
        "/indicators/?q=ho+so",
        "/indicators/08.001/",
        "/account/",
        "/machines/",
    ]
    common += [
        "/account/",
        f"{FIGURE}/10/",
        f"{FIGURE}/VN/",
        f"{FIGURE}/02/",
        "/notices/",
        "/notices/preferences/",
        "/machines/",
    ]
    return {
        "": ["/", "/sign-in/", "/account/login/", "/feeds/"],
        "entry": [*common, "/duties/", f"/duties/{duty}/", f"/duties/{duty}/upload/", f"/duties/{duty}/print/",
                  f"/duties/{duty}/entry/"],
        "leader": ["/", "/sign/", "/duties/", f"/duties/{duty}/", f"/versions/{version}/give-back/"],
        "receiver": [*common, f"/duties/{duty}/", f"/duties/{other}/", f"{DUTY}?show=late"],
        "auditor": ["/journal/", "/journal/?verb=reporting.sent", "/journal/?who=xyz"],
        "administrator": ["/admin-office/people/", "/admin-office/grants/", "/admin-office/units/",
                          "/admin-office/holidays/", "/admin-office/import/", "/admin-office/system/"],
    }  # fmt: skip


@pytest.fixture
def people(world: World) -> dict[str, Any]:
    demo.make_demo_accounts(by="job:test")
    names = {"entry": "Nguyễn Thị Nhập", "leader": "Trần Văn Đạo", "clerk": "Lê Thư", "receiver": "Đỗ Tổng Hợp"}
    for each, name in names.items():
        someone = getattr(world, each)
        someone.display_name = name
        someone.save()
    nation = organizations.unit_by_code("iso3166", "VN", clock.business_today())
    return {
        "": None,
        "entry": world.entry,
        "leader": world.leader,
        "receiver": world.receiver,
        "auditor": person("giám-sát", Role.AUDITOR, world.receiver_unit, subtree=True),
        "administrator": person("quản-trị", Role.ADMINISTRATOR, nation, subtree=True),
    }


def busy(world: World) -> None:
    """A report sent late, returned with words, mended, and waiting again: sentences by people on every screen."""
    version = world.filled()
    add_comment(by=world.entry, version=version, cell_key="r1", text="Số này lấy từ sổ cũ")
    actions.submit(by=world.entry, version=version)
    actions.send_back(by=world.leader, version=version, reason="Xem lại tồn kỳ trước")
    actions.submit(by=world.entry, version=version)
    actions.approve(by=world.leader, version=version)
    actions.send(by=world.clerk, version=version)
    from dienhong.indicators import testing

    testing.publish()
    actions.correct(by=world.entry, version=version, reason="Sót hồ sơ trực tuyến")
    again = version.submission.versions.latest("number")
    actions.submit(by=world.entry, version=again)
    actions.extend(
        by=world.receiver, duty=world.duty("01"), due_at=dt.datetime(2020, 7, 3, 17, 0, tzinfo=clock.HANOI),
        reason="Mưa lũ kéo dài",
    )  # fmt: skip


@pytest.mark.parametrize("role", ["", "entry", "leader", "receiver", "auditor", "administrator"])
def test_what_is_vietnamese_in_an_english_page_says_so(
    world: World,
    people: dict[str, Any],
    role: str,
) -> None:
    # A request leaves its language behind in the thread; the next test must not inherit it.
    with translation.override("en"), clock.played(LATE):
        busy(world)
        client = english(people[role])
        wrong: dict[str, list[str]] = {}
        for address in pages(world)[role]:
            answer = client.get(address, follow=True)
            assert answer.status_code == 200, address
            assert '<html lang="en"' in answer.content.decode(), address
            found = unmarked(answer.content.decode())
            if found:
                wrong[address] = sorted(set(found))[:12]
    assert not wrong, "\n".join(f"{address}: {text}" for address, texts in wrong.items() for text in texts)


def test_the_reader_hears_what_it_should() -> None:
    assert unmarked('<html lang="en"><p>Số</p><p lang="vi">Số <b>liệu</b></p><br><p>Good</p></html>') == ["Số"]
    assert unmarked('<html lang="vi"><p>Số</p><p lang="en">Một</p></html>') == ["Một"]


def test_an_english_reader_hears_the_grid_the_file_and_the_notices_right(world: World) -> None:
    with translation.override("en"), clock.played(LATE):
        add_comment(by=world.entry, version=world.filled(), cell_key="r1", text="Số này lấy từ sổ cũ")
        data = filled(world.duty(), r3_2="ba")
        upload = take_upload(by=world.entry, duty=world.duty(), name="Quý II.xlsx", data=data).upload
        said = {"report": "Báo cáo quý", "who": "Trần Văn Đạo", "reason": "Xem lại"}
        about = ("duty", world.duty().pk)
        notify(
            by="job:test", to=[world.entry], kind=kinds.SENT_BACK, subject=about, params=said, url="/", dedupe="x"
        )  # fmt: skip
        client = english(world.entry)
        for address in (f"/duties/{world.duty().pk}/entry/", f"/uploads/{upload.pk}/", "/notices/"):
            page = client.get(address).content.decode()
            assert unmarked(page) == [], address
    entry = client.get(f"/duties/{world.duty().pk}/entry/").content.decode()
    assert '"lang": "vi"' in entry[entry.index('id="comments-data"') :], "the script marks what it draws anew"
