"""What was typed on a form when the session had ended: kept beside the session until the same page is sent again.

Only pages that say so (`@keeps_typing`): they show what is kept once the same person has signed in, and save nothing
by themselves. Files are not kept.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve

from dienhong.base import clock

View = Callable[..., HttpResponse]
KEY = "typed"
HOLDS = dt.timedelta(hours=1)
MOST = 20_000  # characters: anybody may send one


def keeps_typing(view: View) -> View:
    """Outermost on a view: what somebody sends whose session has ended is kept for when they are back."""

    @wraps(view)
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            keep(request)
        return view(request, *args, **kwargs)

    keeping.keeps_typing = True  # type: ignore[attr-defined]
    return keeping


def keep(request: HttpRequest) -> None:
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    text = sent.urlencode()
    if len(text) <= MOST:
        request.session[KEY] = {"path": request.path, "sent": text, "at": clock.record_now().isoformat()}


def kept(request: HttpRequest) -> QueryDict | None:
    """What was typed on this very page and not saved; None where nothing was, or too long ago."""
    found = request.session.get(KEY)
    if not found or found["path"] != request.path:
        return None
    fresh = clock.record_now() - dt.datetime.fromisoformat(found["at"]) <= HOLDS
    return QueryDict(found["sent"]) if fresh else None


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
