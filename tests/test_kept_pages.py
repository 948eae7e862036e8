"""A page that is kept for visitors still tells of a repair: crosses the portal and the settings of the site."""

import pytest
from django.test import Client

from dienhong.config import upkeep
from dienhong.portal import cache


@pytest.mark.django_db
def test_the_banner_of_a_repair_is_shown_on_kept_pages(client: Client) -> None:
    cache.clear()
    first = client.get("/portal/")
    assert first.status_code == 200
    upkeep.announce(upkeep.Banner("Bảo trì tối nay", closed=False))
    try:
        assert "Bảo trì tối nay" in client.get("/portal/").content.decode()
    finally:
        upkeep.announce(None)
