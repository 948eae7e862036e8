"""Sending what is queued: at once, with patience between attempts, given up at last; or a day's letters as one.

At least once: a crash between the other side's yes and our commit sends again under the same key.
"""

from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import override

from dienhong.notices import channels, kinds, outbox
from dienhong.notices.channels import Lost, Message, Undeliverable, mail
from dienhong.notices.models import ENDED, Channel, Delivery, DeliveryState, NoticeRead, Rhythm, State

# Seconds until the next attempt after the first, second … failure; after the last one it is given up.
PAUSES = (60, 5 * 60, 30 * 60, 2 * 3600, 12 * 3600)


@transaction.atomic
def deliver(pk: int) -> State | None:
    """One attempt. Returns the state it led to; None when there was nothing to do (ended, gone, another is at it)."""
    rows = Delivery.objects.select_for_update(of=("self",), skip_locked=True)
    delivery = rows.select_related("notice__person__reach").filter(pk=pk).first()
    if delivery is None or _ended(delivery):
        return None
    try:
        channels.channel(delivery.channel)(_message(delivery))
    except Undeliverable as error:
        return _enter(delivery, State.DEAD, str(error))
    except Lost as error:
        return _failed(delivery, str(error))
    return _enter(delivery, State.SENT)


def _ended(delivery: Delivery) -> bool:
    return delivery.states.order_by("-pk").values_list("state", flat=True)[0] in ENDED


def _enter(delivery: Delivery, state: State, reason: str = "") -> State:
    DeliveryState.objects.create(delivery=delivery, state=state, reason=reason[:500])
    return state


def _failed(delivery: Delivery, reason: str) -> State:
    queued = delivery.states.filter(state=State.QUEUED).order_by("-pk").values_list("pk", flat=True)[0]
    failures = delivery.states.filter(pk__gt=queued, state=State.FAILED).count()
    if failures >= len(PAUSES):
        return _enter(delivery, State.DEAD, reason)
    if delivery.rhythm == Rhythm.AT_ONCE:  # a daily letter is tried again with the next morning's
        outbox.post([delivery.pk], seconds=PAUSES[failures])
    return _enter(delivery, State.FAILED, reason)


def _message(delivery: Delivery) -> Message:
    notice = delivery.notice
    language = channels.reach_of(notice.person).language
    words = kinds.words(notice.kind, notice.params, language)
    return Message(
        key=f"notice-{notice.pk}-{delivery.pk}",
        person=notice.person,
        language=language,
        title=words.title,
        body=words.body,
        url=f"{settings.SITE_ADDRESS}{notice.url}" if notice.url else "",
        kind=notice.kind,
        subject=(notice.subject_kind, notice.subject_id),
        said_at=notice.business_at.isoformat(),
    )


def digests() -> int:
    """One letter for each person who gathers mail, of what is still unread. Returns how many letters went."""
    ended = DeliveryState.objects.filter(delivery=OuterRef("pk"), state__in=ENDED)
    again = DeliveryState.objects.filter(delivery=OuterRef("pk"), state=State.QUEUED)
    waiting = Delivery.objects.filter(~Exists(ended) & Exists(again), rhythm=Rhythm.DAILY, channel=Channel.MAIL)
    rows = waiting.order_by("notice__person", "pk").values_list("notice__person", "pk")
    return sum(_digest([pk for _person, pk in group]) for _key, group in groupby(list(rows), key=lambda row: row[0]))


@transaction.atomic
def _digest(pks: Iterable[int]) -> int:
    """One person's letter; 0 when all of it was read on the page or is being sent by another."""
    rows = Delivery.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=list(pks))
    found = [each for each in rows.select_related("notice__person__reach").order_by("pk") if not _ended(each)]
    read = set(NoticeRead.objects.filter(notice__deliveries__in=found).values_list("notice", flat=True))
    for each in found:
        if each.notice_id in read:
            _enter(each, State.SKIPPED)
    unread = [each for each in found if each.notice_id not in read]
    if not unread:
        return 0
    try:
        _letter([_message(each) for each in unread], f"digest-{unread[0].pk}-{unread[-1].pk}")
    except (Lost, Undeliverable) as error:
        for each in unread:
            _enter(each, State.DEAD, str(error)) if isinstance(error, Undeliverable) else _failed(each, str(error))
        return 0
    DeliveryState.objects.bulk_create(DeliveryState(delivery=each, state=State.SENT) for each in unread)
    return 1


def _letter(messages: list[Message], key: str) -> None:
    first = messages[0]
    with override(first.language):
        title = _("Diên Hồng: %(count)d thông báo chưa đọc") % {"count": len(messages)}
        foot = _("Chọn cách nhận: %(url)s") % {"url": f"{settings.SITE_ADDRESS}/notices/preferences/"}
    entries = ["\n".join(part for part in (f"• {each.title}", each.body, each.url) if part) for each in messages]
    mail.letter(first.person.email, title, "\n\n".join([*entries, f"-- \n{foot}"]), key)
