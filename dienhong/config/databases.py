"""Which database, and as whom: the owner migrates, the application works, the sealer seals (docs/decisions/0001)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured

from dienhong.config import embedded, environment

ROLES = ("owner", "app", "sealer")
_MIGRATING = ("migrate", "makemigrations", "sqlmigrate", "showmigrations", "squashmigrations")
OWNER_COMMANDS = frozenset((*_MIGRATING, "flush", "test", "createcachetable", "roles", "restore"))
URL_OF = {"owner": "DATABASE_OWNER_URL", "app": "DATABASE_URL", "sealer": "DATABASE_SEALER_URL"}


def role_for(arguments: list[str]) -> str:
    """The database role of a command line, from its first word."""
    command = arguments[1] if len(arguments) > 1 else ""
    if command in OWNER_COMMANDS:
        return "owner"
    return "sealer" if command == "sealer" else "app"


def from_url(name: str, url: str) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:5432/name?sslmode=require`; `?host=/path` for a socket."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not understood ({error}): {_REMEDY}") from error
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} (it starts with {parts.scheme!r}) is not understood: {_REMEDY}")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def to_url(settings: Mapping[str, Any], name: str = "") -> str:
    """What `from_url` reads back, without options: that user's address of the database, or of another one by name."""
    socket = str(settings["HOST"]).startswith("/")
    who = f"{quote(settings['USER'], safe='')}:{quote(settings['PASSWORD'], safe='')}"
    place = "" if socket else settings["HOST"]
    port = f":{settings['PORT']}" if settings.get("PORT") else ""
    more = f"?{urlencode({'host': settings['HOST']})}" if socket else ""
    return f"postgresql://{who}@{place}{port}/{quote(name or settings['NAME'], safe='')}{more}"


# The value itself is not shown: it holds a password.
_REMEDY = "write postgresql://user:password@host:5432/name."


def choose(home: Path, role: str) -> dict[str, Any]:
    """Settings of the `default` database for one role. Starts nothing."""
    if not environment.text("DATABASE_URL"):
        return _usual(embedded.Server(home).settings(role))
    name = URL_OF[role] if environment.text(URL_OF[role]) else "DATABASE_URL"
    return _usual(from_url(name, environment.text(name)))


def _usual(settings: dict[str, Any]) -> dict[str, Any]:
    # A health check once per request that uses the database: after a restart of the server, no page fails.
    settings |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": False}
    settings["OPTIONS"] = {"connect_timeout": 10, "application_name": "dienhong"} | settings.get("OPTIONS", {})
    return settings


def role_names() -> dict[str, str]:
    """Role -> name of the database user. Without a URL of its own, a role shares the application's user."""
    if not environment.text("DATABASE_URL"):
        return dict(embedded.ROLES)
    user = {
        role: from_url(name, environment.text(name))["USER"] for role, name in URL_OF.items() if environment.text(name)
    }
    return {role: user.get(role, user["app"]) for role in ROLES}
