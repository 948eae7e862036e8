"""Filling in a report: edits are rows, so that undo, autosave and two people at once lose nothing."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock, numbers
from dienhong.base.numbers import Empty
from dienhong.base.refusal import Fault, Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting import carried, narratives
from dienhong.reporting.actions import beginning
from dienhong.reporting.figures import checks_of, form_of, typed_figures, word_problem
from dienhong.reporting.models import (
    CheckRule,
    Duty,
    Edit,
    Explanation,
    FormCell,
    RegimeVersion,
    State,
    Submission,
    Version,
)
from dienhong.reporting.permissions import require
from dienhong.reporting.states import EDITABLE, enter, lock, state_of
from dienhong.rules import expressions


@action("reporting.start_entry")
@transaction.atomic
def start_entry(*, by: Person, duty: Duty, channel: str = Version.Channel.GRID) -> Version:
    """The version in entry; begins the first one, or one more after a return or withdrawal.

    Raises Refused when the period is not open, the unit is exempt, or a report is already on its way.
    """
    require(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code)
    if clock.business_now() < duty.opens_at:
        raise Refused("not_open", _("Kỳ này mở ngày %(day)s; chưa nhập được.") % {"day": f"{duty.opens_at:%d/%m/%Y}"})
    exemption = duty.exemptions.order_by("-pk").first()
    if exemption and exemption.granted:
        raise Refused("exempt", _("Đơn vị được miễn báo cáo kỳ này: %(why)s") % {"why": exemption.reason})
    submission, _new = Submission.objects.get_or_create(duty=duty)
    Submission.objects.select_for_update().get(pk=submission.pk)
    last = submission.versions.order_by("-number").first()
    if last and state_of(last) in EDITABLE:
        return last
    if last and state_of(last) not in (State.RETURNED, State.WITHDRAWN):
        raise Refused("not_editable", _("Báo cáo kỳ này đã trình hoặc đã gửi; muốn sửa, hãy xin đính chính."))
    return begin_version(by=by, submission=submission, earlier=last, channel=channel)


def begin_version(
    *, by: Person, submission: Submission, earlier: Version | None, channel: str, reason: str = ""
) -> Version:
    """A new numbered version in entry, with the cells of the earlier one. The caller holds the submission's lock."""
    duty = submission.duty
    regime_version = (
        RegimeVersion.objects.filter(regime=duty.regime, valid_from__lte=duty.period.last).order_by("-number").first()
    )
    if regime_version is None:
        raise Refused("no_form", _("Chế độ báo cáo này chưa có biểu mẫu cho kỳ đã chọn."))
    version = Version.objects.create(
        submission=submission,
        number=(earlier.number if earlier else 0) + 1,
        regime_version=regime_version,
        began_from=earlier,
        channel=channel,
        started_by=by,
        reason=reason,
    )
    if earlier:
        beginning.carry_cells(by, earlier, version)
        beginning.carry_explanations(earlier, version)
        narratives.carry_over(by, earlier, version)
    enter(by=by, version=version, state=State.IN_ENTRY, reason=reason)
    if not earlier:
        beginning.begin_from_last_period(by, version)
    return version


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone put into a cell. `seen`: the edit that stood there when they began (0: none; None: not asked)."""

    text: str
    seen: int | None = None
    origin: str = ""
    native: object = None


@dataclass(frozen=True, slots=True)
class Reader:
    """How typed numbers are read: the way somebody chose, or the one of the page's language."""

    convention: numbers.Convention | None
    locale: str


@dataclass(slots=True)
class Saved:
    """What came of a save: the edits made, the problems of those kept but not understood, and the conflicts."""

    edits: dict[str, Edit] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    conflicts: dict[str, Edit] = field(default_factory=dict)


@action("reporting.save_cells")
@transaction.atomic
def save_cells(
    *,
    by: Person,
    version: Version,
    typed: Mapping[str, Typed],
    convention: numbers.Convention | None = None,
    locale: str = "vi",
    request_key: str = "",
) -> Saved:
    """Save what was typed into cells, understood or not: nothing typed is ever lost.

    A cell that was changed elsewhere since it was seen, by someone else or by the same person in another window, is
    a conflict: it is not overwritten, and the other edit is returned beside it. Repeating a call with the same
    `request_key` changes nothing; "page:call" tells one open page from another. `locale`: the language whose way of
    writing numbers the page shows, where nobody chose a `convention`.
    """
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code)
    if state_of(version) not in EDITABLE:
        raise Refused("not_editable", _("Báo cáo đã trình; muốn sửa, lãnh đạo phải trả lại hoặc mở bản đính chính."))
    cells = {cell.key: cell for cell in form_of(version.regime_version_id) if cell.key in typed}
    edits = Edit.objects.filter(version=version, cell__key__in=typed).order_by("cell_id", "-pk").distinct("cell_id")
    standing = {edit.cell_id: edit for edit in edits.select_related("by", "cell")}
    again = {edit.cell_id: edit for edit in edits.filter(request_key=request_key)} if request_key else {}
    saved = Saved()
    fresh: list[Edit] = []
    for key, one in typed.items():
        cell = cells.get(key)
        if cell is None or cell.kind == FormCell.Kind.COMPUTED:
            said = _("Biểu này không có ô nhập “%(key)s”.") % {"key": key[:60]}
            saved.faults.append(Fault("no_cell", said, key, one.text))
            continue
        before = standing.get(cell.pk)
        known = again.get(cell.pk) or (before if before and _repeats(before, one, by) else None)
        if known:
            saved.edits[key] = known
        elif one.seen is not None and before and before.pk != one.seen and not _own_queue(before, by, request_key):
            saved.conflicts[key] = before
        else:
            fresh.append(_edit(by, version, cell, one, before, Reader(convention, locale), request_key, saved))
    saved.edits |= {edit.cell.key: edit for edit in Edit.objects.bulk_create(fresh)}
    if saved.edits:
        noted(by, version, "reporting.save_cells", saved)
    return saved


