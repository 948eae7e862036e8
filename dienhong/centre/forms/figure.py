"""A figure with its target and a spark of the periods before."""

from django.utils.translation import gettext_lazy as _

from dienhong.centre import answer, charts
from dienhong.centre.answer import Answer
from dienhong.centre.asking import Subject
from dienhong.centre.forms import Form, Size, register


def answered(subject: Subject) -> Answer:
    found = answer.totals(subject)
    row, made = found[-1]
    return answer.base(subject, answer.head(subject, row, made), answer.points(subject, found))


def drawn(said: Answer, size: Size) -> str:
    return charts.spark(said, Size(size.width, min(size.height, 72)))


FORM = register(
    Form(
        "figure", _("Con số, mục tiêu và nét xu hướng"), "figure", answered, draw=drawn,
        offers=("unit", "periods", "compare", "good", "target", "attention", "fresh"),
    )
)  # fmt: skip
