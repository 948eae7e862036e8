"""Who may act for whom: granted, confirmed by a second administrator, delegated, handed over, revoked."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from dienhong.base.clock import business_today, record_now
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import APPROVING, FOUR_EYES, READING, Grant, GrantRequest, Person, Role, Unit
from dienhong.organizations.permissions import in_force, may, not_ended, require
from dienhong.organizations.registry import action


@action("organizations.grant")
@transaction.atomic
def grant(
    *,
    by: Person,
    person: Person,
    role: Role,
    unit: Unit,
    reason: str,
    subtree: bool = False,
    scope: str = "",
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Grant | GrantRequest:
    """Give a role: at once, or, for approving roles and administrators, as a request a second one confirms.

    `first` is today if not given; without `last` it has no end. Raises NotPermitted, Refused.
    """
    _may_give(by, person, role, unit, subtree)
    validity = _days(first or business_today(), last)
    wanted = {"role": role, "unit": unit, "subtree": subtree, "scope": scope, "validity": validity}
    reason = _needed(reason)
    if role in FOUR_EYES:
        request = GrantRequest.objects.create(person=person, asked_by=by, reason=reason, **wanted)
        _note(by, "grant", request, reason, state="asked")
        return request
    made = Grant.objects.create(person=person, granted_by=by, reason=reason, **wanted)
    _note(by, "grant", made, reason, state="given")
    return made


@action("organizations.confirm_grant")
@transaction.atomic
def confirm_grant(*, by: Person, request: GrantRequest) -> Grant:
    """The second administrator says yes: the grant begins, and for a hand-over the old one ends."""
    request = _undecided(request)
    if by.pk == request.asked_by_id:
        raise NotPermitted("second_needed", _("Người đề nghị không tự xác nhận; cần quản trị viên thứ hai."))
    _may_give(by, request.person, Role(request.role), request.unit, request.subtree)
    if not may(request.asked_by, Role.ADMINISTRATOR, request.unit):
        raise Refused("asker_gone", _("Người đề nghị không còn là quản trị viên của đơn vị; đề nghị này hết hiệu lực."))
    made = Grant.objects.create(
        person=request.person, role=request.role, unit=request.unit, subtree=request.subtree, scope=request.scope,
        validity=request.validity, granted_by=request.asked_by, reason=request.reason,
    )  # fmt: skip
    if request.hands_over:
        _finish(request.hands_over, request.validity.lower)
    request.grant = made
    _decide(by, request, True)
    _note(by, "confirm_grant", made, request.reason, state="given", asked_by=request.asked_by.actor)
    return made


@action("organizations.refuse_grant")
@transaction.atomic
def refuse_grant(*, by: Person, request: GrantRequest, reason: str) -> GrantRequest:
    """A second administrator says no, or the one who asked takes it back."""
    request = _undecided(request)
    reason = _needed(reason)
    if by.pk != request.asked_by_id:
        require(by, Role.ADMINISTRATOR, request.unit)
        _decide(by, request, False)
        _note(by, "refuse_grant", request, reason, state="refused")
        return request
    # Nobody decides on what they asked (a constraint holds it): what is taken back goes, the journal keeps it.
    _note(by, "refuse_grant", request, reason, state="taken back")
    request.delete()
    return request


@action("organizations.revoke")
@transaction.atomic
def revoke(*, by: Person, grant: Grant, reason: str) -> Grant:
    """End a grant now: by an administrator of the unit, by its holder, or by who delegated it."""
    grant = Grant.objects.select_for_update(of=("self",)).select_related("stands_in_for").get(pk=grant.pk)
    giver = grant.stands_in_for.person_id if grant.stands_in_for else None
    if by.pk not in {grant.person_id, giver}:
        require(by, Role.ADMINISTRATOR, grant.unit)
    if grant.revoked_at is not None:
        raise Refused("revoked", _("Phân quyền này đã bị thu hồi trước đó."))
    grant.revoked_at = record_now()
    grant.save(update_fields=["revoked_at"])
    _note(by, "revoke", grant, _needed(reason), state="revoked")
    return grant


@action("organizations.delegate")
@transaction.atomic
def delegate(*, by: Person, held: Grant, to: Person, first: dt.date, last: dt.date, reason: str) -> Grant:
    """Let `to` stand in for oneself from `first` to `last`, with just what one holds.

    Raises NotPermitted, Refused.
    """
    held = Grant.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if held.person_id != by.pk:
        raise NotPermitted("not_yours", _("Chỉ người giữ vai trò mới ủy quyền được vai trò đó."))
    if held.stands_in_for_id is not None:
        raise NotPermitted("no_chain", _("Việc được ủy quyền không ủy quyền tiếp được."))
    if held.role == Role.ADMINISTRATOR:
        raise NotPermitted("no_delegate", _("Vai trò quản trị không ủy quyền; hãy đề nghị phân quyền có hai người."))
    _suits(to, Role(held.role))
    if to.pk == by.pk:
        raise Refused("to_oneself", _("Không ủy quyền cho chính mình."))
    validity = _days(first, last)
    if not in_force(Grant.objects.filter(pk=held.pk), first).exists() or last not in held.validity:
        raise Refused("outside", _("Thời gian ủy quyền nằm ngoài thời hạn của vai trò đang giữ."))
    others = not_ended(Grant.objects.filter(stands_in_for=held, validity__overlap=validity), business_today())
    if other := others.select_related("person").first():
        said = _("Trong những ngày ấy %(who)s đã thay bạn ở vai trò này; chấm dứt ủy quyền đó trước.")
        raise Refused("twice", said % {"who": other.person.name})
    made = Grant.objects.create(
        person=to, role=held.role, unit=held.unit, subtree=held.subtree, scope=held.scope, validity=validity,
        granted_by=by, stands_in_for=held, reason=_needed(reason),
    )  # fmt: skip
    _note(by, "delegate", made, reason, state="given", stands_in_for=held.pk)
    return made


@action("organizations.hand_over")
@transaction.atomic
def hand_over(*, by: Person, held: Grant, to: Person, on: dt.date, reason: str) -> Grant | GrantRequest:
    """From `on` the role is `to`'s instead. Approving roles and administrators wait for a second administrator."""
    held = Grant.objects.select_for_update(of=("self",)).get(pk=held.pk)
    role = Role(held.role)
    _may_give(by, to, role, held.unit, held.subtree)
    if held.revoked_at is not None or on not in held.validity or held.validity.lower == on:
        raise Refused("outside", _("Ngày bàn giao nằm ngoài thời hạn của vai trò."))
    wanted = {
        "role": role, "unit": held.unit, "subtree": held.subtree, "scope": held.scope,
        "validity": DateRange(on, held.validity.upper),
    }  # fmt: skip
    reason = _needed(reason)
    if role in FOUR_EYES:
        request = GrantRequest.objects.create(person=to, asked_by=by, reason=reason, hands_over=held, **wanted)
        _note(by, "hand_over", request, reason, state="asked", ends=held.pk)
        return request
    _finish(held, on)
    made = Grant.objects.create(person=to, granted_by=by, reason=reason, **wanted)
    _note(by, "hand_over", made, reason, state="given", ends=held.pk)
    return made


