"""Published statistics as feeds: spot-checked figures, refused cells, idempotence, as-of, passports down to the cell."""

import pytest
from django.core.management import call_command

from dienhong.indicators import actions, testing
from dienhong.organizations.loading import load_units

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    load_units(by="job:test")
    actions.load_catalogue(by="job:test")
    testing.publish()


def test_all(ground):
    call_command("load_feeds")
