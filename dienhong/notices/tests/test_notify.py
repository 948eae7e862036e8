"""Telling people: works, refuses, safe to repeat, and nothing leaves before the commit."""

import pytest
from django.db import IntegrityError, transaction

from dienhong.base import clock
from dienhong.notices import actions, outbox
from dienhong.notices.models import Channel, Delivery, DeliveryState, Notice, Preference, Reach, Rhythm, State
from dienhong.notices.tests.conftest import KIND, queued
from dienhong.organizations.models import Person
from dienhong.organizations.tests import worlds

SUBJECT = ("duty", 7)


def tell(to: list[Person], kind: str = KIND, **more: object) -> list[int]:
    more.setdefault("params", {"what": "một", "reason": "vì thế"})
    return actions.notify(by="job:test", to=to, kind=kind, subject=SUBJECT, **more)


def test_each_person_is_told(person):
    other = worlds.person()
    assert tell([person, other], url="/duties/7/") == sorted([person.pk, other.pk])
    notice = Notice.objects.get(person=person)
    assert (notice.subject_kind, notice.subject_id, notice.url, notice.in_app) == ("duty", "7", "/duties/7/", True)
    # Who has no address is told on the page only.
    delivery = Delivery.objects.get()
    assert (delivery.notice, delivery.channel, delivery.rhythm) == (notice, Channel.MAIL, Rhythm.AT_ONCE)
    assert delivery.states.get().state == State.QUEUED
    assert {"delivery": delivery.pk} in queued("notices.deliver")


def test_told_once_under_a_key(person):
    other = worlds.person()
    assert tell([person], dedupe="a") == [person.pk]
    assert tell([person, other], dedupe="a") == [other.pk]
    assert tell([person], dedupe="b") == [person.pk]
    assert tell([person]) == tell([person]) == [person.pk]
    assert Notice.objects.filter(person=person).count() == 4
    assert Delivery.objects.count() == 4


def test_preferences_are_obeyed(person):
    Reach.objects.create(person=person, phone="+84912345678")
    for channel, rhythm in ((Channel.IN_APP, Rhythm.OFF), (Channel.MAIL, Rhythm.DAILY), (Channel.SMS, Rhythm.AT_ONCE)):
        Preference.objects.create(person=person, kind=KIND, channel=channel, rhythm=rhythm)
    person.refresh_from_db()
    tell([person])
    assert not Notice.objects.get().in_app
    assert dict(Delivery.objects.values_list("channel", "rhythm")) == {"mail": "daily", "sms": "at_once"}
    assert len(queued("notices.deliver")) == 1  # the letter waits for the morning


def test_what_must_be_told_stays_on_the_page(person):
    Preference.objects.create(person=person, kind="test.fixed", channel=Channel.IN_APP, rhythm=Rhythm.OFF)
    tell([person], "test.fixed")
    assert Notice.objects.get().in_app


def test_closed_accounts_hear_nothing(person):
    person.is_active = False
    person.save()
    assert tell([person]) == []
    assert not Notice.objects.exists()


def test_refuses_unknown_kinds_and_missing_words(person):
    with pytest.raises(KeyError):
        tell([person], "test.unknown")
    with pytest.raises(KeyError, match="reason"):
        tell([person], params={"what": "một"})
    assert not Notice.objects.exists()


@pytest.mark.parametrize("url", ["//elsewhere.vn/", "https://elsewhere.vn/", "/\\elsewhere.vn", "duties/"])
def test_refuses_addresses_beyond_this_site(person, url):
    with pytest.raises(IntegrityError, match="notice_url_is_ours"), transaction.atomic():
        tell([person], url=url)


@pytest.mark.parametrize("url", ["", "/", "/duties/1/"])
def test_takes_addresses_of_this_site(person, url):
    assert tell([person], url=url)


@pytest.mark.parametrize(
    ("channel", "rhythm"), [("in_app", "at_once"), ("sms", "daily"), ("mail", "off"), ("webhook", "daily")]
)
def test_the_database_refuses_senseless_deliveries(person, channel, rhythm):
    tell([person])
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(notice=Notice.objects.get(), channel=channel, rhythm=rhythm)


def test_a_failure_says_why(person):
    tell([person])
    with pytest.raises(IntegrityError, match="delivery_failure_says_why"), transaction.atomic():
        DeliveryState.objects.create(delivery=Delivery.objects.get(), state=State.FAILED)


@pytest.mark.usefixtures("empty_queue")
def test_nothing_is_queued_when_the_act_is_rolled_back(person):
    with transaction.atomic():
        tell([person])
        assert len(queued("notices.deliver")) == 1
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert queued("notices.deliver") == []
    tell([person])
    assert len(queued("notices.deliver")) == 1


def test_posting_nothing_makes_no_job(db):
    outbox.post([])
    assert queued("notices.deliver") == []


def test_few_questions_for_many_people(person, django_assert_max_num_queries):
    people = [worlds.person() for _ in range(40)]
    Person.objects.filter(pk__in=[each.pk for each in people]).update(email="a@example.vn")
    clock.business_now()  # read once for the process, whoever asks first
    with django_assert_max_num_queries(9):
        assert len(tell(people)) == 40
    assert len(queued("notices.deliver")) == 40
