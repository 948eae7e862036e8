"""The three evaluators as functions from a batch of cases to a batch of answers of one shape."""

import base64
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, sync_playwright

BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCRIPT = Path(__file__).resolve().parents[3] / "base" / "static" / "base" / "expressions.js"


@pytest.fixture
def connection(db: None, settings: Any) -> Iterator[psycopg.Connection[Any]]:
    """The test database, on a connection of its own: expressions need a server but no tables, and no Django."""
    database = settings.DATABASES["default"]
    names = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    where = {key: database[name] for name, key in names.items() if database.get(name)}
    with psycopg.connect(**where, autocommit=True) as opened:
        opened.execute("SET jit = off")
        yield opened


@pytest.fixture
def page() -> Iterator[Page]:
    """A blank page of headless Chromium with expressions.js loaded as window.language.

    Not kept for the module: while Playwright runs, an event loop does too, and Django refuses its database then.
    """
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.skip("no chromium on this machine: install Debian's package chromium or set CHROMIUM")
    source = base64.b64encode(SCRIPT.read_bytes()).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=BROWSER_FLAGS)
        page = browser.new_page()
        page.evaluate(
            "async (text) => { window.language = await import('data:text/javascript;base64,' + text) }", source
        )
        yield page
        browser.close()
