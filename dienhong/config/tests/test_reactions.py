"""From an act to a notice: read after sealing, through the queue, once for each person; or in the act's transaction."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from dienhong.base import clock
from dienhong.config import jobs, reactions
from dienhong.journal import testing as journal
from dienhong.journal.actions import record
from dienhong.notices import reading
from dienhong.notices.models import Cursor, Notice
from dienhong.notices.tests.conftest import queued
from dienhong.organizations import actions as organizations
from dienhong.organizations.models import GrantRequest, Person, ResetRequest, Role
from dienhong.organizations.tests import worlds
from dienhong.reporting import actions as reporting
from dienhong.reporting.models import State
from dienhong.reporting.tests.conftest import ON_TIME, World, world  # noqa: F401


@pytest.fixture
def live(world: World) -> Any:  # noqa: F811
    """The world, acting at this moment of its clock instead of being played; its past has been read."""
    clock.set_business_now(ON_TIME, by="job:test", reason="test")
    token = clock._played.set(None)
    catch_up()
    Notice.objects.all().delete()
    yield world
    clock._played.reset(token)


def catch_up() -> list[dict[str, Any]]:
    """Seal, read, and do what was queued; returns the arguments of the jobs."""
    journal.seal(steps=False)
    while reactions.read_once():
        pass
    found = queued("config.react")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'config.react'")
    for each in found:
        reactions.run(**each)
    return found


def told() -> list[tuple[str, str]]:
    """(username, kind) of every notice, oldest first."""
    return list(Notice.objects.order_by("pk").values_list("person__username", "kind"))


def test_every_state_of_a_report_has_its_line():
    assert {f"reporting.{state.name.lower()}" for state in State} <= reactions.REACTIONS.keys()


def test_names_of_functions_are_their_own():
    """A job waits under the function's name: two of one name for one verb could not be told apart."""
    for verb, found in reactions.REACTIONS.items():
        assert len({each.name for each in found}) == len(found), verb


def test_a_report_on_its_way_tells_whose_turn_it_is(live: World):
    version = live.filled()
    catch_up()
    assert told() == []
    reporting.submit(by=live.entry, version=version)
    catch_up()
    reporting.approve(by=live.leader, version=version)
    catch_up()
    reporting.send(by=live.clerk, version=version)
    catch_up()
    reporting.receive(by=live.receiver, version=version)
    catch_up()
    reporting.return_version(by=live.receiver, version=version, reason="Dòng 3 lệch số kỳ trước.")
    catch_up()
    assert told()[:4] == [
        ("lanh-dao", "reporting.to_sign"),
        ("van-thu", "reporting.to_send"),
        ("tong-hop", "reporting.arrived"),
        ("nhap", "reporting.received"),
    ]
    assert sorted(told()[4:]) == [
        ("lanh-dao", "reporting.returned"),
        ("nhap", "reporting.returned"),
        ("van-thu", "reporting.returned"),
    ]
    notice = Notice.objects.filter(kind="reporting.returned", person=live.entry).get()
    assert notice.params["reason"] == "Dòng 3 lệch số kỳ trước."
    assert notice.params["report"]["vi"] == "RR22 Quý II/2020, Tỉnh Lào Cai"
    assert notice.params["report"]["en"].endswith("Lao Cai Province")
    assert Notice.objects.get(kind="reporting.to_sign").params["count"] == 1


def test_reading_again_and_doing_again_tell_nobody_twice(live: World):
    version = live.filled()
    reporting.submit(by=live.entry, version=version)
    done = catch_up()
    assert len(done) == 1
    for each in done:
        reactions.run(**each)
    Cursor.objects.update(position=0)  # as after a restore
    catch_up()
    assert [line for line in told() if line[1] != "reporting.opened"] == [("lanh-dao", "reporting.to_sign")]


def test_what_is_rolled_back_tells_nobody(live: World):
    version = live.filled()
    with transaction.atomic():
        reporting.submit(by=live.entry, version=version)
        transaction.set_rollback(True)
    assert catch_up() == []
    assert told() == []


def test_an_event_waits_for_its_seal(live: World):
    reporting.submit(by=live.entry, version=live.filled())
    assert reactions.read_once() == 0
    assert catch_up() != []


def test_what_the_demo_plays_in_the_past_is_history(live: World):
    with clock.played(ON_TIME.replace(day=20)):
        reporting.submit(by=live.entry, version=live.filled())
    assert catch_up() == []
    assert told() == []


def test_extension_and_exemption(live: World):
    later = live.duty().due_at.replace(month=7)
    reporting.extend(by=live.receiver, duty=live.duty(), due_at=later, reason="Lũ quét, mất điện.")
    reporting.exempt(by=live.receiver, duty=live.duty(), reason="Không có thủ tục này.")
    reporting.exempt(by=live.receiver, duty=live.duty(), reason="Rà lại thì có.", granted=False)
    catch_up()
    kinds = [kind for who, kind in told() if who == "nhap"]
    assert kinds == ["reporting.extended", "reporting.exempt", "reporting.owed_again"]
    assert "/07/2020" in Notice.objects.filter(kind="reporting.extended").first().params["due"]


