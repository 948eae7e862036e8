"""Uploads: a good file becomes edits in one go, a bad one changes nothing and is kept with its faults."""

import pytest

from dienhong.base import store
from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.figures import figures
from dienhong.reporting.models import Edit, Upload, Version
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.excel_files import filled

pytestmark = pytest.mark.django_db


def test_a_filled_template_becomes_the_draft(world: World) -> None:
    data = filled(world.duty())
    taken = take_upload(by=world.entry, duty=world.duty(), data=data, name="C:\\bao cao\\Q2.xlsx")
    assert taken.upload.faults == []
    assert taken.upload.outcome == Upload.Outcome.TAKEN
    version = Version.objects.get(submission__duty=world.duty())
    now = figures(version)
    assert (now["r2.1"].value, now["r2"].value, now["r4.2"].empty) == (4112, 12904, 1)
    assert Edit.objects.get(version=version, cell__key="r2.1").origin == "Biểu II.06a!C7"
    assert (version.channel, version.original_name) == ("upload", "Q2.xlsx")
    assert store.get(version.original_digest) == data
