"""What a jurist of the nation sets right: a new version each time, the old ones stay."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.base.text import fold, sort_key
from dienhong.catalogue import stamp
from dienhong.catalogue.models import (
    BasisLine,
    Case,
    Document,
    Level,
    Line,
    OnlineLevel,
    Procedure,
    ResultLine,
    State,
    Version,
)
from dienhong.catalogue.queries import procedure
from dienhong.catalogue.storing import decisions
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role, Unit
from dienhong.organizations.permissions import require
from dienhong.organizations.queries import unit_by_code
from dienhong.organizations.registry import action

LONGEST_NAME = 1000
EDITABLE = {
    "name", "conditions", "steps", "executing_agencies", "competent_agency", "receiving_address", "sets", "keywords",
    "by_counter", "online", "by_post", "related",
}  # fmt: skip


def nation() -> Unit:
    return unit_by_code("key", "nation", clock.business_today())


@action("catalogue.amend")
@transaction.atomic
def amend(
    *, by: Person, code: str, changes: dict[str, Any], decision_no: str, valid_from: dt.date, reason: str
) -> Version:
    """A new version with `changes` (keys of EDITABLE) by a promulgation decision. Raises Refused and NotPermitted.

    `code` may be any writing of it. Visible to readers within a second of the commit.
    """
    require(by, Role.JURIST, nation())
    value = stamp.bump()
    old = _standing(code)
    if unknown := set(changes) - EDITABLE:
        raise ValueError(f"not to be amended: {', '.join(sorted(unknown))}")
    name = str(changes.get("name", old.name)).strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refused("name", _("Tên thủ tục cần từ 1 đến %(most)d ký tự.") % {"most": LONGEST_NAME})
    _said(reason)
    made = _next(old, value, changes | {"name": name}, decision_no, valid_from, State.AMENDED)
    _note(by, "catalogue.amend", made, reason, {"changed": sorted(changes)})
    return made


@action("catalogue.repeal")
@transaction.atomic
def repeal(*, by: Person, code: str, decision_no: str, valid_from: dt.date, reason: str) -> Version:
    """The procedure is no more from that day: its page stays, says so, and search no longer shows it."""
    require(by, Role.JURIST, nation())
    value = stamp.bump()
    old = _standing(code)
    _said(reason)
    if old.state == State.REPEALED:
        raise Refused("repealed", _("Thủ tục này đã được bãi bỏ."))
    made = _next(old, value, {}, decision_no, valid_from, State.REPEALED)
    _note(by, "catalogue.repeal", made, reason, {})
    return made


@action("catalogue.set_level")
@transaction.atomic
def set_level(
    *, by: Person, code: str, level: str, first_day: dt.date | None, last_day: dt.date | None, source: str
) -> Level:
    """State at which level a service is online between two days, as `source` has it. Nothing is derived."""
    require(by, Role.JURIST, nation())
    stamp_now = stamp.bump()
    if level not in OnlineLevel.values:
        raise Refused("level", _("Không có mức độ ấy."))
    if not source.strip():
        raise Refused("source", _("Cần ghi nguồn nói mức độ này."))
    version = _standing(code)
    made = Level.objects.create(
        procedure=version.procedure, level=level, first_day=first_day, last_day=last_day, source=source.strip()
    )
    Version.objects.filter(pk=version.pk).update(stamp=stamp_now)
    _note(by, "catalogue.set_level", version, source, {"level": level})
    return made


@action("catalogue.set_synchronised")
@transaction.atomic
def set_synchronised(*, by: str, code: str, partner: str) -> None:
    """Dossiers of this procedure come from `partner` (its key); "" when they no longer do."""
    value = stamp.bump()
    version = _standing(code)
    Procedure.objects.filter(pk=version.procedure_id).update(synchronised_with=partner)
    Version.objects.filter(pk=version.pk).update(stamp=value)
    record(
        by=by, verb="catalogue.set_synchronised", object_kind="procedure", object_id=version.procedure.code,
        data={"partner": partner},
    )  # fmt: skip


def _standing(code: str) -> Version:
    found = procedure(code)
    if found is None:
        raise Refused("no_procedure", _("Không có thủ tục mang mã %(code)s.") % {"code": code})
    return found


def _said(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason", _("Cần ghi lý do."))


def _next(
    old: Version, value: int, changes: dict[str, Any], decision_no: str, valid_from: dt.date, state: str
) -> Version:
    Version.objects.filter(pk=old.pk).update(current=False)
    made = Version.objects.get(pk=old.pk)
    made.pk, made._state.adding, made.current = None, True, True
    made.number, made.stamp, made.state, made.valid_from = old.number + 1, value, state, valid_from
    made.decision_id = decisions([decision_no]).get(decision_no)
    for name, said in changes.items():
        setattr(made, name, said)
    made.facts_only = old.facts_only and not any(said for name, said in changes.items() if name != "name")
    made.sort_key, made.search_key = sort_key(made.name), fold(made.name)
    made.digest, made.source = "", decision_no
    made.save()
    _copy_parts(old, made)
    return made


def _copy_parts(old: Version, made: Version) -> None:
    _copies(Line, {"version": old}, {"version": made})
    _copies(ResultLine, {"version": old}, {"version": made})
    _copies(BasisLine, {"version": old}, {"version": made})
    for case in old.cases.order_by("place"):
        fresh = Case.objects.create(version=made, place=case.place, name=case.name)
        _copies(Document, {"case": case}, {"case": fresh})


def _copies(model: type[Model], of: dict[str, Model], under: dict[str, Model]) -> None:
    """Rows of one parent once more under another."""
    rows = list(model._default_manager.filter(**of).order_by("place"))
    for row in rows:
        row.pk, row._state.adding = None, True
        for name, parent in under.items():
            setattr(row, name, parent)
    model._default_manager.bulk_create(rows)


def _note(by: Person, verb: str, version: Version, reason: str, data: dict[str, Any]) -> None:
    record(
        by=by.actor, verb=verb, object_kind="procedure", object_id=version.procedure.code, reason=reason.strip(),
        to_state=version.state, data=data | {"version": version.number},
    )  # fmt: skip
