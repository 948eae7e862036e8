"""The passport of an amount as lines for the page: label, figure, note with its articles.

Reads what `rules.law` writes with a result: `lines`, each with `label`, `figure`, `note` in both languages,
`references` and `total`. Anything else is shown as nothing rather than guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Shown:
    label: str
    figure: str
    note: str
    references: tuple[tuple[str, str], ...]  # words, address or ""
    total: bool


def lines(computation: Mapping[str, Any], lang: str) -> list[Shown]:
    given = computation.get("lines")
    if not isinstance(given, list):
        return []
    return [
        Shown(
            _in(each.get("label"), lang), _in(each.get("figure"), lang), _in(each.get("note"), lang),
            tuple(
                (_in(one.get("said"), lang), _address(computation, one))
                for one in each.get("references") or ()
                if isinstance(one, Mapping)
            ),
            bool(each.get("total")),
        )
        for each in given
        if isinstance(each, Mapping)
    ]  # fmt: skip


def _address(computation: Mapping[str, Any], reference: Mapping[str, Any]) -> str:
    """Where the row is to be read: the page of the law that computed the amount, which the portal shows."""
    law, row = computation.get("law"), reference.get("id")
    return f"{reverse('portal:law', args=[law])}#{quote(str(row))}" if law and row else ""


def _in(said: Any, lang: str) -> str:
    if isinstance(said, Mapping):
        return str(said.get(lang) or said.get("vi") or "")
    return said if isinstance(said, str) else ""
