"""What the grid shows: forms with figures for the page, the state of a draft and its rules as data for the browser."""

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.numbers import EXACT, Empty, empty_label, empty_mark, format_number
from dienhong.base.refusal import Fault
from dienhong.base.text import is_vietnamese
from dienhong.reporting import carried, presence, review
from dienhong.reporting.actions.comments import comments_of
from dienhong.reporting.actions.entry import Saved
from dienhong.reporting.checks import Finding, in_words, row_names, unbroken
from dienhong.reporting.figures import Figure, in_order
from dienhong.reporting.models import CellComment, Edit, FormCell, Version
from dienhong.reporting.regime_judges import NARRATIVE
from dienhong.reporting.states import EDITABLE, state_of
from dienhong.reporting.views.shared import lang
from dienhong.rules import expressions

MANY = 4  # columns of figures; a form of more slides under its row names and has the page's whole width
Mark = tuple[int, int]
"""How far a browser has seen: the last edit and the last comment."""


def shown(figure: Figure | None, cell: FormCell) -> str:
    """A figure as it is read: formatted number, mark of an empty, or the text that was not understood."""
    if figure is None:
        return ""
    if figure.value is not None:
        return format_number(figure.value, cell.decimals, lang())
    if figure.empty is not None and cell.kind in (FormCell.Kind.NUMBER, FormCell.Kind.COMPUTED):
        return empty_mark(Empty(figure.empty))
    return figure.typed


def unit_of(cell: FormCell, said: str = "") -> str:
    """The unit of measure of a cell in words; "" where `said`, its label or its head, already names it."""
    unit = str(getattr(cell, f"unit_{lang()}"))
    return "" if f"({unit})" in said else unit


def named(cell: FormCell) -> str:
    """A cell as it is read aloud: its label and its unit."""
    label = str(getattr(cell, f"label_{lang()}"))
    unit = unit_of(cell, label)
    return f"{label} ({unit})" if unit else label


def common_unit(cells: Iterable[FormCell]) -> str:
    """The unit that every figure of a table has, for its head; "" where they differ."""
    units = {unit_of(cell) for cell in cells if cell.kind in (FormCell.Kind.NUMBER, FormCell.Kind.COMPUTED)}
    return units.pop() if len(units) == 1 else ""


def empty_words(figure: Figure | None) -> str:
    return empty_label(Empty(figure.empty), lang()) if figure and figure.empty else ""


def errors_of(judged: review.Review, checked: bool = False) -> list[Finding]:
    """The checks that stop the report. Of one in which nothing stands yet none is told before it is handed on."""
    entered = [judged.now[cell.key] for cell in judged.cells if cell.kind != FormCell.Kind.COMPUTED]
    own = [figure for figure in entered if figure.origin != carried.ORIGIN]
    begun = checked or any(figure.given or figure.problem for figure in own)
    return [finding for finding in judged.findings if finding.blocks] if begun else []


