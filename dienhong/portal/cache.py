"""Whole pages for visitors without a session, kept compressed in the worker.

Only pages that a view marked with `cached` are kept, and only as they look to somebody who brought nothing but a
choice of language and colour. The catalogue's stamp is part of what a kept page must match, so an edit is seen as soon
as this worker has read the stamp again (stamp.PATIENCE), and nothing is ever told to forget.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request

from dienhong.base import clock
from dienhong.base.context import THEMES
from dienhong.catalogue import stamp

Next = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]
UNDER = ("/portal/", "/procedures/")
# Anything else a visitor brings (a session, messages) may change the page: then it is made anew. The token of a form
# is no matter, since a page with a form is never kept.
HARMLESS = {settings.LANGUAGE_COOKIE_NAME, "theme", settings.CSRF_COOKIE_NAME}
MOST_BYTES = 48 * 2**20  # a worker keeps
MOST_QUERY_BYTES = MOST_BYTES // 8  # of these for pages with a query: anyone can ask for endlessly many
LONGEST_ADDRESS = 600
SMALLEST = 512  # below it compressing gains nothing
HEADERS = ("Content-Type", "Content-Language")

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    stamp: int
    body: bytes
    packed: bytes
    etag: str
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed) + 500


class Pages:
    """The least recently asked go first; counts say how often a page was there."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = threading.Lock()
        self.hits = self.misses = 0

    def get(self, key: Key, value: int) -> Kept | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept is None or kept.stamp != value:
                self.misses += 1
                return None
            self._pages.move_to_end(key)
            self.hits += 1
            return kept

    def put(self, key: Key, kept: Kept) -> None:
        with self._lock:
            if (old := self._pages.pop(key, None)) is not None:
                self._bytes -= old.size
            if kept.size > self._most:
                return
            self._pages[key] = kept
            self._bytes += kept.size
            while self._bytes > self._most:
                _key, gone = self._pages.popitem(last=False)
                self._bytes -= gone.size

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = self.hits = self.misses = 0

    def __len__(self) -> int:
        return len(self._pages)


_plain, _asked = Pages(MOST_BYTES - MOST_QUERY_BYTES), Pages(MOST_QUERY_BYTES)


def clear() -> None:
    """For tests, which take back what they wrote without raising the stamp."""
    _plain.clear()
    _asked.clear()


def cached(view: View) -> View:
    """The answer to a visitor depends on address, language, colours and the catalogue alone."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.may_be_kept = True  # type: ignore[attr-defined]
        return response

    return marked


def pages(get_response: Next) -> Next:
    """Middleware; stands before sessions, and behind the one that compresses, policy and maintenance."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _may_be_asked(request):
            return get_response(request)
        request.get_host()  # a forged host is refused here as everywhere
        value, key = stamp.current(), _key(request)
        store = _asked if key[1] else _plain
        kept = store.get(key, value)
        hit = kept is not None
        if kept is None:
            response = get_response(request)
            if not _may_be_kept(response):
                return response
            kept = _keep(response, value)
            store.put(key, kept)
        return _answer(request, kept, hit)

    return middleware


def _may_be_asked(request: HttpRequest) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and request.path_info.startswith(UNDER)
        and HARMLESS.issuperset(request.COOKIES)
        and "HTTP_AUTHORIZATION" not in request.META
        and "HTTP_RANGE" not in request.META
        and len(request.META.get("QUERY_STRING", "")) + len(request.path_info) < LONGEST_ADDRESS
    )


def _key(request: HttpRequest) -> Key:
    theme = request.COOKIES.get("theme", "")
    banner = getattr(getattr(request, "banner", None), "text", "")
    day = clock.business_today().isoformat()  # what a service costs follows the law of the day
    return (
        request.path_info,
        request.META.get("QUERY_STRING", ""),
        get_language_from_request(request),
        theme if theme in THEMES else "",
        f"{day}{banner}{request.META.get('HTTP_HX_REQUEST') == 'true'}",
    )


def _may_be_kept(response: HttpResponse) -> bool:
    """A page with a token or a session sets a cookie; it is for one visitor."""
    return (
        getattr(response, "may_be_kept", False)
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not response.has_header("Content-Encoding")
    )


def _keep(response: HttpResponse, value: int) -> Kept:
    body = response.content
    headers = tuple((name, response[name]) for name in HEADERS if response.has_header(name))
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= SMALLEST else b""
    return Kept(value, body, packed, f'W/"{hashlib.sha256(body).hexdigest()[:24]}"', headers)


def _answer(request: HttpRequest, kept: Kept, hit: bool) -> HttpResponse:
    if _same(request, kept.etag):
        response: HttpResponse = HttpResponseNotModified()
    else:
        packed = kept.packed and _takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        response = HttpResponse(kept.packed if packed else kept.body)
        for name, said in kept.headers:
            response[name] = said
        if packed:
            response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
        if request.method == "HEAD":
            response.content = b""
    response["ETag"] = kept.etag
    # Ask again each time: an answer of 304 is cheap, and an edit shows within the second.
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept-Encoding, Accept-Language, Cookie, HX-Request"
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    response["X-Page"] = "kept" if hit else "made"
    return response


def _same(request: HttpRequest, etag: str) -> bool:
    asked = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(asked) and (asked.strip() == "*" or etag in parse_etags(asked))


def _takes_gzip(accepted: str) -> bool:
    """Whether gzip is among what the browser takes; "gzip;q=0" is not."""
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
