"""Undo and redo of a grid: block by block, of one's own edits, each a new row beside those that stand."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.refusal import Refused
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting import carried
from dienhong.reporting.actions.entry import Saved, noted
from dienhong.reporting.models import Edit, Version
from dienhong.reporting.permissions import require
from dienhong.reporting.states import EDITABLE, lock, state_of


@action("reporting.undo")
@transaction.atomic
def undo(*, by: Person, version: Version) -> Saved:
    """Take back what one's own latest save changed and still stands, a pasted block as a whole: what stood before,
    as it was understood then, stands again as a new edit. May be repeated back to the beginning."""
    version = _open(by, version)
    told = _Story(by, version)
    block = told.last_block()
    if not block:
        raise Refused("nothing_to_undo", _("Không còn gì để hoàn tác."))
    saved = _stand_again(by, version, told, [(edit.began_from, edit) for edit in block])
    noted(by, version, "reporting.undo", saved)
    return saved


@action("reporting.redo")
@transaction.atomic
def redo(*, by: Person, version: Version) -> Saved:
    """What one's own latest undo took back stands again, the whole block. After a new edit of one's own there is
    nothing to redo, as in a spreadsheet; a cell that somebody else changed since stays as it is."""
    version = _open(by, version)
    told = _Story(by, version)
    block = told.last_undone()
    if not block:
        raise Refused("nothing_to_redo", _("Không có gì để làm lại."))
    saved = _stand_again(by, version, told, [(told.known[each.undoes_id or 0], each) for each in block])
    noted(by, version, "reporting.redo", saved)
    return saved


def _open(by: Person, version: Version) -> Version:
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code)
    if state_of(version) not in EDITABLE:
        raise Refused("not_editable", _("Báo cáo đã trình; muốn sửa, lãnh đạo phải trả lại hoặc mở bản đính chính."))
    return version


def _stand_again(by: Person, version: Version, told: "_Story", pairs: Iterable[tuple[Edit | None, Edit]]) -> Saved:
    """Of each pair: the row whose words stand again (None: an empty cell), and the row that is taken back."""
    saved = Saved()
    for words, taken in pairs:
        saved.edits[taken.cell.key] = Edit.objects.create(
            version=version,
            cell=taken.cell,
            typed=words.typed if words else "",
            value=words.value if words else None,
            empty=words.empty if words else None,
            problem=words.problem if words else "",
            by=by,
            began_from=told.standing[taken.cell_id],
            undoes=taken,
            origin=words.origin if words else "",
        )
    return saved


@dataclass(init=False)
class _Story:
    """The edits of a version as one person's undo sees them.

    A row that undoes another speaks for the edit it restored, which may be someone else's: `speaks_for`, None for the
    empty cell of the beginning.
    """

    by: Person
    edits: list[Edit]
    known: dict[int, Edit]
    standing: dict[int, Edit]
    speaks_for: dict[int, int | None]

    def __init__(self, by: Person, version: Version) -> None:
        rows = Edit.objects.filter(version=version).select_related("cell", "began_from")
        self.by, self.edits = by, list(rows.order_by("pk"))
        self.known = {edit.pk: edit for edit in self.edits}
        self.standing = {edit.cell_id: edit for edit in self.edits}
        self.speaks_for = {}
        for edit in self.edits:  # oldest first, so what an undo restored is known by then
            if edit.undoes_id is None:
                self.speaks_for[edit.pk] = edit.pk
            else:
                before = self.known[edit.undoes_id].began_from_id
                self.speaks_for[edit.pk] = self.speaks_for[before] if before else None

    def _now(self, edit: Edit) -> int | None:
        """What the row that stands in the edit's cell speaks for."""
        return self.speaks_for[self.standing[edit.cell_id].pk]

    def _own(self) -> list[Edit]:
        """One's own edits, newest first, without what undid or redid them."""
        mine = [edit for edit in reversed(self.edits) if edit.by_id == self.by.pk and edit.undoes_id is None]
        return [edit for edit in mine if edit.origin != carried.ORIGIN]

    def last_block(self) -> list[Edit]:
        """One's own latest save that still stands in some cell: its edits there."""
        own = [edit for edit in self._own() if self._now(edit) == edit.pk]
        key = own[0].request_key if own else ""
        return [edit for edit in own if edit.request_key == key] if key else own[:1]

    def last_undone(self) -> list[Edit]:
        """The rows of one's own latest undo whose cells are still as it left them; none after an edit of one's own."""
        since = max((edit.pk for edit in self._own()), default=0)
        undone = [
            edit
            for edit in reversed(self.edits)
            if edit.by_id == self.by.pk
            and edit.pk > since
            and edit.undoes_id is not None
            and self.known[edit.undoes_id].undoes_id is None
            and self._now(edit) == self.speaks_for[edit.pk]
        ]
        latest: dict[int, Edit] = {}
        for edit in undone:
            latest.setdefault(edit.cell_id, edit)
        if not undone:
            return []
        key = self.known[undone[0].undoes_id or 0].request_key
        block = [edit for edit in latest.values() if self.known[edit.undoes_id or 0].request_key == key]
        return block if key else undone[:1]
