"""Forms of checks, questions and alerts. They check how a thing is written; whether it may be, the actions say."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dienhong.base.levels import read_level
from dienhong.base.periods import CALENDARS
from dienhong.base.refusal import Refused
from dienhong.indicators import queries as indicators
from dienhong.indicators.actions import ensure_period
from dienhong.indicators.models import Indicator, Period
from dienhong.organizations.forms import Form, UnitField
from dienhong.organizations.models import Unit
from dienhong.watch.models import Comparison, Severity, Side
from dienhong.watch.words import OPERATORS, lang

BY_NAME = _("Tên (có dấu hoặc không) hoặc mã.")
KINDS = {
    "day": _("ngày"), "week": _("tuần"), "month": _("tháng"), "quarter": _("quý"), "half_year": _("sáu tháng"),
    "nine_month": _("chín tháng"), "year": _("năm"), "event": _("đợt báo cáo"),
}  # fmt: skip


def words(label: Any, help_text: Any = "", *, rows: int = 4, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, help_text=help_text, required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class TextForm(Form):
    """`label` and `hint` as the act asks for them."""

    text = words(_("Nội dung"))

    def __init__(self, *args: Any, label: Any, hint: Any = "", optional: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["text"].label = label
        self.fields["text"].help_text = hint
        self.fields["text"].required = not optional


class AskForm(Form):
    asker = forms.TypedChoiceField(label=_("Hỏi thay cho đơn vị"), coerce=int)
    text = words(_("Câu hỏi"), _("Hỏi rõ một điều: số gồm những gì, vì sao tăng hoặc giảm, dựa vào tài liệu nào."))

    def __init__(self, *args: Any, askers: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "asker", askers)


def choose(form: forms.Form, name: str, choices: Sequence[tuple[int, str]]) -> None:
    """Who has one unit is not asked which."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]
    if len(choices) == 1:
        form.fields[name].widget = forms.HiddenInput()
        form.fields[name].initial = choices[0][0]


