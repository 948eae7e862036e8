"""Procedures that are handled here are called as their service calls itself: the official name may not say "xe"."""

from django import template

from dienhong.catalogue import served
from dienhong.portal.cases import lang

register = template.Library()


@register.filter
def service_name(code: str) -> str:
    """What the service of this procedure calls itself, in the language of the page; empty where none is here."""
    service = served.services().get(code)
    if service is None:
        return ""
    return service.name_en if lang() == "en" and service.name_en else service.name_vi
