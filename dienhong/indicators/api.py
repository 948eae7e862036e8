"""Figures for machines: a table, a total, the largest changes; thin over `queries`, as of any moment.

Values are exact decimals written as text. The passport of every figure has an address of its own (`passport`).
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Router
from ninja.errors import HttpError

from dienhong.base import periods
from dienhong.base.brief import brief
from dienhong.base.numbers import Empty
from dienhong.indicators import places, queries
from dienhong.indicators.models import Entry, Indicator, Period
from dienhong.indicators.queries import Moment, kept
from dienhong.indicators.views import asked
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Unit, UnitKind

router = Router(tags=["indicators"])
MOST_UNITS, MOST_PERIODS, MOST_CHANGES = 1_000, 600, 200
EMPTY = {int(kind): kind.name.lower() for kind in Empty if kind is not Empty.NONE}
Answer = Callable[..., dict[str, Any]]


def answered(view: Answer) -> Callable[..., HttpResponse]:
    """What an address asks for and is not there becomes the API's own error, with its sentence."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            made = view(request, *args, **kwargs)
        except Http404 as error:
            raise HttpError(404, str(error)) from error
        except BadRequest as error:
            raise HttpError(400, str(error)) from error
        text = json.dumps(made, ensure_ascii=False, separators=(",", ":"), check_circular=False)
        return HttpResponse(text, content_type="application/json")

    return asking


def written(value: Decimal | None) -> str | None:
    """The decimal without the zeros that only the column's scale adds; null where there is none."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Asked:
    """The indicator, the breakdown and the moment that every address here names."""

    indicator: Indicator
    entry: Entry
    breakdown: str
    breakdown_id: int
    at: Moment

    @classmethod
    def of(cls, request: HttpRequest, code: str) -> "Asked":
        at = asked.moment(request)
        found = asked.indicator(code)
        entry = queries.entry(found.pk, at)
        if entry is None:
            raise Http404(_("Lúc ấy danh mục chưa có chỉ tiêu %(code)s.") % {"code": code[:40]})
        text = request.GET.get("breakdown", "")
        breakdown = kept.breakdown_of(text)
        if breakdown is None:
            raise Http404(_("Không có phân tổ “%(text)s”.") % {"text": text[:80]})
        return cls(found, entry, text, breakdown, at)

    def head(self) -> dict[str, Any]:
        name = self.entry.name_en if asked.language() == "en" else self.entry.name_vi
        unit = self.entry.unit_en if asked.language() == "en" else self.entry.unit_vi
        return {
            "indicator": self.indicator.code,
            "name": name,
            "unit": unit,
            "breakdown": self.breakdown,
            "as_of": self.at.at.isoformat(),
        }


def _calendar(a: Asked, given: str, key: str) -> str:
    """The calendar that was asked for; none was: the one in which this indicator has figures of such a period, its own
    first. 2020-Q2 is a quarter of the year and, from 15 March to 14 June, one of reports."""
    if given:
        return given
    named = kept.calendars_of(key)
    if not named - {a.entry.calendar}:  # nothing to choose from: which periods an indicator has is a long question
        return a.entry.calendar
    known = {row.calendar for row in queries.periods_known(a.indicator, a.at) if row.key == key}
    return a.entry.calendar if a.entry.calendar in known or not known else min(known)


def _period(calendar: str, key: str) -> Period:
    row = kept.period(calendar, key)
    if row is None:
        said = {"period": key[:40], "calendar": calendar[:40], "known": ", ".join(periods.CALENDARS)}
        raise Http404(_("Chưa có số nào của kỳ %(period)s trong lịch %(calendar)s; các lịch là %(known)s.") % said)
    return row


_WRITTEN = {"week_thu": "2020-W33", "day": "2020-08-19"}


def _plain(calendar: str, key: str) -> periods.Period:
    """The period, or a sentence in the reader's language that says how one is written."""
    try:
        return periods.period(calendar, key)
    except periods.PeriodError as error:
        said = {"calendar": calendar[:40], "key": key[:40], "known": ", ".join(periods.CALENDARS)}
        if calendar not in periods.CALENDARS:
            raise BadRequest(_("Không có lịch “%(calendar)s”; các lịch là %(known)s.") % said) from error
        if calendar == "event":
            raise BadRequest(_("Các đợt báo cáo không thành dãy; hỏi từng báo cáo bằng mã của nó.")) from error
        said["written"] = _WRITTEN.get(calendar, "2020-M07, 2020-Q2, 2020-H1, 2020-9M, 2020-Y")
        raise BadRequest(_("Lịch %(calendar)s không có kỳ “%(key)s”; viết %(written)s.") % said) from error


