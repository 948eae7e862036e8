"""One POST to a named machine: ten seconds, no redirects, the answer's status only."""

from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from dienhong.notices.channels import Lost, Undeliverable

TIMEOUT = 10  # seconds, for the connection and for each read
GONE = 410


class _NoRedirect(HTTPRedirectHandler):
    """A redirect could lead into the inner network; it counts as a refusal."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = build_opener(_NoRedirect)


def post(url: str, body: bytes, headers: dict[str, str], *, timeout: float = TIMEOUT) -> None:
    """Returns on any 2xx. Raises Lost for what may pass, Undeliverable for 410 Gone."""
    request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - the caller has checked the scheme
    try:
        with _opener.open(request, timeout=timeout):
            return
    except HTTPError as error:
        with error:
            problem = f"answered {error.code}"
        raise (Undeliverable if error.code == GONE else Lost)(problem) from error
    except (URLError, HTTPException, OSError) as error:
        raise Lost(f"not reached: {getattr(error, 'reason', error) or type(error).__name__}") from error
