"""Questions answered once for each request that only reads: a page asks who may do what ten times over.

Kept only while a GET or HEAD is answered, which writes nothing that such an answer rests on; never in a request that
changes something, in a job or in a test that calls functions, where a grant may come or go between two questions.
"""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection
from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
R = TypeVar("R")
_kept: ContextVar[dict[Hashable, object] | None] = ContextVar("kept", default=None)


def answers_kept(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The middleware: opens the store for a request that reads."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        token = _kept.set({})
        try:
            return get_response(request)
        finally:
            _kept.reset(token)

    return middleware


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Ask once for the same arguments (hashable). The answer is not to be changed by who asks; errors are not kept."""

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        kept = _kept.get()
        if kept is None:
            return function(*args, **kwargs)
        key = (function.__module__, function.__qualname__, connection.alias, args, *kwargs.items())
        if key not in kept:
            kept[key] = function(*args, **kwargs)
        return kept[key]  # type: ignore[return-value]

    return ask
