"""My duties, and one duty with its whole life."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.organizations.http import signed_in
from dienhong.reporting import queries, review
from dienhong.reporting.models import State, StateChange, Submission
from dienhong.reporting.states import EDITABLE, state_of
from dienhong.reporting.views.offers import offers
from dienhong.reporting.views.shared import duty_or_404, lang, person, regime_name, words

LIMIT = 200


@signed_in
@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """What the person's units owe, due first; what is done falls below."""
    found = list(queries.my_duties(person(request))[: LIMIT + 1])
    rows = words(found[:LIMIT])
    names = queries.regime_names({row.duty.regime_id for row in rows}, lang())
    now = clock.business_now()
    listed = [
        {
            "words": row,
            "standing": queries.standing(duty, now),
            "regime": names[duty.regime_id],
            "state": State(duty.state).label if duty.state else "",
        }
        for duty, row in zip(found, rows, strict=False)
    ]
    todo = [one for one in listed if one["standing"] in ("missing", "not_due")]
    done = [one for one in listed if one not in todo]
    return render(
        request,
        "reporting/duties.html",
        {
            "todo": todo,
            "done": done[::-1],
            "more": len(found) > LIMIT,
            "to_sign": queries.to_sign(person(request)).count(),
        },
    )


@signed_in
@require_GET
def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """One duty: what it is, its state, what I can do, where it came from."""
    found = duty_or_404(request, pk)
    submission = Submission.objects.filter(duty=found).first()
    versions = list(queries.versions_of(submission)) if submission else []
    newest = versions[0] if versions else None
    judged = review.judge(newest) if newest else None
    regime_version = newest.regime_version if newest else found.regime.versions.order_by("-number").first()
    return render(
        request,
        "reporting/duty.html",
        {
            "duty": found,
            "words": words([found])[0],
            "regime_version": regime_version,
            "regime": regime_name(regime_version) if regime_version else found.regime.code,
            "standing": queries.standing(found),
            "newest": newest,
            "state": state_of(newest) if newest else None,
            "editable": newest is not None and state_of(newest) in EDITABLE,
            "review": judged,
            "rows": rows_of(judged) if judged else [],
            "versions": versions,
            "life": [step(change) for change in queries.life(submission)] if submission else [],
            "offers": offers(person(request), found, newest),
        },
    )


def step(change: StateChange) -> dict[str, object]:
    """A state change with its approval and return, None where it has none.

    The trap: a missing one-to-one row is not false in a template's `if`, it is the engine's invalid value.
    """
    return {
        "change": change,
        "approval": getattr(change, "approval", None),
        "returned": getattr(change, "returned", None),
    }


def rows_of(judged: review.Review) -> list[dict[str, object]]:
    """Cells with their figures beside those of the last period and last year."""
    return [
        {
            "cell": cell,
            "now": judged.now.get(cell.key),
            "prev": judged.prev.get(cell.key),
            "year_before": judged.year_before.get(cell.key),
            "label": getattr(cell, f"label_{lang()}"),
        }
        for cell in judged.cells
    ]
