"""One dossier: what was declared on one side, what one can do on the other. Opening it is in the access log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.base.handing import hand_out
from dienhong.base.refusal import Fault
from dienhong.base.typing_kept import back, back_said
from dienhong.dossiers import offers, papers, sending, words
from dienhong.dossiers.forms.problems import language
from dienhong.dossiers.models import Attachment, Dossier, Party, Status, Withdrawal
from dienhong.dossiers.permissions import held_over
from dienhong.dossiers.queries import declared, desk, story
from dienhong.dossiers.timekeeping import shown_calendar
from dienhong.dossiers.views.shared import dossier_or_404, left, log, service_names
from dienhong.dossiers.views.typed import key_of, rows_of
from dienhong.journal.models import Access
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role

BOOKS = {str(each) for each in (Role.ACCOUNTANT, Role.LEADER, Role.AUDITOR)}


@dataclass(frozen=True)
class Failed:
    """An act that was refused: which form, what was typed into it, what is wrong with each of its fields."""

    key: str
    sentence: str
    faults: Sequence[Fault] = ()
    typed: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Mapping[str, str]] = ()
    moved: bool = False

    @property
    def by_field(self) -> dict[str, str]:
        return {fault.where: fault.sentence for fault in self.faults if fault.where}


@signed_in
@never_cache
@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    by, dossier = dossier_or_404(request, pk)
    return page(request, by, dossier, _typed_before(request))


def _typed_before(request: HttpRequest) -> Failed | None:
    """What was typed into one of the forms when the session had ended."""
    found = back(request)
    if found is None:
        return None
    if found.name == "answer_complaint":
        return Failed(str(found.about["complaint"]), back_said(), (), found.sent)
    return Failed(key_of(found.about["name"], found.sent), back_said(), (), found.sent, rows_of(found.sent))


def page(
    request: HttpRequest, by: Person, dossier: Dossier, failed: Failed | None = None, status: int = 200
) -> HttpResponse:
    """The dossier as it stands, with what was typed where an act was refused."""
    log(by, Access.Kind.OPEN, [dossier.pk], gettext_noop("Mở hồ sơ để xử lý"), dossier.unit_id)
    open_now = offers.of(by, dossier)
    if failed and not failed.key.isdigit() and open_now.find(failed.key) is None:
        # Its form is no longer there to say it beside; nothing was refused where the session had ended before.
        said = failed.sentence if request.method == "POST" else _("Hồ sơ đã sang bước khác; mở lại để xem.")
        failed = replace(failed, moved=True, sentence=said)
    entries, passed = story.history(dossier)
    told = declared.of(dossier)
    parties = {each.part: each for each in dossier.parties.order_by("pk")}
    now = clock.business_now()
    context = {
        "dossier": dossier,
        "steps": dossier.marking.get("steps", 0),
        "service": service_names([dossier.service]).get(dossier.service, dossier.service),
        "unit": organizations.shown_name(dossier.unit_id, now.date(), language()),
        "applicant": parties[Party.Part.APPLICANT],
        "submitter": parties.get(Party.Part.SUBMITTER),
        "status_word": words.status(dossier.status),
        "status_tone": words.tone(dossier.status),
        "days": left(dossier.due_at, shown_calendar(), now).days,
        "running": dossier.finished_at is None and dossier.status not in words.PAUSED,
        "declared": told,
        "money": story.money_of(dossier),
        "books": any(role in BOOKS and not scope for role, scope in held_over(by, dossier)),
        "heard": story.heard(dossier),
        "clock": story.clock_of(dossier),
        "papers": papers.papers_of(dossier),
        "history": entries,
        "drawing": story.drawing(dossier, passed),
        "open": open_now,
        "failed": failed if failed and not failed.moved else None,
        "moved": failed if failed and failed.moved else None,
        "same": _same(by, dossier),
        **_acts(dossier),
    }
    return render(request, "dossiers/case.html", context, status=status)


def _same(by: Person, dossier: Dossier) -> list[dict[str, Any]]:
    """Other dossiers about the same thing; a link where the person may read them."""
    found, today = sending.others(dossier), clock.business_now().date()
    if not found:
        return []
    readable = set(desk.readable(by).filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True))
    units = organizations.shown_names(frozenset(one.unit_id for one in found), today, language())
    return [
        {"dossier": one, "status": words.status(one.status), "unit": units[one.unit_id], "open": one.pk in readable}
        for one in found
    ]


def _acts(dossier: Dossier) -> dict[str, Any]:
    """What was asked of the applicant, and by them."""
    rows = Withdrawal.objects.filter(dossier=dossier, outcome=Withdrawal.Outcome.ASKED).order_by("-pk")
    ended: dict[str, Any] = {"refusal": None, "stopped": []}
    if dossier.status == Status.NOT_ACCEPTED:
        ended["refusal"] = dossier.refusal_rows.order_by("-pk").first()
    if dossier.status == Status.STOPPED:
        ended["stopped"] = [(row, words.CODES[row.code]) for row in dossier.stop_rows.order_by("-pk")[:1]]
    return {
        **ended,
        "requests": list(dossier.supplementrequest_rows.prefetch_related("items").order_by("-pk")),
        "withdrawal": rows.first() if dossier.status == Status.WITHDRAWAL else None,
        "complaints": list(dossier.complaints.select_related("answered_by").order_by("-pk")),
    }


@signed_in
@never_cache
@require_GET
def file(request: HttpRequest, pk: int, attachment: int) -> HttpResponse:
    """A file of the dossier, by the right to the dossier; never by its digest. The look is in the access log."""
    by, dossier = dossier_or_404(request, pk)
    row = get_object_or_404(Attachment, pk=attachment, dossier=dossier, removed_at=None)
    log(by, Access.Kind.FILE, [dossier.pk], row.name, dossier.unit_id)
    return hand_out(request, digest=row.digest, name=row.name, kind=row.kind)
