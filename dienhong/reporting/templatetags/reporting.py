"""Words and addresses that the screens of reporting repeat."""

from typing import Any

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dienhong.base.templatetags.languages import vi
from dienhong.indicators import places
from dienhong.indicators.queries import SeriesKey
from dienhong.organizations.models import Person
from dienhong.reporting.checks import Finding, in_words, row_names
from dienhong.reporting.figures import Figure
from dienhong.reporting.models import Duty, FormCell, RegimeVersion
from dienhong.reporting.review import Review
from dienhong.reporting.views.grid import empty_words, shown
from dienhong.reporting.views.shared import lang

register = template.Library()


@register.simple_tag
def figure(value: Figure | None, cell: FormCell) -> str | SafeString:
    words = empty_words(value)
    return format_html('<span class="empty-value">{}</span>', words) if words else shown(value, cell)


@register.simple_tag
def person_name(person: Person) -> str:
    return vi(person.name)


@register.simple_tag
def cell_label(cell: FormCell) -> str:
    return str(getattr(cell, f"label_{lang()}"))


@register.simple_tag
def sentence(finding: Finding) -> str:
    return finding.sentences.get(lang(), "")


@register.simple_tag
def finding_words(finding: Finding, cells: list[FormCell]) -> str:
    """What the check asks, in the sentence of its failure or by its expression when it holds."""
    if finding.sentences:
        return finding.sentences[lang()]
    return in_words(finding.rule, row_names(cells, lang()), lang())


@register.simple_tag
def explained(finding: Finding, review: Review) -> str | SafeString:
    text = review.explained.get(finding.rule.pk, "")
    return format_html(" <q>{}</q>", vi(text)) if text and finding.asks else ""


@register.simple_tag
def address(cells: dict[str, FormCell], key: str) -> str:
    """Where and what: "C11, Quá hạn"."""
    cell = cells.get(key)
    return f"{cell.address}, {cell_label(cell)}" if cell else key


@register.simple_tag
def place(cells: dict[str, FormCell], key: str) -> str:
    """Only where: "C11"."""
    return cells[key].address if key in cells else key


@register.simple_tag
def qr_code(address: str) -> SafeString:
    """The address as a QR code (inline SVG, sized by the style sheet): what is on paper finds its way back."""
    code = segno.make(address, error="m", micro=False)
    words = _("Mã QR: %(address)s") % {"address": address}
    drawn = code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)
    return format_html('<span class="qr" role="img" aria-label="{}">{}</span>', words, mark_safe(drawn))  # noqa: S308


@register.simple_tag
def anchor(where: str) -> str:
    """The place on the entry page that a fault speaks of: "section-plan", "cell-r2.1"."""
    kind, colon, name = where.partition(":")
    return f"{kind}-{name}" if colon else f"cell-{where}"


@register.simple_tag
def column_label(column: dict[str, Any]) -> str:
    return str(column["label"][lang()])


@register.simple_tag
def reconstructed_from(version: RegimeVersion) -> str:
    return str((version.spec.get("reconstructed_from") or {}).get(lang(), ""))


@register.simple_tag
def passport_url(duty: Duty, cell: FormCell) -> str:
    """The passport of the figure in a cell, as this regime reported it."""
    if cell.indicator is None or cell.indicator_id is None or cell.breakdown_id is None:
        return ""
    key = SeriesKey(
        cell.indicator_id, duty.period_id, duty.unit_id, breakdown_id=cell.breakdown_id, measure=int(cell.measure)
    )
    unit = places.code_of(duty.unit_id, duty.period.last)
    return places.figure_url(cell.indicator.code, duty.period, unit, key=key)
