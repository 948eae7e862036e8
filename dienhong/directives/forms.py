"""Forms of directives. They check how a thing is written; whether it may be, the actions say."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dienhong.base import clock
from dienhong.base.days import DayField
from dienhong.base.levels import read_level
from dienhong.base.text import fold
from dienhong.directives.evidence import MOST_FILES
from dienhong.directives.models import Comparison, Scope
from dienhong.directives.words import lang
from dienhong.organizations import queries as organizations
from dienhong.organizations.forms import Form, UnitField
from dienhong.organizations.models import Person, Unit
from dienhong.reporting.workdays import work_calendar

USUAL_DAYS = 10  # working days that the form proposes
BY_NAME = _("Tên (có dấu hoặc không) hoặc mã.")


def words(label: Any, help_text: Any = "", *, rows: int = 4, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, help_text=help_text, required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


EVERY_PROVINCE = ("moi tinh", "cac tinh", "tat ca cac tinh", "63 tinh", "34 tinh", "all provinces")


class UnitsField(UnitField):
    """Several units, with a semicolon between them; "mọi tỉnh" stands for every province and municipality of today."""

    def clean(self, value: Any) -> list[Unit]:
        text = forms.CharField.clean(self, value)
        found: dict[int, Unit] = {}
        for part in (part.strip() for part in text.split(";")):
            if fold(part) in EVERY_PROVINCE:
                found |= {unit.pk: unit for unit in organizations.provinces(clock.business_today()).order_by("pk")}
            elif part and (unit := UnitField(required=False).clean(part)):
                found[unit.pk] = unit
        return list(found.values())


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to MOST_FILES files; a list, empty for none."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = [each for each in (data if isinstance(data, list | tuple) else [data]) if each]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("Chọn nhiều nhất %(most)d tệp.") % {"most": MOST_FILES})
        return [super(FilesField, self).clean(each, initial) for each in given]


def proposed_day() -> dt.date:
    return work_calendar().add_working_days(clock.business_today(), USUAL_DAYS)


class TaskForm(Form):
    """What units are asked to do: each lead unit gets an assignment of its own. `one`: a single unit leads.
    `everywhere`: every province may be named in one word, which is offered only to those above all of them."""

    one = False
    content = words(_("Việc phải làm"), _("Nói rõ kết quả cần có, để biết thế nào là xong."))
    lead = UnitsField(
        label=_("Đơn vị chủ trì"),
        help_text=_(
            "Tên hoặc mã một đơn vị cấp dưới. Nhiều đơn vị thì cách nhau bằng dấu chấm phẩy; mỗi đơn vị một nhiệm vụ."
        ),
    )
    with_units = UnitsField(
        label=_("Đơn vị phối hợp"), required=False, help_text=_("Nhiều đơn vị thì cách nhau bằng dấu chấm phẩy.")
    )
    due = DayField(label=_("Hạn"), required=False, help_text=_("Tính hết ngày này. Để trống nếu không đặt hạn."))
    key = forms.BooleanField(label=_("Nhiệm vụ trọng tâm"), required=False)

    def __init__(self, *args: Any, by: Person, everywhere: bool = False, **more: Any) -> None:
        super().__init__(*args, by=by, **more)
        self.fields["due"].initial = proposed_day
        if self.one:
            self.fields["lead"].help_text = BY_NAME
        elif everywhere:
            self.fields["lead"].help_text = _(
                "Tên hoặc mã. Nhiều đơn vị thì cách nhau bằng dấu chấm phẩy, hoặc viết “mọi tỉnh”; mỗi đơn vị một"
                " nhiệm vụ."
            )

    def clean_lead(self) -> list[Unit] | Unit:
        units: list[Unit] = self.cleaned_data["lead"]
        if self.one and len(units) > 1:
            raise forms.ValidationError(_("Ở đây chỉ một đơn vị chủ trì."))
        return units[0] if self.one else units


class ConditionForm(Form):
    """What a later value must be. `decimals` as the catalogue has it; `optional`: no condition may be chosen."""

    comparison = forms.ChoiceField(label=_("Con số phải"))
    target = forms.CharField(label=_("Mức phải đạt"), max_length=60)
    scope = forms.ChoiceField(label=_("Xét ở"), choices=Scope.choices, initial=Scope.LATER)

    def __init__(self, *args: Any, by: Person, decimals: int | None, optional: bool = False, **more: Any) -> None:
        super().__init__(*args, by=by, **more)
        self.decimals = decimals
        none = [("", _("không đặt điều kiện"))] if optional else []
        self.fields["comparison"].choices = [*none, *Comparison.choices]  # type: ignore[attr-defined]
        for name in ("comparison", "target"):
            self.fields[name].required = not optional

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        chosen, typed = said.get("comparison"), said.get("target", "")
        if chosen and not typed and "target" not in self.errors:
            self.add_error("target", _("Ghi mức mà con số phải đạt."))
        elif typed and not chosen and "comparison" not in self.errors:
            self.add_error("comparison", _("Chọn con số phải từ mức ấy trở lên, trở xuống hay đúng bằng."))
        elif typed:
            try:
                said["target"] = read_level(typed, lang(), self.decimals)
            except forms.ValidationError as wrong:
                self.add_error("target", wrong)
        return said


class IssueForm(TaskForm):
    """A directive with its first assignment; born from a document."""

    issuer = forms.TypedChoiceField(label=_("Đơn vị ban hành"), coerce=int)
    title = forms.CharField(
        label=_("Trích yếu"), max_length=300, help_text=_("Một dòng, ví dụ: Xử lý dứt điểm hồ sơ quá hạn quý II.")
    )
    document_number = forms.CharField(label=_("Số, ký hiệu văn bản"), max_length=60)
    document_date = DayField(label=_("Ngày văn bản"))
    document_issuer = forms.CharField(label=_("Cơ quan hoặc người ban hành"), max_length=200)
    field_order = ("issuer", "document_number", "document_date", "document_issuer", "title", "content", "lead",
                   "with_units", "due", "key")  # fmt: skip

    def __init__(self, *args: Any, by: Person, issuers: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, by=by, **more)
        _choose(self, issuers)

    def clean_document_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["document_date"]
        if day > clock.business_today():
            raise forms.ValidationError(_("Ngày văn bản chưa tới."))
        return day


class IssueFromNumberForm(ConditionForm, TaskForm):
    """A directive with its first assignment; born from a figure or a cross-check."""

    issuer = forms.TypedChoiceField(label=_("Đơn vị ban hành"), coerce=int)
    title = forms.CharField(label=_("Trích yếu"), max_length=300)
    one = True
    field_order = ("issuer", "title", "content", "lead", "with_units", "due", "key", "comparison", "target", "scope")

    def __init__(self, *args: Any, by: Person, issuers: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, by=by, optional=True, **more)
        _choose(self, issuers)


def _choose(form: forms.Form, issuers: Sequence[tuple[int, str]]) -> None:
    """Who leads one unit is not asked which."""
    form.fields["issuer"].choices = issuers  # type: ignore[attr-defined]
    if len(issuers) == 1:
        form.fields["issuer"].widget = forms.HiddenInput()
        form.fields["issuer"].initial = issuers[0][0]


class ReplaceForm(TaskForm):
    one = True
    reason = words(_("Lý do thay"), rows=3)
    field_order = ("reason", "content", "lead", "with_units", "due", "key")

    def __init__(self, *args: Any, hint: str = "", **more: Any):
        super().__init__(*args, **more)
        self.fields["reason"].help_text = hint


class ReportForm(Form):
    text = words(_("Tiến độ"), _("Đã làm gì, còn gì, khi nào xong."))
    evidence = FilesField(
        label=_("Tệp chứng cứ"), required=False,
        help_text=_("PDF, ảnh, Word hoặc Excel; nhiều nhất 5 tệp, mỗi tệp 10 MB."),
    )  # fmt: skip
    document_number = forms.CharField(
        label=_("Văn bản trả lời"), max_length=60, required=False, help_text=_("Số, ký hiệu nếu đã ban hành.")
    )
    document_date = DayField(label=_("Ngày văn bản trả lời"), required=False)
    waiting_for = UnitField(label=_("Đang chờ đơn vị"), required=False, help_text=_("Nếu việc đang nằm ở đơn vị khác."))


class ExtensionForm(Form):
    new_due = DayField(label=_("Xin đến ngày"))
    reason = words(_("Lý do"), rows=3)


class AllowForm(Form):
    due = DayField(label=_("Cho đến ngày"), help_text=_("Ngày được xin, hoặc sớm hơn."))
    reason = words(_("Lời nhắn"), rows=2, required=False)


class ReasonForm(Form):
    """`label` and `hint` as the act asks for them."""

    reason = words(_("Lý do"), rows=3)

    def __init__(self, *args: Any, by: Person, label: Any = "", hint: Any = "", optional: bool = False, **more: Any):
        super().__init__(*args, by=by, **more)
        self.fields["reason"].label = label or self.fields["reason"].label
        self.fields["reason"].help_text = hint
        self.fields["reason"].required = not optional
