"""Bars over periods, from zero."""

from django.utils.translation import gettext_lazy as _

from dienhong.centre import charts
from dienhong.centre.forms import Form, register
from dienhong.centre.forms.line import answered

FORM = register(
    Form(
        "bar", _("Cột theo thời gian"), "chart", answered, draw=charts.columns, width=2,
        offers=("unit", "periods", "compare", "good", "target", "attention", "fresh"),
    )
)  # fmt: skip