def _span(calendar: str, kind: str, since: str, until: str) -> list[Period]:
    """The periods of one kind from `since` to `until`, both within, of which anyone spoke."""
    first, last = _plain(calendar, since), _plain(calendar, until)
    found = list(_rows_of(calendar, kind, first.first, last.last))
    if len(found) > MOST_PERIODS:
        raise BadRequest(_("Nhiều nhất %(n)d kỳ một lần; thu hẹp since và until.") % {"n": MOST_PERIODS})
    if not found:
        raise Http404(_("Chưa có số nào từ %(since)s đến %(until)s.") % {"since": since[:40], "until": until[:40]})
    return found


@brief(5, most=64, settled=True)
def _rows_of(calendar: str, kind: str, first: dt.date, last: dt.date) -> tuple[Period, ...]:
    rows = Period.objects.filter(calendar=calendar, kind=kind, first__gte=first, last__lte=last)
    return tuple(rows.order_by("first")[: MOST_PERIODS + 1])


@brief(5, most=64, settled=True)
def _of_kind(kind: str, on: dt.date) -> dict[int, str] | None:
    """Units of that kind on a day with their codes, one more than are shown; None where there is no such kind."""
    if not UnitKind.objects.filter(kind=kind).exists():
        return None
    kinds = organizations.PROVINCIAL if kind in organizations.PROVINCIAL else (kind,)
    ids = list(organizations.units_of_kind(kinds, on).order_by("pk").values_list("pk", flat=True))
    return places.codes(ids[: MOST_UNITS + 1], on)


@brief(5, most=64)
def _names_of(units: frozenset[int], on: dt.date, lang: str) -> dict[int, str]:
    return organizations.names(units, on, lang)


@brief(5, most=64, settled=True)
def _codes_of(units: frozenset[int], on: dt.date) -> dict[int, str]:
    return places.codes(units, on)


def _units(text: str, last: Period) -> dict[int, str]:
    """unit id -> code in addresses. `text`: a kind (province, a municipality being one too), or codes with commas."""
    found = _of_kind(text, last.last)
    if found is None:
        try:
            found = {places.unit(code, last.last).pk: code for code in text.split(",")[: MOST_UNITS + 1] if code}
        except Unit.DoesNotExist as error:
            raise Http404(str(error)) from None
    if len(found) > MOST_UNITS:
        raise BadRequest(_("Nhiều nhất %(n)d đơn vị một lần; hãy nêu mã đơn vị.") % {"n": MOST_UNITS})
    if not found:
        raise Http404(_("Không có đơn vị nào như vậy vào ngày ấy."))
    return dict(sorted(found.items(), key=lambda one: one[1]))


@router.get("/{code}/table", summary="One indicator: units by periods")
@answered
def table(
    request: HttpRequest,
    code: str,
    since: str,
    until: str,
    calendar: str = "",
    kind: str = "month",
    units: str = "province",
    breakdown: str = "",
    as_of: str = "",
) -> dict[str, Any]:
    """`values[i][j]` is the figure of `units[i]` in `periods[j]`; null where there is none; `empty` may say why.

    `units`: a kind of unit, or codes with commas. `as_of`: business time, a day or a minute.
    """
    a = Asked.of(request, code)
    calendar = _calendar(a, calendar, until)
    span = _span(calendar, kind, since, until)
    where = _units(units, span[-1])
    months = [row.pk for row in span]
    said = queries.texts(a.indicator.pk, months, list(where), breakdown_id=a.breakdown_id, as_of=a.at)
    values, empty = _matrix(chain(_computed(a, span, list(where)), said), months, list(where))
    names = _names_of(frozenset(where), span[-1].last, asked.language())
    return a.head() | {
        "calendar": calendar,
        "kind": kind,
        "periods": [row.key for row in span],
        "units": [{"code": code, "name": names.get(unit, "")} for unit, code in where.items()],
        "values": values,
        "empty": empty,
        "passport": f"/figures/{a.indicator.code}/{calendar}/{{period}}/{{unit}}.json",
    }


