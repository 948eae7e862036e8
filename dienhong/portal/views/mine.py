"""What somebody has with us: drafts and dossiers, each dossier whole, and what can be done with it."""

from collections.abc import Callable
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dienhong.base import clock, store
from dienhong.base.refusal import Refused
from dienhong.base.typing_kept import back, back_said, stands_on
from dienhong.dossiers import papers
from dienhong.dossiers.actions import answering, voicing
from dienhong.dossiers.actions.answer_drafts import open_answer
from dienhong.dossiers.models import CLOSED, Attachment, Complaint, Dossier, DueChange, Rating, Status
from dienhong.dossiers.queries import drafts as draft_queries
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.portal import cases, sentences
from dienhong.portal.filling import Filling, me
from dienhong.portal.sentences import TODO

A_PAGE = 20
MOST_OPEN = 200
TYPED = ("grade", "comment", "reason", "about", "text")
FORMS = {"mine_withdraw": "withdraw", "mine_rate": "rate", "mine_complain": "complaints"}  # -> place on the page


def _on(place: str) -> Callable[[str], str]:
    return lambda code: reverse("portal:mine_one", args=[code]) + place


@signed_in
@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Drafts, then what waits for me, then what runs, then what is over."""
    rows = cases.of(me(request)).order_by("-pk")
    running = list(rows.exclude(status__in=CLOSED)[:MOST_OPEN])
    over = Paginator(rows.filter(status__in=CLOSED), A_PAGE).get_page(request.GET.get("page"))
    facts = sentences.known([*running, *over.object_list])
    todo = [each for each in running if each.status in TODO]
    context = {
        "drafts": [(each, each.go_on()) for each in map(Filling, draft_queries.of(me(request)))],
        "todo": [_line(each, facts) for each in sorted(todo, key=lambda each: TODO.index(Status(each.status)))],
        "running": [_line(each, facts) for each in running if each.status not in TODO],
        "over": [_line(each, facts) for each in over.object_list],
        "page_obj": over,
        "together": cases.payable_together(facts.bills.values()),
    }
    return render(request, "portal/mine/list.html", context)


def _line(dossier: Dossier, facts: sentences.Known) -> dict[str, Any]:
    return {"dossier": dossier, "state": sentences.state(dossier, facts), "left": sentences.left(dossier)}


@signed_in
@never_cache
@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    dossier, typed = cases.get(me(request), code), back(request)
    at = FORMS.get(typed.name, "") if typed else ""
    return _show(request, dossier, back_said() if at else "", at, typed.sent if typed and at else None)


def _show(
    request: HttpRequest, dossier: Dossier, refused: str = "", at: str = "", typed: QueryDict | None = None
) -> HttpResponse:
    """`refused`, the sentence at one of the forms: shown beside it with what was typed."""
    lines, undecided = cases.why_paid(dossier)
    rows = Attachment.objects.filter(dossier=dossier).order_by("content_number", "pk")
    form = draft_queries.form_of(dossier.version)
    issued, contents = papers.papers_of(dossier), list(dossier.contents.order_by("-number"))
    context = {
        "dossier": dossier,
        "sheet": dossier.version.sheet,
        "form_of": form,
        "unit": organizations.shown_name(dossier.unit, clock.business_today(), cases.lang()),
        "state": sentences.state(dossier),
        "left": sentences.left(dossier),
        "acts": cases.acts(dossier, issued),
        "steps": cases.steps(dossier),
        "reason": cases.reasons(dossier),
        "dues": [each for each in dossier.dues.order_by("pk") if each.cause != DueChange.Cause.ACCEPTED],
        "papers": issued,
        "declared": cases.declared(dossier, contents),
        "lines": lines,
        "undecided": undecided,
        "paid": cases.paid(dossier),
        "asked": cases.asked(dossier, contents),
        "reads": cases.reads(dossier),
        "files": [(row, cases.named(form, row.field)) for row in rows],
        "rating": Rating.objects.filter(dossier=dossier).first(),
        "grades": Rating.Grade.choices,
        "complaints": Complaint.objects.filter(dossier=dossier, person=me(request)).order_by("-pk"),
        "refused": refused,
        "refused_at": at,
        "typed": {name: typed.get(name, "") if typed else "" for name in TYPED},
        "longest": voicing.LONGEST,
    }
    return render(request, "portal/mine/one.html", context, status=409 if request.method == "POST" else 200)


@signed_in
@never_cache
@require_GET
def filed(request: HttpRequest, code: str) -> HttpResponse:
    """Right after sending: the code, the secret beside it, and what comes next."""
    dossier = cases.get(me(request), code)
    address = f"{settings.SITE_ADDRESS}{reverse('portal:track')}?code={dossier.code}"
    picture = segno.make(address, error="m", micro=False)
    qr = picture.svg_inline(scale=1, border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr")
    context = {
        "dossier": dossier, "sheet": dossier.version.sheet, "qr": qr, "address": address,
        "unit": organizations.shown_name(dossier.unit, clock.business_today(), cases.lang()),
    }  # fmt: skip
    return render(request, "portal/mine/filed.html", context)


@signed_in
@never_cache
@require_GET
def file(request: HttpRequest, code: str, attachment: int) -> HttpResponse:
    """Downloaded, never opened as a page of ours; by the row that owns it, never by hash."""
    row = get_object_or_404(Attachment, pk=attachment, dossier=cases.get(me(request), code))
    answer = HttpResponse(store.get(row.digest), content_type=row.kind)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=row.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def supplement(request: HttpRequest, code: str) -> HttpResponse:
    """What is asked for, why and until when; then the form's own pages, with what was filed."""
    dossier = cases.get(me(request), code)
    asked = answering.open_request(dossier)
    if request.method == "POST":
        try:
            it = Filling(open_answer(by=me(request), dossier=dossier))
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
            return redirect("portal:mine_one", code)
        return redirect(it.url(it.first_wanted()))
    if asked is None:
        return redirect("portal:mine_one", code)
    begun = draft_queries.answer_to(me(request), dossier)
    form = draft_queries.form_of(dossier.version)
    items = [(item, form.by_key.get(item.field)) for item in asked.items.order_by("pk")]
    context = {
        "dossier": dossier, "sheet": dossier.version.sheet, "asked": asked, "items": items, "begun": begun,
        "late": asked.limit_on < clock.business_today(),
    }  # fmt: skip
    return render(request, "portal/mine/supplement.html", context)


