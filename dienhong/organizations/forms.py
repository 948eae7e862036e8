"""Forms of the administrator's office. They check how a thing is written; whether it may be, the actions say."""

import re
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from dienhong.base.clock import business_today
from dienhong.base.days import DayField
from dienhong.base.text import fold, is_vietnamese
from dienhong.organizations import office, queries
from dienhong.organizations.models import Grant, Holiday, Person, Role, Unit, UnitCode

NATION = "VN"  # its code in addresses and on boards; many names have a word that begins so
NUMBERED = re.compile(r"#(\d+)\s*$")


class Suggested(forms.TextInput):
    """A text field with the browser's own list of suggestions: no script, and anything may be typed."""

    template_name = "organizations/suggested.html"
    options: list[str] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        found = super().get_context(name, value, attrs)
        found["widget"]["attrs"]["list"] = f"{found['widget']['attrs'].get('id', name)}_list"
        return {**found, "options": self.options}


class People(forms.Select):
    """A choice of people: a Vietnamese name says so to the voice that reads a page in another language."""

    def create_option(self, *args: Any, **more: Any) -> dict[str, Any]:
        option = super().create_option(*args, **more)
        if get_language() != "vi" and is_vietnamese(str(option["label"])):
            option["attrs"]["lang"] = "vi"
        return option


class UnitField(forms.CharField):
    """A unit by its name (tones or none), its code, or the number that a suggestion ends with."""

    widget = Suggested

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        on = business_today()
        numbered = NUMBERED.search(text)
        if numbered:
            unit = Unit.objects.filter(pk=int(numbered[1])).first() if len(numbered[1]) < 15 else None
            if unit is None:
                raise forms.ValidationError(_("Không có đơn vị số này."))
            return unit
        found = queries.units_called(text, on) or queries.search_units(text, on=on, limit=7)
        same = [(unit, name) for unit, name in found if fold(name) == fold(text)]
        exact = same or found
        if not same and text.upper() == NATION:
            rows = UnitCode.objects.filter(scheme__key="iso3166", code=NATION, validity__contains=on)
            exact = [(row.unit, text) for row in rows] or found
        if len(exact) == 1:
            return exact[0][0]
        if not found:
            for scheme in ("gso", "agency", "h", "g"):
                try:
                    return queries.unit_by_code(scheme, text, on)
                except queries.NoUnitError:
                    continue
            raise forms.ValidationError(_("Không tìm thấy đơn vị nào như vậy hôm nay."))
        named = queries.full_names([unit.pk for unit, _name in exact], on, get_language() or "vi")
        choices = "; ".join(f"{named[unit.pk]} #{unit.pk}" for unit, _name in exact[:6])
        more = "…" if len(exact) > 6 else "."
        said = gettext("Nhiều đơn vị khớp; viết rõ hơn hoặc chép một tên kèm số: ")
        raise forms.ValidationError(f"{said}{choices}{more}")


class PersonField(forms.CharField):
    """A person by username, or by a name that only one has."""

    one_of = False
    """Whether this or another field is asked for: then neither is said to be optional."""

    widget = Suggested

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.people = Person.objects.none()

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        name = text.rsplit("·", 1)[-1].strip()
        person = self.people.filter(username__iexact=name).first()
        if person is not None:
            return person
        found = list(office.find_people(self.people, text)[:6])
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("Không tìm thấy người nào như vậy."))
        said = "; ".join(f"{each.name} · {each.username}" for each in found[:5])
        raise forms.ValidationError(gettext("Nhiều người khớp; chép một tên đăng nhập: ") + said)


