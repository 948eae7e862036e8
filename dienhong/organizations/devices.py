"""The device of a session in words, from what its browser says of itself. Plain text rules, no promise: browsers lie.

Only names that people know; what is not known is called unknown, never guessed.
"""

import re

from django.utils.translation import gettext as _

# The order matters: nearly every browser also says Chrome or Safari, every phone also says Linux or Mac OS.
SHOWN = 60
BROWSERS = (
    (re.compile(r"\bcoc_coc_browser/(\d+)"), "Cốc Cốc"),
    (re.compile(r"\bEdg(?:A|iOS)?/(\d+)"), "Edge"),
    (re.compile(r"\b(?:OPR|OPiOS)/(\d+)"), "Opera"),
    (re.compile(r"\bSamsungBrowser/(\d+)"), "Samsung Internet"),
    (re.compile(r"\bZalo\b[^ ]*?/?(\d+)?"), "Zalo"),
    (re.compile(r"\b(?:Firefox|FxiOS)/(\d+)"), "Firefox"),
    (re.compile(r"\b(?:HeadlessChrome|Chrome|CriOS)/(\d+)"), "Chrome"),
    (re.compile(r"\bVersion/(\d+)[^ ]* .*Safari/"), "Safari"),
)
SYSTEMS = (
    (re.compile(r"\biPhone\b"), "iPhone"),
    (re.compile(r"\biPad\b"), "iPad"),
    (re.compile(r"\bAndroid (\d+)"), "Android"),
    (re.compile(r"\bAndroid\b"), "Android"),
    (re.compile(r"\bWindows NT\b"), "Windows"),
    (re.compile(r"\bMac OS X\b|\bMacintosh\b"), "macOS"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"\bLinux\b"), "Linux"),
)


def words(user_agent: str) -> str:
    """ "Firefox 128, Windows"; what cannot be told is said so."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if not browser and not system:
        return user_agent[:SHOWN].strip() or _("thiết bị không rõ")  # a program by its own name
    unknown = _("trình duyệt không rõ"), _("hệ điều hành không rõ")
    return f"{browser or unknown[0]}, {system or unknown[1]}"


def _first(known: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str:
    for pattern, name in known:
        if found := pattern.search(text):
            return f"{name} {found[1]}" if found.groups() and found[1] else name
    return ""
