"""What every screen of the office shares: who may come in, its tabs, saying a refusal beside what was typed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations import office
from dienhong.organizations.http import View, signed_in
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import Decision, NotAllowed, holds


def administrators(view: View) -> View:
    """For administrators of any unit; which people and units each sees, the view asks, and the action decides again."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not holds(request.user, Role.ADMINISTRATOR):
            raise NotAllowed(
                Decision(
                    False,
                    lambda: (
                        "Trang này dành cho vai trò “Quản trị hệ thống”. Nhờ quản trị viên của đơn vị.",
                        "This page is for the role “System administrator”. Ask the administrator of your unit.",
                    ),
                )
            )
        return view(request, *args, **kwargs)

    return never_cache(signed_in(checked))


def me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def lang() -> str:
    return get_language() or "vi"


def show(request: HttpRequest, template: str, here: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the office under the tab `here`."""
    tabs = [
        {"label": each.label, "url_name": each.url_name, "here": each.url_name == here}
        for each in office.tabs(me(request))
    ]
    return render(request, template, {"tabs": tabs, **context}, status=status)


def tried(form: Form, act: Callable[[], object]) -> bool:
    """Carry out `act` if the form is well written. A refusal stands above the form, with what was typed below it."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        for fault in refusal.faults:
            if fault.sentence != refusal.sentence:
                form.add_error(None, f"{fault.where} {fault.typed}: {fault.sentence}".strip(" :"))
        return False
    return True


def status_of(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200


__all__ = ["NotPermitted", "administrators", "lang", "me", "show", "status_of", "tried"]
