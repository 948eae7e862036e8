"""What a person may do now with a duty: the buttons of a page, each an action and its question."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.organizations import permissions
from dienhong.organizations.models import Person, Role
from dienhong.reporting import queries
from dienhong.reporting.canonical import content_digest
from dienhong.reporting.models import Duty, State, Version
from dienhong.reporting.review import Review
from dienhong.reporting.states import state_of
from dienhong.reporting.views.grid import to_read


@dataclass(frozen=True, slots=True)
class Offer:
    """One act on offer. `asks_reason`: a dialog asks for a sentence first. `main`: the filled button.

    `warnings`: what the leader says to have read before approving over it, with its explanation; `seen`: the digest of
    what the page showed.
    """

    label: str
    url: str
    main: bool = False
    asks_reason: bool = False
    grave: bool = False
    get: bool = False
    warnings: tuple[tuple[str, str, str, str], ...] = ()
    seen: str = ""


def offers(by: Person, duty: Duty, newest: Version | None, judged: Review | None) -> list[Offer]:
    """In the order of use, the main one at the end, as on every page. An act that would be refused for want of a role
    or by the state is not offered."""
    holds = {
        role: permissions.may(by, role, duty.unit, duty.regime.code).allowed
        for role in (Role.ENTRY_OFFICER, Role.LEADER, Role.CLERK)
    }
    receives = permissions.may(by, Role.RECEIVER, duty.receiver, duty.regime.code).allowed
    state = state_of(newest) if newest else None
    out: list[Offer] = []
    if holds[Role.ENTRY_OFFICER]:
        out += _entry_offers(duty, newest, state)
    if newest and state is not None:
        out += _leader_offers(by, newest, state, holds, judged)
        out += _receiver_offers(newest, state) if receives else []
    return sorted(out, key=lambda one: one.main)


def _act(version: Version, verb: str) -> str:
    return reverse("reporting:act", args=[version.pk, verb])


def _entry_offers(duty: Duty, newest: Version | None, state: State | None) -> list[Offer]:
    by_file = Offer(_("Nộp tệp Excel"), reverse("reporting:upload", args=[duty.pk]), get=True)
    if state in (None, State.RETURNED, State.WITHDRAWN):
        label = _("Sửa, lập bản %(n)d") % {"n": newest.number + 1} if newest else _("Bắt đầu nhập")
        return [by_file, Offer(label, reverse("reporting:start", args=[duty.pk]), main=True)]
    if state in (State.IN_ENTRY, State.SENT_BACK):
        return [by_file, Offer(_("Nhập tiếp"), reverse("reporting:entry", args=[duty.pk]), main=True, get=True)]
    if newest and state in (State.SENT, State.RECEIVED, State.CONSOLIDATED):
        return [Offer(_("Xin đính chính"), _act(newest, "correct"), asks_reason=True)]
    return []


def _leader_offers(
    by: Person, version: Version, state: State, holds: dict[Role, bool], judged: Review | None
) -> list[Offer]:
    out = []
    if state == State.SUBMITTED and holds[Role.LEADER] and not queries.entered_by(by, version):
        warnings, seen = to_read(judged) if judged else (), content_digest(version)
        out.append(Offer(_("Duyệt"), _act(version, "approve"), main=True, warnings=warnings, seen=seen))
    if state in (State.SUBMITTED, State.APPROVED) and holds[Role.LEADER]:
        out.append(Offer(_("Trả lại người nhập"), reverse("reporting:give_back", args=[version.pk]), get=True))
    if state == State.APPROVED and holds[Role.CLERK]:
        out.append(Offer(_("Gửi"), _act(version, "send"), main=True))
    if state == State.SENT and (holds[Role.CLERK] or holds[Role.LEADER]):
        out.append(Offer(_("Thu hồi"), _act(version, "withdraw"), asks_reason=True, grave=True))
    return out


def _receiver_offers(version: Version, state: State) -> list[Offer]:
    out = []
    if state == State.SENT:
        out.append(Offer(_("Tiếp nhận"), _act(version, "receive"), main=True))
    if state in (State.SENT, State.RECEIVED):
        out.append(Offer(_("Trả lại nơi gửi"), reverse("reporting:give_back", args=[version.pk]), get=True, grave=True))
    return out
