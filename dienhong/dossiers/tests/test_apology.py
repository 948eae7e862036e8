"""The slip of lateness (slip 04): what is not done by the hour, one new date, once."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from dienhong.base import clock
from dienhong.documents.models import Issued
from dienhong.dossiers.actions import answering, deciding
from dienhong.dossiers.models import ClockEvent, Dossier, DueChange, Place
from dienhong.dossiers.process import timers
from dienhong.dossiers.tests.desk import NOON, Desk


@pytest.fixture
def desk(ground_database: None, settings: Any) -> Iterator[Desk]:
    settings.DEMO = True
    with clock.played(NOON):
        yield Desk()


def late(desk: Desk, *, waits: bool = False) -> Dossier:
    """Accepted on the morning of the 20th, its price not in the table, nobody works on it until the 21st has passed.

    `waits`: for the register still, whose limit has not run out."""
    dossier = desk.filed(brand="Mẫu", model="Chưa có", model_code=None)
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    if waits:
        Place.objects.filter(element="register_silent").update(timer_at=None)
    with clock.played(NOON + dt.timedelta(days=1, hours=8)):
        timers.fire()
    return dossier


def slips() -> list[Issued]:
    return list(Issued.objects.filter(kind="apology").order_by("pk"))


@pytest.mark.parametrize(
    ("waits", "steps"),
    [
        (False, "Xác định giá tính lệ phí; Đối chiếu dữ liệu xe"),
        (True, "Hỏi dữ liệu đăng ký xe, chờ trả lời; Xác định giá tính lệ phí"),
    ],
)
def test_the_slip_says_what_is_not_done(desk: Desk, waits: bool, steps: str) -> None:
    late(desk, waits=waits)
    [slip] = slips()
    assert slip.data["due_at"] == "17:00 21/08/2020"
    assert slip.data["new_due_at"].endswith("24/08/2020")
    assert slip.data["reason"] == f"Đến giờ hẹn, các bước sau chưa xong: {steps}."


def test_late_again_it_is_late_and_nothing_more_is_promised(desk: Desk) -> None:
    dossier = late(desk)
    with clock.played(NOON + dt.timedelta(days=4)):  # Monday: back through the supplement into the same step
        answering_more(desk, dossier)
    dossier.refresh_from_db()
    promised = dossier.due_at
    with clock.played(NOON + dt.timedelta(days=15)):
        assert timers.fire() >= 1
    dossier.refresh_from_db()
    assert dossier.due_at == promised
    assert len(slips()) == 1
    assert DueChange.objects.filter(dossier=dossier, cause=DueChange.Cause.APOLOGY).count() == 1
    assert not ClockEvent.objects.filter(dossier=dossier, kind=ClockEvent.Kind.END).exists()


def answering_more(desk: Desk, dossier: Dossier) -> None:
    answering.withdraw(by=desk.citizen, dossier=dossier, reason="Để xem lại.")
    answering.take_back(by=desk.citizen, dossier=dossier)
