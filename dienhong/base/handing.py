"""Handing out a stored file that somebody else made: never run, never guessed at, under its own name."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from dienhong.base import store
from dienhong.base.refusal import Refused

SHOWN_INLINE = frozenset({"application/pdf", "image/jpeg", "image/png"})


def hand_out(request: HttpRequest, *, digest: str, name: str, kind: str) -> HttpResponse:
    """The file to be saved, or with ?view one of SHOWN_INLINE to be looked at. Who may have it, the caller has asked.

    Raises Http404 where it is gone, Refused where its bytes are no longer what was stored.
    """
    try:
        data = store.get(digest)
    except store.Missing as lost:
        raise Http404 from lost
    except store.StoreError as error:
        raise Refused("file_lost", _("Tệp này đang hỏng; hãy báo quản trị hệ thống.")) from error
    inline = "view" in request.GET and kind in SHOWN_INLINE
    response = HttpResponse(data, content_type=kind if inline else "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
