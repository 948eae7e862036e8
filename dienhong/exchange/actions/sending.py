"""Messages that leave after commit: queued in the caller's transaction, signed once, sent until they are taken."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.exchange import log, partner_files
from dienhong.exchange.canonical import canonical
from dienhong.exchange.models import Message, Outbox, Way
from dienhong.exchange.partner_files import Folder
from dienhong.organizations.registry import action

QUEUE = "exchange"


@action("exchange.send_later")
@transaction.atomic
def send_later(
    *,
    by: str,
    partner: str,
    kind: str,
    business_key: str,
    content: Mapping[str, Any],
    purpose: str,
    owner: log.Owner = ("", ""),
) -> str:
    """Queue a message to a partner; what the caller's transaction rolls back is never sent. Returns the message id.

    `business_key` names the effect (dossier code + kind + version): a second call with it and the same content returns
    the id of the first and sends nothing; with another content it raises Refused("sent_otherwise"). `content`: the
    fields that partner.yaml names under `sends`, whole numbers and text only. When the partner has taken it, the
    journal has `exchange.delivered`; when it says no, `exchange.refused`; when nothing helped, `exchange.dead`.
    Raises KeyError for an unknown partner or kind, ValueError for content that lacks a field or cannot be canonical.
    """
    folder = partner_files.get(partner)
    missing = [name for name in folder.sends[kind] if name not in content]
    if missing or not business_key or not purpose.strip():
        raise ValueError(f"{partner} {kind}: lacks {missing or 'a business key or a purpose'}")
    return queue(
        by=by, way=Way.SEND, folder=folder, kind=kind, content=dict(content), purpose=purpose, owner=owner,
        business_key=business_key,
    )  # fmt: skip


def queue(
    *, by: str, way: Way, folder: Folder, kind: str, content: dict[str, Any], purpose: str, owner: log.Owner,
    business_key: str,
) -> str:  # fmt: skip
    """One row of the outbox for each (partner, kind, business key), whoever comes first."""
    partner = log.partner_row(folder)
    same = Outbox.objects.select_related("message__content")
    same = same.filter(partner=partner, kind=kind, business_key=business_key)
    if first := same.first():
        return _the_first(first.message, content)
    with transaction.atomic():
        message = log.write(
            by=by, way=way, partner=partner, kind=kind, content=content, purpose=purpose, owner=owner,
            business_key=business_key,
        )  # fmt: skip
        row = Outbox(
            message=message, partner=partner, kind=kind, business_key=business_key, next_try_at=clock.record_now()
        )
        Outbox.objects.bulk_create([row], ignore_conflicts=True)
        if Outbox.objects.filter(message=message).exists():
            post(message.pk)
            return str(message.uid)
        transaction.set_rollback(True)  # another was quicker: nothing of ours stays, its log neither
    return _the_first(same.get().message, content)


def _the_first(first: Message, content: dict[str, Any]) -> str:
    """A race for the same effect: fine when both meant the same."""
    from dienhong.exchange.queries import content_of

    said = content_of(str(first.uid))
    if said is not None and canonical(said) != canonical(content):
        raise Refused(
            "sent_otherwise",
            _("Thông điệp %(kind)s cho %(key)s đã gửi với nội dung khác; gửi bản mới thì dùng khóa của phiên bản mới.")
            % {"kind": first.kind, "key": first.business_key},
        )
    return str(first.uid)


def post(message: int, *, seconds: int = 0) -> None:
    """A job for one attempt, after commit and not before `seconds` have passed."""
    app.configure_task("exchange.deliver", queue=QUEUE, schedule_in={"seconds": seconds}).defer(message=message)
