"""What the bundled tables must say, and that loading them keeps every promise of the schema."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Q
from django.utils import translation

from dienhong.base import clock
from dienhong.journal.models import Event
from dienhong.organizations import bundle, queries
from dienhong.organizations.forms import UnitField
from dienhong.organizations.loading import load_units
from dienhong.organizations.models import Ancestry, Heir, Holiday, Lineage, Link, Unit, UnitCode, UnitKind, UnitName

pytestmark = pytest.mark.django_db
OLD, NEW = dt.date(2020, 8, 19), dt.date(2025, 7, 1)
TRAPS = {
    "15": ("Yên Bái", "Lào Cai"), "24": ("Bắc Giang", "Bắc Ninh"), "44": ("Quảng Bình", "Quảng Trị"),
    "52": ("Bình Định", "Gia Lai"), "80": ("Long An", "Tây Ninh"), "91": ("Kiên Giang", "An Giang"),
    "82": ("Tiền Giang", "Đồng Tháp"),
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Everything, communes included, loaded once for this file and taken away after it."""
    with django_db_blocker.unblock():
        load_units(by="job:test", communes=True)
        with connection.cursor() as cursor:  # a site's autovacuum has done it within the minute; here it may be late
            cursor.execute("ANALYZE")
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.mark.usefixtures("loaded")
class TestEverything:
    def test_63_until_june_2025_and_34_after(self):
        for on, count, municipalities in (
            (OLD, 63, 5), (dt.date(2025, 1, 1), 63, 6), (dt.date(2025, 6, 30), 63, 6), (NEW, 34, 6),
            (dt.date(2026, 4, 30), 34, 7), (dt.date(2008, 7, 31), 64, 5), (dt.date(2003, 12, 31), 61, 4),
            (dt.date(1996, 12, 31), 53, 3),
        ):  # fmt: skip
            assert queries.provinces(on).count() == count, on
            assert queries.units_of_kind("municipality", on).count() == municipalities, on
            nation = queries.unit_by_code("iso3166", "VN", on)
            below = queries.children("administrative", nation, on)
            assert set(below) == set(queries.provinces(on)), on

    def test_eleven_units_go_on_and_the_others_end(self):
        old = {unit.pk for unit in queries.provinces(dt.date(2025, 6, 30))}
        new = {unit.pk for unit in queries.provinces(NEW)}
        assert len(old & new) == 11
        for gone in old - new:
            heirs = queries.successors(gone).filter(on=NEW)
            assert len(heirs) == 1, gone
        merged = Lineage.objects.filter(on=NEW, before__in=old).values("after").distinct()
        assert merged.count() == 23

    @pytest.mark.parametrize("code", TRAPS)
    def test_a_code_kept_is_that_of_the_seat(self, code):
        before, after = TRAPS[code]
        assert queries.name(queries.unit_by_code("gso", code, OLD), OLD) == before
        there = queries.unit_by_code("gso", code, NEW)
        assert queries.name(there, NEW) == after
        assert before in {queries.name(row.before, OLD) for row in queries.predecessors(there)}

    def test_hue_keeps_its_unit_through_new_name_and_kind(self):
        hue = queries.unit_by_code("gso", "46", OLD)
        assert queries.unit_by_code("gso", "46", NEW) == hue
        assert queries.full_name(hue, dt.date(2024, 12, 31)) == "Tỉnh Thừa Thiên Huế"
        assert queries.full_name(hue, dt.date(2025, 1, 1)) == "Thành phố Huế"
        assert queries.full_name(hue, NEW, "en") == "Hue City"

    def test_ha_tay_became_part_of_ha_noi(self):
        ha_tay = queries.unit_by_code("gso", "28", dt.date(2007, 1, 1))
        ha_noi = queries.unit_by_code("gso", "01", dt.date(2008, 8, 1))
        assert ha_tay.validity.upper == dt.date(2008, 8, 1)
        assert [row.after for row in queries.successors(ha_tay)] == [ha_noi]
        assert queries.unit_by_code("gso", "01", dt.date(2008, 7, 31)) != ha_noi
        parts = queries.predecessors(ha_noi).filter(partial=True)
        assert {queries.name(row.before, OLD) for row in parts} == {"Vĩnh Phúc", "Hòa Bình"}
        with pytest.raises(queries.NoUnitError, match=r"28 \(gso\).*19/08/2020"):
            queries.unit_by_code("gso", "28", OLD)

    def test_regions_hold_every_province_of_their_map(self):
        nation = queries.unit_by_code("iso3166", "VN", OLD)
        six = queries.children("six_regions", nation, OLD)
        assert sorted(queries.children("six_regions", each, OLD).count() for each in six) == [5, 6, 11, 13, 14, 14]
        later = dt.date(2026, 1, 1)
        new = queries.children("new_regions", nation, later)
        assert sorted(queries.children("new_regions", each, later).count() for each in new) == [3, 5, 5, 6, 6, 9]
        assert not queries.children("six_regions", nation, later).exists()

    def test_agencies_and_their_successors(self):
        nation = queries.unit_by_code("iso3166", "VN", OLD)
        kinds = ("ministry", "ministry_level")
        later = dt.date(2025, 3, 1)
        assert queries.descendants("sector", nation, OLD, kinds=kinds).count() == 22
        assert queries.descendants("sector", nation, later, kinds=kinds).count() == 17
        gso = queries.unit_by_code("agency", "GSO", OLD)
        assert queries.name(gso, later) == "Cục Thống kê"
        assert queries.parent("sector", gso, later) == queries.unit_by_code("agency", "MOF", later)
        mpi = queries.unit_by_code("agency", "MPI", OLD)
        assert [row.after for row in queries.successors(mpi)] == [queries.unit_by_code("agency", "MOF", later)]

    def test_communes_of_both_maps(self):
        before, after, later = dt.date(2025, 6, 30), NEW, dt.date(2026, 4, 30)
        for on, counts in (
            (before, {"commune": 7692, "ward": 1726, "township": 617}),
            (after, {"commune": 2621, "ward": 687, "special_zone": 13}),
            (later, {"commune": 2611, "ward": 697, "special_zone": 13}),
        ):
            nation = queries.unit_by_code("iso3166", "VN", on)
            found = queries.descendants("administrative", nation, on, kinds=queries.COMMUNAL)
            rows = (
                UnitKind.objects.filter(unit__in=found, validity__contains=on).values_list("kind").annotate(Count("pk"))
            )
            assert dict(rows) == counts, on
        districts = queries.units_of_kind(("district", "urban_district", "town", "city"), before)
        assert districts.count() == 696
        assert not queries.units_of_kind(("district", "urban_district", "town", "city"), after).exists()

    def test_a_commune_that_was_kept_is_one_unit_under_two_parents(self):
        # Thổ Châu: xã of Phú Quốc until June 2025, then đặc khu, never merged.
        unit = queries.unit_by_code("gso", "31105", OLD)
        assert queries.unit_by_code("gso", "31105", NEW) == unit
        assert queries.full_names([unit.pk], OLD)[unit.pk] == "Xã Thổ Châu"
        assert queries.full_name(unit, NEW) == "Đặc khu Thổ Châu"
        line = [queries.name(each, OLD) for each in queries.ancestors("administrative", unit, OLD)]
        assert line == ["Phú Quốc", "Kiên Giang", "Việt Nam"]
        line = [queries.name(each, NEW) for each in queries.ancestors("administrative", unit, NEW)]
        assert line == ["An Giang", "Việt Nam"]

    def test_dated_rows_stay_within_their_unit(self):
        for model in (UnitName, UnitKind, UnitCode):
            assert not model.objects.exclude(unit__validity__contains=F("validity")).exists(), model
        for end in ("child", "parent"):
            assert not Link.objects.exclude(**{f"{end}__validity__contains": F("validity")}).exists(), end

    def test_every_unit_has_a_name_and_a_kind_on_every_day_it_exists(self):
        for rows in ("names", "kinds"):
            missing = Unit.objects.annotate(parts=Count(rows)).filter(parts=0)
            assert not missing.exists(), rows
            gaps = Unit.objects.raw(
                f"SELECT u.id FROM organizations_unit u JOIN organizations_unit{rows[:-1]} r ON r.unit_id = u.id"
                " GROUP BY u.id HAVING range_agg(r.validity) <> datemultirange(u.validity)"
            )
            assert not list(gaps), rows

    def test_who_inherits_has_taken_the_place_of_one_that_ended(self):
        rows = Lineage.objects.filter(inherits=True).select_related("before", "after")
        assert all(row.before.validity.upper == row.on == row.after.validity.lower for row in rows)
        assert not Heir.objects.filter(unit=F("heir")).exists()

    def test_codes_of_one_scheme_name_one_unit_a_day_and_all_differ_in_hash(self):
        rows = UnitCode.objects.values("code_hash").annotate(names=Count("code", distinct=True))
        assert not rows.filter(names__gt=1).exists()

    def test_the_closure_says_what_the_links_say(self):
        for on in (OLD, NEW):
            for tree in ("administrative", "sector", "six_regions", "new_regions"):
                links = set(
                    Link.objects.filter(hierarchy__key=tree, validity__contains=on).values_list("child", "parent")
                )
                rows = set(queries.ancestry(tree, on).filter(depth=1).values_list("descendant", "ancestor"))
                assert links == rows
                up = dict(links)
                walked = {(low, top) for low in up for top in _walk(low, up)}
                assert walked == set(queries.ancestry(tree, on).values_list("descendant", "ancestor"))

    def test_search_without_tones(self):
        found = [name for _, name in queries.search_units("lao cai", kinds=queries.PROVINCIAL)]
        assert found == ["Lào Cai", "Lào Cai"]
        assert [name for _, name in queries.search_units("LÀO  cai", on=NEW, kinds=queries.PROVINCIAL)] == ["Lào Cai"]
        assert queries.search_units("vung tau", on=OLD, kinds=["province"])[0][1] == "Bà Rịa - Vũng Tàu"
        assert queries.search_units("100%") == queries.search_units("  ") == []
        assert len(queries.search_units("an", limit=7)) == 7

    def test_a_unit_called_by_its_whole_name_is_that_unit(self, settings):
        settings.DEMO = True
        for text, name in (
            ("Thành phố Hà Nội", "Hà Nội"), ("tinh lao cai", "Lào Cai"), ("Lao Cai Province", "Lào Cai"),
            ("Ha Noi City", "Hà Nội"), ("Ho Chi Minh City", "Hồ Chí Minh"), ("Ministry of Finance", "Bộ Tài chính"),
            ("Cục Thuế thành phố Hà Nội", "Cục Thuế thành phố Hà Nội"), ("vn", "Việt Nam"),
        ):  # fmt: skip
            with clock.played(dt.datetime(2020, 8, 19, 9, tzinfo=clock.HANOI)):
                assert queries.name(UnitField().clean(text), OLD) == name, text

    @pytest.mark.parametrize("lang", ["vi", "en"])
    def test_every_suggested_unit_is_taken_for_itself(self, settings, lang):
        settings.DEMO = True
        kinds = [*queries.PROVINCIAL, "nation", "ministry", "ministry_level", "government_attached"]
        ids = list(queries.units_of_kind(kinds, OLD).values_list("pk", flat=True))
        wards = list(queries.units_of_kind(["ward"], OLD).order_by("pk").values_list("pk", flat=True)[:40])
        with clock.played(dt.datetime(2020, 8, 19, 9, tzinfo=clock.HANOI)), translation.override(lang):
            named = queries.spelled([*ids, *wards], OLD, lang)
            assert len(named) == len(ids) + len(wards) > 120
            assert {pk: UnitField().clean(name).pk for pk, name in named.items()} == {pk: pk for pk in named}
        assert sum("#" in named[pk] for pk in ids) == 0
        assert sum("#" in named[pk] for pk in wards) > 0, "many wards are called alike"

    def test_loading_again_changes_nothing(self):
        before = [model.objects.count() for model in (Unit, UnitName, Link, Lineage, Ancestry, Heir, Holiday, Event)]
        assert load_units(by="job:test", communes=True) == 0
        after = [model.objects.count() for model in (Unit, UnitName, Link, Lineage, Ancestry, Heir, Holiday, Event)]
        assert before == after

    def test_loading_is_in_the_journal(self):
        event = Event.objects.get(verb="organizations.load_units")
        assert event.data == {"new": Unit.objects.count()}

    def test_holidays_know_the_swapped_saturday(self):
        kinds = queries.holidays()
        assert kinds[dt.date(2019, 5, 4)] == "swap_work"
        assert kinds[dt.date(2020, 9, 2)] == "holiday"
        assert len(kinds) == 133


def _walk(low: int, up: dict[int, int]) -> list[int]:
    tops = []
    while low in up:
        low = up[low]
        tops.append(low)
    return tops


def test_no_span_of_the_tables_is_upside_down():
    for units, _ in (bundle.base(), bundle.communes()):
        for unit in units:
            spans = [
                unit.span,
                *(row[0] for part in (unit.names, unit.kinds, unit.codes, unit.parents) for row in part),
            ]
            assert all(not (span.first and span.until) or span.first < span.until for span in spans), unit.key


def test_a_second_load_adds_the_communes_and_keeps_what_was_changed_by_hand():
    load_units(by="job:test")
    hanoi = queries.unit_by_code("gso", "01", OLD)
    UnitName.objects.filter(unit=hanoi).update(name_vi="Thủ đô")
    load_units(by="job:test")
    assert queries.name(hanoi, OLD) == "Thủ đô"
    assert Unit.objects.filter(Q(names__name_vi="Thủ đô")).count() == 1
