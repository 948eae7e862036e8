"""Reading the environment: what is understood, and the sentence where it is not."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from dienhong.config import databases, embedded, environment


@pytest.mark.parametrize(("value", "means"), [("1", True), ("yes", True), ("TRUE", True), ("0", False), ("no", False)])
def test_a_switch(monkeypatch: pytest.MonkeyPatch, value: str, means: bool) -> None:
    monkeypatch.setenv("SWITCH", value)
    assert environment.flag("SWITCH", not means) is means


def test_what_is_no_switch_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH", "maybe")
    with pytest.raises(ImproperlyConfigured, match=r"SWITCH='maybe' is not a switch: write 1 or 0\."):
        environment.flag("SWITCH", True)


@pytest.mark.parametrize("value", ["0", "65536", "-1", "8000.5", "eighty", "１２"])
def test_a_number_outside_its_range_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(ImproperlyConfigured, match="PORT="):
        environment.whole("PORT", 8000, 1, 65535)


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(lambda _: environment.secret(tmp_path / "secrets", "key"), range(16)))
    assert len(seen) == 1
    assert len(seen.pop()) == 50
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["key"]
    assert stat.S_IMODE(os.stat(tmp_path / "secrets" / "key").st_mode) == 0o600


def test_a_torn_secret_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short")
    with pytest.raises(ImproperlyConfigured, match="put the lost secret back"):
        environment.secret(tmp_path, "key")


def test_a_url_with_everything() -> None:
    found = databases.from_url("DATABASE_URL", "postgresql://an%40b:p%2Fw@db.example:6432/numbers?sslmode=require")
    expected = {"NAME": "numbers", "USER": "an@b", "PASSWORD": "p/w", "HOST": "db.example", "PORT": "6432"}
    assert expected.items() <= found.items()
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_url_to_a_socket() -> None:
    found = databases.from_url("DATABASE_URL", "postgresql://app@/numbers?host=/run/postgresql")
    assert (found["HOST"], found["USER"], found["OPTIONS"]) == ("/run/postgresql", "app", {})


@pytest.mark.parametrize("host", ["db.example", "/run/postgresql"])
def test_a_url_is_written_as_it_is_read(host: str) -> None:
    said = {"NAME": "numbers", "USER": "an@b", "PASSWORD": "p/w:?", "HOST": host, "PORT": "6432"}
    assert said.items() <= databases.from_url("DATABASE_URL", databases.to_url(said)).items()
    assert databases.from_url("DATABASE_URL", databases.to_url(said, "other"))["NAME"] == "other"


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://host/", "postgresql://host:port/name", "numbers"])
def test_a_url_that_is_none_does_not_show_its_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="write postgresql://user:password@host:5432/name"):
        databases.from_url("DATABASE_URL", url)


def test_each_role_has_its_url_or_shares(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@h/n")
    assert set(databases.role_names().values()) == {"app"}
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://boss@h/n")
    assert databases.role_names() == {"owner": "boss", "app": "app", "sealer": "app"}
    assert databases.choose(tmp_path, "owner")["USER"] == "boss"
    assert databases.choose(tmp_path, "sealer")["USER"] == "app"


@pytest.mark.parametrize(
    ("line", "role"),
    [("migrate", "owner"), ("roles", "owner"), ("sealer", "sealer"), ("shell", "app"), ("", "app")],
)
def test_the_command_line_says_as_whom(line: str, role: str) -> None:
    assert databases.role_for(["manage.py", *line.split()]) == role


def test_settings_start_no_server(tmp_path: Path) -> None:
    chosen = databases.choose(tmp_path, "app")
    assert chosen["USER"] == embedded.ROLES["app"]
    assert not (tmp_path / "database").exists()
