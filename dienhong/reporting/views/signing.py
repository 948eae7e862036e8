"""The leader's page: what waits for approval with what changed, who is late; several approved at once."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dienhong.base import clock
from dienhong.base.numbers import Empty
from dienhong.base.refusal import Refused
from dienhong.organizations import permissions
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role
from dienhong.payments.queries import leads_a_till, refunds_to_decide
from dienhong.reporting import actions, queries, review
from dienhong.reporting.canonical import content_digest
from dienhong.reporting.checks import row_names
from dienhong.reporting.differences import since_approval
from dienhong.reporting.figures import Figure
from dienhong.reporting.life import with_life
from dienhong.reporting.models import Duty, FormCell, Version
from dienhong.reporting.views.acts import approval_kind, require_read
from dienhong.reporting.views.duties import rows_of
from dienhong.reporting.views.grid import common_unit, empty_words, shown, to_read, unit_of
from dienhong.reporting.views.shared import lang, person, regime_name, words

MOST = 20
MOST_LATE = 50
LONG = 40  # rows; a longer form leaves out those that say nothing


@signed_in
@require_GET
def sign(request: HttpRequest) -> HttpResponse:
    """What waits for the leader, each with what changed beside it; then the units that are late."""
    by = person(request)
    found = list(queries.to_sign(by)[: MOST + 1])
    waiting = found[:MOST]
    told = words([version.submission.duty for version in waiting])
    late = late_duties(by)
    names = queries.regime_names({row.duty.regime_id for row in late[:MOST_LATE]}, lang())
    return render(
        request,
        "reporting/sign.html",
        {
            "listed": [_waiting(version, word) for version, word in zip(waiting, told, strict=True)],
            "more": len(found) > MOST,
            "most": MOST,
            "late": [{"words": row, "regime": names[row.duty.regime_id]} for row in late[:MOST_LATE]],
            "late_more": max(0, len(late) - MOST_LATE),
            "refunds": refunds_to_decide(by).count() if leads_a_till(by) else 0,
        },
    )


def _waiting(version: Version, word: object) -> dict[str, Any]:
    judged = review.judge(version)
    earlier = since_approval(version, judged)
    changed = earlier.cells if earlier else []
    names = row_names(judged.cells, lang())
    rows = [_row(row, names, {one.cell.pk for one in changed}) for row in rows_of(judged)]
    telling = [row for row in rows if not row["idle"]] if len(rows) > LONG else rows
    return {
        "version": version,
        "words": word,
        "regime": regime_name(version.regime_version),
        "rows": telling,
        "left_out": len(rows) - len(telling),
        "unit": common_unit(judged.cells),
        "approved": earlier,
        "changed": [
            {
                "cell": one.cell,
                "label": names[one.cell.key],
                "unit": unit_of(one.cell, names[one.cell.key]),
                "before": _in_words(one.before, one.cell),
                "now": _in_words(one.now, one.cell),
            }
            for one in changed
        ],
        "warnings": to_read(judged),
        "digest": content_digest(version),
    }


def _in_words(figure: Figure, cell: FormCell) -> str:
    """A figure that changed, an empty one in words: "34" became "không phát sinh"."""
    return empty_words(figure) or shown(figure, cell) or _("chưa nhập")


def _row(row: dict[str, Any], names: dict[str, str], changed: set[int]) -> dict[str, Any]:
    """A figure beside the last period's and last year's, how far it moved, and whether it is not what was approved."""
    cell, now, before = row["cell"], row["now"], row["prev"]
    return {
        **row,
        "label": names[cell.key],
        "shown": shown(now, cell),
        "became": empty_words(now),
        "from": shown(before, cell) if before and before.value is not None else "",
        "was": shown(before, cell),
        "last_year": shown(row["year_before"], cell),
        "moved": _moved(now, before),
        "changed": cell.pk in changed,
        "idle": cell.pk not in changed and not _says(now) and not _says(before),
        "level": min(cell.number.count(".") or cell.row.count("."), 3),
    }


def _says(figure: Figure | None) -> bool:
    """Whether there is a figure, if only that nothing arose; not while it is blank or unknown."""
    return figure is not None and (bool(figure.problem) or figure.empty in (Empty.NONE, Empty.NOTHING_AROSE))


def _moved(now: Figure | None, before: Figure | None) -> Decimal | None:
    """Change in per cent against the last period; None without both, or from zero."""
    if now is None or before is None or now.value is None or not before.value:
        return None
    return ((now.value - before.value) / abs(before.value) * 100).quantize(Decimal("0.1"))


def late_duties(by: Person) -> list[Any]:
    """Duties of the units one leads that are overdue and not sent, in words, the longest overdue first."""
    units = permissions.units_for(by, Role.LEADER)
    open_ones = with_life(Duty.objects.filter(unit__in=units, opens_at__lte=clock.business_now()))
    overdue = open_ones.filter(counts=False, exempt=False, due__lt=clock.business_now()).order_by("due", "pk")
    return words(list(overdue))


@signed_in
@require_POST
def approve_chosen(request: HttpRequest) -> HttpResponse:
    """Approve each chosen report by itself, as it was seen; one that cannot be is named, the others stand."""
    by = person(request)
    only = request.POST.get("only", "")
    chosen = [only] if only else request.POST.getlist("version")
    keys = [int(one) for one in dict.fromkeys(chosen) if one.isascii() and one.isdigit() and len(one) < 19][:MOST]
    waiting = {version.pk: version for version in queries.to_sign(by).filter(pk__in=keys)}
    if not keys:
        messages.error(request, _("Chưa chọn báo cáo nào để duyệt."))
    done = 0
    for key in keys:
        version = waiting.get(key)
        if version is None:
            messages.error(request, _("Một báo cáo đã chọn không còn chờ bạn duyệt; trang này đã được làm mới."))
            continue
        name = words([version.submission.duty])[0]
        try:
            require_read(version, request.POST.get(f"warned-{key}", ""))
            # No digest is a page that was not seen: refused as changed, never approved blind.
            seen = request.POST.get(f"seen-{key}", "")
            actions.approve(by=by, version=version, seen_digest=seen, kind=approval_kind(request))
            done += 1
        except Refused as refusal:
            messages.error(request, f"{regime_name(version.regime_version)}, {name.period}: {refusal.sentence}")
    if done == 1:
        messages.success(request, _("Đã duyệt. Văn thư có thể gửi."))
    elif done:
        said = ngettext(
            "Đã duyệt %(n)d báo cáo. Văn thư có thể gửi.", "Đã duyệt %(n)d báo cáo. Văn thư có thể gửi.", done
        )
        messages.success(request, said % {"n": done})
    return redirect("reporting:sign")
