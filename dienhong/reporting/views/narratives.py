"""Texts of a report: saving a section, and reading it with its figures filled in."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.organizations.http import signed_in
from dienhong.reporting import narratives
from dienhong.reporting.checks import Periods
from dienhong.reporting.figures import cells_of, earlier_figures, figures
from dienhong.reporting.models import FormCell, Narrative, Version
from dienhong.reporting.views.shared import lang, person, version_or_404


@dataclass(slots=True)
class Section:
    """A section as it is shown. `seen`: the row that stands there; `theirs`: what someone else wrote meanwhile."""

    key: str
    number: int
    title: str
    guide: str
    required: bool
    text: str = ""
    seen: int = 0
    written: str = ""
    by: tuple[str, ...] = ()  # whoever wrote it, named in `written`
    pieces: list[narratives.Piece] = field(default_factory=list)
    error: str = ""
    theirs: str = ""
    changed: bool = False  # since the last approval


def sections(version: Version, only: str = "") -> list[Section]:
    """The sections of the version's outline with their texts, or only the one of that key."""
    asked = [one for one in enumerate(narratives.outline(version), start=1) if only in ("", one[1]["key"])]
    rows = narratives.latest(version) if asked else {}
    cells, by_period = _figures(version, [row.text for row in rows.values()]) if rows else ({}, {})
    return [_section(number, one, rows.get(one["key"]), cells, by_period) for number, one in asked]


def _figures(version: Version, texts: list[str]) -> tuple[dict[str, FormCell], Periods]:
    """The cells and figures that the texts read; earlier periods are asked for only where a text does."""
    cells = cells_of(version.regime_version)
    by_period: Periods = {"": figures(version, cells)}
    for word in ("prev", "year_before"):
        if any(f"@{word}" in text for text in texts):
            by_period[word] = earlier_figures(version, cells, word)
    return {cell.key: cell for cell in cells}, by_period


def _section(
    number: int, one: dict[str, Any], row: Narrative | None, cells: dict[str, FormCell], by_period: Periods
) -> Section:
    section = Section(
        key=one["key"],
        number=number,
        title=one["title"][lang()],
        guide=(one.get("guide") or {}).get(lang(), ""),
        required=one["required"],
    )
    if row:
        at = clock.business_at(row.at)
        section.text, section.seen, section.by = row.text, row.pk, (row.by.name,)
        section.written = _("%(who)s ghi lúc %(at)s") % {"who": row.by.name, "at": f"{at:%H:%M, %d/%m/%Y}"}
        section.pieces = narratives.pieces(row.text, cells, by_period, lang())
    return section


def _one(version: Version, key: str) -> Section:
    found = sections(version, key)
    if not found:
        raise Http404
    return found[0]


@signed_in
@require_GET
def preview(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """The section as it reads with the figures of this moment."""
    version = version_or_404(request, pk)
    return render(request, "reporting/narrative_text.html", {"one": _one(version, section), "version": version})


@signed_in
@require_POST
def save(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Save a section. A refusal keeps what was typed on the page, beside what stands there."""
    version = version_or_404(request, pk)
    one = _one(version, section)
    text, seen = request.POST.get("text", ""), request.POST.get("seen", "")
    try:
        actual = int(seen) if seen.isdecimal() else None
        narratives.save_narrative(by=person(request), version=version, section=section, text=text, seen=actual)
    except Refused as refusal:
        one.error, one.theirs, one.text = refusal.sentence, one.text if refusal.code == "conflict" else "", text
        return _shown(request, version, one, 409)
    if getattr(request, "htmx", False):
        return _shown(request, version, _one(version, section), 200)
    messages.success(request, _("Đã ghi mục %(number)d.") % {"number": one.number})
    return redirect("reporting:entry", version.submission.duty_id)


def _shown(request: HttpRequest, version: Version, one: Section, status: int) -> HttpResponse:
    """The section alone for the page that asked by htmx; without a script a page of its own."""
    part = bool(getattr(request, "htmx", False))
    template = "reporting/narrative_section.html" if part else "reporting/narrative_page.html"
    return render(request, template, {"one": one, "version": version}, status=status)
