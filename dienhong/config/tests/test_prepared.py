"""A second start skips what this very code has loaded into this database and this home, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from dienhong.base.models import Preparation
from dienhong.config import prepared

pytestmark = pytest.mark.django_db


def test_it_is_done_once_for_this_code_this_database_and_this_home(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    assert not prepared.is_done()
    prepared.remember()
    assert prepared.is_done()
    settings.DEMO = not settings.DEMO
    assert not prepared.is_done(), "the demo nation is another"
    settings.DEMO = not settings.DEMO
    was = prepared.fingerprint()
    with monkeypatch.context() as other:
        other.setattr(prepared, "fingerprint", lambda: was[::-1])
        assert not prepared.is_done(), "the code is another"
    prepared.mark().rename(tmp_path / "away")
    assert not prepared.is_done(), "the home is another"
    (tmp_path / "away").rename(prepared.mark())
    Preparation.objects.all().delete()
    assert not prepared.is_done(), "the database is another"


def test_a_changed_table_of_figures_is_other_code(settings: Any, tmp_path: Path) -> None:
    settings.ROOT = tmp_path
    table = tmp_path / "dienhong" / "organizations" / "data" / "holidays.csv"
    table.parent.mkdir(parents=True)
    table.write_text("date\n2020-09-02\n")
    (tmp_path / "requirements.lock").write_text("")
    was = prepared.fingerprint()
    table.write_text("date\n2020-09-03\n")
    assert prepared.fingerprint() != was
