"""What a jurist of the nation sets right in the catalogue: the new content, and by which decision since when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dienhong.base.days import DayField
from dienhong.catalogue.actions.editing import LONGEST_NAME
from dienhong.catalogue.models import Version

UNKNOWN, YES, NO = "", "yes", "no"
FLAGS = ((UNKNOWN, _("nguồn không ghi")), (YES, _("có")), (NO, _("không")))
FROM_FLAG = {UNKNOWN: None, YES: True, NO: False}
TO_FLAG = {said: word for word, said in FROM_FLAG.items()}


class WordsField(forms.CharField):
    """One a line; kept as a list without blanks."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, longest: int, **more: Any) -> None:
        super().__init__(**more)
        self.longest = longest

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        found = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        return [line for line in found if line]

    def validate(self, value: Any) -> None:
        super().validate(value)
        for line in value:
            if len(line) > self.longest:
                raise forms.ValidationError(
                    _("“%(line)s…” dài quá; mỗi dòng tối đa %(most)d ký tự."),
                    params={"line": line[:30], "most": self.longest},
                )


class FlagField(forms.TypedChoiceField):
    def __init__(self, **more: Any) -> None:
        super().__init__(choices=FLAGS, required=False, coerce=FROM_FLAG.get, empty_value=None, **more)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else TO_FLAG[value]


class DecisionForm(forms.Form):
    """What every change of the catalogue rests on."""

    decision_no = forms.CharField(label=_("Số quyết định công bố"), max_length=120, help_text=_("Ví dụ: 1234/QĐ-BTC."))
    valid_from = DayField(label=_("Có hiệu lực từ ngày"))
    reason = forms.CharField(
        label=_("Lý do"), max_length=300, help_text=_("Đọc được trong nhật ký, cạnh tên bạn.")
    )  # fmt: skip


class ProcedureForm(DecisionForm):
    """The fields that may be amended, as they stand. `changes()` are those that were changed."""

    name = forms.CharField(label=_("Tên thủ tục"), max_length=LONGEST_NAME, widget=forms.Textarea(attrs={"rows": 3}))
    conditions = forms.CharField(
        label=_("Yêu cầu, điều kiện"), required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    steps = forms.CharField(label=_("Trình tự từng bước"), required=False, widget=forms.Textarea(attrs={"rows": 10}))
    executing_agencies = forms.CharField(
        label=_("Nơi giải quyết"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    competent_agency = forms.CharField(label=_("Cơ quan có thẩm quyền"), required=False)
    receiving_address = forms.CharField(label=_("Địa chỉ nhận hồ sơ"), required=False)
    sets = forms.IntegerField(label=_("Số bộ hồ sơ"), required=False, min_value=1, max_value=20)
    by_counter = FlagField(label=_("Trực tiếp tại nơi tiếp nhận"))
    online = FlagField(label=_("Trực tuyến"))
    by_post = FlagField(label=_("Qua bưu chính công ích"))
    keywords = WordsField(120, label=_("Từ dẫn tới thủ tục"), required=False, help_text=_("Mỗi dòng một từ."))
    related = WordsField(40, label=_("Mã thủ tục liên quan"), required=False, help_text=_("Mỗi dòng một mã."))
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("name",)

    CONTENT = ("name", "conditions", "steps", "executing_agencies", "competent_agency", "receiving_address", "sets",
               "by_counter", "online", "by_post", "keywords", "related")  # fmt: skip

    def __init__(self, data: Any, *, version: Version) -> None:
        standing = {name: getattr(version, name) for name in self.CONTENT} | {"seen": version.number}
        super().__init__(data, initial=standing)
        self.version = version
        self.order_fields([*self.CONTENT, "decision_no", "valid_from", "reason", "seen"])

    def clean_seen(self) -> int:
        if self.cleaned_data["seen"] != self.version.number:
            raise forms.ValidationError(
                _("Thủ tục vừa có bản %(number)d do người khác ghi. Mở trang thủ tục xem bản ấy, rồi sửa trên đó."),
                params={"number": self.version.number},
            )
        return int(self.cleaned_data["seen"])

    def clean(self) -> dict[str, Any]:
        made: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.changes():
            raise forms.ValidationError(_("Chưa sửa gì: nội dung vẫn như bản đang có."))
        return made

    def changes(self) -> dict[str, Any]:
        """Name -> new value of what differs; line ends of another system are no difference."""
        said = {name: self.cleaned_data[name] for name in self.CONTENT}
        return {name: value for name, value in said.items() if _plain(value) != _plain(getattr(self.version, name))}


def _plain(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