def _may_give(by: Person, person: Person, role: Role, unit: Unit, subtree: bool) -> None:
    """An administrator of the unit (of all below it, to give what lies below), never for oneself, and it must suit."""
    decision = require(by, Role.ADMINISTRATOR, unit)
    if subtree and not Grant.objects.filter(pk=decision.grant or 0, subtree=True).exists():
        raise NotPermitted("own_unit_only", _("Quyền quản trị của bạn chỉ ở chính đơn vị này, không gồm cấp dưới."))
    if by.pk == person.pk:
        raise NotPermitted("own_grant", _("Quản trị viên không tự phân quyền cho mình."))
    _suits(person, role)


def _suits(person: Person, role: Role) -> None:
    if not person.is_active:
        raise Refused("closed", _("Tài khoản này đã đóng."))
    # Whoever runs the system does not approve figures in it.
    apart = {Role.ADMINISTRATOR} if role in APPROVING else APPROVING if role == Role.ADMINISTRATOR else set()
    live = not_ended(person.grants.all(), business_today())
    if live.filter(role__in=apart).exists():
        raise Refused("apart", _("Một người không vừa quản trị hệ thống vừa duyệt số liệu."))
    acts_already = role == Role.AUDITOR and live.exclude(role__in=READING).exists()
    if acts_already or (role not in READING and live.filter(role=Role.AUDITOR).exists()):
        raise Refused("reads_only", _("Người giám sát chỉ đọc: không vừa giám sát vừa nhập, duyệt hay gửi số liệu."))


def _days(first: dt.date, last: dt.date | None) -> DateRange:
    if last is not None and last < first:
        raise Refused("upside_down", _("Ngày cuối đứng trước ngày đầu."))
    return DateRange(first, last + dt.timedelta(days=1) if last else None)


def _finish(held: Grant, on: dt.date) -> None:
    held.validity = DateRange(held.validity.lower, on)
    held.save(update_fields=["validity"])


def _undecided(request: GrantRequest) -> GrantRequest:
    found = GrantRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if found is None or found.confirmed is not None:
        raise Refused("decided", _("Đề nghị này đã được quyết định."))
    return found


def _decide(by: Person, request: GrantRequest, confirmed: bool) -> None:
    request.decided_by, request.decided_at, request.confirmed = by, record_now(), confirmed
    request.save()


def _needed(reason: str) -> str:
    if len(reason.strip()) < 5:
        raise Refused("reason_missing", _("Cần một lý do; viết một câu."))
    return reason.strip()[:300]


def _note(by: Person, verb: str, row: Grant | GrantRequest, reason: str, *, state: str, **data: object) -> None:
    """The event; `tell` names whom a notice goes to."""
    record(
        by=by.actor, verb=f"organizations.{verb}", object_kind=row._meta.model_name or "", object_id=row.pk,
        unit_id=row.unit_id, reason=reason,
        data={"state": state, "role": row.role, "person": row.person.actor, "tell": [row.person.actor], **data},
    )  # fmt: skip
