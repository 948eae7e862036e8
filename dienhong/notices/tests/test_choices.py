"""Reading, preferences, addresses, sending again: works, refuses, safe to repeat, in the journal."""

import pytest

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal.models import Event
from dienhong.notices import actions, queries
from dienhong.notices.models import Channel, Delivery, DeliveryState, Notice, Preference, Reach, Rhythm, State
from dienhong.notices.tests.conftest import KIND
from dienhong.notices.tests.test_notify import tell
from dienhong.organizations.models import Role
from dienhong.organizations.tests import worlds


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="notices.").order_by("id").values_list("verb", flat=True))


class TestRead:
    def test_up_to_what_was_on_the_screen(self, person):
        for _ in range(3):
            tell([person])
        seen = list(Notice.objects.order_by("pk"))[1]
        assert actions.mark_read(by=person, up_to=seen.pk) == 2
        assert queries.unread_count(person) == 1
        event = Event.objects.get(verb="notices.mark_read")
        assert (event.actor, event.data) == (person.actor, {"count": 2})

    def test_repeating_changes_nothing(self, person):
        tell([person])
        pk = Notice.objects.get().pk
        assert [actions.mark_read(by=person, up_to=pk, only=True) for _ in range(2)] == [1, 0]
        assert verbs() == ["notices.mark_read"]

    def test_never_anothers(self, person):
        tell([person])
        assert actions.mark_read(by=worlds.person(), up_to=2**62) == 0
        assert queries.unread_count(person) == 1


class TestPreferences:
    def test_only_what_differs_is_kept(self, person):
        choices = {(KIND, "mail"): "daily", (KIND, "in_app"): "at_once", (KIND, "sms"): "off"}
        assert actions.set_preferences(by=person, choices=choices) == 1
        row = Preference.objects.get()
        assert (row.channel, row.rhythm) == (Channel.MAIL, Rhythm.DAILY)
        assert queries.preferences(person)[KIND, "mail"] == "daily"
        assert actions.set_preferences(by=person, choices=choices) == 0
        assert verbs() == ["notices.set_preferences"]
        assert actions.set_preferences(by=person, choices={(KIND, "mail"): "at_once"}) == 1  # and back

    @pytest.mark.parametrize(
        ("choice", "code"),
        [
            ({("no.such", "mail"): "off"}, "no_such_choice"),
            ({(KIND, "pigeon"): "off"}, "no_such_choice"),
            ({(KIND, "sms"): "daily"}, "no_such_rhythm"),
            ({(KIND, "mail"): "weekly"}, "no_such_rhythm"),
            ({("test.fixed", "in_app"): "off"}, "must_be_told"),
        ],
    )
    def test_refuses(self, person, choice, code):
        with pytest.raises(Refused) as refusal:
            actions.set_preferences(by=person, choices={(KIND, "mail"): "daily", **choice})
        assert refusal.value.code == code
        assert not Preference.objects.exists()  # nothing half-saved
        assert verbs() == []


class TestReach:
    def test_numbers_as_people_write_them(self, person):
        assert actions.set_reach(by=person, language="en", phone="0912 345.678").phone == "+84912345678"
        assert Event.objects.get(verb="notices.set_reach").data == {"changed": ["language", "phone"]}

    def test_a_new_address_makes_a_new_key(self, person, settings):
        settings.HOOK_HOSTS = {"may.example.vn"}
        first = actions.set_reach(by=person, language="vi", hook_url="https://may.example.vn/a").hook_number
        same = actions.set_reach(by=person, language="en", hook_url="https://may.example.vn/a").hook_number
        other = actions.set_reach(by=person, language="en", hook_url="https://may.example.vn/b").hook_number
        asked = actions.set_reach(
            by=person, language="en", hook_url="https://may.example.vn/b", new_key=True
        ).hook_number
        assert first == same < other < asked

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"phone": "abc"}, "phone"),
            ({"phone": "0912"}, "phone"),
            ({"hook_url": "http://may.example.vn/"}, "hook"),
            ({"hook_url": "https://u:p@may.example.vn/"}, "hook"),
            ({"hook_url": "https://169.254.169.254/"}, "hook_host"),
            ({"hook_url": "https://may.example.vn:8443/"}, "hook_host"),
            ({"language": "fr"}, "no_language"),
        ],
    )
    def test_refuses(self, person, settings, more, code):
        settings.HOOK_HOSTS = {"may.example.vn"}
        with pytest.raises(Refused) as refusal:
            actions.set_reach(by=person, **{"language": "vi", **more})
        assert refusal.value.code == code
        assert not Reach.objects.exists()


class TestSendAgain:
    @pytest.fixture
    def dead(self, person) -> Delivery:
        tell([person])
        delivery = Delivery.objects.get()
        DeliveryState.objects.create(delivery=delivery, state=State.DEAD, reason="mail server: gone")
        return delivery

    def test_it_leaves_the_list(self, dead):
        who = worlds.person()
        worlds.grant(who, Role.ADMINISTRATOR, worlds.unit("Nơi"))
        assert [row.delivery for row in queries.undelivered()] == [dead]
        actions.send_again(by=who, delivery=dead)
        assert list(queries.undelivered()) == []
        assert verbs() == ["notices.send_again"]
        with pytest.raises(Refused) as refusal:
            actions.send_again(by=who, delivery=dead)
        assert refusal.value.code == "not_dead"

    @pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ADMINISTRATOR])
    def test_only_administrators_may(self, dead, role):
        who = worlds.person()
        worlds.grant(who, role, worlds.unit("Nơi"))
        with pytest.raises(NotPermitted):
            actions.send_again(by=who, delivery=dead)
        assert verbs() == []


class TestPages:
    def test_every_notice_once_unread_first(self, person):
        for number in range(11):
            tell([person], params={"what": number, "reason": ""})
        pks = list(Notice.objects.order_by("-pk").values_list("pk", flat=True))
        for pk in pks[::2]:
            actions.mark_read(by=person, up_to=pk, only=True)
        found, after, pages = [], "", 0
        while True:
            page = queries.page(person, after, size=3)
            found += [(each.pk, False) for each in page.unread] + [(each.pk, True) for each in page.read]
            after, pages = page.after, pages + 1
            if not after:
                break
        assert [pk for pk, read in found if not read] == pks[1::2]
        assert [pk for pk, read in found if read] == pks[::2]
        assert [read for _pk, read in found] == sorted(read for _pk, read in found)
        assert pages == 4

    @pytest.mark.parametrize("after", ["x", "u", "uabc", "u-1", "r1; DROP", "u٣"])
    def test_an_address_that_says_nothing_starts_at_the_beginning(self, person, after):
        tell([person])
        assert queries.page(person, after).unread or after.startswith("r")

    def test_the_count_ends_somewhere(self, person, monkeypatch):
        monkeypatch.setattr(queries, "MOST_COUNTED", 3)
        for _ in range(6):
            tell([person])
        assert queries.unread_count(person) == 4
