import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from dienhong.base.refusal import Refused
from dienhong.indicators import actions, catalogue_files, queries, testing
from dienhong.indicators.models import Entry, Indicator, Method, Period, Responsible
from dienhong.journal.models import Event
from dienhong.organizations.loading import load_units

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    load_units(by="job:test")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(catalogue_files.DATA, tmp_path / "data"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_it_loads_all_164_and_repeating_adds_nothing(units):
    loaded = actions.load_catalogue(by="job:test")
    assert Indicator.objects.filter(supporting=False).count() == 164
    assert loaded.entries == loaded.methods == Indicator.objects.count()
    assert Responsible.objects.exists()
    assert not actions.load_catalogue(by="job:test").any
    assert Event.objects.filter(verb="indicators.load_catalogue").count() == 1
    testing.publish()
    found = [entry.indicator.code for entry in queries.search("thu ngan sach nha nuoc")]
    assert "02.001" in found[:3]
    call_command("load_catalogue", verbosity=0)


def test_a_changed_word_is_a_new_wording_and_the_old_one_stays(units, folder):
    actions.load_catalogue(by="job:test", folder=folder)
    testing.publish()
    before = queries.cap()
    change(folder, "indicators.csv", "Tổng thu ngân sách nhà nước", "Tổng thu NSNN")
    loaded = actions.load_catalogue(by="job:test", folder=folder)
    testing.publish()
    assert (loaded.indicators, loaded.entries, loaded.methods) == (0, 1, 0)
    indicator = queries.indicator("02.001")
    assert Entry.objects.filter(indicator=indicator).count() == 2
    assert queries.entry(indicator.pk).name_vi == "Tổng thu NSNN"
    assert queries.entry(indicator.pk, before).name_vi == "Tổng thu ngân sách nhà nước"


def test_a_changed_formula_is_a_break_in_the_series(units, folder):
    actions.load_catalogue(by="job:test", folder=folder)
    change(folder, "indicators.csv", "[03.006] - [03.007]", "[03.007] - [03.006]")
    assert actions.load_catalogue(by="job:test", folder=folder).methods == 1
    testing.publish()
    new = Method.objects.get(number=2)
    assert (new.comparable, new.formula) == (False, "[03.007] - [03.006]")
    assert new.valid_from is not None
    assert len(queries.methods(new.indicator_id)) == 2
    earlier = Period(first=new.valid_from.replace(year=2000), last=new.valid_from.replace(year=2000))
    assert queries.method(new.indicator_id, earlier).number == 1


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("indicators.csv", "growth,none", "growth,sum", "never summed"),
        ("indicators.csv", "[03.006] - [03.007]", "[03.006] - [09.999]", "09.999"),
        ("indicators.csv", "[03.006] - [03.007]", "[03.006] - ", "biểu thức đã hết"),
        ("fields.csv", "economic_growth", "growth_of_economy", "economic_growth"),
        ("responsible.csv", ",GSO,", ",NOBODY,", "NOBODY"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused_whole(units, folder, name, old, new, said):
    change(folder, name, old, new)
    with pytest.raises(Refused, match=said), transaction.atomic():
        actions.load_catalogue(by="job:test", folder=folder)
    assert not Indicator.objects.exists()


def test_keys_of_series_are_made_once(units):
    actions.load_catalogue(by="job:test")
    one = actions.ensure_breakdown({"sex": "female", "area": "urban"})
    assert one == actions.ensure_breakdown({"area": "urban", "sex": "female"})
    assert one.key == "area=urban;sex=female"
    assert one.members.count() == 2
    assert actions.ensure_breakdown({}).key == ""
    with pytest.raises(Refused, match="sex=none"):
        actions.ensure_breakdown({"sex": "none"})
    assert actions.ensure_period("decree09", "2020-Q2") == actions.ensure_period("decree09", "2020-Q2")
