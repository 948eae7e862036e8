"""The verbs as POST addresses: one view, because each is fetch, act, say what happened."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from dienhong.base.numbers import Empty
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person
from dienhong.organizations.sign_in import second_factor_fresh
from dienhong.reporting import actions, review
from dienhong.reporting.figures import form_of, typed_figures
from dienhong.reporting.models import Approval, CheckRule, FormCell, Version
from dienhong.reporting.templatetags.reporting import anchor
from dienhong.reporting.views.entry import MAX_TEXT, clean
from dienhong.reporting.views.shared import duty_or_404, person, regime_name, version_or_404, words

MAX_REASON = 500
Act = Callable[[Person, Version, dict[str, Any]], object]
ACTS: dict[str, tuple[Act, Any]] = {
    "submit": (
        lambda by, version, _data: actions.submit(by=by, version=version),
        gettext_lazy("Đã trình lãnh đạo duyệt."),
    ),
    "approve": (
        lambda by, version, data: _approve(by, version, data),
        gettext_lazy("Đã duyệt. Văn thư có thể gửi."),
    ),
    "send_back": (
        lambda by, version, data: actions.send_back(by=by, version=version, reason=data["reason"]),
        gettext_lazy("Đã trả lại người nhập, kèm lý do."),
    ),
    "send": (
        lambda by, version, _data: actions.send(by=by, version=version),
        gettext_lazy("Đã gửi. Số liệu bắt đầu được tính."),
    ),
    "receive": (lambda by, version, _data: actions.receive(by=by, version=version), gettext_lazy("Đã tiếp nhận.")),
    "return_version": (
        lambda by, version, data: actions.return_version(by=by, version=version, reason=data["reason"]),
        gettext_lazy("Đã trả lại nơi gửi, kèm lý do."),
    ),
    "withdraw": (
        lambda by, version, data: actions.withdraw(by=by, version=version, reason=data["reason"]),
        gettext_lazy("Đã thu hồi. Số liệu của bản này không còn được tính."),
    ),
    "correct": (
        lambda by, version, data: actions.correct(by=by, version=version, reason=data["reason"]),
        gettext_lazy("Đã mở bản đính chính; bản cũ giữ nguyên hiệu lực đến khi bản mới được gửi."),
    ),
    "nothing": (
        lambda by, version, _data: actions.nothing_to_report(by=by, version=version),
        gettext_lazy("Mọi ô số đã ghi không phát sinh."),
    ),
}


def approval_kind(request: HttpRequest) -> str:
    """How sure we are who approves: a code of their app was given in this session, or only the password."""
    return Approval.Kind.SECOND_FACTOR if second_factor_fresh(request) else Approval.Kind.PASSWORD


@signed_in
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Carry out a verb on a version; a refusal is said on the page one came from, with nothing saved."""
    if verb not in ACTS:
        raise Http404
    version = version_or_404(request, pk)
    if verb == "nothing" and not request.POST.get("sure") and (replaced := _typed(version)):
        return _ask_first(request, version, replaced)
    run, done = ACTS[verb]
    data = {"reason": clean(request.POST.get("reason", "")), "seen": request.POST.get("seen", "")}
    data |= {"approval": approval_kind(request), "warned": request.POST.get("warned", "")}
    if len(data["reason"]) > MAX_REASON:
        messages.error(request, _("Lý do dài quá %(n)d ký tự; viết ngắn lại.") % {"n": MAX_REASON})
        return redirect("reporting:duty", version.submission.duty_id)
    try:
        run(person(request), version, data)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        if verb == "submit" and request.POST.get("from") == "entry":
            return redirect(
                f"{reverse('reporting:entry', args=[version.submission.duty_id])}?checked={_place(refusal)}"
            )
        for fault in refusal.faults[:12]:
            if fault.sentence != refusal.sentence:
                messages.error(request, fault.sentence)
    else:
        messages.success(request, str(done))
    duty_pk = version.submission.duty_id
    to_entry = verb in ("submit", "nothing", "correct") and request.POST.get("from") == "entry"
    return redirect("reporting:entry" if to_entry and verb != "submit" else "reporting:duty", duty_pk)


def _typed(version: Version) -> int:
    """How many number cells hold something else than "nothing arose"."""
    numbers = {cell.key for cell in form_of(version.regime_version_id) if cell.kind == FormCell.Kind.NUMBER}
    said = typed_figures(version)
    return sum(bool(said[key].typed) and said[key].empty != Empty.NOTHING_AROSE for key in numbers & set(said))


def _ask_first(request: HttpRequest, version: Version, replaced: int) -> HttpResponse:
    duty = duty_or_404(request, version.submission.duty_id)
    context = {"version": version, "duty": duty, "words": words([duty])[0], "count": replaced}
    return render(request, "reporting/nothing.html", {**context, "regime": regime_name(version.regime_version)})


def require_read(version: Version, ticked: str) -> None:
    """Whoever approves over warnings says that they were read. Raises Refused otherwise."""
    warnings = sum(finding.asks for finding in review.judge(version).findings)
    if warnings and not ticked:
        said = ngettext(
            "có %(n)d cảnh báo. Đọc giải trình rồi đánh dấu “Đã đọc” trước khi duyệt.",
            "có %(n)d cảnh báo. Đọc giải trình rồi đánh dấu “Đã đọc” trước khi duyệt.",
            warnings,
        )
        raise Refused("warnings_unread", said % {"n": warnings})


def _approve(by: Person, version: Version, data: dict[str, Any]) -> object:
    require_read(version, data["warned"])
    return actions.approve(by=by, version=version, seen_digest=data.get("seen") or None, kind=data["approval"])


def _place(refusal: Refused) -> str:
    """How the grid is opened after a refusal: each fault told there, and without a script at the first one's cell."""
    return f"1#{anchor(refusal.faults[0].where)}" if refusal.faults else "0"


@signed_in
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    duty = duty_or_404(request, pk)
    try:
        actions.start_entry(by=person(request), duty=duty)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("reporting:duty", pk)
    return redirect("reporting:entry", pk)


@signed_in
@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain a warning in place; the rule "*": everything that asks for a sentence and has none, all or nothing."""
    version = version_or_404(request, pk)
    key = clean(request.POST.get("rule", ""))
    rules = _unexplained(version) if key == "*" else list(version.regime_version.checks.filter(key=key))
    if not rules and key != "*":
        raise Http404
    wants_json = "json" in request.headers.get("Accept", "")
    try:
        text = clean(request.POST.get("text", ""))
        if len(text) > MAX_TEXT:
            raise Refused("too_long", _("Giải trình dài quá %(n)d ký tự; viết ngắn lại.") % {"n": MAX_TEXT})
        with transaction.atomic():
            for rule in rules:
                actions.explain(by=person(request), version=version, rule=rule, text=text)
    except Refused as refusal:
        if wants_json:
            return JsonResponse({"error": refusal.sentence}, status=403 if isinstance(refusal, NotPermitted) else 409)
        messages.error(request, refusal.sentence)
    else:
        if wants_json:
            return JsonResponse({"explained": text.strip(), "rules": [rule.key for rule in rules]})
        messages.success(request, _("Đã ghi giải trình."))
    return redirect("reporting:entry", version.submission.duty_id)


def _unexplained(version: Version) -> list[CheckRule]:
    judged = review.judge(version)
    return [one.rule for one in judged.findings if one.asks and not judged.explained.get(one.rule.pk)]
