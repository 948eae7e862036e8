"""Small words of the filling screens."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dienhong.base.clock import HANOI
from dienhong.base.templatetags.languages import vi
from dienhong.dossiers.forms.kinds.files import words_of_size
from dienhong.dossiers.forms.problems import language
from dienhong.dossiers.forms.screen import origin_word
from dienhong.dossiers.forms.shapes import Form, say
from dienhong.rules.law.words import article

register = template.Library()
UNITS = {
    "working_day": ("%(n)s ngày làm việc", "%(n)s working days"),
    "calendar_day": ("%(n)s ngày", "%(n)s days"),
    "working_hour": ("%(n)s giờ làm việc", "%(n)s working hours"),
    "month": ("%(n)s tháng", "%(n)s months"),
}


@register.simple_tag
def origin_line(form: Form, origin: Mapping[str, Any], filling: bool = True) -> str:
    """ "Theo Cục Đăng kiểm Việt Nam, 09:12 20/08/2020": whose word it is, when, and while filling in whether it can be
    changed."""
    word = origin_word(form, origin)
    if "dossier" in word:
        said = _("Theo hồ sơ trước %(code)s; sửa được.") if filling else _("Theo hồ sơ trước %(code)s.")
        return said % {"code": word["dossier"]}
    if "account" in word:
        said = _("Theo tài khoản %(name)s; sửa được.") if filling else _("Theo tài khoản %(name)s.")
        return said % {"name": word["account"]}
    at = dt.datetime.fromisoformat(str(word["at"])).astimezone(HANOI)
    named = {"holder": word["holder"], "at": f"{at:%H:%M %d/%m/%Y}"}
    if origin.get("locked") or not filling:
        return _("Theo %(holder)s, lúc %(at)s.") % named
    return _("Theo %(holder)s, lúc %(at)s; sửa được.") % named


@register.filter
def size_words(size: int) -> str:
    return words_of_size(size)


@register.filter
def said(words: Any) -> str:
    """{"vi": …, "en": …} in the language of the page; plain text as it is."""
    return say(words, language()) if isinstance(words, Mapping) else str(words or "")


@register.filter
def law(text: str | None) -> SafeString:
    """A legal basis as the sheet or the clock has it: in English as at amounts ("Decree ..., Article ...")."""
    return vi(article(text or "", language()))


@register.filter
def limit_words(limit: Mapping[str, Any] | None) -> str:
    """Of a sheet's limit: "1 ngày làm việc"."""
    if not limit or limit.get("unit") in {None, "none"}:
        return _("không quy định")
    vi, en = UNITS[str(limit["unit"])]
    words = en if language() == "en" else vi
    text = words % {"n": limit["count"]}
    return text[:-1] if language() == "en" and limit["count"] == 1 else text


@register.filter
def ready(text: str, sheet: Mapping[str, Any]) -> SafeString | str:
    """What an officer asked for, out of the service's ready reasons, in the language of the page; what they wrote
    themselves stays as written. Papers speak Vietnamese, so that is what is kept."""
    if language() == "en":
        for each in sheet.get("reasons", {}).get("supplement", []):
            for part in (each["what"], each["reason"]):
                if part["vi"] == text and part.get("en"):
                    return str(part["en"])
    return vi(text)
