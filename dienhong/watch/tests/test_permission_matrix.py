"""The hand-written permission matrix of checks, questions and alerts, cell by cell, by carrying out the action itself.

Each act asks for one unit: who answers, judges, asks, received the alert, laid the rule down. The relations as in
reporting: own, one above with its subtree, an unrelated one, and one whose place the unit took.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.indicators import queries
from dienhong.indicators import testing as indicators_testing
from dienhong.indicators.actions import Row, ensure_breakdown, ensure_period, ensure_source, set_authority, write_batch
from dienhong.indicators.models import Batch, Period, Source, Stage
from dienhong.indicators.queries import SeriesKey
from dienhong.journal.models import Event
from dienhong.organizations import queries as organizations
from dienhong.organizations import registry
from dienhong.organizations.models import Person, Role, Unit
from dienhong.watch import actions
from dienhong.watch.actions import Asked, Wording
from dienhong.watch.actions.states import enter
from dienhong.watch.alerting.evaluate import evaluate
from dienhong.watch.models import Alert, Comparison, Difference, Kind, Reading, Stand
from dienhong.watch.tests.conftest import LATE, person

pytestmark = pytest.mark.django_db
ROWS = [row for row in registry.matrix("watch") if row.role in Role.values]
NAMES = sorted({row.action.removeprefix("watch.") for row in ROWS})
WHY = "theo ma trận quyền"
FIRST = {2020: dt.date(2020, 8, 17), 2025: dt.date(2025, 9, 4)}


def _unit(year: int) -> Unit:
    return organizations.unit_by_code("gso", "10" if year == 2020 else "15", FIRST[year])


def _grounds(relation: str) -> tuple[int, list[tuple[Unit, bool]]]:
    """The year, and units (with or without what is below) on which a grant stands in that relation."""
    day = FIRST[2020]
    if relation == "own":
        return 2020, [(_unit(2020), False)]
    if relation == "subtree":
        return 2020, [(organizations.ancestors("administrative", _unit(2020), day)[-1], True)]
    if relation == "other":
        return 2020, [(organizations.unit_by_code("gso", "01", day), False)]
    return 2025, [(organizations.unit_by_code("gso", code, day), False) for code in ("10", "15")]


@dataclass
class Scene:
    """A figure of the unit that is 80, and a second unit on the other side of everything."""

    year: int
    unit: Unit
    other: Unit
    period: Period
    batch: Batch

    @classmethod
    def of(cls, year: int) -> "Scene":
        unit, source = _unit(year), ensure_source(key="regime:RR22", kind=Source.Kind.REGIME, name_vi="RR22")
        set_authority(by="job:test", indicator=queries.indicator(LATE), source=source, validity=(None, None))
        period, total = ensure_period("decree09", f"{year}-Q2"), ensure_breakdown({})
        row = Row(queries.indicator(LATE).pk, period.pk, unit.pk, total.pk, 0, Decimal(80), 0, Stage.OFFICIAL)
        batch = write_batch(by="job:test", source=source, reporter=unit, rows=[row], evidence=[])
        indicators_testing.publish()
        return cls(year, unit, organizations.unit_by_code("agency", "MOIT", FIRST[year]), period, batch)

    def difference(self, *, judged: bool) -> Difference:
        owner, counterpart = (self.other, self.unit) if judged else (self.unit, self.other)
        made = Difference.objects.create(
            check_key="procedures_carried", kind=Kind.TEMPORAL, indicator=queries.indicator(LATE), period=self.period,
            unit=self.unit, breakdown=ensure_breakdown({}), owner=owner, counterpart=counterpart,
            business_at=clock.business_now(),
        )  # fmt: skip
        read = Reading.objects.create(difference=made, left=80, right=90, left_batch=self.batch.pk, agrees=False,
                                      business_at=clock.business_now())  # fmt: skip
        enter(by=None, actor="job:test", difference=made, reading=read, state=Stand.OPEN, due=FIRST[self.year])
        if judged:
            by = person("tra-loi", Role.LEADER, owner)
            actions.answer_difference(by=by, difference=made, text=WHY)
        return made

    def wording(self) -> Wording:
        return Wording(WHY, queries.indicator(LATE), "quarter", self.unit, Comparison.LEVEL, side=">", bound=Decimal(5))

    def alert(self, owner: Unit) -> Alert:
        rule = actions.write_rule(by=person("dat", Role.LEADER, owner), owner=owner, wording=self.wording())
        evaluate(rule=rule.pk)
        return Alert.objects.get(rule=rule)


def _act(name: str, scene: Scene) -> Callable[[Person], object]:
    if name in ("answer_difference", "agree", "disagree"):
        row = scene.difference(judged=name != "answer_difference")
        return lambda by: getattr(actions, name)(by=by, difference=row, text=WHY)
    if name in ("acknowledge", "explain", "close_alert"):
        alert = scene.alert(scene.unit if name == "close_alert" else scene.other)
        text = {} if name == "acknowledge" else {"text": WHY}
        return lambda by: getattr(actions, name)(by=by, alert=alert, **text)
    if name in ("write_rule", "rewrite_rule"):
        if name == "write_rule":
            return lambda by: actions.write_rule(by=by, owner=scene.unit, wording=scene.wording())
        rule = scene.alert(scene.unit).rule
        return lambda by: actions.rewrite_rule(by=by, rule=rule, wording=scene.wording(), seen=1)
    if name == "set_target":
        asking = Asked(queries.indicator(LATE), scene.unit, scene.period, "≤", Decimal(5), WHY)
        return lambda by: actions.set_target(by=by, owner=scene.unit, asked=asking)
    asked = {"key": SeriesKey(queries.indicator(LATE).pk, scene.period.pk, scene.unit.pk), "batch": scene.batch.pk}
    if name == "ask":
        return lambda by: actions.ask(by=by, asker=scene.unit, text=WHY, **asked)
    question = actions.ask(by=person("hoi", Role.LEADER, scene.other), asker=scene.other, text=WHY, **asked)
    return lambda by: actions.answer_question(by=by, question=question, text=WHY)


def _said(do: Callable[[Person], object], by: Person) -> str:
    """Yes where the act was done, no where it was refused for want of a right and left no trace; all taken back."""
    before = Event.objects.count()
    with transaction.atomic():
        try:
            with transaction.atomic():
                do(by)
        except NotPermitted:
            assert Event.objects.count() == before, "refused and yet in the journal"
            return "no"
        assert Event.objects.count() > before, "done and not in the journal"
        transaction.set_rollback(True)
    return "yes"


def _people(relations: tuple[str, ...]) -> dict[tuple[str, str], list[Person]]:
    """(role, relation) -> who holds it so; made once for all acts of a year."""
    found: dict[tuple[str, str], list[Person]] = {}
    for relation in relations:
        _year, grounds = _grounds(relation)
        for role in Role.values:
            found[role, relation] = [
                person(f"{role}-{relation}-{number}", Role(role), unit, subtree=below)
                for number, (unit, below) in enumerate(grounds)
            ]
    return found


def test_the_matrix_is_true(ground_database: None, settings: Any) -> None:
    settings.DEMO = True
    for relations, year in ((("own", "subtree", "other"), 2020), (("successor",), 2025)):
        at = dt.datetime.combine(FIRST[year], dt.time(16), clock.HANOI)
        with transaction.atomic(), clock.played(at):
            scene, people = Scene.of(year), _people(relations)
            for name in NAMES:
                with transaction.atomic():
                    _true(name, _act(name, scene), people)
                    transaction.set_rollback(True)
            transaction.set_rollback(True)


def _true(name: str, do: Callable[[Person], object], people: dict[tuple[str, str], list[Person]]) -> None:
    rows = {row.role: row for row in ROWS if row.action == f"watch.{name}"}
    assert list(rows) == list(Role.values)
    for (role, relation), who in people.items():
        for by in who:
            assert _said(do, by) == getattr(rows[role], relation), f"{name}, {role}, {relation}"
