"""The officer's side of the matrix against the acts: every role in every relation, each tried and taken back."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.dossiers import folders
from dienhong.dossiers.actions import answering, deciding, handling, signing, voicing
from dienhong.dossiers.actions.deciding import Missing
from dienhong.dossiers.actions.loading import current
from dienhong.dossiers.models import Complaint, Dossier, Place, Stop
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import timer
from dienhong.dossiers.tests.desk import NOON, Desk
from dienhong.journal.models import Event
from dienhong.organizations import queries, registry
from dienhong.organizations.models import Grant, Heir, Person, Role, Unit

ROWS = [row for row in registry.matrix("dossiers") if row.role not in registry.ALONE]
NAMES = sorted({row.action for row in ROWS})
SCAN = [Missing("Phiếu xuất xưởng", "Ảnh mờ.", "slip_copy")]
ODD = {"model": "Kiểu chưa có trong bảng", "brand": "Mẫu"}  # no row of the price table: an officer fixes the base


@pytest.fixture
def desk(ground_database: None, settings: Any) -> Iterator[Desk]:
    settings.DEMO = True
    with clock.played(NOON):
        yield Desk()


def at(desk: Desk, dossier: Dossier, element: str) -> Place:
    return desk.place(dossier, element)


def accepted(desk: Desk, **changes: Any) -> Dossier:
    dossier = desk.filed(**changes)
    deciding.accept(by=desk.clerk, place=at(desk, dossier, "accept_check"))
    return Dossier.objects.get(pk=dossier.pk)


def withdrawing(desk: Desk) -> Place:
    dossier = accepted(desk)
    answering.withdraw(by=desk.citizen, dossier=dossier)
    return at(desk, dossier, "withdrawal")


def lapsed(desk: Desk) -> Place:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=SCAN)
    persist.step(dossier, timer("supplement_late"), by="job:test")
    return at(desk, dossier, "judge_lapse")


def held(desk: Desk) -> Place:
    place = at(desk, desk.filed(), "accept_check")
    return handling.claim(by=desk.clerk, place=place)


def told(desk: Desk) -> Complaint:
    return voicing.complain(by=desk.citizen, dossier=desk.filed(), about="conduct", text="Chờ lâu.")


def act(name: str, desk: Desk) -> Callable[[Person], object]:
    """The act on a dossier of the desk's unit that waits for it."""
    if name in {"accept", "refuse", "claim"}:
        place = at(desk, desk.filed(), "accept_check")
        return {
            "accept": lambda by: deciding.accept(by=by, place=place),
            "refuse": lambda by: deciding.refuse(by=by, place=place, reason="Sai nơi.", basis="Điều 10"),
            "claim": lambda by: handling.claim(by=by, place=place),
        }[name]
    if name == "release":
        place = held(desk)
        return lambda by: handling.release(by=by, place=place)
    if name == "ask_supplement":
        dossier = desk.filed()
        return lambda by: deciding.ask_supplement(by=by, dossier=dossier, items=SCAN)
    if name == "stop":
        dossier = accepted(desk)
        return lambda by: deciding.stop(by=by, dossier=dossier, code=Stop.Code.TRANSFERRED, reason="Nơi khác.")
    if name == "answer_withdrawal":
        place = withdrawing(desk)
        return lambda by: deciding.answer_withdrawal(by=by, place=place, grant=False, reason="Đã tính xong.")
    if name == "answer_lapse":
        place = lapsed(desk)
        return lambda by: deciding.answer_lapse(by=by, place=place, extend=True, days=5, reason="Chờ giấy.")
    if name == "decide":
        place = at(desk, accepted(desk, **ODD), "fix_base")
        answers = {"tax_office_price": "810.000.000"}
        return lambda by: deciding.decide(by=by, place=place, outcome="announced", answers=answers)
    if name == "sign_service":
        version, rules = current("vehicle_registration_fee"), folders.rules_of("vehicle_registration_fee")
        assert rules is not None
        seen = len(rules.jurist_view().unconfirmed)
        return lambda by: signing.sign_service(by=by, version=version, seen=seen)
    complaint = told(desk)
    return lambda by: voicing.answer_complaint(by=by, complaint=complaint, text="Xin ghi nhận.")


