"""Every verb of notices: telling people, reading, choosing how to hear, sending again what could not be sent."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal.actions import record
from dienhong.notices import kinds, outbox
from dienhong.notices.channels import addresses
from dienhong.notices.models import (
    Channel,
    Delivery,
    DeliveryState,
    NoticeRead,
    Preference,
    Reach,
    Rhythm,
    State,
    Unread,
)
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import holds
from dienhong.organizations.registry import action

OUTSIDE = (Channel.MAIL, Channel.SMS, Channel.WEBHOOK)
# One statement for many people; whoever was told already (same dedupe) is left out of what comes back.
INSERT = (
    "INSERT INTO notices_notice (person_id, kind, subject_kind, subject_id, params, url, made_by, dedupe, in_app,"
    " business_at) SELECT person, %s, %s, %s, %s, %s, %s, %s, shown, %s"
    " FROM unnest(%s::bigint[], %s::boolean[]) AS told (person, shown)"
    " ON CONFLICT (person_id, dedupe) WHERE dedupe <> '' DO NOTHING RETURNING id, person_id"
)


@action("notices.notify")
@transaction.atomic
def notify(
    *,
    by: str,
    to: Iterable[Person | int],
    kind: str,
    subject: tuple[str, object],
    params: Mapping[str, Any] | None = None,
    url: str = "",
    dedupe: str = "",
) -> list[int]:
    """Tell each person once, on the page and by the channels they chose; returns the ids of the people newly told.

    `by` is job:<name> or person:<id>. Nothing leaves before the caller's transaction commits. With `dedupe`, whoever
    was told under that key hears nothing again. Raises KeyError for an unknown kind or a param its words need.
    """
    spec, said = kinds.get(kind), dict(params or {})
    for lang in ("vi", "en"):
        kinds.words(kind, said, lang)
    ids = {each.pk if isinstance(each, Person) else each for each in to}
    people = {each.pk: each for each in Person.objects.filter(pk__in=ids, is_active=True).select_related("reach")}
    rows = Preference.objects.filter(person__in=people, kind=kind).values_list("person", "channel", "rhythm")
    chosen = {(person, channel): Rhythm(rhythm) for person, channel, rhythm in rows}
    order = sorted(people)
    shown = [spec.fixed or chosen.get((pk, Channel.IN_APP), Rhythm.AT_ONCE) != Rhythm.OFF for pk in order]
    values: list[Any] = [kind, subject[0], str(subject[1]), Jsonb(said), url, by, dedupe, clock.business_now()]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*values, order, shown])
        told: dict[int, int] = {person: notice for notice, person in cursor.fetchall()}
    Unread.objects.bulk_create(
        Unread(notice_id=told[pk], person_id=pk)
        for pk, on_page in zip(order, shown, strict=True)
        if on_page and pk in told
    )
    _hand_over(spec, {told[pk]: people[pk] for pk in told}, chosen)
    return sorted(told)


def _hand_over(spec: kinds.Kind, told: Mapping[int, Person], chosen: Mapping[tuple[int, str], Rhythm]) -> None:
    """Deliveries by the channels that each person wants and has an address for."""
    wanted = []
    for notice, person in told.items():
        reached = addresses(person)
        for channel in OUTSIDE:
            rhythm = chosen.get((person.pk, channel), spec.default(channel))
            if rhythm != Rhythm.OFF and reached[channel]:
                wanted.append(Delivery(notice_id=notice, channel=channel, rhythm=rhythm))
    Delivery.objects.bulk_create(wanted)
    DeliveryState.objects.bulk_create(DeliveryState(delivery=each, state=State.QUEUED) for each in wanted)
    outbox.post([each.pk for each in wanted if each.rhythm == Rhythm.AT_ONCE])


@action("notices.mark_read")
@transaction.atomic
def mark_read(*, by: Person, up_to: int, only: bool = False) -> int:
    """One's own notices up to and including that id (`only`: that one) are read. Returns how many newly are.

    `up_to` is the newest that was on the screen, so that one which came meanwhile stays unread. Repeating changes
    nothing and writes no event.
    """
    mine = Unread.objects.filter(person=by, **({"pk": up_to} if only else {"pk__lte": up_to}))
    rows = list(mine.order_by("pk").select_for_update().values_list("pk", flat=True))
    if rows:
        NoticeRead.objects.bulk_create(NoticeRead(notice_id=pk) for pk in rows)
        Unread.objects.filter(pk__in=rows).delete()
        record(
            by=by.actor, verb="notices.mark_read", object_kind="notice", object_id=rows[-1], data={"count": len(rows)}
        )
    return len(rows)


@action("notices.set_preferences")
@transaction.atomic
def set_preferences(*, by: Person, choices: Mapping[tuple[str, str], str]) -> int:
    """(kind, channel) -> rhythm, for oneself. Returns how many changed. Raises Refused; then nothing is saved."""
    standing = {(row.kind, row.channel): row for row in Preference.objects.filter(person=by).select_for_update()}
    changed: dict[str, str] = {}
    for (key, channel), rhythm in choices.items():
        kept = standing.get((key, channel))
        before = kept.rhythm if kept else _allowed(key, channel).default(channel)
        if rhythm == before:
            continue
        _fits(key, channel, rhythm)
        Preference.objects.update_or_create(person=by, kind=key, channel=channel, defaults={"rhythm": rhythm})
        changed[f"{key} {channel}"] = rhythm
    if changed:
        record(by=by.actor, verb="notices.set_preferences", object_kind="person", object_id=by.pk, data=changed)
    return len(changed)


def _allowed(key: str, channel: str) -> kinds.Kind:
    if channel not in Channel.values or key not in {kind.key for kind in kinds.every()}:
        raise Refused("no_such_choice", _("Không có loại thông báo hoặc kênh này; tải lại trang."))
    return kinds.get(key)


def _fits(key: str, channel: str, rhythm: str) -> None:
    kind = _allowed(key, channel)
    if rhythm not in Rhythm.values or (rhythm == Rhythm.DAILY and channel != Channel.MAIL):
        raise Refused("no_such_rhythm", _("Chỉ thư điện tử gộp được mỗi sáng; các kênh khác báo ngay hoặc không."))
    if kind.fixed and channel == Channel.IN_APP and rhythm == Rhythm.OFF:
        raise Refused("must_be_told", _("“%(kind)s” luôn hiện trên trang, không tắt được.") % {"kind": str(kind.label)})


@action("notices.set_reach")
@transaction.atomic
def set_reach(*, by: Person, language: str, phone: str = "", hook_url: str = "", new_key: bool = False) -> Reach:
    """Where one is reached. A new hook address or `new_key` makes a new signing key. Raises Refused."""
    phone, hook_url = _phone(phone), _hook(hook_url)
    if language not in {"vi", "en"}:
        raise Refused("no_language", _("Chọn tiếng Việt hoặc tiếng Anh."))
    reach, _new = Reach.objects.select_for_update().get_or_create(person=by)
    number = reach.hook_number + int(new_key or (hook_url != reach.hook_url and bool(hook_url)))
    after = {"language": language, "phone": phone, "hook_url": hook_url, "hook_number": number}
    changed = [name for name, value in after.items() if getattr(reach, name) != value]
    if changed:
        Reach.objects.filter(pk=reach.pk).update(**after)
        reach.refresh_from_db()
        # The number and the address themselves stay out of the journal: they could not be erased there.
        record(by=by.actor, verb="notices.set_reach", object_kind="person", object_id=by.pk, data={"changed": changed})
    return reach


def _phone(text: str) -> str:
    number = re.sub(r"[\s.\-()]", "", text)
    number = re.sub(r"^0(?=[1-9])", "+84", number)
    if number and not re.fullmatch(r"\+[1-9][0-9]{7,14}", number):
        raise Refused("phone", _("Số điện thoại “%(typed)s” chưa đúng; viết như 0912 345 678.") % {"typed": text})
    return number


def _hook(text: str) -> str:
    url = text.strip()
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or len(url) > 300:
        raise Refused("hook", _("Địa chỉ nhận phải bắt đầu bằng https:// và không chứa mật khẩu."))
    if parts.netloc.lower() not in settings.HOOK_HOSTS:
        raise Refused(
            "hook_host",
            _("Máy chủ %(host)s chưa được quản trị viên cho phép nhận thông báo.") % {"host": parts.netloc},
        )
    return url


@action("notices.send_again")
@transaction.atomic
def send_again(*, by: Person, delivery: Delivery) -> None:
    """Queue a delivery that was given up. Any administrator may: its content is not shown to them."""
    if not holds(by, Role.ADMINISTRATOR):
        raise NotPermitted("not_permitted", _("Cần vai trò “Quản trị hệ thống”."))
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    last = delivery.states.order_by("-pk").first()
    if last is None or last.state != State.DEAD:
        raise Refused("not_dead", _("Thông báo này không còn nằm trong danh sách chưa gửi được."))
    DeliveryState.objects.create(delivery=delivery, state=State.QUEUED)
    outbox.post([delivery.pk])
    record(by=by.actor, verb="notices.send_again", object_kind="delivery", object_id=delivery.pk)
