"""Units in order of their values, the first and the last of them, with the number of those between."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dienhong.centre import answer, charts
from dienhong.centre.answer import Answer, Mark
from dienhong.centre.asking import CannotAsk, Subject
from dienhong.centre.forms import Form, register

ROOM = {1: 5, 2: 18, 3: 30}  # rows by the height of the tile


def answered(subject: Subject) -> Answer:
    listed = answer.listed(subject)
    if listed is None:
        raise CannotAsk(_("Chưa có đủ đơn vị có số để xếp hạng."))
    row, marks = listed
    there = sorted((mark for mark in marks if mark.value is not None), key=_order(subject))
    ranked = [replace(mark, row=str(place)) for place, mark in enumerate(there, 1)]
    most = ROOM[subject.tile.height]
    first, last = (ranked, []) if len(ranked) <= most else (ranked[: most - most // 3], ranked[-(most // 3) :])
    between, silent = len(ranked) - len(first) - len(last), len(marks) - len(ranked)
    said = answer.base(subject, answer.head(subject, row, subject.total(row)), tuple([*first, *last]))
    return replace(said, note=answer.left_out(between, silent), columns=(str(len(first)),))


def _order(subject: Subject) -> Callable[[Mark], tuple[Decimal, str]]:
    """The best first: the highest, unless a low value is good."""
    sign = 1 if subject.tile.good == "down" else -1

    def key(mark: Mark) -> tuple[Decimal, str]:
        return sign * (mark.value or Decimal(0)), mark.name

    return key


FORM = register(
    Form(
        "ranking", gettext_lazy("Xếp hạng các đơn vị"), "chart", answered, draw=charts.ranking, lists=True,
        height=2, offers=("unit", "periods", "good", "target", "fresh"),
    )
)  # fmt: skip
