"""Amending and repealing a procedure of the catalogue, by who keeps it for the nation."""

from typing import cast

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.base.typing_kept import back_said, forget, keeps_typing, kept
from dienhong.catalogue import queries
from dienhong.catalogue.actions import editing
from dienhong.catalogue.models import State, Version
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import may, menu_roles, require
from dienhong.portal.forms import DecisionForm, ProcedureForm


def edits(request: HttpRequest) -> bool:
    """Whether who asks keeps the catalogue; nobody is asked about a visitor."""
    person = request.user
    return Role.JURIST in menu_roles(person) and bool(may(person, Role.JURIST, editing.nation()))


@keeps_typing
@signed_in
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """The content as it stands, to be changed by a decision; what was typed stays on any refusal."""
    version = _version(request, code)
    form = ProcedureForm(_typed(request), version=version)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = editing.amend(
                by=cast(Person, request.user), code=version.procedure.code, changes=form.changes(),
                decision_no=said["decision_no"], valid_from=said["valid_from"], reason=said["reason"],
            )  # fmt: skip
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error("name" if refusal.code == "name" else None, refusal.sentence)
        else:
            forget(request)
            messages.success(request, _("Đã ghi bản %(number)d của thủ tục.") % {"number": made.number})
            return redirect("procedures:one", code=version.procedure.code)
    return _shown(request, version, form, _("Sửa đổi thủ tục"), _("Ghi bản mới"))


@keeps_typing
@signed_in
@require_http_methods(["GET", "POST"])
def repeal(request: HttpRequest, code: str) -> HttpResponse:
    version = _version(request, code)
    form = DecisionForm(_typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            editing.repeal(by=cast(Person, request.user), code=version.procedure.code, **form.cleaned_data)
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            forget(request)
            messages.success(request, _("Thủ tục đã được bãi bỏ; trang của nó vẫn còn và nói rõ như vậy."))
            return redirect("procedures:one", code=version.procedure.code)
    return _shown(request, version, form, _("Bãi bỏ thủ tục"), _("Bãi bỏ"), grave=True)


def _typed(request: HttpRequest) -> QueryDict | None:
    """What is sent now, else what was when the session had ended."""
    return request.POST if request.method == "POST" else kept(request)


def _version(request: HttpRequest, code: str) -> Version:
    require(cast(Person, request.user), Role.JURIST, editing.nation())
    version = queries.procedure(code)
    if version is None or version.state == State.REPEALED:
        raise Http404
    return version


def _shown(
    request: HttpRequest, version: Version, form: Form, heading: str, button: str, *, grave: bool = False
) -> HttpResponse:
    context = {"version": version, "form": form, "heading": heading, "button": button, "grave": grave}
    if request.method != "POST" and form.is_bound:
        context["typing_back"] = back_said()
    wrong = request.method == "POST" and form.errors
    return render(request, "portal/edit.html", context, status=422 if wrong else 200)
