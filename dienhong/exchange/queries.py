"""What is asked of the log. Nothing here writes or leaves the house.

For the rooms above: `answer`, `asked_about`, `content_of`, `delivered`. For the screens: the rest.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Max, OuterRef, Q, QuerySet, Subquery

from dienhong.base import clock
from dienhong.exchange import envelope, partner_files
from dienhong.exchange.answers import Answer, State
from dienhong.exchange.models import (
    ANSWERS,
    Content,
    Issue,
    Message,
    Outbox,
    Partner,
    Reply,
    ReplyContent,
    Verdict,
    Way,
)

PAGE = 50
DAY = dt.timedelta(days=1)


def answer(message_id: str) -> Answer:
    """What is known now of a question: a slow one may have been answered since. KeyError for no such question."""
    message = Message.objects.filter(uid=message_id, way=Way.ASK).select_related("partner", "kept_from").first()
    if message is None:
        raise KeyError(f"no question {message_id}")
    replies = message.replies.order_by("-id")
    reply = replies.filter(verdict__in=ANSWERS).first() or replies.first()
    return answer_of(message, reply) if reply else Answer(State.SLOW, message_id=message_id, problem="unanswered")


def asked(business_key: str) -> str | None:
    """The latest question under a key of the caller's, as `answer` takes it; None where none was asked."""
    rows = Message.objects.filter(business_key=business_key, way=Way.ASK).order_by("-id")
    uid = rows.values_list("uid", flat=True).first()
    return str(uid) if uid else None


UNSAID: dict[str, State] = {
    Verdict.PENDING: State.SLOW,
    Verdict.REFUSED: State.DOWN,
}  # taken or turned away, not answered


def answer_of(message: Message, reply: Reply) -> Answer:
    """The answer that a reply is. One whose content was erased is found with no data and says so."""
    said = _said(message, reply)
    data: Mapping[str, Any] = {}
    problem = reply.problem
    if reply.verdict == Verdict.FOUND:
        given = said.get("data") if said is not None else None
        folder = partner_files.get(message.partner.key)
        data = folder.client.answer(message.kind, given) if isinstance(given, dict) else {}
        problem = "" if said is not None else "erased"
    return Answer(
        state=UNSAID.get(reply.verdict) or State(reply.verdict),
        data=data,
        message_id=str(message.uid),
        mismatch=tuple(reply.mismatch),
        problem=problem,
        good_until=reply.good_until,
        kept=message.kept_from_id is not None,
    )


def _said(message: Message, reply: Reply) -> dict[str, Any] | None:
    """Content of a reply, or of the earlier one that it repeats; None when it was erased."""
    rows = ReplyContent.objects.filter(reply=reply)
    if message.kept_from_id is not None:
        rows = ReplyContent.objects.filter(reply__message=message.kept_from_id, reply__verdict=Verdict.FOUND)
    body = rows.order_by("-reply_id").values_list("body", flat=True).first()
    return envelope.read(body.encode()).content if body is not None else None


