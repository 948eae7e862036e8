"""Pictures of a demo site that runs, for README, docs: `python -m tests.pictures http://127.0.0.1:8000 docs/screens`.

A third word takes only those whose name begins so: `… docs/screens centre/`.
"""

import os
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import chromium, page_of

VIEWER, OFFICER, LEADER = "Tổ tổng hợp mẫu", "Chuyên viên mẫu, Lào Cai", "Lãnh đạo mẫu, Lào Cai"
CHAIR = "Chủ tọa mẫu"
PASSPORT = "/figures/08.001/decree09/2020-Q1/VN/"
SEEN = {
    "passport": (VIEWER, PASSPORT, 1280, 900),
    "passport-on-a-phone": (VIEWER, PASSPORT, 360, 780),
    "indicator": (VIEWER, "/indicators/08.001/", 1280, 900),
    "overview": (VIEWER, "/overview/", 1280, 900),
    "duties": (OFFICER, "/duties/", 1280, 900),
    "sign-on-a-phone": (LEADER, "/sign/", 360, 780),
}
BOARD, WALL = "/boards/thu-tuc-hanh-chinh/", "/walls/tuong-trung-tam-dieu-hanh/1/"
# name -> who, address, and where from there: what to press, as the beginning of a link's name.
CENTRE = {
    "wall": (CHAIR, WALL, ""),
    "board": (CHAIR, BOARD, ""),
    "why": (CHAIR, "/changes/08.003/decree09/2020-Q2/VN/?than=year_before", ""),
    "directive": (CHAIR, "/directives/board/?show=open", "Rà soát từng hồ sơ quá hạn"),
    "check": (CHAIR, "/watch/?kind=horizontal", "Tổng thu ngân sách"),
}
SIZES = {360: 780, 1280: 900, 3840: 2160}
COLOURS = 128  # of a compressed picture: screens have few
WIDEST = 1920  # a picture for docs needs no more


def take(address: str, folder: Path, only: str = "") -> None:
    with chromium() as browser:
        for name, (who, path, width, height) in SEEN.items():
            if name.startswith(only):
                keep(opened(browser, address, who, path, width, height), folder / f"{name}.png")
        for name, (who, path, link) in CENTRE.items():
            for width, height in SIZES.items():
                if f"centre/{name}-{width}".startswith(only):
                    page = opened(browser, address, who, path, width, height)
                    step(page, link)
                    keep(page, folder / "centre" / f"{name}-{width}.png")


def opened(browser: Browser, address: str, who: str, path: str, width: int, height: int) -> Page:
    """As that person sees it."""
    page = page_of(browser, address, who, width, height)
    page.goto(address + path)
    return page


def step(page: Page, link: str) -> None:
    if link:
        page.get_by_role("link", name=re.compile(link)).first.click()


def keep(page: Page, path: Path) -> None:
    """Small: in few colours, and no wider than is looked at."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(700)  # a wall puts its scene up by itself, streams never rest
    # A demo that has not played its oldest years says so on every page; the figures shown are of later ones.
    page.evaluate("document.querySelector('#demo-plays')?.closest('.notice')?.remove()")
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(path))
    page.context.close()
    with Image.open(path) as taken:
        shown = taken.convert("RGB")
    if shown.width > WIDEST:
        shown = shown.resize((WIDEST, shown.height * WIDEST // shown.width), Image.Resampling.LANCZOS)
    shown.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", "dienhong.config.settings"
    )  # the browser's helper closes connections
    take(sys.argv[1].rstrip("/"), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
