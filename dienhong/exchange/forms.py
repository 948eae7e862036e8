"""What administrators type about a partner, and what is looked for in the log. What it means, the actions say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dienhong.base.days import DayField
from dienhong.exchange.models import Verdict, Way

WHY = _("Lý do")


class AddressForm(forms.Form):
    base_url = forms.CharField(
        label=_("Địa chỉ"), required=False, max_length=300,
        help_text=_("https://… Để trống thì không gửi gì tới đối tác này."),
    )  # fmt: skip
    reason = forms.CharField(label=WHY, max_length=300)


class ActiveForm(forms.Form):
    reason = forms.CharField(label=WHY, max_length=300)


class KeyForm(forms.Form):
    public = forms.CharField(
        label=_("Khóa công khai"), max_length=100,
        help_text=_("64 chữ số hệ mười sáu, như đối tác thông báo bằng văn bản."),
    )  # fmt: skip
    reason = forms.CharField(label=WHY, max_length=300, help_text=_("Ví dụ: số văn bản thông báo khóa."))


class SearchForm(forms.Form):
    """All optional; an empty field asks nothing."""

    partner = forms.ChoiceField(label=_("Đối tác"), required=False)
    way = forms.ChoiceField(label=_("Chiều"), required=False, choices=[("", _("mọi chiều")), *Way.choices])
    verdict = forms.ChoiceField(label=_("Kết quả"), required=False, choices=[("", _("mọi kết quả")), *Verdict.choices])
    key = forms.CharField(
        label=_("Mã"), required=False, max_length=160, help_text=_("Mã thông điệp, khóa nghiệp vụ hoặc số hồ sơ.")
    )
    since = DayField(label=_("Từ ngày"), required=False)
    until = DayField(label=_("Đến hết ngày"), required=False)

    def __init__(self, *args: object, partners: list[tuple[str, str]], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["partner"].choices = [("", _("mọi đối tác")), *partners]  # type: ignore[attr-defined]
