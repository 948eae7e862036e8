"""What every page knows: theme, navigation, the day on which the demo lives, what is being repaired.

The banner of a repair is `request.banner`, set by the maintenance middleware.
"""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest

from dienhong.base import moments, nav, playing
from dienhong.base.clock import HANOI, business_now, business_today

THEMES = ("day", "night", "wall")


def page(request: HttpRequest) -> dict[str, object]:
    """Context processor; `page` is one name so that a screen's own context cannot clash with it."""
    chosen = request.COOKIES.get("theme", "auto")
    asked = request.GET.get("as_of", "")
    return {
        "page": {
            "theme": chosen if chosen in THEMES else "",
            "nav": nav.bar(request),
            "tools": nav.tools(request),
            "demo": bool(getattr(settings, "DEMO", False)),
            "playing": playing.current,  # asked only by the pages that show it
            "today": business_today(),
            "maintenance": getattr(getattr(request, "banner", None), "text", ""),
            "closed": getattr(getattr(request, "banner", None), "closed", False),
            "languages": settings.LANGUAGES,
            "here": request.get_full_path(),
            "as_of": asked,
            "as_of_moment": _moment(asked),
            "yesterday": business_today() - dt.timedelta(days=1),
            "clock": business_now(),
            "kept": [(key, value) for key in request.GET if key != "as_of" for value in request.GET.getlist(key)],
        }
    }


def _moment(text: str) -> dt.datetime | None:
    """The chosen moment for the field and its label, Hanoi time; a day alone means its end. None for no moment."""
    try:
        return moments.read(text).astimezone(HANOI).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
