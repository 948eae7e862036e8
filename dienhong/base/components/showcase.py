"""What `/look/` shows: every component with figures that are plainly made up."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dienhong.base import clock
from dienhong.base.components.ring import Coverage
from dienhong.base.components.tilemap import Tile, TileMap, grid
from dienhong.base.numbers import Empty, empty_label, format_number

RINGS = (
    Coverage(63, 0, 0, 63, official=True),
    Coverage(61, 0, 2, 63),
    Coverage(60, 5, 3, 63),
    Coverage(20, 3, 2, 63),
    Coverage(12, 0, 0, 12, official=True),
    Coverage(1, 0, 0, 1, official=True),
    Coverage(0, 0, 1, 1),
    Coverage(0, 0, 63, 63),
    Coverage(0, 0, 0, 0),
)
SWATCHES = ("paper", "sheet", "well", "ink", "quiet", "line", "edge", "indigo", "indigo-soft", "bronze", "bronze-soft",
            "good", "late", "bad", "bad-soft", "seq-1", "seq-2", "seq-3", "seq-4", "seq-5")  # fmt: skip

ROWS = {"region": "312.4", "region_change": "+9.8", "hanoi": "148.6", "hanoi_change": "+3.1", "cell": "148612300000000",
        "total": "775.9", "total_change": "+7.8", "price": "549000000", "fee": "32940000"}  # fmt: skip


class Sample(forms.Form):
    """Fields of each sort; bound to nothing, it shows its errors."""

    required_css_class = "required"
    name = forms.CharField(label=_("Tên đầu mối"), help_text=_("Người mà nơi nhận có thể gọi."))
    figure = forms.IntegerField(
        label=_("Số hồ sơ tiếp nhận"), min_value=0, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    note = forms.CharField(label=_("Giải trình"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    level = forms.ChoiceField(label=_("Cấp"), choices=[("1", _("Tỉnh")), ("2", _("Xã"))])


def sample_map(provinces: int) -> TileMap:
    """A map whose figures are made from the codes, with two missing and one where nothing arose."""
    codes = sorted({cell.code for cell in grid(provinces)})
    tiles = {code: Tile(Decimal(800 + int(code) * 37 % 200) / 10, "#map") for code in codes}
    tiles[codes[-1]] = Tile(None, "#map")
    tiles[codes[7]] = Tile(None, "#map")
    tiles[codes[9]] = Tile(Empty.NOTHING_AROSE, "#map")
    return TileMap(
        str(_("Giải ngân so với kế hoạch, % (số minh họa)")), tiles, Decimal(80), Decimal(100), 1, "%", provinces
    )


def _said(text: str, lang: str) -> str:
    """A number as the language writes it; a change keeps its sign."""
    value = Decimal(text)
    return format_number(value, 0 if value == value.to_integral_value() else 1, lang, sign=text.startswith("+"))


def context() -> dict[str, object]:
    """Everything the page of components names."""
    now = clock.business_now()
    lang = "en" if (get_language() or "vi").startswith("en") else "vi"
    return {
        "rings": RINGS,
        "sizes": (16, 26, 48, 104),
        "communes": Coverage(10_812, 310, 291, 11_103),
        "shares": tuple((160 + i % 7, 5 if i % 11 == 0 else 0, 9 if i % 9 == 0 else 0) for i in range(63)),
        "cover": Coverage(61, 2, 2, 63),
        "empties": [(empty_label(kind, lang), kind) for kind in Empty if kind is not Empty.NONE],
        "rows": {name: _said(text, lang) for name, text in ROWS.items()},
        "value": Decimal("775.9"),
        "on_time": Decimal("93.3"),
        "big": Decimal("148612300000000"),
        "minus": Decimal("-8.02"),
        "up": Decimal("0.4"),
        "flat": Decimal(0),
        "six_minutes": now - dt.timedelta(minutes=6),
        "two_hours": now - dt.timedelta(hours=2),
        "in_days": now.date() + dt.timedelta(days=5),
        "in_hours": now + dt.timedelta(hours=5, minutes=1),
        "past_day": now.date() - dt.timedelta(days=1),
        "maps": (sample_map(63), sample_map(34)),
        "sample": Sample(),
        "wrong": Sample({"name": "", "figure": "1 205", "level": "1"}),
        "page_obj": Paginator(range(1, 200), 10).page(4),
        "swatches": SWATCHES,
    }
