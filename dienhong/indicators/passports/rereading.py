"""Leaf cells read again from the kept files, by their hash: the workbook that was sent, and the file handed in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from dienhong.base.refusal import Refused
from dienhong.base.store import StoreError
from dienhong.indicators import evidence
from dienhong.indicators.evidence import Raw, Reader
from dienhong.indicators.models import Evidence
from dienhong.indicators.passports import parts
from dienhong.indicators.passports.parts import Context, Json
from dienhong.indicators.queries import Figure
from dienhong.journal.models import Event

Leaf = tuple[int, Figure]
"""Unit id and its figure with proof."""


@dataclass
class Findings:
    """What reading the files again brought to light.

    `cells`: leaves read from the files that were sent; `read`: evidence id -> the file by name and its cells that were
    compared; `unread`: no stored file stands behind it, only the database; `sides`: numerator and denominator of a
    rate, added up again.
    """

    cells: int = 0
    read: dict[int, Json] = field(default_factory=dict)
    differ: list[Json] = field(default_factory=list)
    damaged: list[Json] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    sides: tuple[Fraction, ...] = ()

    @property
    def files(self) -> int:
        return len(self.read)


def read_again(c: Context, leaves: list[Leaf], found: Findings) -> dict[int, Decimal | None]:
    """unit id -> the value its file gives today, times the factor; of a leaf without a file, the stored value.

    Where the file that somebody handed in brought the cell, that file is read too and must say the same.
    """
    values = {unit: figure.value for unit, figure in leaves}
    by_batch: dict[int, list[Leaf]] = {}
    for unit, figure in leaves:
        by_batch.setdefault(figure.batch_id, []).append((unit, figure))
    sent = _files(by_batch, evidence.readable_kinds())
    handed_in = _files(by_batch, evidence.original_kinds())
    named = _files_in_the_journal(by_batch)
    for batch_id, members in by_batch.items():
        row = sent.get(batch_id)
        if row is None:
            found.unread += [unit for unit, _figure in members]
            continue
        cells = _open(c, row, members, named.get(batch_id), found)
        found.cells += len(members)
        for unit, figure in members:
            values[unit] = _judge(c, row, unit, figure, cells.get(figure.ref), found)
        original = handed_in.get(batch_id)
        if original is not None:
            _compare(c, original, members, named.get(batch_id), found)
    return values


def _files(batches: Iterable[int], kinds: list[str]) -> dict[int, Evidence]:
    rows = Evidence.objects.filter(batch__in=list(batches), kind__in=kinds).exclude(digest="").select_related("batch")
    return {row.batch_id: row for row in rows.order_by("-pk")}


def _files_in_the_journal(batches: Iterable[int]) -> dict[int, list[str]]:
    """batch id -> digests of its files as the journal has them; batches of before it kept them are left out."""
    events = Event.objects.filter(
        object_kind="batch", object_id__in=[str(batch) for batch in batches], verb="indicators.batch_written"
    )
    return {int(each.object_id): each.data["files"] for each in events.order_by("-pk") if "files" in each.data}


def _compare(c: Context, row: Evidence, members: list[Leaf], named: list[str] | None, found: Findings) -> None:
    """The file as it was handed in, for the cells that it brought; a cell typed afterwards is no longer its own."""
    cells = _open(c, row, members, named, found)
    for unit, figure in members:
        if figure.ref in cells:
            _judge(c, row, unit, figure, cells[figure.ref], found)


def _open(
    c: Context, row: Evidence, members: list[Leaf], named: list[str] | None, found: Findings
) -> Mapping[str, Raw]:
    """The cells of one file. A file that is gone, changed or not the one the journal knows is named with its units."""
    reader, original = evidence.reader(row.kind), evidence.original_reader(row.kind)
    refs = [figure.ref for _unit, figure in members]
    try:
        if named is not None and row.digest not in named:
            raise ValueError(_("nhật ký ghi một tệp khác cho lần gửi này"))
        cells = original(row, refs) if original else _required(reader)(row.digest, refs)
    except StoreError as error:
        said = str(error)
    except LookupError:
        said = f"{row.label}: " + _("tệp không có trang hoặc ô này")
    except (ValueError, Refused) as error:
        said = f"{row.label}: {error}"
    else:
        _note(c, row, len(cells), found, original=original is not None)
        return cells
    units = [c.unit(unit) for unit, _figure in members]
    _note(c, row, 0, found)
    found.damaged.append({"file": row.label, "digest": row.digest, "units": units, "said": said})
    return {}


def _required(reader: Reader | None) -> Reader:
    assert reader is not None, "asked only for kinds that have one"
    return reader


def _note(c: Context, row: Evidence, cells: int, found: Findings, *, original: bool = False) -> None:
    """Keep which file was read; an original none of whose cells stand any longer was opened for nothing."""
    if original and not cells:
        return
    unit = c.unit(row.batch.reporter_id)
    said = {"file": row.label, "kind": row.kind, "digest": row.digest, "unit": unit, "original": original, "cells": 0}
    found.read.setdefault(row.pk, said)["cells"] += cells


def _judge(c: Context, row: Evidence, unit: int, figure: Figure, raw: Raw | None, found: Findings) -> Decimal | None:
    """The file's word on one leaf; where it differs from the stored value, that is said with both."""
    if raw is None:
        return None
    value = None if raw[0] is None else raw[0] * (figure.factor or 1)
    said = raw[2] if len(raw) == 3 else ""
    if value == figure.value and int(raw[1]) == figure.empty and not said:
        return value
    found.differ.append(
        {
            "unit": c.unit(unit),
            "file": row.label,
            "ref": figure.ref,
            "shown": parts.number(figure.value),
            "in_file": parts.number(value),
            "said": said,
        }
    )
    return value
