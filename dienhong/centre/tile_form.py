"""The editor's form of one tile: what a person chooses and types, turned into a tile of the closed schema."""

import json
import re
from typing import Any

from django import forms as fields
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dienhong.base import periods
from dienhong.base.numbers import format_number, parse_cell
from dienhong.centre import forms, spec
from dienhong.centre.given import read_json
from dienhong.centre.spec import Bound, Tile
from dienhong.indicators import queries
from dienhong.indicators.definition import kind_words
from dienhong.indicators.views.asked import language

_CODE = re.compile(r"^\s*((?:S\.)?[0-9]{2}\.[0-9]{3})\b")
COMPARES = (
    ("prev", gettext_lazy("kỳ trước")),
    ("year_before", gettext_lazy("cùng kỳ năm trước")),
    ("none", gettext_lazy("không so")),
)
GOOD = (("", gettext_lazy("không xét")), ("up", gettext_lazy("tăng là tốt")), ("down", gettext_lazy("giảm là tốt")))
_BOUNDS = [("", gettext_lazy("không đặt")), *((sign, sign) for sign in spec.OPERATORS)]


def _kinds() -> list[tuple[str, str]]:
    """calendar|kind, in words."""
    names = {"calendar": _("dương lịch"), "decree09": _("kỳ báo cáo Nghị định 09")}
    return [
        ("", _("theo chỉ tiêu: loại kỳ ngắn nhất đã có số")),
        *(
            (f"{calendar}|{kind}", f"{kind_words(kind)} ({names[calendar]})" if calendar in names else kind_words(kind))
            for calendar, kinds in periods.CALENDARS.items()
            for kind in kinds
        ),
    ]


def _own_kind(code: str) -> tuple[str, str]:
    """Calendar and kind of period in which an indicator is looked at where nobody chose: the shortest of which figures
    are known, else the first that the catalogue names."""
    at = queries.moment(None)
    indicator = next(iter(queries.by_codes({code}, at)), None)
    if indicator is None:
        return "calendar", "month"
    known = queries.periods_known(indicator, at)
    if known:
        shortest = min(known, key=lambda row: (row.last - row.first, row.calendar))
        return shortest.calendar, shortest.kind
    entry = queries.entry(indicator.pk, at)
    return (entry.calendar, entry.frequency[0]) if entry and entry.frequency else ("calendar", "month")


