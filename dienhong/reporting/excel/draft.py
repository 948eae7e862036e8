"""A file against the draft it is read into: what it changes, what stays, and what someone must decide first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dienhong.base.number_problems import shorten
from dienhong.organizations.models import Person
from dienhong.reporting import carried, narratives
from dienhong.reporting.excel import texts
from dienhong.reporting.excel.faults import Words, both, gettext_noop
from dienhong.reporting.excel.identity import Identity
from dienhong.reporting.models import Edit, FormCell, Narrative, Version

if TYPE_CHECKING:
    from dienhong.reporting.excel.reading import Read, Reading

Over = Literal["", "file", "grid"]
"""Which side stands where the person typed on the grid after the template was made: "" nobody has said yet."""
TYPED_SINCE = "typed_since"

CONFLICT = gettext_noop(
    "%(who)s đã sửa ô này thành “%(standing)s” sau khi mẫu được tải về. Hỏi lại người ấy; tải mẫu mới, "
    "giữ số đúng rồi nộp."
)
SINCE = gettext_noop(
    "Trên lưới ô này đang ghi “%(standing)s”, gõ sau khi tải mẫu; tệp ghi “%(theirs)s”. Chọn bên nào giữ."
)
AS_TEMPLATE = gettext_noop(
    "Ô này đang ghi “%(standing)s”, từ tệp nộp trước; tệp này để nguyên như mẫu: “%(theirs)s”. Chọn bên nào giữ."
)
BLANK = gettext_noop("để trống")


@dataclass(frozen=True, slots=True)
class Side:
    """Who reads the file, into which draft, and what they said of the cells they typed themselves since."""

    version: Version
    by: Person
    identity: Identity
    over: Over


def cells(reading: "Reading", inputs: "dict[str, Read]", side: Side) -> None:
    """Decide cell by cell, knowing what the template showed when it was made.

    A cell left as the template had it never overwrites what was typed on the grid since, nor, without being asked,
    what an earlier file brought: an unfilled copy is easily picked by mistake. A changed one never overwrites what
    someone else typed since (a conflict, named), nor what one typed oneself without being asked.
    """
    standing = {edit.cell.key: edit for edit in _latest(side.version)}
    shown = Edit.objects.filter(
        version__submission=side.version.submission, pk__in=set(side.identity.seen.values())
    ).select_related("cell")
    by_key = {edit.cell.key: edit for edit in shown if side.identity.seen.get(edit.cell.key) == edit.pk}
    for key, one in inputs.items():
        now, before = standing.get(key), by_key.get(key)
        if same(one, now):
            continue
        from_file = now is not None and now.by_id == side.by.pk and "!" in now.origin
        since = now is not None and not _alike(now, before)
        if now is not None and now.origin == carried.ORIGIN:
            reading.typed[key] = one.typed  # nobody typed what stands there: the file may say another figure, or none
        elif same(one, before) and (not from_file or side.over == "grid"):
            reading.kept.append(key)
        elif same(one, before) and now is not None and now.typed.strip() and side.over != "file":
            reading.faults.append(one.fault(TYPED_SINCE, _words(AS_TEMPLATE, now, one.typed.text)))
        elif now is not None and since and now.by_id != side.by.pk:
            said = both(CONFLICT, who=now.by.name, standing=shorten(now.typed))
            reading.faults.append(one.fault("conflict", said))
        elif now is not None and since and not from_file and now.typed.strip() and side.over != "file":
            if side.over == "grid":
                reading.kept.append(key)
            else:
                reading.faults.append(one.fault(TYPED_SINCE, _words(SINCE, now, one.typed.text)))
        else:
            reading.typed[key] = one.typed


def sections(reading: "Reading", found: dict[str, str], asked: list[texts.Section], side: Side) -> None:
    """The same for the texts of the report. Nothing tells a text that came by an earlier file from one written on
    screen, so either is asked about before another takes its place."""
    standing = narratives.latest(side.version)
    seen = {one.key: side.identity.seen.get(texts.PREFIX + one.key, 0) for one in asked}
    shown = Narrative.objects.filter(version__submission=side.version.submission, pk__in=set(seen.values()))
    before = {row.pk: row.text for row in shown}
    for one in (one for one in asked if one.key in found):
        text, now = found[one.key], standing.get(one.key)
        was = before.get(seen[one.key], "")
        if text == (now.text if now else ""):
            continue
        since = now is not None and now.text != was
        if text == was:
            reading.kept.append(texts.PREFIX + one.key)
        elif now is not None and since and now.by_id != side.by.pk:
            said = both(CONFLICT, who=now.by.name, standing=shorten(now.text))
            reading.faults.append(texts.fault(one, "conflict", said, text))
        elif now is not None and since and now.text and side.over != "file":
            if side.over == "grid":
                reading.kept.append(texts.PREFIX + one.key)
            else:
                reading.faults.append(texts.fault(one, TYPED_SINCE, _words(SINCE, now, text), text))
        else:
            reading.texts[one.key] = text


def _words(said: str, now: Edit | Narrative, text: str) -> Words:
    standing = now.typed if isinstance(now, Edit) else now.text
    theirs: object = shorten(text) if text.strip() else both(BLANK)
    return both(said, standing=shorten(standing), theirs=theirs)


def _latest(version: Version) -> list[Edit]:
    rows = Edit.objects.filter(version=version).order_by("cell_id", "-pk").distinct("cell_id")
    return list(rows.select_related("cell", "by"))


def _alike(now: Edit, before: Edit | None) -> bool:
    """Whether a cell still says what the template showed, whichever row says it: a new version repeats the old."""
    if before is None:
        return False
    return (now.typed, now.value, now.empty, now.problem) == (before.typed, before.value, before.empty, before.problem)


def same(one: "Read", edit: Edit | None) -> bool:
    """Whether the file says what the edit says. No edit and a blank cell are the same."""
    if edit is None:
        return one.parsed.is_blank
    if edit.problem:
        return False
    if one.cell.kind == FormCell.Kind.NUMBER:
        empty = None if one.parsed.kind is None else int(one.parsed.kind)
        return (one.parsed.value, empty) == (edit.value, edit.empty)
    return one.typed.text.strip() == edit.typed.strip()