def _computed(a: Asked, span: list[Period], units: list[int]) -> Iterator[queries.Text]:
    """What nobody reported and the units' own figures make, as `queries.texts` says it; of the whole only."""
    methods = queries.methods(a.indicator.pk, a.at)
    if a.breakdown or not queries.is_computed(a.entry, methods[-1].formula if methods else ""):
        return
    known = {row.pk for row in queries.periods_known(a.indicator, a.at)}
    for row in span:
        if row.pk in known:
            for unit, made in queries.of_units(a.indicator, row, units, a.at).items():
                yield row.pk, unit, made.figure.empty, written(made.figure.value)


def _matrix(
    said: Iterable[queries.Text], months: list[int], units: list[int]
) -> tuple[list[list[str | None]], list[dict[str, Any]]]:
    """Values by unit and period; and where a figure was said to be empty. What is said twice says the same."""
    columns, rows = ({key: place for place, key in enumerate(keys)} for keys in (months, units))
    values: list[list[str | None]] = [[None] * len(months) for _unit in units]
    empties: dict[tuple[int, int], int] = {}
    for month, unit, empty, text in said:
        row, column = rows[unit], columns[month]
        values[row][column] = text
        if text is None:
            empties[row, column] = empty
    return values, [
        {"unit": row, "period": column, "kind": EMPTY.get(empty, str(empty))}
        for (row, column), empty in empties.items()
    ]


@router.get("/{code}/total", summary="The figure of a unit, its own or made from all below it")
@answered
def total(
    request: HttpRequest, code: str, period: str, calendar: str = "", unit: str = "VN", breakdown: str = "",
    as_of: str = "",
) -> dict[str, Any]:  # fmt: skip
    """`how`: direct, sum, ratio, weighted, formula or nothing; `missing` counts those who owe a part and gave none."""
    a = Asked.of(request, code)
    row = _period(_calendar(a, calendar, period), period)
    where = _unit(unit, row)
    made = queries.total(a.indicator, row, where.pk, breakdown_id=a.breakdown_id, as_of=a.at)
    refused = made.refusal.get(asked.language()) if made.refusal else None
    address = places.figure_url(a.indicator.code, row, unit, name="figure_json")
    return a.head() | {
        "period": row.key,
        "place": unit,
        "how": made.how,
        "value": written(made.value),
        "empty": EMPTY.get(made.empty or 0),
        "refusal": refused,
        "reported": made.reported,
        "missing": len(made.without),
        "unknown": len(made.unknown),
        "known_at": made.known_at.isoformat() if made.known_at else None,
        "passport": f"{address}?{urlencode({'breakdown': a.breakdown})}" if a.breakdown else address,
    }


def _unit(code: str, row: Period) -> Unit:
    try:
        return places.unit(code, row.last)
    except Unit.DoesNotExist as error:
        raise Http404(str(error)) from None


@router.get("/{code}/changes", summary="Where an indicator changed most between two periods")
@answered
def changes(
    request: HttpRequest, code: str, period: str, before: str, calendar: str = "", unit: str = "VN",
    depth: int | None = None, limit: int = 10, breakdown: str = "", as_of: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The units below `unit` whose figures moved most, either way. `depth` 1 is provinces; without it the highest
    level at which anything is known."""
    if not 1 <= limit <= MOST_CHANGES:
        raise BadRequest(_("limit từ 1 đến %(n)d.") % {"n": MOST_CHANGES})
    a = Asked.of(request, code)
    calendar = _calendar(a, calendar, period)
    now, then = _period(calendar, period), _period(calendar, before)
    where = _unit(unit, now)
    rows = queries.largest_changes(
        a.indicator.pk, now, then, where.pk, limit, depth=depth, breakdown_id=a.breakdown_id, as_of=a.at
    )
    ids = frozenset(row.unit_id for row in rows)
    codes, names = _codes_of(ids, now.last), _names_of(ids, now.last, asked.language())
    address = reverse("indicators:figure_json", args=[a.indicator.code, calendar, now.key, "{unit}"])
    return a.head() | {
        "period": now.key,
        "before": then.key,
        "changes": [
            {
                "unit": codes[row.unit_id],
                "name": names.get(row.unit_id, ""),
                "now": written(row.now),
                "before": written(row.before),
                "change": written(row.change),
            }
            for row in rows
        ],
        "passport": address.replace("%7Bunit%7D", "{unit}"),
    }
