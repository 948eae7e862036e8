"""The JSON API of reporting: a duty's form and figures, and cells put into it. The same actions as the screens.

Errors are problem details (RFC 9457), each with the JSON pointer of what it is about. Session sign-in with CSRF.
"""

import hashlib
import json
from decimal import Decimal
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import django_auth

from dienhong.base import clock, periods
from dienhong.base.numbers import EXACT, Empty
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.indicators.api import router as indicators
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.reporting import queries
from dienhong.reporting.actions.duties import effective_due, period_of
from dienhong.reporting.actions.machine import EMPTIES, PROBLEM, put_cells
from dienhong.reporting.excel.template import form_version, source_of
from dienhong.reporting.figures import BLANK, Figure, cells_of, figures
from dienhong.reporting.lived import LivedDuty
from dienhong.reporting.models import Duty, FormCell, Version
from dienhong.reporting.states import state_of
from dienhong.reporting.views.shared import duty_or_404, lang, person

MAX_CELLS = 20_000
MAX_KEY = 100
PAGE = 100
MEDIA = "application/problem+json"
EMPTY_WORDS = {int(kind): word for word, kind in EMPTIES.items()}

api = NinjaAPI(
    title="Diên Hồng", version="1", docs_url=None, docs_decorator=signed_in, auth=django_auth, urls_namespace="api-1"
)


class CellOut(Schema):
    """A cell of the form. `value` is a decimal as text; where there is none, `empty` says why; null: not entered."""

    key: str
    sheet: str
    address: str
    label: str
    unit: str
    kind: str
    decimals: int
    required: bool
    choices: list[str]
    formula: str
    value: str | None
    empty: str | None
    typed: str


class DutyOut(Schema):
    """What a unit owes for a period, the form, and what its draft or last version holds.

    `standing`: exempt, reported, late, returned (sent, given back, its correction awaited), missing, not_due.
    `sent_late`: whether the first sending that was not withdrawn came after the due time; null where there is none.
    """

    id: int
    unit: int
    unit_name: str
    regime: str
    regime_version: str
    calendar: str
    period: str
    period_label: str
    due: str
    version: int | None
    state: int | None
    standing: str
    sent_late: bool | None
    cells: list[CellOut]


class DutyLine(Schema):
    """One duty of the list, without its form. `standing` and `sent_late` as in a duty; `state` of its last version."""

    id: int
    unit: int
    unit_name: str
    regime: str
    calendar: str
    period: str
    period_label: str
    due: str
    standing: str
    sent_late: bool | None
    version: int | None
    state: int | None


class DutyList(Schema):
    """`count`: how many there are in all; `next`: the page after this one, null at the last."""

    count: int
    next: int | None
    duties: list[DutyLine]


BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["cells"],
                    "additionalProperties": False,
                    "properties": {
                        "cells": {
                            "type": "object",
                            "description": "Cell key to value: a JSON number, the same as a string, text for text "
                            "cells, null to clear, or an object that says why there is no figure.",
                            "additionalProperties": {
                                "oneOf": [
                                    {"type": ["string", "number", "null"]},
                                    {
                                        "type": "object",
                                        "required": ["empty"],
                                        "additionalProperties": False,
                                        "properties": {"empty": {"enum": list(EMPTIES)}},
                                    },
                                ]
                            },
                        },
                        "submit": {"type": "boolean", "default": False},
                    },
                }
            }
        },
    },
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "schema": {"type": "string", "maxLength": MAX_KEY},
            "description": "The same key and body again: the first answer again. The same key, another body: 409.",
        }
    ],
    "responses": {
        200: {"description": "Saved (or, in a dry run, would have been): state, blank cells, checks."},
        409: {"description": "The key was used for another request, or the report takes no entry now."},
        422: {"description": "Nothing was saved; every fault with its JSON pointer."},
    },
}


@api.get(
    "/duties",
    response=DutyList,
    summary="The duties of one's units",
    description="Those open by now, the first due first; regime, period and standing narrow the list, 100 a page.",
)
def list_duties(
    request: HttpRequest, regime: str = "", period: str = "", standing: str = "", page: int = 1
) -> dict[str, Any]:
    if standing and standing not in queries.STANDINGS:
        words = ", ".join(queries.STANDINGS)
        said = _("standing là một trong: %(words)s; đã gửi “%(text)s”.")
        raise Refused("standing", said % {"words": words, "text": standing[:40]})
    narrowed = {"regime__code": regime, "period__key": period}
    mine = queries.my_duties(person(request)).filter(**{name: text for name, text in narrowed.items() if text})
    now = clock.business_now()
    found = [(duty, word) for duty in mine if (word := queries.standing(duty, now)) == standing or not standing]
    first = (max(page, 1) - 1) * PAGE
    shown = found[first : first + PAGE]
    return {
        "count": len(found),
        "next": max(page, 1) + 1 if len(found) > first + PAGE else None,
        "duties": [_line(duty, word) for duty, word in shown],
    }


def _line(duty: LivedDuty, standing: str) -> dict[str, Any]:
    return {
        **_names(duty),
        "due": duty.due.isoformat(),
        "standing": standing,
        "sent_late": queries.was_late(duty) if duty.sent_at else None,
        "version": duty.version_number,
        "state": duty.state,
    }


def _names(duty: Duty) -> dict[str, Any]:
    """Whose duty it is, of which regime, for which period."""
    return {
        "id": duty.pk,
        "unit": duty.unit_id,
        "unit_name": organizations.name(duty.unit, duty.period.last, lang()),
        "regime": duty.regime.code,
        "calendar": duty.period.calendar,
        "period": duty.period.key,
        "period_label": periods.label(period_of(duty.period), lang()),
    }


