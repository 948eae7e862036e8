"""Acts on a dossier, each an address of its own. Refused: the page again, with the sentence and everything typed."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dienhong.base.refusal import Fault, NotPermitted, Refused
from dienhong.base.typing_kept import stands_on
from dienhong.dossiers.actions import deciding, handling, voicing
from dienhong.dossiers.actions.deciding import Missing
from dienhong.dossiers.models import Complaint, Dossier, Place
from dienhong.dossiers.process.faults import StepRefused
from dienhong.dossiers.views.case import Failed, page
from dienhong.dossiers.views.shared import dossier_or_404
from dienhong.dossiers.views.typed import MOST_ROWS, key_of, rows_of, whole
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person

MOST_DAYS = 365
HIDDEN = ("place", "sequence", "steps")
MOST = {"what": 300, "reason": 500, "field": 60, "basis": 300}
MOVED = {"moved_on", "taken"}
Said = str
Act = Callable[[Person, Dossier, Place | None, QueryDict], Said]


def _page(pk: int, name: str) -> str:
    return reverse("dossiers:case", args=[pk]) if name in ACTS else ""


@stands_on(_page, hidden=HIDDEN)
@signed_in
@never_cache
@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Do it and show the dossier again; where it was refused, the same page with what was typed."""
    do = ACTS.get(name)
    if do is None:
        raise Http404
    by, dossier = dossier_or_404(request, pk)
    post = request.POST
    key = key_of(name, post)
    rows = rows_of(post) if name == "supplement" else []
    if "more" in post:
        extended = [*rows, {}] if len(rows) < MOST_ROWS else rows
        return page(request, by, dossier, Failed(key, "", (), post, extended))
    try:
        said = do(by, dossier, _place(dossier, post), post)
    except NotPermitted:
        raise
    except Refused as refusal:
        moved = refusal.code in MOVED or isinstance(refusal, StepRefused)
        failed = Failed(key, refusal.sentence, refusal.faults, post, rows, moved)
        return page(request, *dossier_or_404(request, pk), failed, status=409 if moved else 422)
    messages.success(request, said)
    return redirect("dossiers:case", pk=pk)


def _place(dossier: Dossier, post: QueryDict) -> Place | None:
    """The place of this dossier as the page showed it. Raises Refused where the dossier moved on since."""
    moved = Refused("moved_on", _("Hồ sơ đã sang bước khác; mở lại để xem."))
    if not post.get("place"):
        if post.get("steps", "") != str(dossier.marking.get("steps", 0)):
            raise moved
        return None
    pk, sequence = whole(post.get("place", "")), whole(post.get("sequence", ""))
    found = Place.objects.select_related("dossier").filter(pk=pk or 0, dossier=dossier).first()
    if found is None or found.sequence != sequence:
        raise moved
    return found


def _needed(place: Place | None) -> Place:
    if place is None:
        raise Refused("moved_on", _("Hồ sơ đã sang bước khác; mở lại để xem."))
    return place


def _claim(by: Person, dossier: Dossier, place: Place | None, post: QueryDict) -> Said:
    handling.claim(by=by, place=_needed(place))
    return _("Bạn đã nhận việc này.")


def _release(by: Person, dossier: Dossier, place: Place | None, post: QueryDict) -> Said:
    handling.release(by=by, place=_needed(place), reason=post.get("reason", "")[:500])
    return _("Việc đã về hàng chờ.")


def _accept(by: Person, dossier: Dossier, place: Place | None, post: QueryDict) -> Said:
    reason = post.get("reason", "").strip()
    deciding.accept(by=by, place=_needed(place), again=str(post.get("again", "")), reason=reason)
    return _("Hồ sơ đã được tiếp nhận; giấy hẹn trả đã ký.")


def _refuse(by: Person, dossier: Dossier, place: Place | None, post: QueryDict) -> Said:
    reason, basis = _reasoned(dossier, "refuse", post)
    deciding.refuse(by=by, place=_needed(place), reason=reason, basis=basis)
    return _("Hồ sơ không được tiếp nhận; thông báo đã ký.")


def _reasoned(dossier: Dossier, act: str, post: QueryDict) -> tuple[str, str]:
    """Reason and ground: of the template chosen, with what was added to it; papers speak Vietnamese."""
    templates = dossier.version.sheet.get("reasons", {}).get(act, [])
    number, typed = whole(post.get("template", "")), post.get("reason", "").strip()
    basis = post.get("basis", "").strip()
    if number is None or number >= len(templates):
        return typed, basis
    chosen = templates[number]
    return f"{chosen['reason']['vi']} {typed}".strip(), basis or str(chosen.get("basis", ""))


def _supplement(by: Person, dossier: Dossier, place: Place | None, post: QueryDict) -> Said:
    items = [Missing(each["what"], each["reason"], each["field"], each["basis"]) for each in chosen(dossier, post)]
    request = deciding.ask_supplement(
        by=by, dossier=dossier, items=items, days=_days(post), note=post.get("note", "").strip()[:2000]
    )
    count = len(items)
    said = ngettext("Đã yêu cầu bổ sung %(n)d thứ, hạn %(day)s.", "Đã yêu cầu bổ sung %(n)d thứ, hạn %(day)s.", count)
    return said % {"n": count, "day": f"{request.limit_on:%d/%m/%Y}"}


