"""What is asked of boards: which there are, and as they stood at a moment of record time."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from dienhong.centre import forms, permissions
from dienhong.centre.models import Board, BoardVersion, Column
from dienhong.centre.spec import Spec, read
from dienhong.organizations.permissions import Who


@dataclass(frozen=True, slots=True)
class Listed:
    """A column with the boards that a person sees, in the order in which they were made."""

    column: Column
    boards: tuple[BoardVersion, ...]


def newest(as_of: dt.datetime | None = None, slugs: Iterable[str] | None = None) -> list[BoardVersion]:
    """The version of each board that held then, by column and age; boards made later and retired ones are left out."""
    rows = BoardVersion.objects.select_related("board__column")
    if as_of is not None:
        rows = rows.filter(at__lte=as_of)
    if slugs is not None:
        rows = rows.filter(board__slug__in=list(slugs))
    held = rows.order_by("board_id", "-number").distinct("board_id")
    return sorted((row for row in held if not row.retired), key=lambda row: (row.board.column.position, row.board_id))


def columns(who: Who) -> list[Listed]:
    """Every column, also those without a board."""
    there = [row for row in newest() if permissions.sees(who, row)]
    return [
        Listed(column, tuple(row for row in there if row.board.column_id == column.pk))
        for column in Column.objects.order_by("position")
    ]


def board(slug: str, as_of: dt.datetime | None = None) -> BoardVersion:
    """The version that held then. Http404 where there was none."""
    found = newest(as_of, [slug])
    if not found:
        raise Http404(_("Không có bảng “%(slug)s”.") % {"slug": slug[:60]})
    return found[0]


def version(row: Board, number: str) -> BoardVersion:
    """One saving of the board by its number. Http404 where there is none."""
    plain = number.isascii() and number.isdigit() and len(number) < 9
    found = row.versions.filter(number=int(number)).first() if plain else None
    if found is None:
        raise Http404(_("Bảng này không có bản “%(number)s”.") % {"number": number[:20]})
    return found


def spec_of(version: BoardVersion) -> Spec:
    """As saved; what a newer schema no longer knows is left out, since it was right when it was saved."""
    return read(version.spec, forms.FORMS)[0]


def current_number(row: Board) -> int:
    return row.versions.order_by("-number").values_list("number", flat=True).first() or 0
