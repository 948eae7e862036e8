"""A heat table: units down, periods across, five steps readable in grey; what is missing is an outline."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dienhong.centre import answer, charts
from dienhong.centre.answer import Answer
from dienhong.centre.asking import CannotAsk, Subject
from dienhong.centre.forms import Form, register

ROOM = {1: 6, 2: 17, 3: 29}  # a row less than fits: the legend takes it


def answered(subject: Subject) -> Answer:
    listed = answer.listed(subject)
    if listed is None:
        raise CannotAsk(_("Chưa có đủ đơn vị có số để lập bảng."))
    newest, marks = listed
    shown = [row for row in subject.rows if row.last <= newest.last][-min(subject.tile.count, 8) :]
    low_is_good = subject.tile.good == "down"
    order = sorted(
        (mark for mark in marks if mark.value is not None),
        key=lambda mark: ((mark.value or 0) * (1 if low_is_good else -1), mark.name),
    )
    silent, most = [mark for mark in marks if mark.value is None], ROOM[subject.tile.height]
    split = most - most // 2 if len(order) > most else 0  # then the last of them stand below the first
    ends = [*order[:split], *order[len(order) - most // 2 :]] if split else order
    kept = [*ends, *silent[: most - len(ends)]]
    units = {subject.places.code(unit, newest.last): (unit, tree) for unit, tree in subject.level}
    cells = []
    for mark in kept:
        unit, tree = units[mark.code]
        for row in shown:
            made = mark if row.pk == newest.pk else answer.unit_mark(subject, row, unit, subject.total(row, unit, tree))
            cells.append(replace(made, row=mark.name, label=subject.label(row, short=True)))
    note = answer.left_out(len(order) - len(ends), len(silent) - (len(kept) - len(ends)))
    said = answer.base(subject, answer.head(subject, newest, subject.total(newest)), tuple(cells), note)
    return replace(said, columns=tuple(subject.label(row, short=True) for row in shown), split=split)


FORM = register(
    Form(
        "heat", gettext_lazy("Bảng nhiệt đơn vị theo kỳ"), "chart", answered,
        draw=charts.heat, legend=charts.heat_legend,
        lists=True, width=2, height=2, offers=("unit", "periods", "good", "fresh"),
    )
)  # fmt: skip