def test_opening_a_period_tells_who_fills_it_in(live: World):
    from dienhong.base import periods

    reporting.open_duties(by="job:test", regime_version=live.regime, period=periods.period("decree09", "2020-Q3"))
    catch_up()
    assert told() == [("nhap", "reporting.opened")]


def test_the_reader_stops_at_an_error_and_takes_it_up_again(live: World):
    version = live.filled()
    reporting.submit(by=live.entry, version=version)
    journal.seal(steps=False)
    before = Cursor.objects.get(name="reactions").position
    with pytest.raises(ZeroDivisionError):
        reading.read("reactions", ["reporting.submitted"], lambda event: 1 / 0)
    assert Cursor.objects.get(name="reactions").position == before
    assert len(catch_up()) == 1


def test_a_job_whose_line_is_gone_is_dropped_and_said(live: World, caplog):
    event = record(by="job:test", verb="reporting.sent", object_kind="version", object_id=1)
    jobs.react(event=event.pk, function="dienhong.reporting.reactions.former")
    assert "no longer follows" in caplog.text
    assert told() == []


class TestRoles:
    @pytest.fixture
    def people(self, db: None) -> dict[str, Person]:
        unit = worlds.unit("Lào Cai")
        found = {name: worlds.person(name) for name in ("first", "second", "leader")}
        for name in ("first", "second"):
            worlds.grant(found[name], Role.ADMINISTRATOR, unit)
        return found

    def ask(self, people: dict[str, Person]) -> GrantRequest:
        unit = people["first"].grants.get().unit
        return organizations.grant(
            by=people["first"], person=people["leader"], role=Role.LEADER, unit=unit, reason="Bổ nhiệm mới"
        )

    def test_an_approving_role_tells_the_second_administrator_then_its_holder(self, people):
        request = self.ask(people)
        assert told() == [("second", "organizations.grant_asked")]
        organizations.confirm_grant(by=people["second"], request=request)
        assert told()[1:] == [("leader", "organizations.granted")]
        params = Notice.objects.get(person=people["leader"]).params
        assert params["role"]["vi"] == "“Lãnh đạo đơn vị”"
        assert params["unit"]["vi"] == "Tỉnh Lào Cai"

    def test_a_revoked_role(self, people):
        grant = organizations.confirm_grant(by=people["second"], request=self.ask(people))
        organizations.revoke(by=people["first"], grant=grant, reason="Nghỉ hưu")
        assert told()[-1] == ("leader", "organizations.revoked")

    def test_a_reset_of_sign_in(self, people):
        organizations.confirm_grant(by=people["second"], request=self.ask(people))
        Notice.objects.all().delete()
        request = organizations.reset_sign_in(by=people["first"], person=people["leader"], reason="Mất điện thoại")
        assert isinstance(request, ResetRequest)
        assert told() == [("second", "organizations.reset_asked")]
        organizations.confirm_reset(by=people["second"], request=request)
        assert told()[1:] == [("leader", "organizations.reset")]

    def test_what_the_demo_plays_is_history(self, people, settings):
        settings.DEMO = True
        with clock.played(ON_TIME):
            request = self.ask(people)
        assert isinstance(request, GrantRequest)
        assert told() == []

    def test_no_role_without_its_notice(self, people, monkeypatch):
        """In one transaction: when the holder cannot be told, the role is not given."""
        request = self.ask(people)
        monkeypatch.setattr("dienhong.notices.reactions.notify", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            organizations.confirm_grant(by=people["second"], request=request)
        assert not people["leader"].grants.exists()


@pytest.mark.django_db
def test_the_queue_sends_no_notification_of_its_own():
    """One NOTIFY, at the sealer: the queue's own triggers are dropped, whatever its next version brings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT tgisinternal AND p.prosrc ILIKE '%notify%'"
        )
        assert cursor.fetchall() == []


@pytest.mark.embedded_only
@pytest.mark.django_db(transaction=True)
def test_the_worker_reads_and_sends(monkeypatch):
    """The real command, with its own connections: an event of an act becomes a letter."""
    from django.core import mail

    from dienhong.notices.actions import notify

    # The threads of its jobs must not keep their connections: the test's database is dropped at the end.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    person = worlds.person("nguoi-nhan")
    person.email = "nguoi-nhan@example.vn"
    person.save()
    notify(
        by="job:test",
        to=[person],
        kind="organizations.reset",
        subject=("person", person.pk),
        params={"reason": "thử"},
    )
    call_command("worker", once=True, concurrency=1)
    assert [letter.to for letter in mail.outbox] == [["nguoi-nhan@example.vn"]]
    assert queued("notices.deliver") == []
