"""My questions and those put to my units; asking; one question with its answer."""

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.indicators import passports
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Batch
from dienhong.indicators.queries import Moment, SeriesKey, Version, kept
from dienhong.indicators.views import asked as addresses
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Unit
from dienhong.watch import actions
from dienhong.watch.forms import AskForm, TextForm
from dienhong.watch.models import Question
from dienhong.watch.permissions import ANSWERING, ASKING, own_questions, require_reporter
from dienhong.watch.queries import lists
from dienhong.watch.views.shared import own_units, person, whole, worker
from dienhong.watch.words import figure_url, lang, question_lines, shown

PAGE = 30


@signed_in
@never_cache
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """`?side=asked|owed`, `?show=`: what my units asked, and what they were asked."""
    by = worker(request)
    side = "asked" if request.GET.get("side") == "asked" else "owed"
    show = request.GET.get("show", "waiting")
    mine = own_questions(by)
    units = permissions.units_for(by, ASKING if side == "asked" else ANSWERING).values("pk")
    chosen = mine.filter(**{"asker__in" if side == "asked" else "reporter__in": units})
    rows = lists.questions(chosen, show if show in lists.QUESTIONS_SHOWN else "waiting")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "watch/questions.html",
        {
            "lines": question_lines(page.object_list),
            "page_obj": page,
            "side": side,
            "show": show,
            "keep": "&" + urlencode({"side": side, "show": show}),
        },
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """`?indicator=…&calendar=…&period=…&unit=…&batch=…`: ask the reporter of that version."""
    by = person(request)
    askers = own_units(by, ASKING)
    if not askers:
        raise NotPermitted("not_permitted", _("Chỉ người có vai trò tại một đơn vị mới hỏi nguồn của con số."))
    key, batch = _figure(request)
    version = _version(key, batch.pk, indicators.moment())
    if version is None and request.method != "POST":
        raise _no_version()
    form = AskForm(request.POST if request.method == "POST" else None, by=by, askers=askers)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask(
                by=by, asker=Unit.objects.get(pk=form.cleaned_data["asker"]), key=key, batch=batch.pk,
                text=form.cleaned_data["text"],
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Đã gửi câu hỏi. Câu trả lời sẽ ở lại cùng bản số liệu này."))
            return redirect("watch:question", made.pk)
    period = kept.period_by_id(key.period_id)
    context = {
        "form": form,
        "p": passports.passport(key, None, lang()),
        "version": version,
        "reporter": organizations.shown_name(batch.reporter_id, period.last, lang()),
        "back": figure_url(key, indicators.indicator_of(key.indicator_id).code, period),
    }
    return render(request, "watch/ask.html", context, status=422 if form.errors else 200)


def _figure(request: HttpRequest) -> tuple[SeriesKey, Batch]:
    parts = [request.GET.get(name, "") for name in ("indicator", "calendar", "period", "unit")]
    batch = Batch.objects.filter(pk=whole(request.GET.get("batch", ""))).first()
    if not all(parts) or batch is None:
        raise _no_version()
    return addresses.key(request, *parts), batch


def _no_version() -> BadRequest:
    """An address that somebody altered, as the page of bad requests says it."""
    return BadRequest(_("Không có bản số liệu ấy; mở lại phiếu của con số rồi hỏi."))


@dataclass(frozen=True, slots=True)
class Asked:
    """A version as a page names it; `known_at`: when it was published, in business time."""

    number: int
    text: str
    known_at: dt.datetime
    current: bool


def _version(key: SeriesKey, batch: int, at: Moment) -> Asked | None:
    """That version of the figure; None for one that never was."""
    found = next((each for each in indicators.versions(key, at) if each.figure.batch_id == batch), None)
    return _named(found, key, at) if found else None


def _named(found: Version, key: SeriesKey, at: Moment) -> Asked:
    text = shown(found.figure.value, indicators.entry(key.indicator_id, at))
    return Asked(found.number, text, clock.business_at(found.figure.known_at), found.current)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """The question, the version it asks about, the answer or the form for it. Everybody who works here may read."""
    by = worker(request)
    rows = Question.objects.select_related("indicator", "period", "answer__by", "by", "reporter", "batch")
    row = get_object_or_404(rows, pk=pk)
    form = None
    if not hasattr(row, "answer") and (request.method == "POST" or permissions.may(by, ANSWERING, row.reporter)):
        form = TextForm(request.POST if request.method == "POST" else None, by=by, label=_("Câu trả lời"))
    if request.method == "POST":
        require_reporter(by, row)
        if form is not None and form.is_valid() and _answered(request, by, row, form):
            return redirect("watch:question", pk)
        if form is None:
            messages.error(request, _("Câu hỏi này đã có câu trả lời."))
    [line] = question_lines([row])
    key = SeriesKey(row.indicator_id, row.period_id, row.unit_id, row.breakdown_id, row.measure, row.source_id)
    speaks = indicators.authorities(row.indicator_id, [row.period_id]).get(row.period_id) == row.source_id
    address = replace(key, source_id=None) if speaks else key
    at = indicators.moment()
    version = _version(key, row.batch_id, at)
    url = figure_url(address, row.indicator.code, row.period)
    newest = _named(indicators.versions(key, at)[-1], key, at) if version and not version.current else None
    then = figure_url(address, row.indicator.code, row.period, version.known_at) if version and newest else url
    context = {"row": row, "line": line, "form": form, "version": version, "newest": newest, "url": url, "then": then}
    return render(request, "watch/question.html", context, status=422 if form is not None and form.errors else 200)


def _answered(request: HttpRequest, by: Person, row: Question, form: TextForm) -> bool:
    try:
        actions.answer_question(by=by, question=row, text=form.cleaned_data["text"])
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return False
    messages.success(request, _("Đã trả lời. Câu trả lời ở lại cùng bản số liệu."))
    return True
