"""Closing what its condition does not carry: signed, with a reason, and counted apart."""

import hashlib
import json
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.directives.actions.doing import refuse_open_parts
from dienhong.directives.actions.giving import moment_of_acting
from dienhong.directives.actions.states import enter, lock, needed, require_state
from dienhong.directives.conditions import telling
from dienhong.directives.models import OPEN, Assignment, ClosingException, Condition, State
from dienhong.directives.permissions import require_judge
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action
from dienhong.reporting.models import Approval


@action("directives.close_by_exception")
@transaction.atomic
def close_by_exception(
    *, by: Person, assignment: Assignment, reason: str, kind: str = Approval.Kind.PASSWORD
) -> ClosingException:
    """The issuer closes it though the number does not carry it. `kind` says how sure it is who signs.

    What is signed is kept as a digest: assignment, condition, the figure then, the reason, who and when.
    """
    assignment = lock(assignment)
    require_judge(by, assignment)
    require_state(assignment, OPEN)
    refuse_open_parts(assignment)
    condition = assignment.conditions.select_related("period").order_by("-number").first()
    if condition is None:
        raise Refused("no_condition", _("Nhiệm vụ này không có điều kiện trên con số; đóng như thường."))
    said = needed(reason, _("Nêu vì sao đóng khi con số chưa đạt; lý do này đứng trong mọi báo cáo."), 10)
    value = figure_now(condition)
    now = clock.business_now()
    signed = {
        "assignment": assignment.pk, "condition": condition.pk, "comparison": condition.comparison,
        "target": str(condition.target.normalize()), "value": None if value is None else str(value.normalize()),
        "reason": said, "by": by.actor, "at": now.isoformat(),
    }  # fmt: skip
    digest = hashlib.sha256(json.dumps(signed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    change = enter(
        by=by, assignment=assignment, state=State.CLOSED, verb="directives.close_by_exception", reason=said,
        done_at=now, data=signed | {"digest": digest, "kind": kind},
    )  # fmt: skip
    return ClosingException.objects.create(
        change=change, condition=condition, value=value, reason=said, kind=kind, digest=digest
    )


def figure_now(condition: Condition) -> Decimal | None:
    """The newest figure the condition looks at: of the latest known period in its scope, else the baseline's."""
    asked, at = telling.asked_of(condition), moment_of_acting()
    for period in reversed(telling.periods_of(condition)):
        if (value := telling.value_of(asked.total(period, at))) is not None:
            return value
    return telling.value_of(asked.total(condition.period, at))
