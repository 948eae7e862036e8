"""The receiver's board, regimes, and the file a passport leads to."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dienhong.base import clock, periods, store
from dienhong.base.components.ring import Coverage
from dienhong.base.refusal import Refused
from dienhong.base.text import fold, slug
from dienhong.indicators.models import Period
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role
from dienhong.reporting import board_file as files
from dienhong.reporting import queries
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.lived import LivedDuty
from dienhong.reporting.models import Duty, Exemption, Regime, State, StateChange
from dienhong.reporting.views.shared import DutyWords, lang, person, regime_name, version_or_404, words
from dienhong.reporting.workdays import work_calendar

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
@require_GET
def regimes(request: HttpRequest) -> HttpResponse:
    """Every regime with its latest periods and how many have reported."""
    listed = []
    for regime in Regime.objects.order_by("code"):
        version = regime.versions.order_by("-number").first()
        if version is None:
            continue
        rows = [
            {
                "period": row,
                "label": periods.label(period_of(row), lang()),
                "coverage": coverage(queries.board(regime, row)),
                "open": row.last >= clock.business_today(),
            }
            for row in queries.periods_of(regime)[:6]
        ]
        listed.append({"regime": regime, "version": version, "name": regime_name(version), "periods": rows})
    return render(request, "reporting/regimes.html", {"listed": listed})


@signed_in
@require_GET
def board(request: HttpRequest, code: str, calendar: str, key: str) -> HttpResponse:
    """One regime and period: who reported, who was late, who never did; for the receiver, what can be done of it."""
    regime = get_object_or_404(Regime, code=code)
    return drawn(request, regime, get_object_or_404(Period, calendar=calendar, key=key))


@dataclass(frozen=True, slots=True)
class Kept:
    """What stood on the board when an act was refused, to be drawn again: the rows still ticked, and of the dialog
    that was used its name, what was typed into it and why it was refused."""

    chosen: frozenset[int] = frozenset()
    dialog: str = ""
    due: str = ""
    reason: str = ""
    errors: tuple[str, ...] = ()


def drawn(request: HttpRequest, regime: Regime, period: Period, kept: Kept = Kept(), status: int = 200) -> HttpResponse:
    """The board as a page."""
    found = queries.board(regime, period)
    version = regime.versions.order_by("-number").first()
    if version is None:
        raise Http404
    show, stage, asked = (request.GET.get(name, "").replace("\x00", "")[:100] for name in ("show", "stage", "q"))
    whole = _whole(found)
    every = [row for _t, _g, rows in whole for row in rows]
    stages = Counter(row["stage"] for row in every)
    return render(
        request,
        "reporting/board.html",
        {
            "regime": regime,
            "name": regime_name(version),
            "version": version,
            "period": period,
            "label": periods.label(period_of(period), lang()),
            "coverage": coverage(found),
            "returned": len(found.returned),
            "groups": [
                (title, group, fitting)
                for title, group, rows in whole
                if show in ("", group) and (fitting := [row for row in rows if _fits(row, stage, asked)])
            ],
            "counts": [(title, group, len(rows)) for title, group, rows in whole if rows],
            "stages": [(key, words, stages[key]) for key, words in stage_words().items() if stages[key]],
            "kept": kept,
            "show": show,
            "stage": stage,
            "asked": asked,
            "receives": _receives(person(request), [row["duty"] for row in every]),
            "others": [
                (row, periods.label(period_of(row), lang(), short=True)) for row in queries.periods_of(regime)[:12]
            ],
        },
        status=status,
    )


def _groups(found: queries.Board) -> list[tuple[str, str, list[LivedDuty]]]:
    return [
        (_("Chưa gửi, đã quá hạn"), "missing", found.missing),
        (_("Bị trả lại, chờ bản sửa"), "returned", found.returned),
        (_("Gửi muộn"), "late", found.late),
        (_("Đã gửi đúng hạn"), "reported", found.reported),
        (_("Chưa đến hạn"), "not_due", found.not_due),
        (_("Được miễn"), "exempt", found.exempt),
    ]


def stage_words() -> dict[str, str]:
    """How far a report has come, in the order of its way; nobody has begun: "none"; nothing is owed: "exempt"."""
    words = {"none": _("chưa bắt đầu"), "exempt": _("được miễn"), **{str(int(each)): str(each.label) for each in State}}
    return words | {str(int(State.SENT)): _("đã gửi, chờ tiếp nhận")}


def _whole(found: queries.Board) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Every group with its duties in words; the words of all are asked for at once."""
    groups = _groups(found)
    every = [duty for _t, _g, duties in groups for duty in duties]
    told, taken_back, freed = {row.duty.pk: row for row in words(every)}, _withdrawn(every), _exempted(found.exempt)
    return [
        (title, group, _rows([told[duty.pk] for duty in duties], group, taken_back, freed))
        for title, group, duties in groups
    ]


