"""Where and in which language a person is reached. What the fields mean, actions.set_reach decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]


class OwnNames(forms.Select):
    """Each language is called by its own name, and read in it."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["lang"] = str(value)
        return option


class ReachForm(forms.Form):
    language = forms.ChoiceField(label=_("Ngôn ngữ của thư và tin nhắn"), choices=LANGUAGES, widget=OwnNames)
    phone = forms.CharField(
        label=_("Số điện thoại nhận SMS"), required=False, max_length=30, help_text=_("Ví dụ 0912 345 678.")
    )
    hook_url = forms.CharField(
        label=_("Địa chỉ máy nhận (webhook)"),
        required=False,
        max_length=300,
        help_text=_("Bắt đầu bằng https://, trên máy chủ mà quản trị viên cho phép."),
    )
