"""Forms of reporting: opening an event, adding provinces to it, closing it."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dienhong.base.days import DayField


class ProvincesForm(forms.Form):
    """`choices`: (unit id, name) of the units that may owe the report."""

    provinces = forms.TypedMultipleChoiceField(
        label=_("Tỉnh, thành phố bị ảnh hưởng"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chọn ít nhất một tỉnh, thành phố.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["provinces"].choices = choices  # type: ignore[attr-defined]


class OpenEventForm(ProvincesForm):
    name = forms.CharField(
        label=_("Tên đợt"),
        max_length=200,
        help_text=_("Như người ta gọi, ví dụ: Mưa lũ miền Trung tháng 10/2020."),
    )
    first_day = DayField(
        label=_("Ngày bắt đầu"), help_text=_("Số liệu cộng dồn từ ngày này; báo cáo số 1 là của ngày này.")
    )
    field_order = ("name", "first_day", "provinces")

    def __init__(self, *args: Any, today: dt.date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_first_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["first_day"]
        if day > self.today:
            raise forms.ValidationError(_("Ngày bắt đầu chưa tới; đợt mở từ ngày đã xảy ra."))
        if (self.today - day).days > 60:
            raise forms.ValidationError(_("Ngày bắt đầu đã quá 60 ngày; báo cáo nhanh không mở lùi xa như vậy."))
        return day


class CloseEventForm(forms.Form):
    last_day = DayField(label=_("Ngày kết thúc"))
    reason = forms.CharField(
        label=_("Lý do"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Một câu, ví dụ: nước đã rút, chuyển sang thống kê thiệt hại."),
    )
