"""The texts of a report on other screens: to write on the entry screen, to read where the report is read."""

from typing import Any

from django import template

from dienhong.reporting.models import Version
from dienhong.reporting.views.narratives import sections

register = template.Library()


@register.inclusion_tag("reporting/narratives.html", takes_context=True)
def narrative_entry(context: dict[str, Any], version: Version) -> dict[str, Any]:
    """Nothing where the regime asks for no text."""
    return {"version": version, "sections": sections(version), "request": context["request"]}


@register.inclusion_tag("reporting/narrative_read.html")
def narrative_read(version: Version) -> dict[str, Any]:
    return {"version": version, "sections": [one for one in sections(version) if one.text]}
