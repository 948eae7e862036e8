"""The texts of a report: versioned sections of the regime's outline, with references to cells of its form.

`{r3.1}` stands for the figure of a cell and follows it; `{r3.1@prev}` and `{r3.1@year_before}` for that of an earlier
period. `{r3.1=1.205}` is a figure the author wrote, bound to the cell: where the form says otherwise, a warning asks.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.numbers import Empty, empty_label, format_number, parse_cell
from dienhong.base.refusal import Fault, Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting.checks import NARRATIVE_WORDS, Periods
from dienhong.reporting.figures import BLANK, Figure
from dienhong.reporting.models import FormCell, Narrative, Version
from dienhong.reporting.permissions import require
from dienhong.reporting.regime_judges import NARRATIVE
from dienhong.reporting.states import EDITABLE, lock, state_of

MOST = 20_000
WRITTEN = "vi"  # the language of the texts, as their fields say
REFERENCE = re.compile(r"\{([A-Za-z][\w./]*)(?:@(prev|year_before))?(?:=([^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text as it is read. `kind`: text, live (the cell's figure), said (written by hand and equal to
    it), differs (written and not equal; `figure` is the form's), unknown (no such cell)."""

    kind: str
    text: str
    cell: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure in a text that the form says otherwise."""

    section: str
    cell: FormCell
    said: str
    figure: Figure


def outline(version: Version) -> list[dict[str, Any]]:
    """The sections that the regime version asks for, in order."""
    return list(version.regime_version.spec.get("outline") or [])


def latest(version: Version, until: dt.datetime | None = None) -> dict[str, Narrative]:
    """The row of each section that stands, or that stood at the moment `until`."""
    rows = Narrative.objects.filter(version=version).order_by("section", "-pk").distinct("section")
    if until is not None:
        rows = rows.filter(at__lte=until)
    return {row.section: row for row in rows.select_related("by")}


@action("reporting.save_narrative")
@transaction.atomic
def save_narrative(*, by: Person, version: Version, section: str, text: str, seen: int | None = None) -> Narrative:
    """Save a section's text as a new version of it. The same text again adds nothing.

    `seen`: the row that stood there when the author began (0: none; None: not asked). Refused where someone
    wrote since, oneself in another window too, so that neither text is lost; where the regime has no such section;
    where the report was handed on.
    """
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code)
    if state_of(version) not in EDITABLE:
        raise Refused("not_editable", _("Báo cáo đã trình; muốn sửa, lãnh đạo phải trả lại hoặc mở bản đính chính."))
    if section not in {one["key"] for one in outline(version)}:
        raise Refused("no_section", _("Đề cương không có mục “%(section)s”.") % {"section": section[:40]})
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MOST:
        raise Refused("too_long", _("Mỗi mục tối đa %(most)d ký tự; đưa phần dài vào phụ lục.") % {"most": MOST})
    standing = latest(version).get(section)
    if standing and standing.text == text:
        return standing
    if seen is not None and standing and standing.pk != seen:
        sentence = _("%(who)s vừa ghi mục này. Đọc bản ấy bên dưới, gộp vào rồi lưu lại.")
        if standing.by_id == by.pk:
            sentence = _("Bạn vừa ghi mục này ở một cửa sổ khác. Đọc bản ấy bên dưới, gộp vào rồi lưu lại.")
        raise Refused("conflict", sentence % {"who": standing.by.name})
    row = Narrative.objects.create(version=version, section=section, text=text, by=by)
    record(
        by=f"person:{by.pk}",
        verb="reporting.save_narrative",
        object_kind="version",
        object_id=version.pk,
        unit_id=duty.unit_id,
        data={"section": section, "row": row.pk},
    )
    return row


def carry_over(by: Person, earlier: Version, version: Version) -> None:
    """The texts of an earlier version as the beginning of the next; sections the outline no longer has stay behind."""
    asked = {one["key"] for one in outline(version)}
    rows = [row for key, row in sorted(latest(earlier).items()) if key in asked and row.text]
    Narrative.objects.bulk_create(Narrative(version=version, section=row.section, text=row.text, by=by) for row in rows)


def pieces(text: str, cells: Mapping[str, FormCell], by_period: Periods, lang: str) -> list[Piece]:
    """The text with its references filled in, for reading. Nothing here is markup: a template escapes it.

    Figures are in the notation of the text, which is Vietnamese, so that one sentence has one: "1.830", never "1,830"
    beside the "12.300,0" that its author wrote. What is said about the text is in the reader's `lang`."""
    out: list[Piece] = []
    at = 0
    for found in REFERENCE.finditer(text):
        if found.start() > at:
            out.append(Piece("text", text[at : found.start()]))
        out.append(_piece(found, cells, by_period, lang))
        at = found.end()
    if at < len(text):
        out.append(Piece("text", text[at:]))
    return out


