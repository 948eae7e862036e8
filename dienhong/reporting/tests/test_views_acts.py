"""Acts of a report from its pages: what is asked before something is replaced."""

import pytest
from django.urls import reverse

from dienhong.reporting.figures import typed_figures
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.test_views_entry import as_

pytestmark = pytest.mark.django_db


def test_nothing_to_report_asks_before_it_replaces_figures_and_one_undo_brings_them_back(world: World) -> None:
    version = world.filled(r4_2="-")
    desk = as_(world.entry)
    act = reverse("reporting:act", args=[version.pk, "nothing"])
    asked = desk.post(act, {"from": "entry"}).content.decode()
    assert "Thay 6 ô" in asked, "the seventh says already that nothing arose"
    assert typed_figures(version)["r1"].typed == "594"
    assert 'name="sure"' in asked
    desk.post(act, {"from": "entry", "sure": "1"})
    assert {figure.typed for figure in typed_figures(version).values()} == {"-"}
    assert desk.post(act, {"from": "entry"}).status_code == 302, "nothing is lost, nothing is asked"
    desk.post(reverse("reporting:undo", args=[version.pk]))
    assert typed_figures(version)["r1"].typed == "594"
