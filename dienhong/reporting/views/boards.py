"""The receiver's board, regimes, and the file a passport leads to."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dienhong.base import clock, moments, periods, store
from dienhong.base.components.ring import Coverage
from dienhong.base.refusal import Refused
from dienhong.base.text import fold, slug
from dienhong.indicators.models import Period
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role
from dienhong.reporting import actions, queries
from dienhong.reporting import board_file as files
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.life import with_life
from dienhong.reporting.lived import LivedDuty
from dienhong.reporting.models import Duty, Exemption, Regime, State, StateChange, Version
from dienhong.reporting.views.entry import clean
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
    period = get_object_or_404(Period, calendar=calendar, key=key)
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
            "show": show,
            "stage": stage,
            "asked": asked,
            "receives": _receives(person(request), [row["duty"] for row in every]),
            "others": [
                (row, periods.label(period_of(row), lang(), short=True)) for row in queries.periods_of(regime)[:12]
            ],
        },
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


@signed_in
@require_POST
def act_on_chosen(request: HttpRequest, code: str, calendar: str, key: str) -> HttpResponse:
    """Receive, extend or exempt the chosen duties, each by itself; one that cannot be is named, the others stand."""
    regime = get_object_or_404(Regime, code=code)
    period = get_object_or_404(Period, calendar=calendar, key=key)
    # A button of one row says verb and duty; the buttons of the board mean the rows that are chosen.
    verb, _colon, only = request.POST.get("one", "").partition(":")
    verb, asked = (verb, [only]) if only else (request.POST.get("verb", ""), request.POST.getlist("duty"))
    chosen = [int(one) for one in asked if one.isascii() and one.isdigit() and len(one) < 19]
    found = list(with_life(Duty.objects.filter(regime=regime, period=period, pk__in=chosen)).order_by("pk"))
    if verb not in VERBS:
        raise Http404
    if not found:
        messages.error(request, _("Chưa chọn đơn vị nào."))
    done = 0
    for duty, row in zip(found, words(found), strict=True):
        try:
            VERBS[verb][0](person(request), duty, request.POST)
            done += 1
        except Refused as refusal:
            messages.error(request, f"{row.unit}: {refusal.sentence}")
    if done:
        messages.success(request, str(VERBS[verb][1]) % {"n": done})
    return redirect("reporting:board", code, calendar, key)


def _receive(by: Person, duty: LivedDuty, _data: QueryDict) -> None:
    version = Version.objects.filter(pk=duty.version_pk or 0).first()
    if version is None:
        raise Refused("not_sent", _("Chưa có báo cáo để tiếp nhận."))
    actions.receive(by=by, version=version)


def _extend(by: Person, duty: LivedDuty, data: QueryDict) -> None:
    try:
        due = moments.read(data.get("due", "")).replace(second=0, microsecond=0)
    except (ValueError, OverflowError):
        raise Refused(
            "due", _("Chưa ghi hạn mới, hoặc ngày giờ không đọc được; viết ngày/tháng/năm giờ:phút.")
        ) from None
    actions.extend(by=by, duty=duty, due_at=due, reason=clean(data.get("reason", ""))[:500])


def _exempt(by: Person, duty: LivedDuty, data: QueryDict) -> None:
    actions.exempt(by=by, duty=duty, reason=clean(data.get("reason", ""))[:500])


def _remind(by: Person, duty: LivedDuty, _data: QueryDict) -> None:
    actions.remind(by=by, duty=duty)


def _lift(by: Person, duty: LivedDuty, data: QueryDict) -> None:
    actions.exempt(by=by, duty=duty, reason=clean(data.get("reason", ""))[:500], granted=False)


VERBS: dict[str, tuple[Callable[[Person, LivedDuty, QueryDict], None], Any]] = {
    "remind": (_remind, gettext_lazy("Đã nhắc %(n)d đơn vị.")),
    "receive": (_receive, gettext_lazy("Đã tiếp nhận %(n)d báo cáo.")),
    "extend": (_extend, gettext_lazy("Đã gia hạn cho %(n)d đơn vị.")),
    "exempt": (_exempt, gettext_lazy("Đã miễn báo cáo kỳ này cho %(n)d đơn vị.")),
    "lift": (_lift, gettext_lazy("Đã bỏ miễn báo cáo cho %(n)d đơn vị.")),
}


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
    response = HttpResponse(store.get(digest), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
