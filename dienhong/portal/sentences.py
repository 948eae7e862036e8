"""A dossier's state in one plain sentence with its day, and how long is left. Nothing personal: tracking shows it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from dienhong.base import clock
from dienhong.dossiers import money
from dienhong.dossiers.models import Dossier, Status, Stop, SupplementRequest, Withdrawal
from dienhong.dossiers.timekeeping import shown_calendar
from dienhong.payments.models import Bill

TODO = (Status.TO_PAY, Status.SUPPLEMENT, Status.DONE)  # in which the applicant has something to do, in this order


@dataclass(frozen=True, slots=True)
class State:
    """`tone`: good, late, bad or "" for the tag; `title` the status in two or three words."""

    title: str
    tone: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Left:
    """Until the appointed date: `words` with `tone`; `due` the moment itself."""

    due: dt.datetime
    words: str
    tone: str


def titles() -> dict[Status, str]:
    return {
        Status.NEW: _("Chờ tiếp nhận"),
        Status.ACCEPTED: pgettext("dossier", "Đã tiếp nhận"),
        Status.NOT_ACCEPTED: _("Không tiếp nhận"),
        Status.IN_PROCESS: _("Đang giải quyết"),
        Status.SUPPLEMENT: _("Chờ bạn bổ sung"),
        Status.TO_PAY: _("Chờ bạn nộp tiền"),
        Status.WITHDRAWAL: _("Đang xin rút"),
        Status.STOPPED: _("Đã dừng"),
        Status.DONE: _("Có kết quả"),
        Status.HANDED_OVER: _("Đã trả kết quả"),
    }


TONES = {
    Status.NOT_ACCEPTED: "bad", Status.SUPPLEMENT: "late", Status.TO_PAY: "late", Status.STOPPED: "bad",
    Status.DONE: "good", Status.HANDED_OVER: "good",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What the sentences of some dossiers need besides their own rows, by dossier."""

    requests: dict[int, SupplementRequest]  # the latest; answered where the dossier waits to be accepted again
    withdrawals: dict[int, Withdrawal]
    stops: dict[int, Stop]
    bills: dict[int, Bill]


def known(dossiers: Iterable[Dossier]) -> Known:
    """In a constant number of queries; only what their statuses ask for."""
    at: dict[int, list[int]] = {}
    for each in dossiers:
        at.setdefault(each.status, []).append(each.pk)

    def latest(rows: Any, *statuses: Status) -> dict[int, Any]:
        here = [pk for status in statuses for pk in at.get(status, ())]
        return {row.dossier_id: row for row in rows.filter(dossier__in=here).order_by("pk")} if here else {}

    return Known(
        latest(SupplementRequest.objects.all(), Status.SUPPLEMENT, Status.NEW),
        latest(Withdrawal.objects.filter(outcome=Withdrawal.Outcome.ASKED), Status.WITHDRAWAL),
        latest(Stop.objects.all(), Status.STOPPED),
        money.standing_of(at[Status.TO_PAY]) if Status.TO_PAY in at else {},
    )


def state(dossier: Dossier, facts: Known | None = None) -> State:
    """`facts`: what `known` found, for who shows several."""
    status = Status(dossier.status)
    return State(titles()[status], TONES.get(status, ""), _sentence(dossier, status, facts or known([dossier])))