class Form(forms.Form):
    def __init__(self, *args: Any, by: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        self.by = by
        people = Person.objects.filter(is_active=True).order_by("sort_key", "username")
        for field in self.fields.values():
            if isinstance(field, PersonField):
                field.people = people
                field.widget.options = office.called(people[:300], business_today(), get_language() or "vi")
            if isinstance(field, UnitField):
                field.widget.options = _unit_options()


class WithReason(Form):
    reason = forms.CharField(label=_("Lý do"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class NewPerson(Form):
    display_name = forms.CharField(label=_("Họ và tên"), max_length=150)
    username = forms.CharField(
        label=_("Tên đăng nhập"), max_length=150, validators=[Person.username_validator],
        help_text=_("Chữ, số và các dấu @ . + - _; không dùng số định danh cá nhân."),
    )  # fmt: skip
    email = forms.EmailField(label=_("Địa chỉ thư"), required=False, help_text=_("Liên kết đặt mật khẩu gửi về đây."))
    unit = UnitField(label=_("Đơn vị"), help_text=_("Tên (có dấu hoặc không) hoặc mã."))


class Ask(WithReason):
    person = PersonField(label=_("Người nhận"), help_text=_("Tên đăng nhập."))
    role = forms.ChoiceField(label=_("Vai trò"), choices=[("", ""), *Role.choices])
    unit = UnitField(label=_("Đơn vị"), help_text=_("Tên (có dấu hoặc không) hoặc mã."))
    subtree = forms.BooleanField(label=_("Gồm mọi đơn vị cấp dưới"), required=False)
    scope = forms.CharField(
        label=_("Chỉ một chế độ báo cáo"), max_length=40, required=False,
        help_text=_("Mã chế độ, ví dụ RR22; để trống là mọi chế độ."),
    )  # fmt: skip
    first = DayField(label=_("Từ ngày"), required=False, help_text=_("Để trống là từ hôm nay."))
    last = DayField(label=_("Đến hết ngày"), required=False, help_text=_("Để trống là không thời hạn."))
    field_order = ["person", "role", "unit", "subtree", "scope", "first", "last", "reason"]


class ToSomeone(WithReason):
    """One person takes a role on: chosen from those who work at its unit and around it, else written."""

    other = PersonField(
        label=_("Người khác"), required=False,
        help_text=_("Khi không có trong danh sách trên: họ tên hoặc tên đăng nhập."),
    )  # fmt: skip

    def __init__(self, *args: Any, held: Grant, **more: Any) -> None:
        super().__init__(*args, **more)
        near = office.colleagues(held, business_today(), get_language() or "vi")
        if near:
            self.fields["to"].widget = People(choices=[("", ""), *near])
        else:
            del self.fields["to"]
        for either in self.fields.values():
            if isinstance(either, PersonField):
                either.one_of = True

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        chosen, other = said.pop("to", None), said.pop("other", None)
        if not chosen and not other and not {"to", "other"} & set(self.errors):
            self.add_error("to" if "to" in self.fields else "other", _("Chọn một người."))
        return {**said, "to": other or chosen}


class HandOver(ToSomeone):
    to = PersonField(label=_("Người nhận bàn giao"), required=False)
    on = DayField(label=_("Từ ngày"))
    field_order = ["to", "other", "on", "reason"]


class Delegation(ToSomeone):
    to = PersonField(label=_("Người được ủy quyền"), required=False)
    first = DayField(label=_("Từ ngày"))
    last = DayField(label=_("Đến hết ngày"))
    field_order = ["to", "other", "first", "last", "reason"]


class Leaving(WithReason):
    """Closing an account: for each role held, who takes it on; empty ends it."""

    on = DayField(label=_("Bàn giao từ ngày"))

    def __init__(self, *args: Any, held: list[office.Held], **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial.setdefault("on", business_today())
        people = Person.objects.filter(is_active=True).order_by("sort_key", "username")
        suggested = office.called(people[:300], business_today(), get_language() or "vi")
        for each in held:
            label = gettext("%(role)s, %(unit)s: bàn giao cho") % {"role": each.role, "unit": each.unit}
            field = PersonField(
                label=label, required=False, help_text=_("Tên đăng nhập; để trống là thôi vai trò này.")
            )
            field.people, field.widget.options = people, suggested
            self.fields[f"to_{each.grant.pk}"] = field
        self.order_fields([*(f"to_{each.grant.pk}" for each in held), "on", "reason"])

    def heirs(self) -> dict[int, Person]:
        return {int(key[3:]): to for key, to in self.cleaned_data.items() if key.startswith("to_") and to is not None}


class NewHoliday(Form):
    date = DayField(label=_("Ngày"))
    kind = forms.ChoiceField(label=_("Loại"), choices=Holiday.Kind.choices)
    name = forms.CharField(label=_("Tên"), max_length=200, help_text=_("Ví dụ: Nghỉ bù Quốc khánh."))
    source = forms.CharField(label=_("Văn bản công bố"), max_length=300)
    note = forms.CharField(label=_("Ghi chú"), max_length=300, required=False)


class PeopleList(Form):
    file = forms.FileField(label=_("Danh sách (CSV hoặc Excel)"), help_text=_("Tối đa 2 MB, 2.000 dòng."))
    reason = forms.CharField(label=_("Lý do"), max_length=300, help_text=_("Ví dụ: Quyết định phân công số 12."))


def _unit_options() -> list[str]:
    """The provinces and agencies of today; communes are found by typing."""
    on = business_today()
    kinds = [*queries.PROVINCIAL, "nation", "ministry", "ministry_level", "government_attached"]
    ids = list(queries.units_of_kind(kinds, on).values_list("pk", flat=True))
    rows = sorted(queries.name_rows(ids, on).items(), key=lambda each: each[1].sort_key)
    named = queries.spelled(ids, on, get_language() or "vi")
    return [named[pk] for pk, _row in rows]
