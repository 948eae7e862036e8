"""A day off announced late moves what was due that day; an approval says whether a second factor stood behind it."""

import datetime as dt

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from dienhong.base import clock
from dienhong.journal.models import Event
from dienhong.organizations import queries as organizations
from dienhong.organizations.actions import declare_holiday
from dienhong.organizations.models import Role
from dienhong.reporting import actions
from dienhong.reporting.actions.duties import effective_due
from dienhong.reporting.holidays import follow
from dienhong.reporting.models import Approval
from dienhong.reporting.tests.conftest import World, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("policy", ["next", "keep"])
def test_what_was_due_that_day_is_due_on_the_next_day_of_work(world: World, policy: str) -> None:
    for tier in world.regime.spec["tiers"]:
        tier["due"]["policy"] = policy
    world.regime.save()
    nation = organizations.unit_by_code("iso3166", "VN", dt.date(2020, 6, 1))
    admin = person("quan-tri", Role.ADMINISTRATOR, nation, subtree=True)
    duty = world.duty()
    due = effective_due(duty).astimezone(clock.HANOI)
    declare_holiday(
        by=admin, date=due.date() - dt.timedelta(days=1), kind="holiday", name="Hôm trước", source="Văn bản 1"
    )
    assert effective_due(duty) == due
    declare_holiday(by=admin, date=due.date(), kind="holiday", name="Nghỉ đột xuất", source="Công điện 2")
    follow(Event.objects.get(object_id=due.date().isoformat()))  # what is played in the past calls no reactions
    moved = effective_due(duty).astimezone(clock.HANOI)
    if policy == "keep":  # the regime says that its due time stays where it is
        assert moved == due
        return
    assert moved.date() > due.date()
    assert moved.timetz() == due.timetz()
    extension = duty.extensions.get()
    assert "Nghỉ đột xuất" in extension.reason
    assert extension.by == admin
    assert Event.objects.filter(verb="reporting.extend", object_id=str(duty.pk)).count() == 1


@pytest.mark.parametrize("fresh", [True, False])
def test_an_approval_says_whether_a_second_factor_stood_behind_it(world: World, fresh: bool) -> None:
    version = world.filled()
    actions.submit(by=world.entry, version=version)
    client = Client()
    client.force_login(world.leader, backend="django.contrib.auth.backends.ModelBackend")
    app = Authenticator.objects.create(user=world.leader, type=Authenticator.Type.TOTP, data={})
    if fresh:
        session = client.session
        session["account_authentication_methods_user"] = str(world.leader.pk)
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "id": app.pk, "type": "totp", "at": 0}]
        session.save()
    client.post(reverse("reporting:act", args=[version.pk, "approve"]))
    expected = Approval.Kind.SECOND_FACTOR if fresh else Approval.Kind.PASSWORD
    assert Approval.objects.get(change__version=version).kind == expected