def chosen(dossier: Dossier, post: QueryDict) -> list[dict[str, str]]:
    """Templates that were ticked, with their reason as it was changed; then the free rows in which something stands.

    What is tied to a field that the form does not have is tied to none.
    """
    templates = dossier.version.sheet.get("reasons", {}).get("supplement", [])
    found = [
        {
            "what": each["what"]["vi"],
            "reason": post.get(f"t.{number}.reason", "").strip() or each["reason"]["vi"],
            "field": str(each.get("field", "")),
            "basis": str(each.get("basis", "")),
        }
        for number, each in enumerate(templates)
        if f"t.{number}.on" in post
    ]
    typed = [{name: row[name].strip() for name in row} for row in rows_of(post)]
    fields = {one["key"] for page in dossier.version.form["pages"] for one in page["fields"]}
    listed = [*found, *(row for row in typed if any(row.values()))]
    cut = [{name: row[name][: MOST[name]] for name in row} for row in listed]
    return [{**row, "field": row["field"] if row["field"] in fields else ""} for row in cut]


def _days(post: QueryDict) -> int | None:
    """Days to answer in; empty: what the sheet says. Raises Refused."""
    text = post.get("days", "").strip()
    days = whole(text)
    if text and (days is None or not 1 <= days <= MOST_DAYS):
        said = _("Số ngày là một số nguyên từ 1 đến %(most)d.") % {"most": MOST_DAYS}
        raise Refused("no_days", said, [Fault("no_days", said, where="days", typed=text)])
    return days


def _stop(by: Person, dossier: Dossier, place: Place | None, post: QueryDict) -> Said:
    reason, basis = _reasoned(dossier, "stop", post)
    deciding.stop(by=by, dossier=dossier, code=post.get("code", ""), reason=reason, basis=basis)
    return _("Hồ sơ đã dừng; thông báo đã ký.")


def _withdrawal(by: Person, dossier: Dossier, place: Place | None, post: QueryDict) -> Said:
    answer = _chosen(post, "answer", ("grant", "keep"))
    reason = post.get("reason", "").strip()
    deciding.answer_withdrawal(by=by, place=_needed(place), grant=answer == "grant", reason=reason)
    return _("Đã cho rút hồ sơ.") if answer == "grant" else _("Đã trả lời: hồ sơ tiếp tục được xử lý.")


def _lapse(by: Person, dossier: Dossier, place: Place | None, post: QueryDict) -> Said:
    answer = _chosen(post, "answer", ("extend", "stop"))
    reason = post.get("reason", "").strip()
    deciding.answer_lapse(by=by, place=_needed(place), extend=answer == "extend", days=_days(post), reason=reason)
    return _("Đã thêm thời hạn bổ sung.") if answer == "extend" else _("Hồ sơ đã dừng; thông báo đã ký.")


def _chosen(post: QueryDict, name: str, known: tuple[str, ...]) -> str:
    answer = str(post.get(name, ""))
    if answer not in known:
        said = _("Chọn một cách trả lời.")
        raise Refused("no_answer", said, [Fault("missing", said, where=name)])
    return answer


def _decide(by: Person, dossier: Dossier, place: Place | None, post: QueryDict) -> Said:
    answers = {name.removeprefix("ask."): str(post[name]) for name in post if name.startswith("ask.")}
    outcome = str(post.get("outcome", ""))
    if not outcome:
        said = _("Chọn một cách kết thúc bước này.")
        raise Refused("no_outcome", said, [Fault("missing", said, where="outcome")])
    deciding.decide(
        by=by, place=_needed(place), outcome=outcome, answers=answers, reason=post.get("reason", "").strip()
    )
    return _("Bước này đã xong.")


@stands_on(lambda pk, complaint: reverse("dossiers:case", args=[pk]))
@signed_in
@never_cache
@require_POST
def answer_complaint(request: HttpRequest, pk: int, complaint: int) -> HttpResponse:
    by, dossier = dossier_or_404(request, pk)
    row = Complaint.objects.select_related("dossier__unit").filter(pk=complaint, dossier=dossier).first()
    if row is None:
        raise Http404
    try:
        voicing.answer_complaint(by=by, complaint=row, text=request.POST.get("text", ""))
    except NotPermitted:
        raise
    except Refused as refusal:
        failed = Failed(str(row.pk), refusal.sentence, refusal.faults, request.POST)
        return page(request, by, dossier, failed, status=422)
    messages.success(request, _("Đã trả lời phản ánh."))
    return redirect("dossiers:case", pk=pk)


ACTS: Mapping[str, Act] = {
    "claim": _claim,
    "release": _release,
    "accept": _accept,
    "refuse": _refuse,
    "supplement": _supplement,
    "stop": _stop,
    "withdrawal": _withdrawal,
    "lapse": _lapse,
    "decide": _decide,
}