def plain(text: str, cells: Mapping[str, FormCell], by_period: Periods, lang: str = "vi") -> str:
    """The text as a reader without a screen gets it: figures in place of references."""
    return "".join(piece.text for piece in pieces(text, cells, by_period, lang))


def _piece(found: re.Match[str], cells: Mapping[str, FormCell], by_period: Periods, lang: str) -> Piece:
    key, period, said = found[1], found[2] or "", found[3]
    cell = cells.get(key)
    if cell is None:
        return Piece("unknown", found[0], key)
    figure = by_period.get(period, {}).get(key, BLANK)
    if said is None:
        return Piece("live", in_words(figure, cell, WRITTEN), key)
    if _same(said, cell, figure):
        return Piece("said", said.strip(), key)
    return Piece("differs", said.strip(), key, in_words(figure, cell, lang))


def in_words(figure: Figure, cell: FormCell, lang: str) -> str:
    """A figure inside a sentence: formatted, or the words of its kind of empty."""
    if figure.value is not None:
        return format_number(figure.value, cell.decimals, lang)
    if figure.empty:
        return empty_label(Empty(figure.empty), lang)
    return figure.typed or "…"


def _same(said: str, cell: FormCell, figure: Figure) -> bool:
    """Whether a written figure is the cell's, in the notation of either language; a text or date as it is typed."""
    said = said.strip()
    if cell.kind not in (FormCell.Kind.NUMBER, FormCell.Kind.COMPUTED):
        return said == figure.typed
    if figure.value is not None and said in (format_number(figure.value, cell.decimals, one) for one in ("vi", "en")):
        return True
    parsed = parse_cell(said, decimals=cell.decimals, convention="dot_thousands")
    return (
        not parsed.problem and parsed.kind is not None and (parsed.value, parsed.kind) == (figure.value, figure.empty)
    )


def differences(texts: Mapping[str, str], cells: Mapping[str, FormCell], now: Mapping[str, Figure]) -> list[Difference]:
    """Every written figure that is not the cell's. One whose cell is not yet filled is not told to differ."""
    out = []
    for section, text in texts.items():
        for found in REFERENCE.finditer(text):
            cell = cells.get(found[1])
            if cell is None or found[2] or found[3] is None:
                continue
            figure = now.get(cell.key, BLANK)
            if figure.given and not _same(found[3], cell, figure):
                out.append(Difference(section, cell, found[3].strip(), figure))
    return out


def for_checks(found: Iterable[Difference], sections: list[dict[str, Any]]) -> Periods:
    """What a check over [narrative.differences] reads: how many, and in words where, by language."""
    found = list(found)
    numbered = {one["key"]: place for place, one in enumerate(sections, start=1)}
    words = {lang: "; ".join(_in_words(one, numbered, lang) for one in found) for lang in ("vi", "en")}
    return {
        "": {NARRATIVE: Figure(value=Decimal(len(found)), empty=Empty.NONE)},
        NARRATIVE_WORDS: {lang: Figure(typed=text) for lang, text in words.items()},
    }


def _in_words(one: Difference, numbered: Mapping[str, int], lang: str) -> str:
    figure = in_words(one.figure, one.cell, lang)
    return f"{numbered.get(one.section, '?')}. “{one.said}” ≠ {one.cell.address} “{figure}”"


def faults(version: Version, texts: Mapping[str, str], cells: Mapping[str, FormCell], lang: str) -> list[Fault]:
    """What stops a report with texts: a section asked for and empty, a reference to a cell that is not there."""
    out = []
    for place, section in enumerate(outline(version), start=1):
        text = texts.get(section["key"], "")
        where = f"section:{section['key']}"
        title = f"{place}. {section['title'][lang]}"
        if section["required"] and not text and not version.nothing_to_report:
            sentence = _("Mục “%(title)s” chưa viết. Đề cương bắt buộc mục này; viết ít nhất một câu.")
            out.append(Fault("section_blank", sentence % {"title": title}, where))
        for found in REFERENCE.finditer(text):
            if found[1] not in cells:
                sentence = _("Mục “%(title)s” dẫn %(mark)s, biểu không có ô này. Xem “Mã của các ô” ở đầu phần lời.")
                out.append(Fault("no_cell", sentence % {"title": title, "mark": found[0]}, where, found[0]))
    return out
