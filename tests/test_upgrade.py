"""The last released schema, with data in it, comes to the present by the two commands an administrator types."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.freeze import TOLD
from tests.killing import Site, rows

RELEASED = Path(__file__).parent / "released"
LAST = max(RELEASED.iterdir(), key=lambda folder: [int(part) for part in folder.name.split(".")])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.stop()


def test_the_last_release_is_restored_and_migrated(site: Site) -> None:
    before = json.loads((LAST / "told.json").read_text())
    site.database.ensure()
    assert "✓ Restored" in site.run("owner", "manage.py", "restore", str(LAST / "backup"))
    site.run("owner", "manage.py", "migrate", "--verbosity", "0")
    assert json.loads(site.run("app", "-c", TOLD).splitlines()[-1]) == before
    site.run("owner", "manage.py", "verify_journal")  # ends with an error where it finds anything
    site.start_web()
    site.until_ready()  # no migration waits, and the application's user reads what it needs
    [(unfinished,)] = rows(
        site, "SELECT count(*) FROM reporting_version v WHERE NOT EXISTS (SELECT 1 FROM reporting_statechange c "
        "WHERE c.version_id = v.id AND c.state >= 30)",
    )  # fmt: skip
    assert unfinished == 1