def stranger() -> Unit:
    return queries.unit_by_code("tax", "79", NOON.date())


def grounds(unit: Unit) -> dict[str, tuple[Unit, bool]]:
    """Relation to the unit that decides -> unit of the grant and whether it covers what is below."""
    heir = Unit.objects.create(validity=DateRange(dt.date(2000, 1, 1), None))
    Heir.objects.create(unit=unit, heir=heir, since=dt.date(2020, 1, 1))
    above = queries.ancestors("sector", unit, NOON.date())[-1]
    return {
        "own": (unit, False),
        "subtree": (above, True),
        "other": (stranger(), True),
        "successor": (heir, False),
    }


def person(role: Role, relation: str, unit: Unit, below: bool) -> Person:
    made = Person.objects.create_user(f"{role}-{relation}-{uuid.uuid4()}", display_name=f"{role} {relation}")
    validity = DateRange(dt.date(2019, 1, 1), None)
    Grant.objects.create(person=made, role=role, unit=unit, subtree=below, validity=validity)
    return made


def staff(unit: Unit) -> dict[tuple[str, str], Person]:
    """(role, relation) -> somebody who is that."""
    return {
        (role, relation): person(Role(role), relation, *ground)
        for relation, ground in grounds(unit).items()
        for role in Role.values
    }


def said(do: Callable[[Person], object], by: Person) -> str:
    """Yes where it was done and is in the journal, no where it was refused without a trace; taken back."""
    before = Event.objects.count()
    with transaction.atomic():
        try:
            with transaction.atomic():
                do(by)
        except NotPermitted:
            assert Event.objects.count() == before
            return "no"
        assert Event.objects.count() > before
        transaction.set_rollback(True)
    return "yes"


def test_the_matrix_is_true(desk: Desk) -> None:
    desks, law = staff(desk.unit), staff(signing.owner_of(current("vehicle_registration_fee")))
    wrong = []
    for name in NAMES:
        people = law if name == "dossiers.sign_service" else desks
        with transaction.atomic():
            do = act(name.partition(".")[2], desk)
            for row in ROWS:
                for relation in registry.RELATIONS if row.action == name else ():
                    if (got := said(do, people[row.role, relation])) != getattr(row, relation):
                        wrong.append(f"{name}, {row.role}, {relation}: {got}")
            transaction.set_rollback(True)
    assert not wrong


def test_after_acceptance_the_case_officer_asks_for_supplements(desk: Desk) -> None:
    dossier = accepted(desk)
    do = lambda by: deciding.ask_supplement(by=by, dossier=dossier, items=SCAN)  # noqa: E731
    assert (said(do, desk.clerk), said(do, desk.officer)) == ("no", "yes")


def test_a_grant_for_one_service_acts_on_no_other(desk: Desk) -> None:
    place = at(desk, desk.filed(), "accept_check")
    for scope, answer in (("another_service", "no"), ("vehicle_registration_fee", "yes")):
        made = Person.objects.create_user(f"clerk-{scope}", display_name=scope)
        validity = DateRange(dt.date(2019, 1, 1), None)
        Grant.objects.create(person=made, role=Role.ONE_STOP_CLERK, unit=desk.unit, scope=scope, validity=validity)
        assert said(lambda by: deciding.accept(by=by, place=place), made) == answer


def test_every_act_stands_in_the_matrix() -> None:
    from dienhong.dossiers import service_urls, urls  # noqa: F401  (they import every act that has a screen here)

    mine = {name for name in registry.ACTIONS if name.startswith("dossiers.")}
    assert not mine - {row.action for row in registry.matrix("dossiers")}
