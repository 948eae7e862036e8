"""Warning before a limit of the applicant runs out: to supplement, to pay. Safe to repeat as often as one likes."""

import datetime as dt
from collections.abc import Iterator

from dienhong.base import clock
from dienhong.dossiers import money, papers, telling
from dienhong.dossiers import notice_kinds as kinds
from dienhong.dossiers.models import Dossier, Status, SupplementRequest
from dienhong.notices.actions import notify
from dienhong.payments.models import Bill

AHEAD = 5  # days before the limit; design of the domain page on the ten statuses
MORNING = 7  # o'clock: nobody is warned at night
BY = "job:lapses"
TO_SUPPLEMENT = {"vi": "bổ sung", "en": "supplement"}
TO_PAY = {"vi": "nộp tiền", "en": "payment"}


def warn() -> int:
    """Tell the applicants of limits that end within AHEAD days, each limit once. Returns how many were newly told."""
    now = clock.business_now()
    if now.hour < MORNING:
        return 0
    told = 0
    for dossier, what, limit, key in _lapsing(now.date()):
        told += len(
            notify(
                by=BY,
                to=telling.applicants(dossier),
                kind=kinds.LAPSING,
                subject=(papers.OWNER, dossier.pk),
                params=telling.common(dossier) | {"what": what, "limit": telling.day(limit)},
                url=telling.case(dossier),
                dedupe=f"{kinds.LAPSING}:{key}:{limit}",
            )
        )
    return told


def _lapsing(today: dt.date) -> Iterator[tuple[Dossier, dict[str, str], dt.date, str]]:
    last = today + dt.timedelta(days=AHEAD)
    requests = SupplementRequest.objects.filter(
        answered_at=None, limit_on__range=(today, last), dossier__status=Status.SUPPLEMENT
    )
    for request in requests.select_related("dossier__version").order_by("pk"):
        yield request.dossier, TO_SUPPLEMENT, request.limit_on, f"supplement:{request.pk}"
    began = clock.midnight(today)
    ends = began + dt.timedelta(days=AHEAD + 1)
    owners = Bill.objects.filter(owner_kind=papers.OWNER, expires_at__gte=began, expires_at__lt=ends, cancellation=None)
    asked = [int(each) for each in owners.values_list("owner_id", flat=True)]
    waiting = Dossier.objects.filter(pk__in=asked, status=Status.TO_PAY).select_related("version")
    for dossier in waiting.order_by("pk"):
        bill = money.standing(dossier)
        if bill is not None and bill.expires_at is not None and began <= bill.expires_at < ends:
            yield dossier, TO_PAY, bill.expires_at.astimezone(clock.HANOI).date(), f"pay:{bill.pk}"