class IndicatorField(forms.CharField):
    """An indicator by its code, or by a name that only one has."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).split(" · ")[0].strip()
        found = Indicator.objects.filter(code__iexact=text).first()
        if found is not None:
            return found
        entries = indicators.search(text)
        if len(entries) == 1:
            return entries[0].indicator
        if not entries:
            raise forms.ValidationError(_("Không tìm thấy chỉ tiêu nào như vậy; ghi mã, ví dụ 08.003."))
        said = "; ".join(
            f"{each.indicator.code} · {each.name_en if lang() == 'en' else each.name_vi}" for each in entries[:5]
        )
        raise forms.ValidationError(_("Nhiều chỉ tiêu khớp; ghi mã của một: %(said)s") % {"said": said})


class UnitsField(forms.CharField):
    """Several units, with a semicolon between them."""

    def clean(self, value: Any) -> list[Unit]:
        text = super().clean(value)
        return [UnitField().clean(part.strip()) for part in text.split(";") if part.strip()]


class RuleForm(Form):
    """A rule and its next version."""

    owner = forms.TypedChoiceField(label=_("Đơn vị đặt quy tắc"), coerce=int)
    title = forms.CharField(label=_("Tên"), max_length=200, help_text=_("Ví dụ: Hồ sơ quá hạn tăng nhanh."))
    indicator = IndicatorField(
        label=_("Chỉ tiêu"), max_length=300, help_text=_("Mã, hoặc tên nếu chỉ một chỉ tiêu có.")
    )
    period_kind = forms.ChoiceField(label=_("Loại kỳ"), choices=list(KINDS.items()), initial="quarter")
    unit = UnitField(
        label=_("Số của đơn vị"),
        help_text=_(
            "Tên hoặc mã. Số cộng từ các đơn vị bên dưới chỉ xét những kỳ đã đủ mọi đơn vị; "
            "kỳ còn thiếu thì dùng Im lặng."
        ),
    )
    below = forms.BooleanField(label=_("Từng đơn vị ngay dưới nó, thay vì chính nó"), required=False)
    comparison = forms.ChoiceField(label=_("Cảnh báo khi"), choices=Comparison.choices)
    side = forms.ChoiceField(
        label=_("Chiều"), choices=[("", _("không có")), *Side.choices], required=False,
        help_text=_("Chỉ cho mức và thay đổi."),
    )  # fmt: skip
    bound = forms.CharField(
        label=_("Mức"), max_length=60, required=False,
        help_text=_(
            "Theo đơn vị tính của chỉ tiêu. Thay đổi và lệch kế hoạch: phần trăm; nếu chính chỉ tiêu tính bằng % thì"
            " điểm phần trăm. Im lặng: để trống."
        ),
    )  # fmt: skip
    duration = forms.IntegerField(
        label=_("Kéo dài"), min_value=0, max_value=60, initial=1,
        help_text=_("Im lặng: số ngày làm việc sau hạn. Còn lại: số kỳ liền nhau."),
    )  # fmt: skip
    severity = forms.TypedChoiceField(
        label=_("Mức độ"), choices=Severity.choices, coerce=int, initial=Severity.WARNING,
        help_text=_("Khẩn thì báo cả trong giờ yên lặng."),
    )  # fmt: skip
    receivers = UnitsField(
        label=_("Đơn vị nhận"), required=False, help_text=_("Nhiều đơn vị thì cách nhau bằng dấu chấm phẩy.")
    )
    to_reporter = forms.BooleanField(label=_("Báo cả đơn vị của con số"), required=False, initial=True)
    quiet_from = forms.IntegerField(label=_("Giờ yên lặng từ"), min_value=0, max_value=23, initial=21)
    quiet_to = forms.IntegerField(
        label=_("Giờ yên lặng đến"),
        min_value=0,
        max_value=23,
        initial=7,
        help_text=_("Hai giờ bằng nhau là không có giờ yên lặng."),
    )
    escalate_after = forms.IntegerField(
        label=_("Lên cấp trên sau (giờ)"), min_value=0, max_value=720, initial=24,
        help_text=_("Nếu chưa ai tiếp nhận; 0 là không bao giờ."),
    )  # fmt: skip
    active = forms.BooleanField(label=_("Đang dùng"), required=False, initial=True)

    def __init__(self, *args: Any, owners: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "owner", owners)
        for name in ("side", "bound"):  # a level and a change need them, silence has none: their hints say so
            self.fields[name].one_of = True  # type: ignore[attr-defined]

    def clean_bound(self) -> Any:
        typed = self.cleaned_data["bound"].strip()
        if not typed:
            return None
        return read_level(typed, lang())

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        about, kind = said.get("indicator"), said.get("period_kind")
        entry = indicators.entry(about.pk) if about is not None else None
        if entry is not None and kind and kind not in CALENDARS[entry.calendar]:
            known = ", ".join(str(KINDS[each]) for each in CALENDARS[entry.calendar] if each in KINDS)
            self.add_error(
                "period_kind", _("Lịch của chỉ tiêu này không có loại kỳ ấy; chọn %(known)s.") % {"known": known}
            )
        compared, bound = said.get("comparison"), said.get("bound")
        if compared in (Comparison.LEVEL, Comparison.CHANGE):
            if not said.get("side") and "side" not in self.errors:
                self.add_error("side", _("Chọn cao hơn hay thấp hơn."))
        elif compared and said.get("side"):
            self.add_error("side", _("Chỉ mức và thay đổi mới có chiều; chọn “không có”."))
        if compared == Comparison.SILENCE:
            if bound is not None:
                self.add_error("bound", _("Im lặng không so với mức nào; để trống."))
        elif compared and bound is None and "bound" not in self.errors:
            self.add_error("bound", _("Ghi mức để so."))
        if compared and compared != Comparison.SILENCE and said.get("duration") == 0:
            self.add_error("duration", _("Ít nhất 1 kỳ."))
        return said

    def never(self) -> str:
        """What to warn of: a kind of period of which the indicator has no figure yet. Silence waits for none."""
        about, kind = self.cleaned_data["indicator"], self.cleaned_data["period_kind"]
        known = {row.kind for row in indicators.periods_known(about, indicators.moment())}
        if not known or kind in known or self.cleaned_data["comparison"] == Comparison.SILENCE:
            return ""
        there = ", ".join(str(KINDS[each]) for each in KINDS if each in known)
        return _("Chỉ tiêu này chưa có số nào của loại kỳ ấy, chỉ có theo %(known)s: quy tắc chờ đến khi có.") % {
            "known": there
        }


_KEYS = {"month": "M{:02}", "quarter": "Q{}", "half_year": "H{}", "nine_month": "9M", "year": "Y"}
_MOST = {"month": 12, "quarter": 4, "half_year": 2}


class TargetForm(Form):
    """What a plan asks of a unit in one period."""

    owner = forms.TypedChoiceField(label=_("Đơn vị giao"), coerce=int)
    indicator = IndicatorField(
        label=_("Chỉ tiêu"), max_length=300, help_text=_("Mã, hoặc tên nếu chỉ một chỉ tiêu có.")
    )
    unit = UnitField(label=_("Giao cho đơn vị"), help_text=BY_NAME)
    kind = forms.ChoiceField(label=_("Loại kỳ"), choices=[(key, KINDS[key]) for key in _KEYS], initial="year")
    year = forms.IntegerField(label=_("Năm"), min_value=1900, max_value=2199)
    number = forms.IntegerField(
        label=_("Kỳ thứ"), min_value=1, max_value=12, required=False,
        help_text=_("Tháng, quý hoặc nửa năm thứ mấy; cả năm và chín tháng: để trống."),
    )  # fmt: skip
    operator = forms.ChoiceField(label=_("Phải"), choices=list(OPERATORS.items()))
    bound = forms.CharField(label=_("Mức"), max_length=60, help_text=_("Theo đơn vị tính của chỉ tiêu."))
    upper = forms.CharField(label=_("Mức trên"), max_length=60, required=False, help_text=_("Chỉ cho trong khoảng."))
    legal_basis = forms.CharField(label=_("Văn bản giao"), max_length=300, help_text=_("Số, ngày và cơ quan ban hành."))

    def __init__(self, *args: Any, owners: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choose(self, "owner", owners)

    def clean_bound(self) -> Any:
        return read_level(self.cleaned_data["bound"], lang())

    def clean_upper(self) -> Any:
        return read_level(self.cleaned_data["upper"], lang()) if self.cleaned_data["upper"].strip() else None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        kind, number, about = said.get("kind", ""), said.get("number"), said.get("indicator")
        most = _MOST.get(kind)
        if most and "number" not in self.errors and not (number and number <= most):
            self.add_error("number", _("Ghi kỳ thứ mấy, từ 1 đến %(n)d.") % {"n": most})
        entry = indicators.entry(about.pk) if about is not None else None
        if entry is not None and kind and kind not in CALENDARS[entry.calendar]:
            known = ", ".join(str(KINDS[each]) for each in CALENDARS[entry.calendar] if each in KINDS)
            self.add_error("kind", _("Lịch của chỉ tiêu này không có loại kỳ ấy; chọn %(known)s.") % {"known": known})
        return said

    def period(self) -> Period:
        """The row of the period that was said, in the indicator's own calendar."""
        said = self.cleaned_data
        entry = indicators.entry(said["indicator"].pk)
        if entry is None:
            raise Refused("no_entry", gettext("Chỉ tiêu này chưa có trong danh mục đang dùng."))
        return ensure_period(entry.calendar, f"{said['year']}-" + _KEYS[said["kind"]].format(said["number"]))
