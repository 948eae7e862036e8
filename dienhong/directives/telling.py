"""An assignment in the words of notices, in both languages; and telling the people of its units."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from dienhong.base import clock
from dienhong.directives.actions.issuing import due_of
from dienhong.directives.models import Assignment
from dienhong.directives.permissions import DOING, ISSUING
from dienhong.notices import audience
from dienhong.notices.actions import notify
from dienhong.organizations import queries as organizations

LANGS = ("vi", "en")
LONGEST = 160
Both = dict[str, str]


def day(due: dt.date | None) -> Both:
    if due is None:
        return {"vi": "không đặt hạn", "en": "no day set"}
    return dict.fromkeys(LANGS, f"{due:%d/%m/%Y}")


def shortened(text: str, most: int = LONGEST) -> str:
    said = " ".join(text.split())
    return said if len(said) <= most else said[: most - 1].rsplit(" ", 1)[0] + "…"


def called(assignment: Assignment, issuer: str) -> str:
    """12/2020-3 (Văn phòng Chính phủ), Rà soát hồ sơ chậm: how a notice names it. Each issuer counts its own, so a
    number alone may be that of two."""
    return f"{assignment.code} ({issuer}), {shortened(assignment.directive.title, 100)}"


def params(assignment: Assignment, due: dt.date | None = None) -> dict[str, Any]:
    today = clock.business_today()
    ordered_by = assignment.directive.issuer_id
    units = [assignment.lead_id, assignment.issuer_id, ordered_by]
    names = {lang: organizations.office_names(units, today, lang) for lang in LANGS}
    return {
        "what": {lang: called(assignment, names[lang].get(ordered_by, "?")) for lang in LANGS},
        "content": shortened(assignment.content),
        "lead": {lang: names[lang].get(assignment.lead_id, "?") for lang in LANGS},
        "issuer": {lang: names[lang].get(assignment.issuer_id, "?") for lang in LANGS},
        "due": day(due or due_of(assignment)),
    }


def url(assignment: Assignment) -> str:
    return f"/directives/assignments/{assignment.pk}/"


def doers(assignment: Assignment, roles: Sequence[str] = DOING, *, helpers: bool = False) -> set[int]:
    """People of the lead unit; with `helpers` those of units that co-operate too."""
    units = {assignment.lead_id}
    if helpers:
        units |= set(assignment.with_units.values_list("unit", flat=True))
    return set().union(*audience.holders_of(roles, units).values())


def issuers(assignment: Assignment) -> set[int]:
    return audience.holders_of(ISSUING, [assignment.issuer_id])[assignment.issuer_id]


def tell(by: str, assignment: Assignment, to: Iterable[int], kind: str, said: dict[str, Any], dedupe: str) -> int:
    return len(
        notify(
            by=by,
            to=set(to),
            kind=kind,
            subject=("assignment", assignment.pk),
            params=said,
            url=url(assignment),
            dedupe=dedupe,
        )
    )
