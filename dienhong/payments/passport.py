"""The passport of an amount as lines for the page: label, figure, note with its articles.

Reads what `rules.law` writes with a result: `lines`, each with `label`, `figure`, `note` in both languages,
`references` and `total`. Anything else is shown as nothing rather than guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shown:
    label: str
    figure: str
    note: str
    references: tuple[str, ...]
    total: bool


def lines(computation: Mapping[str, Any], lang: str) -> list[Shown]:
    given = computation.get("lines")
    if not isinstance(given, list):
        return []
    return [
        Shown(
            _in(each.get("label"), lang), _in(each.get("figure"), lang), _in(each.get("note"), lang),
            tuple(_in(one.get("said"), lang) for one in each.get("references") or () if isinstance(one, Mapping)),
            bool(each.get("total")),
        )
        for each in given
        if isinstance(each, Mapping)
    ]  # fmt: skip


def _in(said: Any, lang: str) -> str:
    if isinstance(said, Mapping):
        return str(said.get(lang) or said.get("vi") or "")
    return said if isinstance(said, str) else ""
