"""What administrators decide about partners: address, keys, pause, trying again; and what the machine sets up."""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.exchange import keys, log, partner_files, signing, transport
from dienhong.exchange.actions import sending
from dienhong.exchange.models import Content, Issue, Message, Outbox, Partner, PartnerKey, ReplyContent
from dienhong.exchange.programs import keys as demo_keys
from dienhong.journal.actions import record
from dienhong.organizations import office
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action


@action("exchange.load_partners")
@transaction.atomic
def load_partners(*, by: str, addresses: Mapping[str, str] | None = None) -> list[str]:
    """Rows for all folders, names as the folders have them, addresses where given. Safe to repeat.

    In demo mode the partners' programs of the demo are put in as the partners: their addresses on this machine and
    their keys. Returns the keys of the partners that were new or changed.
    """
    given = dict(addresses or {})
    changed = []
    for key in partner_files.every():
        folder = partner_files.get(key)
        row = log.partner_row(folder)
        after = {"name_vi": folder.name_vi, "name_en": folder.name_en, "base_url": given.get(key, row.base_url)}
        if settings.DEMO and folder.program and key not in given:
            after["base_url"] = f"{demo_keys.address(folder.program, settings.PORT)}/{key}"
        differs = any(getattr(row, name) != value for name, value in after.items())
        if differs:
            Partner.objects.filter(pk=row.pk).update(**after)
        if settings.DEMO and folder.program:
            differs |= _trust(by, row, demo_keys.of(keys.home(), folder.program).public)
        if differs:
            record(by=by, verb="exchange.load_partners", object_kind="partner", object_id=key, data=after)
            changed.append(key)
    return changed


def _trust(by: str, partner: Partner, public: str) -> bool:
    """Add the key if the partner has not got it. The programs of the demo may have made a new one."""
    defaults = {"public": public, "valid_from": clock.record_now(), "added_by": by}
    return PartnerKey.objects.get_or_create(partner=partner, key_id=signing.key_id_of(public), defaults=defaults)[1]


@action("exchange.set_address")
@transaction.atomic
def set_address(*, by: Person, partner: Partner, base_url: str, reason: str) -> None:
    """Where the partner is reached; empty: nowhere. Raises NotPermitted, Refused."""
    office.require_all(by)
    url = base_url.strip().rstrip("/")
    if url and (len(url) > 300 or not transport.may_be_used(url)):
        raise Refused(
            "address", _("Địa chỉ bắt đầu bằng https:// (http:// chỉ cho chính máy này), không chứa mật khẩu.")
        )
    before = Partner.objects.select_for_update().get(pk=partner.pk).base_url
    Partner.objects.filter(pk=partner.pk).update(base_url=url)
    _record(by, "exchange.set_address", partner, _why(reason), {"from": before, "to": url})


@action("exchange.set_active")
@transaction.atomic
def set_active(*, by: Person, partner: Partner, active: bool, reason: str) -> None:
    """Pause a partner, or go on. Paused: questions are answered `down`, messages wait. Raises NotPermitted, Refused."""
    office.require_all(by)
    Partner.objects.filter(pk=partner.pk).update(active=active)
    _record(by, "exchange.set_active", partner, _why(reason), {"active": active})


@action("exchange.add_key")
@transaction.atomic
def add_key(
    *, by: Person, partner: Partner, public: str, reason: str, valid_from: dt.datetime | None = None
) -> PartnerKey:
    """A public key that the partner announced (64 hex digits), beside those it has. Raises NotPermitted, Refused."""
    office.require_all(by)
    text = "".join(public.split()).lower()
    try:
        key_id = signing.key_id_of(text)
    except ValueError as error:
        raise Refused("key", _("Khóa công khai Ed25519 gồm 64 chữ số hệ mười sáu.")) from error
    if PartnerKey.objects.filter(partner=partner, key_id=key_id).exists():
        raise Refused("key_known", _("Khóa %(id)s đã có trong danh sách.") % {"id": key_id})
    row = PartnerKey.objects.create(
        partner=partner, key_id=key_id, public=text, added_by=by.actor, valid_from=valid_from or clock.record_now()
    )
    Issue.objects.filter(partner=partner, kind=Issue.Kind.SIGNATURE, closed_at=None).update(
        closed_at=clock.record_now(), closed_by=by.actor, closing=_why(reason)
    )
    _record(by, "exchange.add_key", partner, _why(reason), {"key_id": key_id})
    return row