def _sentence(dossier: Dossier, status: Status, facts: Known) -> str:
    match status:
        case Status.NEW:
            again = facts.requests.get(dossier.pk)
            if again is not None and again.answered_at is not None:
                return _("Bạn bổ sung lúc %(at)s; cơ quan đang kiểm tra để tiếp nhận.") % {"at": at(again.answered_at)}
            return _("Bạn gửi lúc %(at)s; cơ quan đang kiểm tra để tiếp nhận.") % {"at": at(dossier.submitted_at)}
        case Status.ACCEPTED:
            return _("Cơ quan tiếp nhận lúc %(at)s.") % {"at": at(dossier.accepted_at)}
        case Status.NOT_ACCEPTED:
            said = {"at": at(dossier.closed_at)}
            return _("Cơ quan không tiếp nhận, lúc %(at)s. Lý do và căn cứ ghi trong hồ sơ.") % said
        case Status.IN_PROCESS:
            return _("Cơ quan đang giải quyết, tiếp nhận lúc %(at)s.") % {"at": at(dossier.accepted_at)}
        case Status.SUPPLEMENT:
            return _supplement(facts.requests.get(dossier.pk))
        case Status.TO_PAY:
            return _to_pay(facts.bills.get(dossier.pk))
        case Status.WITHDRAWAL:
            asked = facts.withdrawals.get(dossier.pk)
            said = {"at": at(asked.business_at if asked else None)}
            return _("Bạn xin rút lúc %(at)s; cơ quan chưa trả lời.") % said
        case Status.STOPPED:
            return _stopped(dossier, facts.stops.get(dossier.pk))
        case Status.DONE:
            return _("Có kết quả từ %(at)s; đang chuyển tới nơi nhận.") % {"at": at(dossier.finished_at)}
        case Status.HANDED_OVER:
            return _("Đã trả kết quả lúc %(at)s.") % {"at": at(dossier.closed_at)}


def _supplement(request: SupplementRequest | None) -> str:
    if request is None:
        return _("Cơ quan chờ bạn bổ sung.")
    said = {"day": f"{request.limit_on:%d/%m/%Y}"}
    if request.limit_on < clock.business_today():
        return _("Hạn bổ sung đã qua ngày %(day)s; cơ quan đang quyết định, trong lúc đó bạn vẫn bổ sung được.") % said
    return _("Cơ quan chờ bạn bổ sung, muộn nhất ngày %(day)s.") % said


def _to_pay(bill: Bill | None) -> str:
    if bill is None or bill.expires_at is None:
        return _("Chờ bạn nộp tiền để có kết quả.")
    return _("Chờ bạn nộp tiền, muộn nhất lúc %(at)s.") % {"at": at(bill.expires_at)}


def _stopped(dossier: Dossier, row: Stop | None) -> str:
    why = {
        Stop.Code.WITHDRAWN: _("bạn xin rút"),
        Stop.Code.NO_SUPPLEMENT: _("quá hạn bổ sung"),
        Stop.Code.NOT_PAID: _("quá hạn nộp tiền"),
        Stop.Code.INELIGIBLE: _("không đủ điều kiện"),
        Stop.Code.TRANSFERRED: _("chuyển cơ quan khác"),
    }
    said = {"at": at(dossier.closed_at), "why": why[Stop.Code(row.code)] if row else _("có lý do")}
    return _("Dừng lúc %(at)s: %(why)s.") % said


def awaited(dossier: Dossier) -> str:
    """Whose turn it is."""
    if dossier.status in (Status.SUPPLEMENT, Status.TO_PAY):
        return _("Đến lượt bạn.")
    if dossier.closed_at is not None:
        return _("Không còn chờ ai.")
    return _("Đến lượt cơ quan.")


def left(dossier: Dossier) -> Left | None:
    """None before acceptance, and where the service has no limit."""
    due = dossier.due_at
    if due is None:
        return None
    today, day = clock.business_today(), due.astimezone(clock.HANOI).date()
    if dossier.finished_at is not None:
        if dossier.status in (Status.DONE, Status.HANDED_OVER):
            kept = dossier.finished_at <= due
            return Left(due, _("xong đúng hẹn") if kept else _("xong sau ngày hẹn"), "good" if kept else "bad")
        return None
    if dossier.status in (Status.SUPPLEMENT, Status.TO_PAY, Status.WITHDRAWAL):
        return Left(due, _("đồng hồ đang dừng; ngày hẹn sẽ lùi"), "")
    if clock.business_now() > due:
        late = shown_calendar().working_days_between(day, today)
        words = ngettext("quá hẹn %(n)s ngày làm việc", "quá hẹn %(n)s ngày làm việc", late) % {"n": late}
        return Left(due, words if late else _("quá hẹn"), "bad")
    days = shown_calendar().working_days_between(today, day)
    if not days:
        return Left(due, _("hôm nay là ngày hẹn"), "late")
    return Left(due, ngettext("còn %(n)s ngày làm việc", "còn %(n)s ngày làm việc", days) % {"n": days}, "")


def at(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(clock.HANOI):%H:%M %d/%m/%Y}" if moment else "–"
