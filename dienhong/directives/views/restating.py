"""Saying a condition anew: the form begins with what holds."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dienhong.base.numbers import typed_text
from dienhong.base.refusal import Refused
from dienhong.directives import actions
from dienhong.directives.actions.giving import Wanted
from dienhong.directives.conditions import telling
from dienhong.directives.forms import ConditionForm
from dienhong.directives.lived import LivedAssignment
from dienhong.directives.models import Condition
from dienhong.directives.views.shared import person
from dienhong.directives.words import lang
from dienhong.indicators import queries as indicators


def held(row: LivedAssignment) -> Condition | None:
    return row.conditions.select_related("period", "indicator").order_by("-number").first()


def restating_form(*args: Any, row: LivedAssignment, **more: Any) -> ConditionForm:
    """Refused where the assignment has no condition: a typed address."""
    condition = held(row)
    if condition is None:
        raise Refused("no_condition", _("Nhiệm vụ này không có điều kiện trên con số."))
    entry = indicators.entry(condition.indicator_id)
    decimals = entry.decimals if entry else None
    initial = {
        "comparison": condition.comparison,
        "target": typed_text(condition.target.normalize(), lang()),
        "scope": condition.scope,
    }
    form = ConditionForm(*args, decimals=decimals, initial=initial, **more)
    measured = getattr(entry, f"unit_{lang()}", "")
    if measured:
        form.fields["target"].help_text = _("Con số nay tính bằng: %(unit)s.") % {"unit": measured}
    return form


def restated(request: HttpRequest, row: LivedAssignment, said: Mapping[str, Any]) -> Condition:
    condition = held(row)
    assert condition is not None, "the form was made from it"
    wanted = Wanted(telling.asked_of(condition), condition.period, said["comparison"], said["target"], said["scope"])
    return actions.restate(by=person(request), assignment=row, wanted=wanted)
