"""Pictures of a demo site that runs, for the README: `python -m tests.pictures http://127.0.0.1:8000 docs/screens`."""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.browser import chromium, page_of

VIEWER, OFFICER, LEADER = "Tổ tổng hợp mẫu", "Chuyên viên mẫu, Lào Cai", "Lãnh đạo mẫu, Lào Cai"
PASSPORT = "/figures/08.001/decree09/2020-Q1/VN/"
SEEN = {
    "passport": (VIEWER, PASSPORT, 1280, 900),
    "passport-on-a-phone": (VIEWER, PASSPORT, 360, 780),
    "indicator": (VIEWER, "/indicators/08.001/", 1280, 900),
    "overview": (VIEWER, "/overview/", 1280, 900),
    "duties": (OFFICER, "/duties/", 1280, 900),
    "sign-on-a-phone": (LEADER, "/sign/", 360, 780),
}


def take(address: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, (who, path, width, height) in SEEN.items():
            page: Page = page_of(browser, address, who, width, height)
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(folder / f"{name}.png"))
            page.context.close()


if __name__ == "__main__":
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", "dienhong.config.settings"
    )  # the browser's helper closes connections
    take(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
