"""System checks: what an administrator must hear before the site opens. `manage.py check --deploy` runs them all."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from dienhong.config import databases, environment

LOOPBACK_NAMES = {"localhost", "localhost.localdomain"}


def is_loopback(host: str) -> bool:
    """Whether a host name or address can be reached from this machine only. A name we don't know is not."""
    bare = host.strip().strip("[]")
    if bare in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


@register(Tags.security)
def demo_stays_at_home(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    beyond = [host for host in [settings.LISTEN, *settings.ALLOWED_HOSTS] if not is_loopback(host)]
    if not settings.DEMO or not beyond:
        return []
    return [
        Error(
            f"Demo mode signs anyone in at one press, and would be reached beyond this machine: {', '.join(beyond)}.",
            hint="Unset DIENHONG_DEMO, or let DIENHONG_LISTEN and DIENHONG_HOSTS name 127.0.0.1 and localhost only.",
            id="dienhong.E001",
        )
    ]


@register(Tags.security, deploy=True)
def no_demo_in_production(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.DEMO:
        return []
    return [Warning("Demo mode is on.", hint="Unset DIENHONG_DEMO on a server.", id="dienhong.W001")]


@register(Tags.security, deploy=True)
def secret_is_strong(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    key = settings.SECRET_KEY
    if len(key) >= 50 and len(set(key)) >= 15:
        return []
    return [
        Error(
            f"The secret key is weak ({len(key)} characters, {len(set(key))} different): sessions could be forged.",
            hint="Unset DIENHONG_SECRET_KEY: a good one is made in DIENHONG_HOME/secrets at the first start.",
            id="dienhong.E002",
        )
    ]


@register(Tags.security, deploy=True)
def secrets_are_private(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    folder = settings.HOME / "secrets"
    open_ones = [kept.name for kept in folder.glob("*") if kept.stat().st_mode & 0o077] if folder.is_dir() else []
    if not open_ones:
        return []
    return [
        Error(
            f"Others than the owner may read these secrets: {', '.join(sorted(open_ones))}.",
            hint=f"chmod 600 {folder}/*",
            id="dienhong.E003",
        )
    ]


@register(Tags.security, deploy=True)
def roles_are_apart(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    names = databases.role_names()
    if len(set(names.values())) == len(names):
        return []
    return [
        Warning(
            "The owner, the application and the sealer share a database user, so the application could rewrite the "
            "journal; the verifier would find it, nothing would prevent it.",
            hint="Set DATABASE_OWNER_URL and DATABASE_SEALER_URL (docs/how-to/run-on-a-server.md).",
            id="dienhong.W002",
        )
    ]


@register(Tags.security, deploy=True)
def mail_is_sent(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if environment.text("DIENHONG_MAIL_HOST"):
        return []
    return [
        Warning(
            "No mail server is named: notices are kept as files and reach nobody.",
            hint="Set DIENHONG_MAIL_HOST, then try `manage.py sendtestemail you@agency.gov.vn`.",
            id="dienhong.W003",
        )
    ]
