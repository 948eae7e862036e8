"""The file as it was handed in, beside the workbook that was sent: which cells it brought, and what it says of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import QuerySet

from dienhong.base import store
from dienhong.base.numbers import Empty, Parsed, parse_native
from dienhong.indicators.models import Evidence
from dienhong.reporting.excel.faults import BadFile
from dienhong.reporting.excel.package import open_package
from dienhong.reporting.excel.values import read_sheets
from dienhong.reporting.models import Edit, StateChange, Upload


def brought(version_id: int, digest: str, refs: Iterable[str]) -> dict[str, Edit]:
    """ref (sheet!address) -> the standing edit, of the cells that this file brought.

    A cell typed on the grid afterwards is the grid's. A cell that an earlier file brought counts for the last one too
    if that one agreed with all of the draft.
    """
    wanted = set(refs)
    uploads = Upload.objects.filter(version=version_id, outcome=Upload.Outcome.TAKEN)
    last = uploads.filter(digest=digest).order_by("-pk").first()
    if last is None or not wanted:
        return {}
    earliest = _before(last, uploads)
    rows = Edit.objects.filter(version=version_id, cell__address__in={ref.rpartition("!")[2] for ref in wanted})
    standing = rows.order_by("cell_id", "-pk").distinct("cell_id").select_related("cell")
    by_ref = {f"{edit.cell.sheet}!{edit.cell.address}": edit for edit in standing}
    return {
        ref: edit
        for ref, edit in by_ref.items()
        if ref in wanted and "!" in edit.origin and edit.at <= last.at and (edit.at > earliest or not last.kept)
    }


def _before(last: Upload, uploads: QuerySet[Upload]) -> dt.datetime:
    """The moment after which an edit from a file is this upload's: the one before it, or the beginning of the version.

    Uploads of a report follow one another, and each writes its edits before its own row. What the version took over
    from an earlier one stands before its first state. The trap: the database's default moment is the statement's, so
    edits of one transaction and its upload have different ones.
    """
    earlier = uploads.filter(pk__lt=last.pk).order_by("-pk").first()
    began = StateChange.objects.filter(version=last.version_id).order_by("pk").first()
    return (
        max(one.at for one in (earlier, began) if one) if earlier or began else dt.datetime.min.replace(tzinfo=dt.UTC)
    )


def read_again(row: Evidence, refs: list[str]) -> Mapping[str, tuple[Decimal | None, int]]:
    """What the kept file says today of the cells it brought: value before the factor, kind of empty.

    StoreError for a file that is gone or changed, ValueError for one that is whole and no workbook.
    """
    data = store.get(row.digest)
    cells = brought(int(row.key), row.digest, refs)
    try:
        sheets = read_sheets(open_package(data), sorted({edit.cell.sheet for edit in cells.values()}))
    except BadFile as bad:
        raise ValueError(str(bad)) from bad
    found = {}
    for ref, edit in cells.items():
        native = sheets[edit.cell.sheet].at(edit.cell.address)
        found[ref] = _meant(parse_native(native, decimals=edit.cell.decimals, excel=True), edit)
    return found


def _meant(parsed: Parsed, edit: Edit) -> tuple[Decimal | None, int]:
    """A text that reads two ways means what the person said it meant; any other problem is no value."""
    if parsed.problem and edit.value in parsed.problem.readings:
        return edit.value, Empty.NONE
    return parsed.value, Empty.UNKNOWN if parsed.kind is None else int(parsed.kind)
