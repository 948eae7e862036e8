"""The texts of a report on other screens: to write on the entry screen, to read where the report is read."""

from typing import Any

from django import template

from dienhong.reporting.differences import SinceApproval
from dienhong.reporting.models import FormCell, Version
from dienhong.reporting.narratives import latest
from dienhong.reporting.templatetags.reporting import cell_label
from dienhong.reporting.views.narratives import sections

register = template.Library()
NUMERIC = (FormCell.Kind.NUMBER, FormCell.Kind.COMPUTED)


@register.inclusion_tag("reporting/narratives.html", takes_context=True)
def narrative_entry(context: dict[str, Any], version: Version) -> dict[str, Any]:
    """Nothing where the regime asks for no text; else also how each cell is called in a text."""
    asked = sections(version)
    said: dict[str, Any] = {"version": version, "sections": asked, "request": context["request"], "keys": []}
    cells = [cell for cell in version.regime_version.cells.all() if cell.kind in NUMERIC] if asked else []
    if not cells:
        return said
    key = cells[0].key
    return said | {
        "keys": [({"reference": f"{{{cell.key}}}", "address": cell.address}, cell_label(cell)) for cell in cells],
        "here": f"{{{key}}}", "before": f"{{{key}@prev}}", "typed": f"{{{key}=140}}", "address": cells[0].address,
    }  # fmt: skip


@register.inclusion_tag("reporting/narrative_read.html")
def narrative_read(version: Version) -> dict[str, Any]:
    return {"version": version, "sections": [one for one in sections(version) if one.text]}


@register.inclusion_tag("reporting/narrative_to_sign.html")
def narrative_to_sign(version: Version, approved: SinceApproval | None) -> dict[str, Any]:
    """Where a leader approves: those marked that are not as they were approved, one that was emptied too."""
    asked = sections(version)
    if asked and approved:
        change = approved.approval.change
        before = {key: row.text for key, row in latest(change.version, until=change.at).items()}
        for one in asked:
            one.changed = one.text != before.get(one.key, "")
    return {"version": version, "sections": [one for one in asked if one.text or one.changed]}
