"""My duties, and one duty with its whole life."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.organizations import permissions
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role
from dienhong.reporting import queries, review
from dienhong.reporting.checks import Finding
from dienhong.reporting.lived import LivedDuty
from dienhong.reporting.models import (
    CheckResult,
    Duty,
    Exemption,
    Extension,
    State,
    StateChange,
    Submission,
    Version,
)
from dienhong.reporting.permissions import OWN_ROLES
from dienhong.reporting.states import EDITABLE, state_of
from dienhong.reporting.views.grid import comments_data, forms_of, unit_of
from dienhong.reporting.views.offers import offers
from dienhong.reporting.views.shared import DutyWords, duty_or_404, lang, person, regime_name, words

PAGE = 40
SOON = 3  # working days
UPLOADS = 5  # on the page of a duty; the upload page lists more


@signed_in
@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """What the person's units owe, grouped by when it is due; what is done stands below, in pages."""
    by = person(request)
    mine = queries.my_duties(by)
    todo, todo_page = _page(request, mine.filter(counts=False, exempt=False), "todo")
    done, done_page = _page(request, mine.filter(Q(counts=True) | Q(exempt=True)).order_by("-due", "pk"), "page")
    listed = _told([*todo, *done])
    groups: dict[str, list[dict[str, object]]] = {}
    for one in listed[: len(todo)]:
        key = "returned" if one["standing"] == "returned" else _when(one["words"])  # type: ignore[arg-type]
        groups.setdefault(key, []).append(one)
    titles = {
        "returned": _("Bị trả lại, chờ bản sửa"),
        "overdue": _("Quá hạn"),
        "today": _("Hạn hôm nay"),
        "soon": ngettext("Trong %(n)d ngày làm việc", "Trong %(n)d ngày làm việc", SOON) % {"n": SOON},
        "later": _("Còn thời gian"),
        "running": _("Chưa đến kỳ"),
    }
    return render(
        request,
        "reporting/duties.html",
        {
            "groups": [(titles[key], key, groups[key]) for key in titles if key in groups],
            "todo_page": todo_page,
            "done": listed[len(todo) :],
            "done_page": done_page,
            "to_sign": queries.to_sign(by).count(),
        },
    )


def _page(request: HttpRequest, rows: "QuerySet[LivedDuty]", name: str) -> "tuple[list[LivedDuty], Page[LivedDuty]]":
    page = Paginator(rows, PAGE).get_page(request.GET.get(name))
    return list(page.object_list), page


def _told(found: "list[LivedDuty]") -> list[dict[str, object]]:
    names = queries.regime_names({duty.regime_id for duty in found}, lang())
    now = clock.business_now()
    waits = queries.waiting_words(found, now)
    return [
        {
            "words": row,
            "standing": queries.standing(duty, now),
            "late": queries.was_late(duty),
            "waits": waits.get(duty.pk, ""),
            "regime": names[duty.regime_id],
            "state": State(duty.state).label if duty.state else "",
        }
        for duty, row in zip(found, words(found), strict=True)
    ]


def _when(row: DutyWords) -> str:
    due = getattr(row.duty, "due", row.duty.due_at)
    if due < clock.business_now():
        return "overdue"
    if due.astimezone(clock.HANOI).date() == clock.business_today():
        return "today"
    if row.working_days <= SOON:
        return "soon"
    # Figures of a period that has not ended cannot be complete; it may be begun, and is not among what is to be done.
    return "running" if row.duty.period.last >= clock.business_today() else "later"


def owns(by: Person, duty: Duty) -> bool:
    """Whether one enters, signs or sends for the unit: only they read what has not left it."""
    return permissions.may(by, OWN_ROLES, duty.unit, duty.regime.code).allowed


def readable(by: Person, duty: Duty, versions: list[Version]) -> list[Version]:
    """The versions one may read: those of one's own unit; of others, those that were sent."""
    return versions if owns(by, duty) else [version for version in versions if version.batch_id]


