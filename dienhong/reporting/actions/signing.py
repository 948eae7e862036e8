"""Submitting to one's own leader, sending back inside the unit, approving."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Fault, NotPermitted, Refused
from dienhong.organizations import permissions
from dienhong.organizations.models import Grant, Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting import queries, review
from dienhong.reporting.canonical import content_digest
from dienhong.reporting.models import (
    Approval,
    CheckResult,
    Return,
    ReturnedCell,
    State,
    StateChange,
    Version,
)
from dienhong.reporting.permissions import require
from dienhong.reporting.states import enter, lock


@action("reporting.submit")
@transaction.atomic
def submit(*, by: Person, version: Version) -> StateChange:
    """Hand the report to the leader. Refused, with every reason at its cell, while anything is missing or wrong."""
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code)
    if version.regime_version.kind == "periodic" and clock.business_today() <= duty.period.last:
        raise Refused(
            "not_closed",
            _("Số liệu kỳ này chốt hết ngày %(day)s; nhập trước được, trình thì sau ngày ấy.")
            % {"day": f"{duty.period.last:%d/%m/%Y}"},
        )
    judged = review.judge(version)
    faults = [*judged.cell_faults, *judged.narrative_faults, *_check_faults(judged)]
    if faults:
        raise Refused(
            "not_ready",
            _("Chưa trình được: còn %(count)d điều cần sửa hoặc giải trình.") % {"count": len(faults)},
            faults,
        )
    version.check_results.all().delete()
    CheckResult.objects.bulk_create(
        CheckResult(
            version=version,
            rule=finding.rule,
            outcome=finding.outcome,
            sentence_vi=finding.sentences.get("vi", ""),
            sentence_en=finding.sentences.get("en", ""),
        )
        for finding in judged.findings
    )
    return enter(by=by, version=version, state=State.SUBMITTED)


def _check_faults(judged: review.Review) -> list[Fault]:
    lang = "en" if get_language() == "en" else "vi"
    faults = [
        Fault(f"check:{finding.rule.key}", finding.sentences[lang], (finding.rule.cells or [""])[0])
        for finding in judged.findings
        if finding.blocks
    ]
    faults += [
        Fault(f"explain:{finding.rule.key}", finding.sentences[lang], (finding.rule.cells or [""])[0])
        for finding in judged.findings
        if finding.asks and finding.rule.pk not in judged.explained
    ]
    return faults


@action("reporting.send_back")
@transaction.atomic
def send_back(*, by: Person, version: Version, reason: str, cells: Mapping[str, str] | None = None) -> StateChange:
    """The leader hands the report back to the entry officer, with a reason, to the cell where it says so."""
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.LEADER, duty.unit, duty.regime.code)
    change = enter(by=by, version=version, state=State.SENT_BACK, reason=needed(reason))
    write_return(change, reason, cells or {})
    return change


def needed(reason: str) -> str:
    """The reason, or Refused when there is none."""
    if len(reason.strip()) < 5:
        raise Refused("reason_missing", _("Cần một lý do để người nhận biết phải sửa gì; viết một câu."))
    return reason.strip()


def write_return(change: StateChange, reason: str, cells: Mapping[str, str]) -> Return:
    returned = Return.objects.create(change=change, reason=reason.strip())
    known = {cell.key: cell for cell in change.version.regime_version.cells.filter(key__in=cells)}
    ReturnedCell.objects.bulk_create(
        ReturnedCell(returned=returned, cell=known[key], reason=text.strip()[:500])
        for key, text in cells.items()
        if key in known
    )
    return returned


@action("reporting.approve")
@transaction.atomic
def approve(
    *, by: Person, version: Version, kind: str = Approval.Kind.PASSWORD, seen_digest: str | None = None
) -> StateChange:
    """The leader takes responsibility. Whoever entered a figure of it can't; `seen_digest` must be what was shown."""
    version = lock(version)
    duty = version.submission.duty
    decision = require(by, Role.LEADER, duty.unit, duty.regime.code)
    if queries.entered_by(by, version):
        raise NotPermitted(
            "own_entry", _("Người đã nhập số của báo cáo này không duyệt được chính nó; cần một lãnh đạo khác.")
        )
    digest = content_digest(version)
    if seen_digest is not None and seen_digest != digest:
        raise Refused("changed", _("Số liệu đã đổi sau khi trang này được mở. Xem lại rồi duyệt."))
    change = enter(by=by, version=version, state=State.APPROVED, data={"content": digest, "kind": kind})
    Approval.objects.create(change=change, kind=kind, digest=digest, stands_in_for=_stands_in_for(decision))
    return change


def _stands_in_for(decision: permissions.Decision) -> Person | None:
    """Whom the approver stands in for, where the grant that allows it is a delegation."""
    grant = Grant.objects.filter(pk=decision.grant or 0).select_related("stands_in_for__person").first()
    return grant.stands_in_for.person if grant and grant.stands_in_for else None