def _withdrawn(duties: Sequence[LivedDuty]) -> dict[int, dt.datetime]:
    """duty id -> when its unit took its report back, of those that have begun and count as not sent."""
    begun = [duty.pk for duty in duties if duty.state is not None and not duty.sent_at]
    if not begun:
        return {}
    rows = StateChange.objects.filter(state=State.WITHDRAWN, version__submission__duty__in=begun).order_by("pk")
    return dict(rows.values_list("version__submission__duty", "business_at"))


def _exempted(duties: Sequence[LivedDuty]) -> dict[int, Exemption]:
    """duty id -> the exemption that holds of each of these exempt duties: who, when, why."""
    if not duties:
        return {}
    rows = Exemption.objects.filter(duty__in=[duty.pk for duty in duties]).select_related("by").order_by("pk")
    return {row.duty_id: row for row in rows}


def _rows(
    told: Sequence[DutyWords], group: str, taken_back: dict[int, dt.datetime], freed: dict[int, Exemption]
) -> list[dict[str, Any]]:
    """The duties of a group; `days`: working days a sent one was late by."""
    calendar, stages, out = work_calendar() if group in ("late", "returned") and told else None, stage_words(), []
    for row in told:
        duty: Any = row.duty
        days = 0
        if calendar and queries.was_late(duty):
            due, sent = (at.astimezone(clock.HANOI).date() for at in (duty.due, duty.sent_at))
            days = calendar.working_days_between(due, sent)
        exempted = freed.get(duty.pk)
        stage = "exempt" if exempted else "none" if duty.state is None else str(duty.state)
        out.append(
            {
                "words": row,
                "duty": duty,
                "days": days,
                "late": queries.was_late(duty),
                "withdrawn": taken_back.get(duty.pk),
                "exempted": exempted,
                "group": group,
                "stage": stage,
                "stage_words": stages[stage],
                "waits": duty.state == State.SENT,
                "received": duty.state in (State.RECEIVED, State.CONSOLIDATED),
                "owed": group in ("missing", "not_due"),
                "waited_for": group in ("missing", "not_due", "returned"),
                "returnable": duty.state in (State.SENT, State.RECEIVED),
            }
        )
    return out


def _fits(row: dict[str, Any], stage: str, asked: str) -> bool:
    """Whether the unit's name holds what was asked, tones or not, and the report has come that far."""
    return stage in ("", row["stage"]) and fold(asked) in fold(row["words"].unit)


@signed_in
@require_GET
def board_file(request: HttpRequest, code: str, calendar: str, key: str, kind: str) -> HttpResponse:
    """Every row of the board, as CSV or as a workbook."""
    regime = get_object_or_404(Regime, code=code)
    period = get_object_or_404(Period, calendar=calendar, key=key)
    codes = organizations.codes(
        Duty.objects.filter(regime=regime, period=period).values_list("unit", flat=True), "gso", period.last
    )
    rows = [
        (
            codes.get(row["duty"].unit_id, ""),
            row["words"].unit,
            title,
            row["duty"].due,
            row["duty"].sent_at,
            row["days"] if row["late"] else None,
            row["stage_words"],
            row["duty"].version_number,
        )
        for title, group, told in _whole(queries.board(regime, period))
        for row in told
    ]
    name = slug(f"{regime.code} {period.key}")
    data = files.as_csv(rows) if kind == "csv" else files.as_xlsx(rows, f"{regime.code} {period.key}")
    response = HttpResponse(data, content_type="text/csv; charset=utf-8" if kind == "csv" else XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}") or "attachment"
    return response


def _receives(by: Person, duties: Sequence[LivedDuty]) -> bool:
    """Whether one receives for all agencies that these reports go to."""
    receivers = {duty.receiver_id: duty.receiver for duty in duties}
    code = duties[0].regime.code if duties else ""
    return bool(receivers) and all(
        permissions.may(by, Role.RECEIVER, unit, code).allowed for unit in receivers.values()
    )


def coverage(found: queries.Board) -> Coverage:
    """Who has sent: one that was returned did, on time or late as it was."""
    return Coverage(
        reported=len(found.sent),
        late=sum(map(queries.was_late, found.sent)),
        missing=len(found.missing),
        total=found.owing,
        official=True,
    )


@signed_in
@require_GET
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The canonical workbook of a sent version: the file whose cell a passport names."""
    version = version_or_404(request, pk)
    if not version.canonical_digest:
        raise Http404
    return _file(version.canonical_digest, queries.workbook_name(version))


@signed_in
@require_GET
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was uploaded."""
    version = version_or_404(request, pk)
    if not version.original_digest:
        raise Http404
    return _file(version.original_digest, version.original_name)


def _file(digest: str, name: str) -> HttpResponse:
    try:
        data = store.get(digest)
    except store.StoreError as error:
        said = _("Tệp đã lưu của bản này bị mất hoặc bị đổi nên không mở được; “Tính lại ngay” ở hộ chiếu nói tệp nào.")
        raise Refused("file_lost", said) from error
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
