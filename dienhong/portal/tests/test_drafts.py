"""Before filling in: what it costs; how many drafts one may have and how long they stay."""

import datetime as dt

import pytest
from django.test import Client

from dienhong.base import clock
from dienhong.dossiers.actions import drafts as actions
from dienhong.dossiers.models import Draft
from dienhong.journal.models import Event
from dienhong.portal.tests.applying import BASE, begin

pytestmark = pytest.mark.usefixtures("ground_database", "on_the_day")


def test_what_it_costs_is_said_before_signing_in(me: Client) -> None:
    """By the law of the day: halved for what is assembled here from 28 June to the end of 2020."""
    said = Client().get(f"{BASE}/").content.decode()
    assert "Lệ phí bằng 5 % đến 6 % giá tính lệ phí của xe." in said
    assert "Lệ phí bằng 10 % đến 12 % giá tính lệ phí của xe." in said
    assert "(unconfirmed)" not in said
    assert "chưa xác nhận" in said


def test_a_draft_that_nobody_touches_goes_on_its_day(me: Client) -> None:
    """The sheet of the fee keeps thirty days; the list says until when."""
    old, fresh = begin(me), begin(me)
    Draft.objects.filter(pk=old.pk).update(saved_at=clock.record_now() - dt.timedelta(days=30, minutes=1))
    Draft.objects.filter(pk=fresh.pk).update(saved_at=clock.record_now() - dt.timedelta(days=29))
    until = clock.business_at(clock.record_now()) + dt.timedelta(days=1)
    assert f"giữ đến {until:%d/%m/%Y}" in me.get("/portal/apply/drafts/").content.decode()
    assert actions.discard_forgotten(by="job:drafts") == 1
    assert [each.pk for each in Draft.objects.all()] == [fresh.pk]
    told = Event.objects.get(verb="dossiers.forget_draft")
    assert (told.object_id, told.actor) == (str(old.pk), "job:drafts")
    assert actions.discard_forgotten(by="job:drafts") == 0


def test_at_most_five_drafts(me: Client) -> None:
    for _each in range(5):
        begin(me)
    answer = me.post(f"{BASE}/start", follow=True)
    assert "5 bản nháp" in answer.content.decode()
    assert Draft.objects.count() == 5
    draft = Draft.objects.latest("pk")
    assert me.post(f"{BASE}/{draft.pk}/discard").status_code == 302
    begin(me)
