"""A day in a form, as people here write it. The browser's own date field speaks the browser's language, which would
show 08/25/2020 on a Vietnamese page: a text field does not."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

SHAPES = ["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"]


class DayField(forms.DateField):
    """Shown as 25/08/2020; read also as machines write it, 2020-08-25."""

    def __init__(self, **more: Any) -> None:
        attrs = {"class": "short", "placeholder": _("ngày/tháng/năm"), "autocomplete": "off"}
        super().__init__(
            input_formats=SHAPES,
            widget=forms.DateInput(attrs=attrs, format="%d/%m/%Y"),
            error_messages={"invalid": _("Ngày chưa đúng; viết ngày/tháng/năm.")},
            **more,
        )
