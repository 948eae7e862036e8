"""A chart of one's own in Vega-Lite, over the tile's figures. It loads nothing and leads nowhere (vega.py)."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from dienhong.centre import answer, palette, vega
from dienhong.centre.answer import Answer, Mark
from dienhong.centre.asking import Subject
from dienhong.centre.forms import Form, Size, register

OWN, BELOW = "own", "below"


def answered(subject: Subject) -> Answer:
    """The unit over its periods, and the units below it in the newest period that they have."""
    found = answer.totals(subject)
    row, made = found[-1]
    listed = answer.listed(subject)
    own = [replace(mark, row=OWN) for mark in answer.points(subject, found)]
    below = [replace(mark, row=BELOW) for mark in listed[1]] if listed else []
    return answer.base(subject, answer.head(subject, row, made), tuple([*own, *below]))


def rows(said: Answer) -> list[dict[str, Any]]:
    """What the chart draws: no address stands in it. Vega computes in binary; the passport has the exact figure."""
    return [
        _row(said, number, mark)
        for level in (OWN, BELOW)
        for number, mark in enumerate(each for each in said.marks if each.row == level)
        if mark.value is not None
    ]


def _row(said: Answer, number: int, mark: Mark) -> dict[str, Any]:
    own = mark.row == OWN
    return {
        "level": mark.row,
        "order": number,
        "period": mark.label if own else said.head.period if said.head else "",
        "unit": said.where if own else mark.name,
        "code": mark.code,
        "value": float(mark.value or 0),
        "text": mark.text,
        "official": mark.solid,
    }


def drawn(said: Answer, size: Size) -> str:
    return vega.draw(dict(said.tile.own), rows(said), size.width, size.height, palette.themed(), said.lang)


FORM = register(
    Form(
        "vega", _("Biểu đồ tự viết (Vega-Lite)"), "chart", answered, draw=drawn, lists=True,
        needs=frozenset({"indicator", "own"}), offers=("unit", "periods", "compare", "good", "own", "fresh"), width=2,
    )
)  # fmt: skip