def forms_of(
    version: Version, judged: review.Review, checked: bool = False, returned: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Forms with their rows in the order of the form; a row has one slot a column, None where the form has no cell."""
    wrong = {fault.where for fault in judged.cell_faults if fault.code != "blank"}
    wrong |= {cell for finding in errors_of(judged, checked) for cell in finding.cells}
    warned = {cell for finding in judged.findings if finding.asks for cell in finding.cells}
    out = []
    for form in version.regime_version.spec["forms"]:
        slots = {(cell.row, cell.column): cell for cell in judged.cells if cell.form == form["key"]}
        unit = (form.get("unit") or {}).get(lang(), "")
        rows = []
        for row in form["rows"]:
            cells = [slots.get((row.get("key", ""), column["key"])) for column in form["columns"]]
            drawn = [_slot(cell, judged, wrong, warned, returned) if cell else None for cell in cells]
            rows.append(
                {
                    "label": row["label"][lang()],
                    "number": str(row.get("number", "")),
                    "heading": not any(cells),
                    "is_sum": any(cell.is_sum for cell in cells if cell),
                    "cells": drawn,
                    "only": drawn[0] if len(drawn) == 1 else None,
                    "unit": unit_of(cells[0], row["label"][lang()])
                    if len(cells) == 1 and cells[0] and not unit
                    else "",
                }
            )
        out.append(
            {
                "form": form,
                "title": form["title"][lang()],
                "columns": [_head(form, column) for column in form["columns"]],
                "single": len(form["columns"]) == 1,
                "many": len(form["columns"]) > MANY,
                "rows": rows,
                "unit": unit,
            }
        )
    return out


def _head(form: dict[str, Any], column: dict[str, Any]) -> str:
    """What stands above a column, with its unit where nothing else says it."""
    label, unit = str(column["label"][lang()]), str((column.get("unit") or {}).get(lang(), ""))
    return f"{label} ({unit})" if unit and not form.get("unit") and f"({unit})" not in label else label


def _slot(
    cell: FormCell, judged: review.Review, wrong: set[str], warned: set[str], returned: Collection[str]
) -> dict[str, Any]:
    figure, label = judged.now[cell.key], named(cell)
    back = cell.key in returned
    return {
        "cell": cell,
        "figure": figure,
        "shown": shown(figure, cell),
        "words": empty_words(figure),
        "prev": shown(judged.prev.get(cell.key), cell),
        "year_before": shown(judged.year_before.get(cell.key), cell),
        "wrong": cell.key in wrong,
        "warned": cell.key in warned,
        "returned": back,
        "carried": figure.origin == carried.ORIGIN,
        "label": _("%(label)s, bị trả lại") % {"label": label} if back else label,
    }


def rules_of(judged: review.Review) -> dict[str, Any]:
    """Cells, formulas, earlier figures and checks as data, so that the browser computes and checks while one types."""
    return {
        "lang": lang(),
        "words": {int(kind): empty_label(kind, lang()) for kind in Empty if kind not in (Empty.NONE, Empty.RETRACTED)},
        "cells": {
            cell.key: {
                "kind": cell.kind,
                "decimals": cell.decimals,
                "address": cell.address,
                "label": getattr(cell, f"label_{lang()}"),
                "unread": bool(judged.now[cell.key].problem),
            }
            for cell in judged.cells
        },
        "computed": [
            {"key": cell.key, "tree": expressions.to_json(expressions.parse(cell.formula))}
            for cell in in_order(judged.cells)
        ],
        "now": _plain(judged.now),
        "prev": _plain(judged.prev),
        "year_before": _plain(judged.year_before),
        "checks": [
            {
                "rule": found.rule.key,
                "severity": found.rule.severity,
                "cells": found.cells,
                "tree": expressions.to_json(expressions.parse(found.rule.expression)),
                "sentence": unbroken(getattr(found.rule, f"sentence_{lang()}")),
            }
            for found in judged.findings
        ],
    }


def _plain(figures: dict[str, Figure]) -> dict[str, dict[str, Any]]:
    out: dict[str, dict[str, Any]] = {}
    for key, figure in figures.items():
        if figure.value is not None:
            out[key] = {"value": _exact(figure.value)}
        elif figure.empty:
            out[key] = {"empty": int(figure.empty)}
    return out


def _exact(value: Decimal) -> str:
    """Decimal point, no trailing zeros: "4112", "1.5"."""
    return format(value.normalize(EXACT), "f")


def says() -> dict[str, str]:
    """The sentences that the grid's script says."""
    return {
        "saved": _("Đã lưu lúc"),
        "saving": _("Đang lưu"),
        "typing": _("Chưa lưu"),
        "lost": _("Mất đường truyền; số ô giữ trong máy này, tự gửi khi có mạng:"),
        "kept": _("Số ô đang giữ trong máy này, chưa lưu được:"),
        "expired": _("Phiên làm việc đã hết. Số đã gõ vẫn giữ trong máy này; đăng nhập lại thì tự lưu."),
        "closed": _("Báo cáo này đã được trình hoặc chuyển đi; số gõ thêm không lưu được nữa."),
        "mine": _("Giữ số của tôi"),
        "theirs": _("Lấy số kia"),
        "you": _("của bạn"),
        "blank": _("để trống"),
        "two": _("hai"),
        "three": _("ba"),
        "open": _("người đang mở"),
        "also": _("vừa sửa ô"),
        "outside": _("Số giá trị rơi ra ngoài biểu, chưa dán:"),
        "computed": _("Số giá trị rơi vào ô tự tính, chưa dán:"),
        "longer": _("Số giá trị dài quá 2000 ký tự, chưa dán:"),
        "blanks": _("Số ô chưa nhập:"),
        "undone": _("Đã hoàn tác ô"),
        "redone": _("Đã làm lại ô"),
        "cleared": _("Đã xóa khối"),
        "explained": _("Đã ghi giải trình."),
        "to_explain": _("Cần giải trình"),
        "answered": _("Giải trình"),
        "write": _("Viết giải trình"),
        "change": _("Sửa giải trình"),
        "unfilled": _("Chưa nhập. Không phát sinh thì gõ dấu gạch ngang, chưa có số thì gõ ba chấm."),
        "agrees": _("khớp"),
        "differs": _("lệch"),
        "untold": _("chưa đủ số"),
        "as": _("là"),
        "carried": _("chuyển từ kỳ trước"),
    }


def mark_of(version: Version) -> Mark:
    edit = Edit.objects.filter(version=version).aggregate(last=Max("pk"))["last"] or 0
    comment = CellComment.objects.filter(submission=version.submission_id).aggregate(last=Max("pk"))["last"] or 0
    return edit, comment


def picture(version: Version, saved: Saved | None = None, viewer: int = 0) -> dict[str, Any]:
    """The grid's state after a save, for the browser to draw: cells, what is wrong, what asks for a sentence."""
    mark = mark_of(version)
    judged = review.judge(version)
    return {
        "at": _time(clock.business_now()),
        "mark": list(mark),
        "cells": {cell.key: _cell(cell, judged.now[cell.key]) for cell in judged.cells},
        "conflicts": {
            key: {
                "typed": edit.typed,
                "by": _("bạn, ở cửa sổ khác:") if edit.by_id == viewer else edit.by.name,
                "edit": edit.pk,
            }
            for key, edit in (saved.conflicts.items() if saved else ())
        },
        "restored": [],
        **findings(judged),
    }


def changes(version: Version, since: Mark, viewer: int) -> dict[str, Any]:
    """What happened since a mark: cells others changed and who, new comments; who else has the grid open."""
    mark = mark_of(version)
    out: dict[str, Any] = {
        "mark": list(mark),
        "people": presence.others(version, viewer),
        "open": state_of(version) in EDITABLE,
        "cells": {},
    }
    if mark[0] > since[0]:
        fresh = Edit.objects.filter(version=version, pk__gt=since[0]).select_related("by", "cell").order_by("pk")
        authors = {edit.cell.key: edit.by for edit in fresh}
        judged = review.judge(version)
        out["cells"] = {
            cell.key: _cell(cell, judged.now[cell.key])
            | {"by": authors[cell.key].name if cell.key in authors and authors[cell.key].pk != viewer else ""}
            for cell in judged.cells
            if cell.key in authors or cell.kind == FormCell.Kind.COMPUTED
        }
        out |= findings(judged)
    if mark[1] > since[1]:
        out["comments"] = comments_data(version)
    return out


def comments_data(version: Version) -> list[dict[str, Any]]:
    addresses = dict(version.regime_version.cells.values_list("key", "address"))
    return [
        {
            "id": one.pk,
            "cell": one.cell_key,
            "address": addresses.get(one.cell_key, one.cell_key),
            "text": one.text,
            "by": one.by.name,
            "lang": "vi" if is_vietnamese(one.text) else "",
            "at": f"{clock.business_at(one.at):%H:%M, %d/%m/%Y}",
        }
        for one in comments_of(version.submission)
    ]


def _cell(cell: FormCell, figure: Figure) -> dict[str, Any]:
    return {
        "typed": figure.typed,
        "shown": shown(figure, cell),
        "words": empty_words(figure),
        "edit": figure.edit_id or 0,
        "carried": figure.origin == carried.ORIGIN,
        "value": None if figure.value is None else _exact(figure.value),
        "empty": figure.empty,
    }


def matches(judged: review.Review) -> list[dict[str, str]]:
    """What must equal what: each equation of the regime in words, and how it came out."""
    names = row_names(judged.cells, lang())
    states = {"passed": "ok", "failed": "warn"}
    return [
        {
            "rule": found.rule.key,
            "words": in_words(found.rule, names, lang()),
            "state": "fail" if found.blocks else states.get(found.outcome, "quiet"),
            "severity": found.rule.severity,
        }
        for found in judged.findings
        if expressions.to_json(expressions.parse(found.rule.expression))[0] == "="
        and NARRATIVE not in found.rule.expression
    ]


def findings(judged: review.Review, checked: bool = False) -> dict[str, Any]:
    """What is wrong, what is not filled, what asks for a sentence: as the grid's script draws it."""
    return {
        "faults": [_fault(fault) for fault in judged.cell_faults if fault.code != "blank"],
        "blanks": sum(fault.code == "blank" for fault in judged.cell_faults),
        "unfilled": [fault.where for fault in judged.cell_faults if fault.code == "blank"],
        "errors": [
            {"cells": f.cells, "sentence": f.sentences[lang()], "rule": f.rule.key} for f in errors_of(judged, checked)
        ],
        "warnings": [
            {
                "cells": f.cells,
                "sentence": f.sentences[lang()],
                "rule": f.rule.key,
                "explained": judged.explained.get(f.rule.pk, ""),
                "since": since(judged, f),
            }
            for f in judged.findings
            if f.asks
        ],
    }


def since(judged: review.Review, finding: Finding) -> str:
    """Of an explanation that was written for an earlier version: which."""
    number = judged.repeated.get(finding.rule.pk)
    return _("giữ từ bản %(n)d, số không đổi") % {"n": number} if number else ""


def to_read(judged: review.Review) -> tuple[tuple[str, str, str, str], ...]:
    """The warnings that a leader approves over: where, what, the sentence that was given, since which version."""
    return tuple(
        (_where(judged, one), one.sentences[lang()], judged.explained.get(one.rule.pk, ""), since(judged, one))
        for one in judged.findings
        if one.asks
    )


def _where(judged: review.Review, finding: Finding) -> str:
    """Of which cell a warning speaks, "C6, Hàng giả", for who reads it away from the form; where the sentence names
    the row itself, the address alone."""
    cell = next(one for one in judged.cells if one.key == finding.cells[0])
    label = str(getattr(cell, f"label_{lang()}"))
    return cell.address if label in finding.sentences[lang()] else f"{cell.address}, {label}"


def _fault(fault: Fault) -> dict[str, str]:
    return {"code": fault.code, "sentence": fault.sentence, "where": fault.where, "typed": fault.typed}


def _time(at: dt.datetime) -> str:
    return f"{at:%H:%M:%S}"
