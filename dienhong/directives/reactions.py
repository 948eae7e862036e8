"""What follows an act on a directive: who has to know, and what the numbers say. Which act: config/reactions.py.

Each takes the journal's event and may run again: the event's key keeps a person from hearing twice.
"""

from typing import Any

from dienhong.directives import notice_kinds as kinds
from dienhong.directives import telling
from dienhong.directives.conditions.judge import judge
from dienhong.directives.models import Assignment, Condition
from dienhong.directives.permissions import DOING
from dienhong.journal.models import Event
from dienhong.notices import audience
from dienhong.notices.reactions import actor_id

CHANGED = {
    "formula": {"vi": "công thức đổi", "en": "its formula changed"},
    "unit": {"vi": "đơn vị tính đổi", "en": "its unit of measure changed"},
    "scope": {"vi": "phạm vi đổi", "en": "its scope changed"},
}


def assigned(event: Event) -> None:
    """To the lead unit and those that co-operate; and its condition is judged on what came since it was given."""
    assignment = _of(event)
    _tell(event, assignment, telling.doers(assignment, helpers=True), kinds.ASSIGNED, {})
    judged(event)


def judged(event: Event) -> None:
    """Judge the newest condition. The trap: a batch published while it was being written was read without it."""
    newest = Condition.objects.filter(assignment=int(event.object_id)).order_by("-number").first()
    if newest is not None:
        judge(condition=newest.pk)


def met(event: Event) -> None:
    assignment = _of(event)
    reason = telling.shortened(event.reason)
    _tell(event, assignment, telling.issuers(assignment), kinds.MET, {"reason": reason.rstrip(".")})


def reported(event: Event) -> None:
    """To the unit that the report says is waited for."""
    unit = event.data.get("waiting_for")
    if not unit:
        return
    assignment = _of(event)
    said = {"text": telling.shortened(assignment.progress.get(pk=event.data["progress"]).text)}
    _tell(event, assignment, audience.holders_of(DOING, [unit])[unit], kinds.WAITED, said)


def extension_asked(event: Event) -> None:
    assignment = _of(event)
    asked = assignment.extensions.get(number=event.data["number"])
    said = {"number": asked.number, "old": f"{asked.old_due:%d/%m/%Y}", "new": f"{asked.new_due:%d/%m/%Y}",
            "reason": telling.shortened(asked.reason)}  # fmt: skip
    _tell(event, assignment, telling.issuers(assignment), kinds.ASKED, said)


def extension_answered(event: Event) -> None:
    assignment = _of(event)
    allowed = event.to_state == "allowed"
    answer = {"vi": "Được gia hạn", "en": "Extended"} if allowed else {"vi": "Không gia hạn", "en": "Not extended"}
    _tell(event, assignment, telling.doers(assignment), kinds.ANSWERED, {"answer": answer, "reason": event.reason})


def closed(event: Event) -> None:
    """By the issuer, by an exception, or by the number; to whoever did not do it."""
    assignment = _of(event)
    how = {
        "directives.close_by_number": {"vi": "Con số đã đạt điều kiện.", "en": "The number met its condition."},
        "directives.close_by_exception": {"vi": "Ký đóng ngoại lệ.", "en": "Closed by a signed exception."},
    }.get(event.verb, {"vi": "Bên giao đã xác nhận.", "en": "The issuer confirmed."})
    to = telling.doers(assignment, helpers=True)
    if event.verb == "directives.close_by_number":
        to |= telling.issuers(assignment)
    _tell(event, assignment, to, kinds.CLOSED, {"how": how, "reason": event.reason})


def reopened(event: Event) -> None:
    assignment = _of(event)
    by_number = event.verb == "directives.reopen_by_number"
    how = (
        {"vi": "Số liệu đính chính không còn đạt điều kiện.", "en": "A revision no longer meets the condition."}
        if by_number
        else {"vi": "Bên giao mở lại.", "en": "Reopened by the issuer."}
    )
    to = telling.doers(assignment, helpers=True) | (telling.issuers(assignment) if by_number else set())
    _tell(event, assignment, to, kinds.REOPENED, {"how": how, "reason": event.reason})


def cancelled(event: Event) -> None:
    assignment = _of(event)
    was = (
        {"vi": "Đã thay", "en": "Replaced"}
        if event.verb == "directives.replace"
        else {"vi": "Đã hủy", "en": "Cancelled"}
    )
    to = telling.doers(assignment, helpers=True)
    _tell(event, assignment, to, kinds.CANCELLED, {"answer": was, "reason": event.reason})


def frozen(event: Event) -> None:
    assignment = _of(event)
    said = {lang: ", ".join(CHANGED[each][lang] for each in event.data["changed"]) for lang in telling.LANGS}
    _tell(event, assignment, telling.issuers(assignment), kinds.FROZEN, {"changed": said})


def _of(event: Event) -> Assignment:
    return Assignment.objects.select_related("directive", "issuer", "lead").get(pk=event.object_id)


def _tell(event: Event, assignment: Assignment, to: set[int], kind: str, more: dict[str, Any]) -> None:
    said = telling.params(assignment) | more
    telling.tell("job:reactions", assignment, to - {actor_id(event)}, kind, said, f"{kind}:event:{event.pk}")
