"""Accounts: added, closed, given a new start of sign-in; sessions ended."""

import logging
from smtplib import SMTPException

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dienhong.base.clock import business_today, record_now
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal import labels
from dienhong.journal.actions import record
from dienhong.organizations import sign_in
from dienhong.organizations.models import FOUR_EYES, Person, ResetRequest, Role, Unit
from dienhong.organizations.permissions import holds, in_force, not_ended, require
from dienhong.organizations.registry import action

log = logging.getLogger("dienhong.organizations")


@action("organizations.add_person")
@transaction.atomic
def add_person(*, by: Person, unit: Unit, username: str, display_name: str, email: str = "") -> Person:
    """An account without a password (a reset sets one) and without any role. Raises NotPermitted, Refused."""
    require(by, Role.ADMINISTRATOR, unit)
    if Person.objects.filter(username__iexact=username.strip()).exists():
        raise Refused("username_taken", _("Tên đăng nhập này đã có; chọn tên khác."))
    person = Person(username=username.strip(), display_name=display_name.strip(), email=email.strip())
    if not person.username or not person.display_name:
        raise Refused("name_missing", _("Cần tên đăng nhập và họ tên."))
    person.set_unusable_password()
    person.save()
    labels.set_label(person.actor, person.display_name)
    _note(by, "add_person", person, unit_id=unit.pk)
    return person


@action("organizations.close_account")
@transaction.atomic
def close_account(*, by: Person, person: Person, reason: str) -> Person:
    """Who leaves keeps no role and no session; what they did stays theirs. Raises NotPermitted, Refused."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    _administers(by, person)
    if by.pk == person.pk:
        raise NotPermitted("own_account", _("Quản trị viên không tự đóng tài khoản của mình."))
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    # What was handed over or ran out has ended already: it was not taken away today.
    revoked = not_ended(person.grants.all(), business_today()).update(revoked_at=record_now())
    sign_in.end_all_sessions(person)
    _note(by, "close_account", person, reason=reason, grants=revoked)
    return person


@action("organizations.reset_sign_in")
@transaction.atomic
def reset_sign_in(*, by: Person, person: Person, reason: str) -> ResetRequest | None:
    """A new start: no password, no second factor, no sessions. None when done at once; for approving roles and
    administrators a request that a second administrator confirms."""
    _administers(by, person)
    if by.pk == person.pk:
        raise NotPermitted("own_account", _("Quản trị viên không tự đặt lại đăng nhập của mình."))
    if not reason.strip():
        raise Refused("reason_missing", _("Cần một lý do; viết một câu."))
    if in_force(person.grants.filter(role__in=FOUR_EYES), business_today()).exists():
        request = ResetRequest.objects.create(person=person, asked_by=by, reason=reason.strip()[:300])
        _note(by, "reset_sign_in", person, reason=reason, state="asked", request=request.pk)
        return request
    sign_in.start_anew(person)
    _note(by, "reset_sign_in", person, reason=reason, state="done")
    return None


@action("organizations.confirm_reset")
@transaction.atomic
def confirm_reset(*, by: Person, request: ResetRequest) -> ResetRequest:
    request = _undecided(by, request)
    sign_in.start_anew(request.person)
    return _decide(by, request, True, "confirm_reset", request.reason)


@action("organizations.refuse_reset")
@transaction.atomic
def refuse_reset(*, by: Person, request: ResetRequest, reason: str) -> ResetRequest:
    return _decide(by, _undecided(by, request), False, "refuse_reset", reason)


@action("organizations.set_address")
@transaction.atomic
def set_address(*, by: Person, person: Person, email: str) -> Person:
    """The mail address of an account that has neither address nor password, so that its link can be sent.

    Never of another: who changes an address takes the account over. Raises NotPermitted, Refused.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    _administers(by, person)
    if not person.is_active:
        raise Refused("closed", _("Tài khoản này đã đóng."))
    if person.email or person.has_usable_password():
        said = _("Tài khoản đã có địa chỉ thư hoặc mật khẩu; đổi địa chỉ thay người khác là chiếm tài khoản của họ.")
        raise Refused("has_address", said)
    check_address(email.strip())
    person.email = email.strip()
    person.save(update_fields=["email"])
    _note(by, "set_address", person)
    return person


@action("organizations.send_password_link")
@transaction.atomic
def send_password_link(*, by: Person, person: Person, request: HttpRequest) -> None:
    """Mail a link by which the person sets a password, to the address of their account. Raises NotPermitted, Refused.

    The link goes to that address only: an administrator never sees it.
    """
    _administers(by, person)
    if not person.is_active:
        raise Refused("closed", _("Tài khoản này đã đóng."))
    if not person.email:
        raise Refused("no_address", _("Tài khoản chưa có địa chỉ thư."))
    _note(by, "send_password_link", person)
    try:
        sign_in.send_password_link(request, person)
    except (OSError, SMTPException) as error:
        log.warning("password link for %s was not sent: %s", person.actor, error)
        raise Refused("mail", _("Máy chủ thư không nhận: %(error)s. Thử lại sau.") % {"error": error}) from error


@action("organizations.end_session")
@transaction.atomic
def end_session(*, by: Person, session_id: int) -> None:
    """Sign one of one's own sessions out. Raises Refused if it is not there or not one's own."""
    if not sign_in.end_session(by, session_id):
        raise Refused("no_session", _("Phiên làm việc này không còn."))
    _note(by, "end_session", by)


def check_address(email: str) -> None:
    """Raises Refused for what is no mail address."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused("email", _("Địa chỉ thư không đúng dạng ten@coquan.gov.vn.")) from error


def _administers(by: Person, person: Person) -> None:
    """Of every unit for which the person holds a role; of any unit when they hold none."""
    held = list(not_ended(person.grants.all(), business_today()))
    for each in held:
        require(by, Role.ADMINISTRATOR, each.unit)
    if not held and not holds(by, Role.ADMINISTRATOR):
        raise NotPermitted("not_permitted", _("Cần vai trò “Quản trị hệ thống”."))


def _undecided(by: Person, request: ResetRequest) -> ResetRequest:
    found = ResetRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if found.confirmed is not None:
        raise Refused("decided", _("Đề nghị này đã được quyết định."))
    _administers(by, found.person)
    if by.pk in {found.asked_by_id, found.person_id}:
        raise NotPermitted("second_needed", _("Cần quản trị viên thứ hai quyết định."))
    return found


def _decide(by: Person, request: ResetRequest, confirmed: bool, verb: str, reason: str) -> ResetRequest:
    request.decided_by, request.decided_at, request.confirmed = by, record_now(), confirmed
    request.save()
    _note(by, verb, request.person, reason=reason, state="done" if confirmed else "refused", request=request.pk)
    return request


def _note(by: Person, verb: str, person: Person, *, reason: str = "", unit_id: object = "", **data: object) -> None:
    """The event; `tell` names whom a notice goes to."""
    record(
        by=by.actor, verb=f"organizations.{verb}", object_kind="person", object_id=person.pk, unit_id=unit_id,
        reason=reason, data={"tell": [person.actor], **data},
    )  # fmt: skip
