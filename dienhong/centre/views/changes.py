"""Why did it change: a page and JSON for any figure, against another period or against what was known before."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dienhong.base import clock, moments, periods
from dienhong.base.numbers import format_number
from dienhong.centre.changes import BOTH, CAME, WENT, Explained, Part, State, explain
from dienhong.indicators import definition, places, queries
from dienhong.indicators.queries import SeriesKey
from dienhong.indicators.views import asked
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in

SCHEMA = "dienhong.changes/1"
SHOWN = 20  # contributions by name in each group; the rest is one row that keeps the sum


@signed_in
@require_GET
def changes(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    made = _made(request, code, calendar, period, unit)
    here = request.path
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    page = {"p": made, "json_url": f"{here.rstrip('/')}.json{query}", "than": _than(request),
            "known": request.GET.get("known", ""), **asked.said_of_moment(request)}  # fmt: skip
    return render(request, "centre/changes.html", page)


@signed_in
@require_GET
def changes_json(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    return JsonResponse(_made(request, code, calendar, period, unit), json_dumps_params={"ensure_ascii": False})


def _than(request: HttpRequest) -> str:
    than = request.GET.get("than", "prev")
    return than if than in ("prev", "year_before", "revision") else "prev"


def _made(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> dict[str, Any]:
    key, at, lang = asked.key(request, code, calendar, period, unit), asked.moment(request), asked.language()
    than = _than(request)
    before = _earlier(request, key, at) if than == "revision" else None
    found = None if than == "revision" and before is None else explain(key, at, than=than, before=before)
    return Said(key, at, lang, request.GET.get("as_of", "")).page(found, than)


def _earlier(request: HttpRequest, key: SeriesKey, at: queries.Moment) -> dt.datetime | None:
    """The moment whose figure is held against the present one: the one asked for, else right before the last change."""
    text = request.GET.get("known", "").strip()
    if text:
        try:
            return queries.from_business(moments.read(text))
        except (ValueError, OverflowError):
            raise BadRequest(_("Không hiểu thời điểm “%(text)s”.") % {"text": text[:40]}) from None
    made = queries.total(
        queries.indicator_of(key.indicator_id), queries.kept_period(key.period_id), key.unit_id,
        breakdown_id=key.breakdown_id, measure=key.measure, as_of=at,
    )  # fmt: skip
    return made.known_at - dt.timedelta(microseconds=1) if made.known_at else None


class Said:
    """An explanation in words and numbers as text, for the page and for machines alike."""

    def __init__(self, key: SeriesKey, at: queries.Moment, lang: str, as_of: str) -> None:
        self.key, self.at, self.lang, self.as_of = key, at, lang, as_of
        self.indicator = queries.indicator_of(key.indicator_id)
        self.entry = queries.entry(key.indicator_id, at)
        self.row = queries.kept_period(key.period_id)

    def page(self, found: Explained | None, than: str) -> dict[str, Any]:
        name = "" if self.entry is None else self.entry.name_en if self.lang == "en" else self.entry.name_vi
        unit = "" if self.entry is None else self.entry.unit_en if self.lang == "en" else self.entry.unit_vi
        code = places.codes([self.key.unit_id], self.row.last)[self.key.unit_id]
        head = {
            "schema": SCHEMA, "than": than, "indicator": {"code": self.indicator.code, "name": name, "unit": unit},
            "period": self._label(self.row), "where": organizations.name(self.key.unit_id, self.row.last, self.lang),
            "passport": places.figure_url(self.indicator.code, self.row, code, key=self.key, as_of=self.as_of),
            "address": reverse("centre:changes", args=[self.indicator.code, self.row.calendar, self.row.key, code]),
        }  # fmt: skip
        return head | (self._explained(found) if found else {"explained": False})

    def _explained(self, found: Explained) -> dict[str, Any]:
        names = self._names(found)
        groups = [self._group(found, scope, names) for scope in (BOTH, CAME, WENT)]
        return {
            "explained": True, "how": found.how, "method": _METHOD[found.how](),
            "before": self._state(found.before, found), "now": self._state(found.now, found),
            "change": f"{found.change:f}",
            "change_text": format_number(found.change, found.digits, self.lang, sign=True),
            "sum_text": self._text(found.change, found),
            "finer": found.decimals > found.digits,
            "split": any(part.top is not None for part in found.parts),
            "groups": [group for group in groups if group["count"]],
        }  # fmt: skip

    def _state(self, state: State, found: Explained) -> dict[str, Any]:
        value = state.made.value or Decimal(0)
        business = clock.business_at(state.at.at)
        return {
            "period": self._label(state.row), "value": f"{value:f}", "reported": state.made.reported,
            "text": format_number(value, found.digits, self.lang),
            "known": f"{business:%H:%M, %d/%m/%Y}" if found.before.at.at != found.now.at.at else "",
        }  # fmt: skip

    def _group(self, found: Explained, scope: str, names: dict[int | str, tuple[str, str]]) -> dict[str, Any]:
        parts = [part for part in found.parts if part.scope == scope]
        named, rest = parts[:SHOWN], parts[SHOWN:]
        left = sum((part.whole for part in rest), Decimal(0))
        total = found.subtotal(scope)
        return {
            "scope": scope, "title": _SCOPES[scope](), "count": len(parts), "total": f"{total:f}",
            "total_text": self._text(total, found), "rows": [self._row(part, found, names) for part in named],
            "others": {"count": len(rest), "whole": f"{left:f}", "text": self._text(left, found)} if rest else None,
        }  # fmt: skip

    def _row(self, part: Part, found: Explained, names: dict[int | str, tuple[str, str]]) -> dict[str, Any]:
        name, href = names.get(part.key, ("", ""))
        sides = {"top": part.top, "bottom": part.bottom}
        return {
            "name": name, "passport": href, "whole": f"{part.whole:f}", "text": self._text(part.whole, found),
            **{side: None if each is None else f"{each:f}" for side, each in sides.items()},
            **{f"{side}_text": "" if each is None else self._text(each, found) for side, each in sides.items()},
        }  # fmt: skip

    def _names(self, found: Explained) -> dict[int | str, tuple[str, str]]:
        """key -> name and passport: of a unit its own figure, of an input its own."""
        units = [part.key for part in found.parts if isinstance(part.key, int)]
        called = organizations.names(units, self.row.last, self.lang)
        codes = places.codes(units, self.row.last)
        made: dict[int | str, tuple[str, str]] = {
            unit: (
                called.get(unit, f"#{unit}"),
                places.figure_url(self.indicator.code, self.row, codes[unit], key=self.key, as_of=self.as_of),
            )
            for unit in units
        }
        for part in found.parts:
            if isinstance(part.key, str):
                made[part.key] = self._input(part.key, found)
        return made

    def _input(self, ref: str, found: Explained) -> tuple[str, str]:
        each = found.now.inputs.get(ref) or found.before.inputs.get(ref)
        if each is None or each.key is None:
            return (_("chính con số này") if not ref else definition.name_of(ref.strip("[]"), self.at, self.lang)), ""
        code = queries.indicator_of(each.key.indicator_id).code
        row = queries.kept_period(each.key.period_id)
        where = places.codes([each.key.unit_id], row.last)[each.key.unit_id]
        name = definition.name_of(code, self.at, self.lang)
        part = definition.part_words(each.key.breakdown_id, self.lang)
        period = self._label(row) if row.pk not in (found.now.row.pk, found.before.row.pk) else ""
        said = ", ".join(filter(None, [name, part, period]))
        return said, places.figure_url(code, row, where, key=each.key, as_of=self.as_of)

    def _label(self, row: Any) -> str:
        return periods.label(queries.plain(row), self.lang)

    def _text(self, amount: Decimal, found: Explained) -> str:
        return format_number(amount, found.decimals, self.lang, sign=True)


_SCOPES = {
    BOTH: lambda: _("Có ở cả hai bên"),
    CAME: lambda: _("Mới thêm vào"),
    WENT: lambda: _("Kỳ này không có số"),
}
_METHOD = {
    "sum": lambda: _("Tổng thay đổi bằng tổng thay đổi của từng đơn vị."),
    "ratio": lambda: _(
        "Phân rã trung điểm: ΔT·(1/M₀+1/M₁)/2 là phần của tử số, Δ(1/M)·(T₀+T₁)/2 là phần của mẫu số, tính cho từng"
        " đơn vị bằng phân số đúng rồi làm tròn theo số dư lớn nhất; cộng mọi dòng được đúng thay đổi chung."
    ),
    "weighted": lambda: _(
        "Bình quân có trọng số, phân rã trung điểm như tỷ lệ: tử số là giá trị nhân trọng số, mẫu số là trọng số."
    ),
    "formula": lambda: _(
        "Mỗi đầu vào của công thức nhận tác động trung bình qua mọi thứ tự thay đổi (giá trị Shapley), tính đúng rồi"
        " làm tròn theo số dư lớn nhất."
    ),
    "own": lambda: _("Đơn vị này tự công bố con số, nên thay đổi là của chính nó."),
    "apart": lambda: _("Hai con số không được tính theo cùng một cách, nên chỉ nói được chênh lệch chung."),
}  # fmt: skip