@api.get("/duties/{int:pk}", response=DutyOut, summary="A duty: its form and what it holds")
def read_duty(request: HttpRequest, pk: int) -> dict[str, Any]:
    duty = duty_or_404(request, pk)
    last = Version.objects.filter(submission__duty=duty).order_by("-number").first()
    shown = last or source_of(duty)
    form = shown.regime_version if shown else form_version(duty)
    cells = cells_of(form)
    now = figures(shown, cells) if shown else {}
    return {
        **_names(duty),
        "regime_version": form.digest,
        "due": effective_due(duty).isoformat(),
        "version": last.number if last else None,
        "state": int(state_of(last)) if last else None,
        "standing": queries.standing(duty),
        "sent_late": queries.was_late(duty) if duty.sent_at else None,
        "cells": [_cell(cell, now.get(cell.key, BLANK)) for cell in cells],
    }


def _cell(cell: FormCell, figure: Figure) -> dict[str, Any]:
    by = lang()
    return {
        "key": cell.key,
        "sheet": cell.sheet,
        "address": cell.address,
        "label": getattr(cell, f"label_{by}"),
        "unit": getattr(cell, f"unit_{by}"),
        "kind": cell.kind,
        "decimals": cell.decimals,
        "required": cell.required,
        "choices": cell.choices,
        "formula": cell.formula,
        "value": None
        if figure.value is None
        else format(figure.value.quantize(Decimal(1).scaleb(-cell.decimals), context=EXACT), "f"),
        "empty": None if figure.empty in (None, Empty.NONE) else EMPTY_WORDS.get(int(figure.empty or 0)),
        "typed": figure.typed,
    }


@api.put("/duties/{int:pk}/cells", summary="Put figures into a duty's draft", openapi_extra=BODY)
def write_cells(request: HttpRequest, pk: int, dry_run: bool = False) -> HttpResponse:
    duty = duty_or_404(request, pk)
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY or not key.isprintable():
        raise Refused("idempotency_key", _("Idempotency-Key dài nhất %(n)d ký tự in được.") % {"n": MAX_KEY})
    body = request.body
    data = _body(body)
    answer = put_cells(
        by=person(request),
        duty=duty,
        cells=data["cells"],
        submit=data.get("submit", False),
        dry_run=dry_run,
        key=key,
        request_digest=hashlib.sha256(request.path.encode() + b"\0" + body).hexdigest(),
    )
    response = _json(answer.body, answer.status)
    if answer.replayed:
        response["Idempotent-Replayed"] = "true"
    return response


class _BadBody(Exception):
    """The body is not what the API takes; the text says why."""


def _body(raw: bytes) -> dict[str, Any]:
    """The request's JSON with exact numbers. Raises _BadBody: not JSON, a name twice, NaN, Infinity, another shape."""
    try:
        data = json.loads(
            raw,
            parse_float=Decimal,
            parse_int=lambda text: int(text) if len(text) < 40 else Decimal(text),
            parse_constant=_refuse_constant,
            object_pairs_hook=_each_once,
        )
    except (ValueError, RecursionError) as error:
        raise _BadBody(_("Thân yêu cầu không phải JSON đọc được: %(why)s.") % {"why": str(error)[:120]}) from error
    shaped = isinstance(data, dict) and isinstance(data.get("cells"), dict) and not set(data) - {"cells", "submit"}
    if not shaped or not isinstance(data.get("submit", False), bool):
        raise _BadBody(_("Thân yêu cầu phải là {“cells”: {khóa ô: giá trị}, “submit”: true hoặc false}."))
    if len(data["cells"]) > MAX_CELLS:
        raise _BadBody(_("Mỗi yêu cầu tối đa %(n)d ô.") % {"n": MAX_CELLS})
    return dict(data)


def _refuse_constant(name: str) -> None:
    raise ValueError(_("%(name)s không phải là số; chưa có số thì gửi {“empty”: “unknown”}") % {"name": name})


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(_("tên “%(name)s” có hai lần") % {"name": twice[:60]})
    return out


def _json(body: dict[str, Any], status: int) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=MEDIA if status >= 400 else "application/json")


def _answer(code: str, sentence: str, status: int) -> HttpResponse:
    return _json({"type": PROBLEM + code, "title": sentence, "status": status}, status)


@api.exception_handler(_BadBody)
def _on_bad_body(request: HttpRequest, error: _BadBody) -> HttpResponse:
    return _answer("body", str(error), 400)


@api.exception_handler(Refused)
def _on_refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return _answer(refusal.code, refusal.sentence, 403 if isinstance(refusal, NotPermitted) else 409)


@api.exception_handler(Http404)
def _on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _answer("not_found", _("Không có báo cáo này."), 404)


@api.exception_handler(AuthenticationError)
def _on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _answer("signed_out", _("Cần đăng nhập."), 401)


@api.exception_handler(RequestDataTooBig)
def _on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _answer("too_large", _("Thân yêu cầu quá lớn; chia thành nhiều yêu cầu."), 413)


@api.exception_handler(HttpError)
def _on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _answer("request", str(error), error.status_code)


@api.exception_handler(ValidationError)
def _on_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors)
    return _answer("request", said[:500], 422)


api.add_router("/indicators", indicators)
Urls = tuple[list[URLResolver | URLPattern], str, str]
urls: Urls = api.urls
