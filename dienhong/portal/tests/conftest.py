"""The pages as they are served: kept pages included, forgotten between tests; a citizen on the morning of a day."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache as shared
from django.test import Client

from dienhong.base import clock
from dienhong.catalogue.actions import import_procedures, load_bundled
from dienhong.catalogue.reading.channels import lines
from dienhong.catalogue.reading.records import Record
from dienhong.catalogue.search import live
from dienhong.dossiers.tests.desk import NOON, Desk
from dienhong.portal import cache
from dienhong.portal.tests import applying
from dienhong.portal.tests.applying import Registers
from dienhong.portal.views import apply_page

KEPT = "dienhong.portal.cache.pages"
BEFORE = "django.contrib.sessions.middleware.SessionMiddleware"
DEAR = "5 Ngày làm việc100,000 VNĐ"
LONG = "Thủ tục cấp giấy chứng nhận đủ điều kiện hoạt động và các nội dung khác theo quy định của pháp luật về " * 7


@pytest.fixture(autouse=True)
def _nothing_kept(settings: Any) -> Iterator[None]:
    if KEPT not in settings.MIDDLEWARE:
        place = settings.MIDDLEWARE.index(BEFORE)
        settings.MIDDLEWARE = [*settings.MIDDLEWARE[:place], KEPT, *settings.MIDDLEWARE[place:]]
    live.forget()
    cache.clear()
    yield
    live.forget()
    cache.clear()


@pytest.fixture
def few(db: None) -> None:
    """A handful of procedures, each with one of the source's traps."""
    import_procedures(by="job:test", records=traps(), source="nguồn mẫu")


@pytest.fixture
def bundled(db: None) -> None:
    load_bundled(by="job:test")


def priced(code: str, name: str, cells: str, **more: Any) -> Record:
    record = Record(code, name, "Lĩnh vực mẫu", "Bộ Mẫu", channels_text=cells, **more)
    record.lines = lines(cells)
    return record


def traps() -> list[Record]:
    return [
        priced(
            "1.000001", "Cấp phép thả diều", "Trực tuyến5 Ngày làm việc100,000 VNĐTrực tiếp5 Ngày làm việc100,000 VNĐ"
        ),
        priced("1.000002", "Cấp phép mất nghìn", "Trực tiếp5 Ngày50 VNĐ(50.000 đồng/lần)"),
        priced("1.000003", "Cấp phép đô la", "Trực tiếp1 Tháng25 USD"),
        priced("1.000004", "Cấp phép nghi ngờ", "Trực tuyến1Miễn phí(Mức thu do Hội đồng nhân dân quyết định)"),
        priced("1.000005", LONG[:672], "Trực tiếp120 VNĐ(20.000 vnđ)", steps="Bước 1: <script>alert(1)</script>"),
        priced("1.000006", "Cấp lại thẻ trùng tên", ""),
        priced("1.000007", "Cấp lại thẻ trùng tên", "Trực tiếpKhông phải trả kết quả"),
        priced("1.000008", 'Cấp phép <b>"lạ"</b> & lùng', "Trực tiếp2 GiờMiễn phí", by_counter=True, online=False),
        priced("1.000008.H29", "Cấp phép lạ của tỉnh", "Trực tiếp1 GiờMiễn phí"),
    ]


@pytest.fixture
def on_the_day(settings: Any, tmp_path: Any, ground_database: None) -> Any:
    settings.DEMO = True
    settings.STORE = tmp_path
    with clock.played(dt.datetime(2020, 8, 20, 9, tzinfo=clock.HANOI)):
        yield


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Registers:
    found = applying.registers()
    monkeypatch.setattr(apply_page, "ask", found)
    return found


@pytest.fixture
def me(on_the_day: None, asked: Registers) -> Client:
    applying.version()
    return applying.client(applying.person())


@pytest.fixture
def desk(ground_database: None, settings: Any, tmp_path: Any) -> Iterator[Desk]:
    settings.DEMO, settings.STORE = True, tmp_path
    shared.clear()
    with clock.played(NOON):
        yield Desk()