@action("exchange.end_key")
@transaction.atomic
def end_key(*, by: Person, key: PartnerKey, reason: str, until: dt.datetime | None = None) -> None:
    """From that moment (now, if none is given) nothing signed with it is believed; what was signed before stays
    checkable. Raises NotPermitted, Refused."""
    office.require_all(by)
    row = PartnerKey.objects.select_for_update().select_related("partner").get(pk=key.pk)
    end = until or clock.record_now()
    if row.valid_until is not None and row.valid_until <= clock.record_now():
        raise Refused("key_ended", _("Khóa này đã hết hiệu lực."))
    if end <= row.valid_from:
        raise Refused("key_dates", _("Khóa không thể hết hiệu lực trước khi có hiệu lực."))
    PartnerKey.objects.filter(pk=row.pk).update(valid_until=end)
    _record(by, "exchange.end_key", row.partner, _why(reason), {"key_id": row.key_id, "until": end.isoformat()})


@action("exchange.new_own_key")
@transaction.atomic
def new_own_key(*, by: str, reason: str) -> str:
    """Sign with a new key from now on; partners must have its public half. Returns the key id. For the command line:
    who runs it has the machine's secrets in hand already."""
    key = keys.rotate()
    record(by=by, verb="exchange.new_own_key", object_kind="system", object_id="exchange", reason=_why(reason),
           data={"key_id": key.key_id, "public": key.public})  # fmt: skip
    return key.key_id


@action("exchange.try_now")
@transaction.atomic
def try_now(*, by: Person, message: Message) -> None:
    """Send at once what waits or was given up; the count of attempts begins anew. Raises NotPermitted, Refused."""
    office.require_all(by)
    row = Outbox.objects.select_for_update(of=("self",)).filter(message=message).first()
    if row is None or row.delivered_at is not None:
        raise Refused("not_waiting", _("Thông điệp này không còn chờ gửi."))
    Outbox.objects.filter(pk=row.pk).update(
        next_try_at=clock.record_now(), tries=0, dead_at=None, last_error=row.last_error
    )
    sending.post(row.pk)
    log.event(by.actor, "exchange.try_now", message)


@action("exchange.close_issue")
@transaction.atomic
def close_issue(*, by: Person, issue: Issue, reason: str) -> None:
    """Somebody has looked at it. Raises NotPermitted, Refused."""
    office.require_all(by)
    row = Issue.objects.select_for_update(of=("self",)).select_related("partner").get(pk=issue.pk)
    if row.closed_at is not None:
        raise Refused("closed", _("Việc này đã được khép lại."))
    Issue.objects.filter(pk=row.pk).update(closed_at=clock.record_now(), closed_by=by.actor, closing=_why(reason))
    _record(by, "exchange.close_issue", row.partner, _why(reason), {"issue": row.pk, "kind": row.kind})


@action("exchange.erase_content")
@transaction.atomic
def erase_content(*, by: str, owner: log.Owner, reason: str) -> int:
    """Erase what was said and answered for one case; that it was asked, by whom and what for stays in the log, and the
    digests lead nowhere. What still waits to be sent is kept. Returns how many texts went."""
    mine = Message.objects.filter(owner_kind=owner[0], owner_id=owner[1])
    waiting = Outbox.objects.filter(delivered_at=None, message__in=mine).values("message")
    done = mine.exclude(pk__in=waiting)
    gone = ReplyContent.objects.filter(reply__message__in=done).delete()[0]
    gone += Content.objects.filter(message__in=done).delete()[0]
    record(by=by, verb="exchange.erase_content", object_kind=owner[0], object_id=owner[1], reason=reason,
           data={"texts": gone})  # fmt: skip
    return gone


def _why(reason: str) -> str:
    if len(reason.strip()) < 5:
        raise Refused("reason", _("Ghi lý do, ít nhất năm chữ cái."))
    return reason.strip()[:300]


def _record(by: Person, verb: str, partner: Partner, reason: str, data: dict[str, object]) -> None:
    record(by=by.actor, verb=verb, object_kind="partner", object_id=partner.key, reason=reason, data=data)
