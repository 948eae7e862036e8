"""The official print of a report: who heads it, what it must name, and the code that leads back to it."""

import re
from typing import Any

import pytest
import segno
from django.urls import reverse

from dienhong.reporting import actions
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.test_views_entry import as_

pytestmark = pytest.mark.django_db


def test_print_leads_back_by_a_code(world: World, settings: Any) -> None:
    settings.SITE_ADDRESS = "https://baocao.example.vn"
    world.sent()
    page = as_(world.receiver).get(reverse("reporting:print", args=[world.duty().pk])).content.decode()
    address = f"https://baocao.example.vn/duties/{world.duty().pk}/"
    drawn = segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True)
    [modules] = re.findall(r' d="([^"]+)"', drawn)
    assert modules in page
    assert f'aria-label="Mã QR: {address}"' in page


def test_print_names_what_a_form_must(world: World) -> None:
    world.sent()
    page = as_(world.receiver).get(reverse("reporting:print", args=[world.duty().pk])).content.decode()
    for words in ("Cộng hòa xã hội chủ nghĩa Việt Nam", "Độc lập - Tự do - Hạnh phúc", "Lào Cai", "4.112",
                  "Người lập biểu", "Thủ trưởng đơn vị", "Lào Cai, ngày 24 tháng 6 năm 2020",
                  "Biểu II.06a"):  # fmt: skip
        assert words in page, words
    # A province's report is its People's Committee's: that heads the sheet, above the province's name.
    assert re.search(r"Ủy ban nhân dân</b></p><p class=\"upper\"><b>Tỉnh Lào Cai", page)


def test_print_says_that_a_report_was_returned(world: World) -> None:
    version = world.sent()
    address = reverse("reporting:print", args=[world.duty().pk])
    assert "không còn được tính" not in as_(world.receiver).get(address).content.decode()
    actions.return_version(by=world.receiver, version=version, reason="Số tiếp nhận lệch.")
    page = as_(world.receiver).get(address).content.decode()
    assert "Đã bị trả lại, không còn được tính" in page
    assert "Bản nháp" not in page


def test_a_market_report_is_not_headed_by_the_peoples_committee(world: World) -> None:
    world.sent()
    spec = world.regime.spec
    world.regime.spec = spec | {"tiers": [{**tier, "signs": ""} for tier in spec["tiers"]]}
    world.regime.save(update_fields=["spec"])
    page = as_(world.receiver).get(reverse("reporting:print", args=[world.duty().pk])).content.decode()
    assert '<p class="upper">Tỉnh Lào Cai' in page
    assert "Ủy ban nhân dân" not in page
    world.regime.spec = spec | {"tiers": [{**tier, "signs": "market_department"} for tier in spec["tiers"]]}
    world.regime.save(update_fields=["spec"])
    page = as_(world.receiver).get(reverse("reporting:print", args=[world.duty().pk])).content.decode()
    assert re.search(r"Cục Quản lý thị trường</b></p><p class=\"upper\"><b>Tỉnh Lào Cai", page)


def test_print_in_english_is_english(world: World) -> None:
    world.sent()
    desk = as_(world.receiver)
    desk.cookies["django_language"] = "en"
    page = desk.get(reverse("reporting:print", args=[world.duty().pk])).content.decode()
    for words in ("Socialist Republic of Viet Nam", "Independence - Freedom - Happiness", "People&#x27;s Committee",
                  "Lao Cai, 24 June 2020", "No.: ……"):  # fmt: skip
        assert words in page, words
    for words in ("Cộng hòa", "Độc lập", "Số: ", "ngày 24"):
        assert words not in page, words


def test_print_of_a_draft_marks_what_is_no_figure(world: World) -> None:
    version = world.filled(r2_2="abc")
    address = reverse("reporting:print", args=[version.submission.duty_id])
    page = as_(world.entry).get(address).content.decode()
    assert "abc <b>(?)</b>" in page
    assert "(?): chữ trong ô không đọc được thành số" in page
    actions.save_cells(by=world.entry, version=version, typed={"r2.2": Typed("8792")})
    assert "(?)" not in as_(world.entry).get(address).content.decode()
