"""Payment providers, one folder each, found at start. What is broken is said by `manage.py check`."""

import importlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dienhong.payments.providers.contract import Provider

if TYPE_CHECKING:
    from django.apps import AppConfig
    from django.core.checks import CheckMessage

FOLDER = Path(__file__).resolve().parent
NEEDED = ("name", "label", "redirects", "begin", "read", "answer", "ask", "refund")
NOT_PROVIDERS = {"tests", "__pycache__"}


@cache
def load(folder: Path = FOLDER) -> tuple[dict[str, Provider], dict[str, str]]:
    """Providers by name, and what is wrong with the others, one sentence by folder."""
    found: dict[str, Provider] = {}
    broken: dict[str, str] = {}
    for place in sorted(each for each in folder.iterdir() if each.is_dir() and each.name not in NOT_PROVIDERS):
        try:
            provider = importlib.import_module(f"{__name__}.{place.name}.provider").PROVIDER
        except Exception as error:  # noqa: BLE001  a folder may fail in any way; its neighbours go on
            broken[place.name] = f"{type(error).__name__}: {error}"
            continue
        if fault := _fault(provider, place.name):
            broken[place.name] = fault
        else:
            found[place.name] = provider
    return found, broken


def _fault(provider: Any, name: str) -> str:
    missing = [each for each in NEEDED if not hasattr(provider, each)]
    if missing:
        return f"PROVIDER lacks {', '.join(missing)}"
    return "" if provider.name == name else f"PROVIDER calls itself {provider.name!r}, its folder {name!r}"


def get(name: str) -> Provider:
    """KeyError for a provider that is not there or is broken."""
    return load()[0][name]


def every() -> list[Provider]:
    return list(load()[0].values())


def check(app_configs: "Sequence[AppConfig] | None", **kwargs: Any) -> "list[CheckMessage]":
    from django.core.checks import Error  # the play bank reads payloads of a provider and has no Django

    return [
        Error(
            f"Payment provider {name} does not work: {fault}",
            hint=f"Mend dienhong/payments/providers/{name}/provider.py, or take the folder away.",
            id="payments.E001",
        )
        for name, fault in load()[1].items()
    ]