def noted(by: Person, version: Version, verb: str, saved: Saved) -> None:
    record(
        by=f"person:{by.pk}", verb=verb, object_kind="version", object_id=version.pk,
        unit_id=version.submission.duty.unit_id,
        data={"cells": {key: edit.pk for key, edit in saved.edits.items()}},
    )  # fmt: skip


def _own_queue(standing: Edit, by: Person, request_key: str) -> bool:
    """Whether the edit that stands came from the same page, whose answer may be on its way or lost."""
    page = request_key.partition(":")[0]
    return standing.by_id == by.pk and bool(page) and page == standing.request_key.partition(":")[0]


def _repeats(standing: Edit, one: Typed, by: Person) -> bool:
    return standing.typed == one.text and standing.by_id == by.pk and not one.origin and not standing.problem


def _edit(
    by: Person,
    version: Version,
    cell: FormCell,
    one: Typed,
    standing: Edit | None,
    reader: "Reader",
    request_key: str,
    saved: Saved,
) -> Edit:
    parsed = read_cell(cell, one, reader.convention, reader.locale)
    if parsed.problem:
        sentence = parsed.problem.en if get_language() == "en" else parsed.problem.vi
        saved.faults.append(Fault(parsed.problem.kind, sentence, cell.key, one.text))
    return Edit(
        version=version,
        cell=cell,
        typed=one.text[:2000],
        value=parsed.value,
        empty=None if parsed.kind is None else int(parsed.kind),
        problem=parsed.problem.kind if parsed.problem else "",
        by=by,
        began_from=standing,
        origin=one.origin,
        request_key=request_key,
    )


def read_cell(
    cell: FormCell, one: Typed, convention: numbers.Convention | None = None, locale: str = "vi"
) -> numbers.Parsed:
    """Read a cell by its kind. Text, dates and choices stand as `Empty.NONE` without a value."""
    if cell.kind == FormCell.Kind.NUMBER:
        if one.native is not None and not isinstance(one.native, str):
            return numbers.parse_native(one.native, decimals=cell.decimals)
        return numbers.parse_cell(one.text, decimals=cell.decimals, locale=locale, convention=convention)
    text = one.text.strip()
    if not text:
        return numbers.Parsed(None)
    if problem := word_problem(cell, text):
        return numbers.Parsed(None, problem=problem)
    return numbers.Parsed(Empty.NONE)


@action("reporting.nothing_to_report")
@transaction.atomic
def nothing_to_report(*, by: Person, version: Version) -> Version:
    """Say that nothing arose: every number of the form becomes "không phát sinh". Still approved and sent like any.

    What the period began with stays, and is what it ends with; where its end is a sum, its parts are left to be said.
    """
    version = lock(version)
    cells = {cell.key: cell for cell in form_of(version.regime_version_id)}
    typed = {key: Typed("-") for key, cell in cells.items() if cell.kind == FormCell.Kind.NUMBER}
    stock = carried.standing(checks_of(version.regime_version_id), typed_figures(version))
    for begins, (ends, text) in stock.items():
        typed.pop(begins, None)
        if ends in typed:
            typed[ends] = Typed(text)
        else:
            for part in expressions.reads(cells[ends].formula):
                typed.pop(part.code, None)
    key = f"nothing:{uuid.uuid4()}"  # one undo takes it all back
    save_cells(by=by, version=version, typed=typed, request_key=key)
    Version.objects.filter(pk=version.pk).update(nothing_to_report=True)
    version.nothing_to_report = True
    return version


@action("reporting.explain")
@transaction.atomic
def explain(*, by: Person, version: Version, rule: CheckRule, text: str) -> Explanation:
    """Explain a warning in a sentence that stays with the figure."""
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code)
    if state_of(version) not in EDITABLE:
        raise Refused("not_editable", _("Báo cáo đã trình; không thêm giải trình được nữa."))
    if len(text.strip()) < 5:
        raise Refused("explanation_short", _("Giải trình cần một câu, ít nhất vài chữ."))
    explanation = Explanation.objects.create(version=version, rule=rule, text=text.strip(), by=by)
    record(
        by=f"person:{by.pk}",
        verb="reporting.explain",
        object_kind="version",
        object_id=version.pk,
        unit_id=duty.unit_id,
        reason=text.strip(),
        data={"rule": rule.key},
    )
    return explanation


def unanswered(version: Version, keys: Sequence[str]) -> list[str]:
    """Cells among `keys` that the form asks for and that hold nothing yet."""
    found = typed_figures(version)
    return [key for key in keys if key not in found or (found[key].empty is None and not found[key].problem)]