@stands_on(_on("#withdraw"))
@signed_in
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _act(
        request, code, "withdraw", _("Đã gửi yêu cầu rút. Cơ quan sẽ trả lời."),
        lambda dossier: answering.withdraw(by=me(request), dossier=dossier, reason=_plain(reason)),
    )  # fmt: skip


@stands_on(_on(""), keeps=False)
@signed_in
@require_POST
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    return _act(
        request, code, "withdraw", _("Đã bỏ yêu cầu rút; hồ sơ đi tiếp."),
        lambda dossier: answering.take_back(by=me(request), dossier=dossier),
    )  # fmt: skip


@stands_on(_on("#rate"))
@signed_in
@require_POST
def rate(request: HttpRequest, code: str) -> HttpResponse:
    said = request.POST.get("grade", "")
    grade = int(said) if said in {str(each) for each in Rating.Grade.values} else 0
    comment = _plain(request.POST.get("comment", ""))
    return _act(
        request, code, "rate", _("Đã ghi đánh giá. Cán bộ không thấy tên bạn."),
        lambda dossier: voicing.rate(by=me(request), dossier=dossier, grade=grade, comment=comment),
    )  # fmt: skip


@stands_on(_on("#complaints"))
@signed_in
@require_POST
def complain(request: HttpRequest, code: str) -> HttpResponse:
    about, text = request.POST.get("about", ""), _plain(request.POST.get("text", ""))
    return _act(
        request, code, "complaints", _("Đã gửi phản ánh. Ngày phải trả lời nằm ở dưới."),
        lambda dossier: voicing.complain(by=me(request), dossier=dossier, about=about, text=text),
    )  # fmt: skip


def _act(
    request: HttpRequest, code: str, where: str, said: str, act: Callable[[Dossier], object]
) -> HttpResponse:  # fmt: skip
    """Do it and show the page anew; where it is refused, the page with the reason and what was typed."""
    dossier = cases.get(me(request), code)
    try:
        act(dossier)
    except Refused as refusal:
        return _show(request, cases.get(me(request), code), refusal.sentence, where, request.POST)
    messages.success(request, said)
    return redirect(f"{reverse('portal:mine_one', args=[code])}#{where}")


def _plain(text: str) -> str:
    """NUL cannot lie in the database."""
    return text.replace("\0", "")