class TileForm(fields.Form):
    """`initial_of` fills it from a tile; `tile` makes one of what was typed. Every fault stands at its field."""

    form = fields.ChoiceField(label=gettext_lazy("Dạng"))
    indicator = fields.CharField(
        label=gettext_lazy("Chỉ tiêu"), max_length=300, required=False,
        help_text=gettext_lazy("Gõ mã hoặc vài chữ của tên rồi chọn."),
        widget=fields.TextInput(attrs={"list": "indicators", "autocomplete": "off"}),
    )  # fmt: skip
    title_vi = fields.CharField(
        label=gettext_lazy("Tiêu đề"), max_length=120, required=False,
        help_text=gettext_lazy("Để trống thì lấy tên chỉ tiêu."),
    )  # fmt: skip
    title_en = fields.CharField(label=gettext_lazy("Tiêu đề tiếng Anh"), max_length=120, required=False)
    unit = fields.CharField(
        label=gettext_lazy("Đơn vị"), max_length=120, initial="VN", widget=fields.TextInput(attrs={"list": "units"}),
        help_text=gettext_lazy("Mã đơn vị: VN là cả nước, 10 là Lào Cai."),
    )  # fmt: skip
    breakdown = fields.CharField(
        label=gettext_lazy("Phân tổ"), max_length=120, required=False,
        help_text=gettext_lazy("Để trống là số chung; ví dụ channel=online."),
    )  # fmt: skip
    kind = fields.ChoiceField(label=gettext_lazy("Loại kỳ"), required=False)
    count = fields.IntegerField(label=gettext_lazy("Số kỳ"), min_value=1, max_value=60, initial=12)
    compare = fields.ChoiceField(label=gettext_lazy("So với"), choices=COMPARES, initial="prev")
    good = fields.ChoiceField(label=gettext_lazy("Chiều tốt"), choices=GOOD, required=False)
    target_operator = fields.ChoiceField(label=gettext_lazy("Mục tiêu"), choices=_BOUNDS, required=False)
    target_bound = fields.CharField(label=gettext_lazy("Mức mục tiêu"), max_length=30, required=False)
    target_basis = fields.CharField(
        label=gettext_lazy("Căn cứ của mục tiêu"), max_length=200, required=False,
        help_text=gettext_lazy("Văn bản giao mục tiêu, số và ngày."),
    )  # fmt: skip
    target_year = fields.IntegerField(
        label=gettext_lazy("Mục tiêu của năm"), min_value=spec.YEARS[0], max_value=spec.YEARS[1], required=False,
        help_text=gettext_lazy("Chỉ các kỳ của năm này được xét đạt hay chưa; để trống thì ô chỉ nêu mục tiêu."),
    )  # fmt: skip
    attention_operator = fields.ChoiceField(label=gettext_lazy("Cần chú ý khi"), choices=_BOUNDS, required=False)
    attention_bound = fields.CharField(label=gettext_lazy("Ngưỡng chú ý"), max_length=30, required=False)
    fresh = fields.IntegerField(
        label=gettext_lazy("Hạn dùng của số, giờ"), min_value=0, max_value=24 * 800, required=False, initial=0,
        help_text=gettext_lazy("Quá hạn thì vẽ gạch ngang và nói vì sao. 0 là theo loại kỳ."),
    )  # fmt: skip
    regime = fields.CharField(
        label=gettext_lazy("Chế độ báo cáo"), max_length=20, required=False,
        help_text=gettext_lazy("Chỉ cho ô chậm báo cáo; để trống là mọi chế độ."),
    )  # fmt: skip
    width = fields.IntegerField(label=gettext_lazy("Rộng"), min_value=1, max_value=spec.ACROSS, initial=1)
    height = fields.IntegerField(label=gettext_lazy("Cao"), min_value=1, max_value=spec.DOWN, initial=1)
    own = fields.CharField(
        label=gettext_lazy("Đặc tả Vega-Lite"), required=False,
        widget=fields.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("JSON. Số liệu của ô có tên figures; không nhận url, href, image."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = forms.names()  # type: ignore[attr-defined]
        self.fields["kind"].choices = _kinds()  # type: ignore[attr-defined]

    @property
    def offered(self) -> list[fields.BoundField]:
        """The fields of the chosen form, in order; the others keep what they hold unseen."""
        form = forms.FORMS.get(str(self["form"].value() or ""))
        found = [self[name] for name in self.fields if form is None or name in _shown(form)]
        for field in found:
            field.field.required |= form is not None and field.name in form.needs
        return found

    @property
    def unseen(self) -> list[fields.BoundField]:
        shown = {field.name for field in self.offered}
        return [self[name] for name in self.fields if name not in shown]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        made = self._json(data)
        if self.errors:
            return data
        tile, faults = spec.read_tile(made, "", forms.FORMS)
        for fault in faults:
            name = fault.where.strip(".")
            self.add_error(name if name in self.fields else _AT.get(name.split(".")[0], "form"), fault.sentence)
        data["tile"] = tile
        return data

    def _json(self, data: dict[str, Any]) -> dict[str, Any]:
        code = _CODE.match(data["indicator"])
        calendar, _bar, kind = data["kind"].partition("|")
        if not kind:
            calendar, kind = _own_kind(code[1] if code else data["indicator"].strip())
        plain = ("form", "title_vi", "title_en", "breakdown", "count", "compare", "good", "regime", "width", "height")
        said = {name: data[name] for name in plain} | {"calendar": calendar, "kind": kind, "fresh": data["fresh"] or 0}
        said |= {"id": self.data.get("editing", ""), "indicator": code[1] if code else data["indicator"].strip()}
        said["unit"] = data["unit"].split(" ")[0]
        said["target"], said["attention"] = self._bound(data, "target"), self._bound(data, "attention")
        if data["own"].strip() and data["form"] == "vega":
            said["own"] = self._own(data["own"])
        return said

    def _bound(self, data: dict[str, Any], name: str) -> dict[str, Any] | None:
        sign, text = data[f"{name}_operator"], data[f"{name}_bound"].strip()
        if not sign and not text:
            return None
        read = parse_cell(text, decimals=None, locale=language())
        if not sign or not read.has_value or read.value is None:
            at = f"{name}_bound" if sign else f"{name}_operator"
            said = _("Viết một con số.") if sign else _("Chọn phép so sánh.")
            self.add_error(at, str(getattr(read.problem, "sentence", "")) or said)
            return None
        return Bound(sign, read.value, data.get(f"{name}_basis", ""), data.get(f"{name}_year") or 0).json()

    def _own(self, text: str) -> Any:
        try:
            return read_json(text)
        except ValueError as error:
            self.add_error("own", str(error))
            return {}


_AT = {"target": "target_bound", "attention": "attention_bound", "calendar": "kind"}


def _shown(form: forms.Form) -> set[str]:
    """Names of the fields that a form asks for."""
    groups = {
        "unit": {"unit", "breakdown"}, "lead": {"unit"}, "periods": {"kind", "count"},
        "target": {"target_operator", "target_bound", "target_year", "target_basis"},
        "attention": {"attention_operator", "attention_bound"},
    }  # fmt: skip
    names = {"form", "title_vi", "title_en", "width", "height"} | set(form.needs)
    for offered in form.offers:
        names |= groups.get(offered, {offered})
    return names


def initial_of(tile: Tile, lang: str) -> dict[str, Any]:
    """What the form shows of a tile, numbers as the reader writes them."""
    said = {name: getattr(tile, name) for name in TileForm.base_fields if name in Tile.__dataclass_fields__}
    said["kind"] = f"{tile.calendar}|{tile.kind}"
    for name in ("target", "attention"):
        bound: Bound | None = getattr(tile, name)
        if bound is not None:
            said[f"{name}_operator"], said[f"{name}_basis"] = bound.operator, bound.basis
            said[f"{name}_year"] = bound.year or None
            said[f"{name}_bound"] = format_number(bound.bound, None, lang)
    said["own"] = json.dumps(dict(tile.own), ensure_ascii=False, indent=1) if tile.own else ""
    return said