def content_of(message_id: str) -> dict[str, Any] | None:
    """What a message said, ours or theirs; None when it was erased or there is none."""
    body = Content.objects.filter(message__uid=message_id).values_list("body", flat=True).first()
    return envelope.read(body.encode()).content if body is not None else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A line for the person whose data was asked about, or for the officer of the case."""

    message_id: str
    at: dt.datetime
    way: str
    partner_vi: str
    partner_en: str
    kind: str
    purpose: str
    asked_by: str
    verdict: str
    late: bool


def asked_about(owner_kind: str, owner_id: object, most: int = 200) -> list[Asked]:
    """Everything asked, sent and received for one case, the latest first: who, when, of whom, what for, what came."""
    rows = with_latest(Message.objects.filter(owner_kind=owner_kind, owner_id=str(owner_id)))
    return [
        Asked(
            str(row.uid), row.at, row.way, row.partner.name_vi, row.partner.name_en, row.kind, row.purpose,
            row.asked_by, row.verdict or "", bool(row.late),
        )
        for row in rows.select_related("partner").order_by("-id")[:most]
    ]  # fmt: skip


def delivered(partner: str, kind: str, business_key: str) -> bool:
    """Whether the partner has taken that message."""
    rows = Outbox.objects.filter(partner__key=partner, kind=kind, business_key=business_key)
    return rows.exclude(delivered_at=None).exists()


def with_latest(rows: QuerySet[Message]) -> Any:
    """Messages with `verdict`, `problem`, `latency_ms`, `late` of their latest reply; None while there is none."""
    latest = Reply.objects.filter(message=OuterRef("pk")).order_by("-id")
    names = ("verdict", "problem", "latency_ms", "late", "status")
    return rows.annotate(**{name: Subquery(latest.values(name)[:1]) for name in names})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a partner does. Rates are of the last day of record time; None: nothing was tried."""

    partner: Partner
    last_success: dt.datetime | None
    attempts: int
    failed: int
    latency_ms: int | None
    waiting: int
    oldest: dt.datetime | None
    dead: int
    open_until: dt.datetime | None
    issues: int

    @property
    def error_rate(self) -> float | None:
        return self.failed / self.attempts * 100 if self.attempts else None


def standings() -> list[Standing]:
    """All partners, in five queries whatever their number."""
    now = clock.record_now()
    partners = list(Partner.objects.select_related("breaker").order_by("key"))
    ours = Reply.objects.exclude(message__way=Way.HEAR)
    spoke = ~Q(verdict__in=[Verdict.SLOW, Verdict.DOWN]) & ~Q(problem="kept")
    last = dict(_by_partner(ours.filter(spoke), at=Max("at")))
    lately = ours.filter(at__gt=now - DAY, late=False).exclude(problem__in=["kept", "open", "paused", "no_address"])
    tried = {
        key: (count, failed, latency)
        for key, count, failed, latency in _by_partner(
            lately, n=Count("id"), failed=Count("id", filter=~spoke), latency=Avg("latency_ms")
        )
    }
    boxes = Outbox.objects.filter(delivered_at=None).values("partner").order_by()
    queue: dict[int, dict[str, Any]] = {
        row["partner"]: dict(row)
        for row in boxes.annotate(
            n=Count("pk", filter=Q(dead_at=None)),
            dead=Count("pk", filter=~Q(dead_at=None)),
            oldest=Max(clock.record_now() - F("queued_at"), filter=Q(dead_at=None)),
        )
    }
    issues = dict(Issue.objects.filter(closed_at=None).order_by().values_list("partner").annotate(n=Count("pk")))
    return [_standing(each, now, last, tried, queue, issues) for each in partners]


def _by_partner(rows: QuerySet[Reply], **what: Any) -> Any:
    return rows.order_by().values_list("message__partner").annotate(**what)


def _standing(
    partner: Partner,
    now: dt.datetime,
    last: dict[int, dt.datetime],
    tried: dict[int, tuple[int, int, float | None]],
    queue: dict[int, dict[str, Any]],
    issues: dict[int, int],
) -> Standing:
    attempts, failed, latency = tried.get(partner.pk, (0, 0, None))
    box = queue.get(partner.pk, {"n": 0, "dead": 0, "oldest": None})
    breaker = getattr(partner, "breaker", None)
    until = breaker.open_until if breaker and breaker.open_until and breaker.open_until > now else None
    return Standing(
        partner=partner,
        last_success=last.get(partner.pk),
        attempts=attempts,
        failed=failed,
        latency_ms=round(latency) if latency is not None else None,
        waiting=box["n"],
        oldest=now - box["oldest"] if box["oldest"] is not None else None,
        dead=box["dead"],
        open_until=until,
        issues=issues.get(partner.pk, 0),
    )
