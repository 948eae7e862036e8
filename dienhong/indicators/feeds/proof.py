"""What a feed file tells a passport: publisher, licence, table, cell; and how its cells are read again."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from dienhong.base import clock, periods, store
from dienhong.base.store import StoreError
from dienhong.indicators import evidence
from dienhong.indicators.feeds import tables
from dienhong.indicators.feeds.loading import KIND
from dienhong.indicators.feeds.tables import Table
from dienhong.indicators.models import Evidence
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Unit, UnitCode


def register() -> None:
    """Called when the application is ready."""
    evidence.register(KIND, facts)
    evidence.register_reader(KIND, read_leaves)


def read_leaves(digest: str, refs: list[str]) -> Mapping[str, tuple[Decimal | None, int]]:
    """ref -> the cell as the stored file has it today, before its factor. StoreError for a file gone or changed.

    LookupError for a ref that names no cell of this file.
    """
    table = tables.parse(store.get(digest))
    found = {}
    for ref in refs:
        sheet, _bang, where = ref.rpartition("!")
        if sheet != table.key:
            raise LookupError(f"{ref}: {table.key}?")
        read = table.read(table.text_at(where), where)
        found[ref] = (read.value, read.empty)
    return found


def facts(row: Evidence, ref: str, lang: str) -> dict[str, Any]:
    """The keys of `indicators.evidence` for a feed file; without facts of the table where the file is not whole."""
    sheet, _bang, where = ref.rpartition("!")
    page = reverse("feeds:table", args=[row.pk])
    answer: dict[str, Any] = {
        "title": row.label,
        "url": page,
        "file": f"{row.key}.csv",
        "digest": row.digest,
        "received": True,
        "journal": {"object_kind": "feed", "object_id": row.key},
    }
    if where:
        answer |= {"sheet": sheet, "cell": where, "cell_url": f"{page}?cell={where}#cell"}
    try:
        table = opened(row.digest)
    except StoreError:
        return answer | {"whole": False}
    with translation.override(lang):
        return answer | {"whole": store.path(row.digest).exists(), "facts": said(row, table, where, lang)}


@lru_cache(maxsize=32)
def opened(digest: str) -> Table:
    """The table of a stored file, for showing only: what is read again for a comparison is never taken from here."""
    return tables.parse(store.get(digest))


def said(row: Evidence, table: Table, where: str, lang: str) -> list[tuple[str, str]]:
    """What the file says of itself and of one cell, in the active language."""
    lines = [
        (_("Nhà xuất bản"), organizations.name(row.batch.reporter_id, clock.business_today(), lang)),
        (_("Bảng"), table.said(f"title_{lang}")),
        (_("Lấy qua"), table.said("source")),
        (_("Tệp gốc"), _origin(table, where)),
        (_("Giấy phép"), table.said("licence")),
        (_("Đơn vị tính của bảng"), table.said("unit")),
        (_("Ghi chú"), table.said("note_vi")),
        (_("Quy về đơn vị sau này"), _cast_back(table, where)),
    ]
    return [(name, text) for name, text in lines if text]


def _origin(table: Table, where: str) -> str:
    """The publisher's own file and, where the table names it, the cell in it."""
    return (table.origin_at(where) if where else "") or table.said("origin").replace("|", ", ")


def _cast_back(table: Table, where: str) -> str:
    """A sentence where the publisher gives a figure of a unit for a time before it existed."""
    if not where:
        return ""
    words = table.words_at(where)
    unit = _unit(words.get("area", ""))
    if unit is None or unit.validity.lower is None or "period" not in words:
        return ""
    period = periods.period(table.said("calendar"), words["period"])
    if period.last >= unit.validity.lower:
        return ""
    return _("Đơn vị có từ %(day)s; nhà xuất bản quy số của kỳ trước đó về địa giới sau này.") % {
        "day": f"{unit.validity.lower:%d/%m/%Y}"
    }


def _unit(key: str) -> Unit | None:
    row = UnitCode.objects.filter(scheme__key="key", code=key).select_related("unit").first()
    return row.unit if row else None
