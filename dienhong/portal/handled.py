"""Which procedures are handled here: those that a service folder names. Tells the catalogue, which knows no folder."""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.urls import reverse

from dienhong.catalogue.served import Service, StatedLevel
from dienhong.dossiers import folders

log = logging.getLogger("dienhong.portal")


def services() -> tuple[Service, ...]:
    """From memory after the first time; a broken folder is left out here and told by `manage.py check`."""
    return _services()


def sheet(code: str) -> dict[str, Any]:
    """The sheet of the service that handles the procedure of this code; empty where none does."""
    return next((each for _folder, each in _sheets() if str(each["procedure"]) == code), {})


def in_force(sheet: Mapping[str, Any], on: dt.date) -> list[Mapping[str, Any]]:
    """The legal texts on which the service rests that day."""
    day = on.isoformat()
    rows = [each for each in sheet.get("legal_basis", []) if isinstance(each, Mapping)]
    return [each for each in rows if each.get("from", "") <= day < each.get("until", "9999")]


def before_sign_in(sheet: Mapping[str, Any], on: dt.date) -> list[tuple[Mapping[str, str], Mapping[str, str]]]:
    """(case, what it costs, by the law of the day), of the cases that the sheet names under fee.before_sign_in."""
    cases = (sheet.get("fee") or {}).get("before_sign_in", [])
    rules = folders.rules_of(str(sheet["code"])) if cases else None
    if rules is None:
        return []
    return [(each["say"], rules.fees_before_sign_in(each["facts"], on).sentence) for each in cases]


@cache
def _sheets() -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple(_readable())


def _readable() -> Iterator[tuple[str, dict[str, Any]]]:
    for code in folders.names():
        try:
            yield code, folders.get(code).sheet
        except (folders.FolderBroken, OSError, ValueError, KeyError, ImportError) as broken:
            log.warning("service %s is not offered: %s", code, broken)


@cache
def _services() -> tuple[Service, ...]:
    return tuple(_made())


def _made() -> Iterator[Service]:
    for code, sheet in _sheets():
        name, owner = sheet["name"], sheet["owner"]
        yield Service(
            code=str(sheet["procedure"]),
            url=reverse("portal:apply_intro", args=[code]),
            name_vi=name["vi"],
            name_en=name.get("en", ""),
            field=owner.get("field", {}).get("vi", ""),
            agency=owner["name"]["vi"],
            levels=tuple(_level(each) for each in sheet.get("level", ())),
        )


def _level(said: dict[str, Any]) -> StatedLevel:
    return StatedLevel(str(said["level"]), _day(said.get("from")), _day(said.get("until")), str(said["source"]))


def _day(said: object) -> dt.date | None:
    if said is None or isinstance(said, dt.date):
        return said
    return dt.date.fromisoformat(str(said))
