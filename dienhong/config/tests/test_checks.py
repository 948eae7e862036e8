"""What the deploy checks refuse."""

from pathlib import Path
from typing import Any

import pytest

from dienhong.config import checks


def ids(found: list[Any]) -> list[str]:
    return [message.id for message in found]


@pytest.mark.parametrize(
    ("listen", "hosts"),
    [
        ("0.0.0.0", ["localhost"]),
        ("::", ["localhost"]),
        ("127.0.0.1", ["reports.example.gov.vn"]),
        ("127.0.0.1", ["*"]),
    ],
)
def test_demo_beyond_this_machine_is_an_error(settings: Any, listen: str, hosts: list[str]) -> None:
    settings.DEMO, settings.LISTEN, settings.ALLOWED_HOSTS = True, listen, hosts
    assert ids(checks.demo_stays_at_home(None)) == ["dienhong.E001"]
    settings.DEMO = False
    assert checks.demo_stays_at_home(None) == []


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_demo_at_home_is_fine(settings: Any, listen: str) -> None:
    settings.DEMO, settings.LISTEN, settings.ALLOWED_HOSTS = True, listen, ["localhost", "127.0.0.1", "[::1]"]
    assert checks.demo_stays_at_home(None) == []
    assert ids(checks.no_demo_in_production(None)) == ["dienhong.W001"]


@pytest.mark.parametrize("key", ["short", "a" * 80, "django-insecure"])
def test_a_weak_secret(settings: Any, key: str) -> None:
    assert checks.secret_is_strong(None) == []  # the one that was made at start
    settings.SECRET_KEY = key
    assert ids(checks.secret_is_strong(None)) == ["dienhong.E002"]


def test_secrets_that_others_may_read(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").touch(mode=0o600)
    assert checks.secrets_are_private(None) == []
    (tmp_path / "secrets" / "key").chmod(0o640)
    assert ids(checks.secrets_are_private(None)) == ["dienhong.E003"]


def test_one_database_user_for_all_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.roles_are_apart(None) == []
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@h/n")
    assert ids(checks.roles_are_apart(None)) == ["dienhong.W002"]
