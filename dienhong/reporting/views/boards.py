"""The leader's page, the receiver's board, regimes, and the file a passport leads to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dienhong.base import periods, store
from dienhong.base.components.ring import Coverage
from dienhong.indicators.models import Period
from dienhong.organizations.http import signed_in
from dienhong.reporting import queries, review
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.canonical import content_digest
from dienhong.reporting.models import Regime
from dienhong.reporting.views.duties import rows_of
from dienhong.reporting.views.entry import shown
from dienhong.reporting.views.shared import lang, person, regime_name, version_or_404, words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
@require_GET
def sign(request: HttpRequest) -> HttpResponse:
    """What waits for the leader, each with what changed beside it."""
    waiting = list(queries.to_sign(person(request))[:50])
    told = words([version.submission.duty for version in waiting])
    listed = []
    for version, word in zip(waiting, told, strict=True):
        judged = review.judge(version)
        rows = [
            {**row, "shown": shown(row["now"], row["cell"]), "was": shown(row["prev"], row["cell"])}  # type: ignore[arg-type]
            for row in rows_of(judged)
        ]
        listed.append(
            {
                "version": version,
                "words": word,
                "regime": regime_name(version.regime_version),
                "rows": rows,
                "warnings": [
                    (f.sentences[lang()], judged.explained.get(f.rule.pk, "")) for f in judged.findings if f.asks
                ],
                "digest": content_digest(version),
            }
        )
    return render(request, "reporting/sign.html", {"listed": listed})


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
            }
            for row in queries.periods_of(regime)[:6]
        ]
        listed.append({"regime": regime, "version": version, "name": regime_name(version), "periods": rows})
    return render(request, "reporting/regimes.html", {"listed": listed})


@signed_in
@require_GET
def board(request: HttpRequest, code: str, calendar: str, key: str) -> HttpResponse:
    """One regime and period: who reported, who was late, who never did."""
    regime = get_object_or_404(Regime, code=code)
    period = get_object_or_404(Period, calendar=calendar, key=key)
    found = queries.board(regime, period)
    version = regime.versions.order_by("-number").first()
    if version is None:
        raise Http404
    groups = [
        (_("Chưa gửi, đã quá hạn"), "missing", words(found.missing)),
        (_("Gửi muộn"), "late", words(found.late)),
        (_("Đã gửi đúng hạn"), "reported", words(found.reported)),
        (_("Chưa đến hạn"), "not_due", words(found.not_due)),
        (_("Được miễn"), "exempt", words(found.exempt)),
    ]
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
            "groups": groups,
            "others": [
                (row, periods.label(period_of(row), lang(), short=True)) for row in queries.periods_of(regime)[:12]
            ],
        },
    )


def coverage(found: queries.Board) -> Coverage:
    return Coverage(
        reported=len(found.reported) + len(found.late),
        late=len(found.late),
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
    duty = version.submission.duty
    name = f"{duty.regime.code}-{duty.period.key}-{duty.unit_id}-{version.number}.xlsx"
    return _file(version.canonical_digest, name)


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
