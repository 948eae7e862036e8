"""What every page knows: theme, navigation, the day on which the demo lives, what is being repaired.

The banner of a repair is `request.banner`, set by the maintenance middleware.
"""

from django.conf import settings
from django.http import HttpRequest

from dienhong.base import nav
from dienhong.base.clock import business_today

THEMES = ("day", "night", "wall")


def page(request: HttpRequest) -> dict[str, object]:
    """Context processor; `page` is one name so that a screen's own context cannot clash with it."""
    chosen = request.COOKIES.get("theme", "auto")
    asked = request.GET.get("as_of", "")
    return {
        "page": {
            "theme": chosen if chosen in THEMES else "",
            "nav": nav.items(request),
            "tools": nav.tools(request),
            "demo": bool(getattr(settings, "DEMO", False)),
            "today": business_today(),
            "maintenance": getattr(getattr(request, "banner", None), "text", ""),
            "languages": settings.LANGUAGES,
            "here": request.get_full_path(),
            "as_of": asked,
            "kept": [(key, value) for key in request.GET if key != "as_of" for value in request.GET.getlist(key)],
        }
    }
