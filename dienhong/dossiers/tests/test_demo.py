"""The demo's past: each dossier is its own person's and ended on its own day; its money is in the bank's statements."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from dienhong.base import clock
from dienhong.dossiers import demo
from dienhong.dossiers.models import Dossier, Status
from dienhong.dossiers.tests.desk import Desk
from dienhong.organizations.models import Role
from dienhong.payments.models import Capture, Difference, StatementFile, Suspense
from dienhong.payments.tests.conftest import PlayBank, play  # noqa: F401

MORNING = dt.datetime.combine(clock.DEMO_DAY, dt.time(8, 31), tzinfo=clock.HANOI)


@pytest.fixture
def desk(ground_database: None, settings: Any, tmp_path: Any) -> Iterator[Desk]:
    settings.DEMO, settings.STORE = True, tmp_path
    with clock.played(MORNING):
        made = Desk()
        made.person("mau-thue-mot-cua", Role.ONE_STOP_CLERK)
        made.person("mau-thue-thu-ly", Role.CASE_OFFICER)
        made.person("mau-cong-dan")
        yield made


def test_the_past_lies_in_the_past(desk: Desk, play: PlayBank, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(demo, "DAYS", demo.LATE_IN_STATEMENT)
    day = dt.date(2020, 8, 12)  # LATE_IN_STATEMENT working days before
    plans = [demo._Plan(day, number, uuid.uuid4(), demo.CARS[number], who, 0.5) for number, who in ((0, 4), (1, 5))]
    for plan in plans:
        list(plan.play(clock.DEMO_DAY))
    one, other = Dossier.objects.order_by("pk")
    for each in (one, other):
        assert each.status == Status.HANDED_OVER
        assert {moment.astimezone(clock.HANOI).date() for moment in (each.finished_at, each.closed_at)} == {day}
    assert [each.applicant.name for each in (one, other)] == ["mau-cong-dan Mẫu", demo.NAMES[5]]
    assert not other.applicant.has_usable_password()
    assert demo.statements() > 0
    assert demo.statements() == 0, "safe to repeat"
    assert StatementFile.objects.filter(day=day).exists()
    assert [each.match is not None for each in Capture.objects.order_by("pk")] == [True, True]
    assert Suspense.objects.count() == 1
    kinds = {each.kind for each in Difference.objects.all()}
    assert Difference.Kind.DAY in kinds, kinds
