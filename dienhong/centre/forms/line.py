"""A line over periods: a gap stays a gap, a change of method is a hair, the target a dashed line."""

from django.utils.translation import gettext_lazy as _

from dienhong.centre import answer, charts
from dienhong.centre.answer import Answer
from dienhong.centre.asking import Subject
from dienhong.centre.forms import Form, register


def answered(subject: Subject) -> Answer:
    found = answer.totals(subject)
    row, made = found[-1]
    return answer.base(subject, answer.head(subject, row, made), answer.points(subject, found))


FORM = register(
    Form(
        "line", _("Đường theo thời gian"), "chart", answered, draw=charts.line, width=2,
        offers=("unit", "periods", "compare", "good", "target", "attention", "fresh"),
    )
)  # fmt: skip
