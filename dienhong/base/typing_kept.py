"""What was typed on a form when the session had ended: kept beside the session until the same form is sent again.

Only views that say so: `@keeps_typing` where the form's page takes it itself, `@stands_on` where an address of its own
does. The page shows what is kept once the same person has signed in, and saves nothing by itself. Files are not kept.
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _

from dienhong.base import clock

View = Callable[..., HttpResponse]
KEY = "typing"
HOLDS = dt.timedelta(hours=1)
MOST = 60_000  # characters: anybody may send one, and a procedure's text is long


def keeps_typing(view: View) -> View:
    """Outermost on a view: what somebody sends whose session has ended is kept for when they are back."""

    @wraps(view)
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            keep(request)
        return view(request, *args, **kwargs)

    keeping.keeps_typing = True  # type: ignore[attr-defined]
    return keeping


def stands_on(page: Callable[..., str], *, keeps: bool = True, hidden: Collection[str] = ()) -> Callable[[View], View]:
    """Outermost on a view that takes only what a form sends: who comes by its address (signing in again leads there)
    goes on to `page`, where the form stands; "" for none. `keeps`: there is something to type in the form; `hidden`:
    its fields that nobody types.
    """

    def standing(view: View) -> View:
        @wraps(view)
        def taking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            known = request.user.is_authenticated
            if known and request.method in ("GET", "HEAD") and (address := page(*args, **kwargs)):
                if kept(request) is None:
                    messages.info(request, _nothing_said())
                return redirect(address)
            answer = view(request, *args, **kwargs)
            if known and request.method == "POST" and kept(request) is not None:
                forget(request)
            return answer

        taking.stands_on, taking.hidden = page, hidden  # type: ignore[attr-defined]
        return keeps_typing(taking) if keeps else taking

    return standing


def _nothing_said() -> str:
    return _("Chưa có gì được gửi; phiên làm việc có thể đã hết khi bạn bấm. Xem lại rồi bấm lần nữa.")


def back_said() -> str:
    """Beside the form that stands there again with what was typed."""
    return _(
        "Phiên làm việc đã hết khi bạn bấm nên chưa có gì được gửi. Điều bạn gõ còn nguyên: xem lại rồi bấm lần nữa."
    )


def keep(request: HttpRequest) -> None:
    """Nothing where nothing was typed, or more than is kept."""
    match = resolve(request.path_info)
    sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    typed = set(sent) - set(getattr(match.func, "hidden", ()))
    if typed and sum(len(name) + sum(map(len, values)) for name, values in sent.items()) <= MOST:
        found = {"path": request.path, "page": _page(request, match), "sent": sent}
        request.session[KEY] = {**found, "at": clock.record_now().isoformat()}


def _page(request: HttpRequest, match: ResolverMatch) -> str:
    """Where the form stands, without the place in the page."""
    page = getattr(match.func, "stands_on", None)
    return page(*match.args, **match.kwargs).partition("#")[0] if page else request.path


def kept(request: HttpRequest) -> QueryDict | None:
    """What was typed and sent to this very address and not saved; None where nothing was, or too long ago."""
    found = _fresh(request)
    return _sent(found) if found and found["path"] == request.path else None


@dataclass(frozen=True)
class Back:
    """What was typed into one of a page's forms: the name of the address it was sent to, what that was about."""

    name: str
    about: dict[str, Any]
    sent: QueryDict


def back(request: HttpRequest) -> Back | None:
    """What was typed into a form that stands on this page and has an address of its own."""
    found = _fresh(request)
    if not found or found["page"] != request.path or found["path"] == request.path:
        return None
    match = resolve(found["path"])
    return Back(match.url_name or "", match.kwargs, _sent(found))


def _fresh(request: HttpRequest) -> dict[str, Any] | None:
    found: dict[str, Any] | None = request.session.get(KEY)
    fresh = found and clock.record_now() - dt.datetime.fromisoformat(found["at"]) <= HOLDS
    return found if fresh else None


def _sent(found: dict[str, Any]) -> QueryDict:
    sent = QueryDict(mutable=True)
    for name, values in found["sent"].items():
        sent.setlist(name, values)
    return sent


def forget(request: HttpRequest) -> None:
    """The page was saved."""
    request.session.pop(KEY, None)


def of_ours(request: HttpRequest) -> bool:
    """Whether a page of this site sent it, by the browser's word: a form that outlived its token, no forgery."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def keeps(request: HttpRequest) -> bool:
    """Whether the page that this was sent to keeps what was typed."""
    try:
        return bool(getattr(resolve(request.path_info).func, "keeps_typing", False))
    except Resolver404:
        return False