@signed_in
@require_GET
def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """One duty: what it is, its state, what I can do, where it came from."""
    found = duty_or_404(request, pk)
    by = person(request)
    own = owns(by, found)
    submission = Submission.objects.filter(duty=found).first()
    versions = readable(by, found, list(queries.versions_of(submission))) if submission else []
    newest = versions[0] if versions else None
    judged = review.judge(newest) if newest else None
    regime_version = newest.regime_version if newest else found.regime.versions.order_by("-number").first()
    life = _life(submission, versions) if submission else []
    state = state_of(newest) if newest else None
    returned = getattr(life[0], "returned", None) if life and state in (State.RETURNED, State.SENT_BACK) else None
    back = {row.cell.key for row in returned.cells.all()} if returned else set()
    moved = moves(found)
    forms = forms_of(newest, judged, returned=back) if newest and judged else []
    return render(
        request,
        "reporting/duty.html",
        {
            "duty": found,
            "words": words([found])[0],
            "regime_version": regime_version,
            "regime": regime_name(regime_version) if regime_version else found.regime.code,
            "standing": queries.standing(found),
            "waits": queries.waiting_words([found]).get(found.pk, ""),
            "late": queries.was_late(found),
            "exempted": next((one["moved"].row.reason for one in moved if one["moved"].exempts), ""),
            "returned": returned,
            "newest": newest,
            "ring": _ring(found, newest),
            "state": state,
            "editable": state in EDITABLE,
            "review": judged,
            "forms": forms,
            "many": any(form["many"] for form in forms),
            **_findings(judged),
            "versions": versions,
            "life": sorted([*(step(change) for change in life), *moved], key=_when_done, reverse=True),
            "offers": offers(by, found, newest, judged),
            "fills": own and (newest is None or state in (*EDITABLE, State.RETURNED, State.WITHDRAWN)),
            "files": [version for version in versions if version.canonical_digest],
            "uploads": list(found.uploads.select_related("by").order_by("-pk")[:UPLOADS]) if own else [],
            "comments": comments_data(newest) if newest and own else [],
            "own": own,
            "receives": permissions.may(by, Role.RECEIVER, found.receiver, found.regime.code).allowed,
        },
    )


def _life(submission: Submission, versions: list[Version]) -> list[StateChange]:
    """What became of the versions one may read, newest first."""
    readable_ones = {version.pk for version in versions}
    return [change for change in queries.life(submission) if change.version_id in readable_ones]


def _ring(found: LivedDuty, newest: Version | None) -> dict[str, Any] | None:
    """Of the figures of a report that was sent: one of one, or missing where it no longer counts."""
    if newest is None or not newest.batch_id:
        return None
    return coverage_of(found)


def coverage_of(found: LivedDuty) -> dict[str, Any]:
    """The one report as a ring: there, there late, missing, or not due yet."""
    standing = queries.standing(found)
    counts = standing in ("reported", "late")
    missing = not counts and standing != "not_due"
    return {
        "reported": int(counts), "late": int(standing == "late"), "missing": int(missing), "total": 1,
        "official": counts,
    }  # fmt: skip


def _findings(judged: review.Review | None) -> dict[str, list[Finding]]:
    """The checks by how they came out: what must be told, what holds, what lacks figures."""
    found = judged.findings if judged else []
    return {
        "told": [one for one in found if one.blocks or one.asks],
        "passed": [one for one in found if one.outcome == CheckResult.Outcome.PASSED],
        "untold": [one for one in found if one.outcome == CheckResult.Outcome.CANNOT_TELL],
    }


def step(change: StateChange) -> dict[str, object]:
    """A state change with its approval and return, None where it has none.

    The trap: a missing one-to-one row is not false in a template's `if`, it is the engine's invalid value.
    """
    return {
        "change": change,
        "approval": getattr(change, "approval", None),
        "returned": getattr(change, "returned", None),
    }


@dataclass(frozen=True, slots=True)
class Moved:
    """Something the receiver did to the duty itself. `before`: of an extension, the due time that it moved."""

    row: Extension | Exemption
    said: str
    before: dt.datetime | None = None

    @property
    def exempts(self) -> bool:
        return isinstance(self.row, Exemption)


def moves(found: Duty) -> list[dict[str, Any]]:
    """Extensions and exemptions, newest first, each as an entry of the duty's life."""
    out, due = [], found.due_at
    for extension in found.extensions.select_related("by").order_by("pk"):
        out.append(Moved(extension, _("Đã gia hạn"), due))
        due = extension.due_at
    for exemption in found.exemptions.select_related("by").order_by("pk"):
        out.append(Moved(exemption, _("Miễn báo cáo") if exemption.granted else _("Bỏ miễn báo cáo")))
    return [{"moved": one} for one in sorted(out, key=lambda one: (one.row.business_at, one.row.pk), reverse=True)]


def _when_done(entry: dict[str, Any]) -> tuple[dt.datetime, int]:
    row = entry["moved"].row if "moved" in entry else entry["change"]
    return row.business_at, row.pk


def rows_of(judged: review.Review) -> list[dict[str, Any]]:
    """Cells with their figures beside those of the last period and last year."""
    return [
        {
            "cell": cell,
            "now": judged.now.get(cell.key),
            "prev": judged.prev.get(cell.key),
            "year_before": judged.year_before.get(cell.key),
            "label": (label := str(getattr(cell, f"label_{lang()}"))),
            "unit": unit_of(cell, label),
        }
        for cell in judged.cells
    ]
