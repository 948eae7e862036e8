"""Published statistics as feeds: spot-checked figures, refused cells, repetition, revision, as-of, authority."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.indicators import actions, queries, testing
from dienhong.indicators.feeds import loading, tables
from dienhong.indicators.feeds.loading import Loaded
from dienhong.indicators.models import Batch, Breakdown, Evidence, Indicator, Observation, Period, Source, Stage
from dienhong.indicators.queries import SeriesKey
from dienhong.journal.models import Event
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import UnitCode

pytestmark = pytest.mark.django_db
DEMO_DAY = dt.date(2020, 8, 19)


@pytest.fixture
def ground(ground_database: None, monkeypatch: pytest.MonkeyPatch):
    """Units, catalogue, and a business day in 2020, so that what came later waits."""
    monkeypatch.setattr(clock, "business_today", lambda: DEMO_DAY)


def load(*keys: str) -> list[Loaded]:
    done = [loading.load(by="job:test", data=(tables.FOLDER / f"{key}.csv").read_bytes()) for key in keys]
    testing.publish()
    return done


def unit(key: str) -> int:
    return UnitCode.objects.get(scheme__key="key", code=key).unit_id


def said(code: str, period: str, key: str = "nation", *, feed: str = "", members: str = "") -> Observation:
    """The observation of one series, of one feed if named."""
    rows = Observation.objects.filter(
        indicator__code=code, period__key=period, unit=unit(key), breakdown__key=members
    ).order_by("-batch")
    return (rows.filter(source__key=f"feed:{feed}") if feed else rows)[0]


def altered(key: str, change: Callable[[list[list[str]]], None]) -> bytes:
    """A bundled table with some cells changed."""
    rows = list(csv.reader(io.StringIO((tables.FOLDER / f"{key}.csv").read_text(encoding="utf-8"))))
    change(rows)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def test_population_of_63_provinces_is_the_countrys(ground):
    (done,) = load("gso_population")
    assert (done.rows, done.faults, done.already) == (7630, [], False)
    period = Period.objects.get(key="2016-Y")
    provinces = organizations.provinces(DEMO_DAY).values_list("pk", flat=True)
    rows = Observation.objects.filter(period=period, unit__in=provinces, breakdown=queries.total_breakdown())
    assert rows.count() == 63
    assert sum(row.value for row in rows) == pytest.approx(said("06.001", "2016-Y").value, abs=Decimal("0.5"))
    hanoi = said("06.001", "2016-Y", "province-ha-noi")
    assert hanoi.stage == Stage.PRELIMINARY, "the heading says Prel. 2016"
    assert said("06.001", "2015-Y", "province-ha-noi").stage == Stage.OFFICIAL


def test_figures_stand_at_the_unit_of_their_time(ground):
    load("gso_population")
    assert said("06.001", "2007-Y", "province-ha-tay").value == Decimal("2773.7")
    assert said("06.001", "2007-Y", "province-ha-noi-2007").value == Decimal("3228.5")
    assert said("06.001", "2008-Y", "province-ha-noi").value == Decimal("6381.8")
    assert said("06.001", "2003-Y", "province-dak-lak-2003").value == Decimal("1995.6")
    assert said("06.001", "2004-Y", "province-dak-lak").value == Decimal("1635.6")
    new = Observation.objects.filter(unit=unit("province-ha-noi"), period__last__lt=dt.date(2008, 8, 1))
    assert not new.exists()


def test_regions_and_women_have_their_own_series(ground):
    load("gso_population")
    assert said("06.001", "2016-Y", "region-2020-red-river-delta").value > 20000
    women, men = (said("06.001", "2015-Y", members=f"sex={sex}").value for sex in ("female", "male"))
    assert women + men == said("06.001", "2015-Y").value
    assert Breakdown.objects.get(key="sex=female").members.count() == 1


def test_budget_and_tax_are_those_of_the_final_accounts(ground):
    load("mof_final_accounts", "gso_budget_revenue")
    tax = {year: said("S.02.301", f"{year}-Y").value for year in (2010, 2015, 2018)}
    assert tax == {2010: Decimal("148654.6"), 2015: Decimal(200030), 2018: Decimal(250892)}
    key = SeriesKey(Indicator.objects.get(code="02.001").pk, Period.objects.get(key="2010-Y").pk, unit("nation"))
    spoken = queries.figure(key)
    assert spoken is not None
    assert (spoken.value, Source.objects.get(pk=spoken.source_id).key) == (
        Decimal("588428.3"),
        "feed:mof_final_accounts",
    )
    assert said("02.001", "2010-Y", feed="gso_budget_revenue").value == Decimal(588428)
    later = queries.figure(SeriesKey(key.indicator_id, Period.objects.get(key="2013-Y").pk, key.unit_id))
    assert later is not None
    assert later.value == Decimal(828348), "MOF's workbook of 2013 is not there, so the yearbook speaks"


def test_the_factor_stands_beside_the_text_as_published(ground):
    load("gso_fishery")
    row = said("01.021", "2016-Y")
    assert (row.typed, row.factor, row.value) == ("6803929.0", Decimal("0.001"), Decimal("6803.929"))


def test_source_batch_and_evidence_name_the_publisher(ground):
    load("sbv_exchange_rate")
    source = Source.objects.get(key="feed:sbv_exchange_rate")
    assert source.kind == Source.Kind.FEED
    assert organizations.code(source.publisher_id, "agency", DEMO_DAY) == "SBV"
    assert source.licence.startswith("A")
    batch = Batch.objects.filter(source=source).earliest("pk")
    proof = Evidence.objects.get(batch=batch)
    assert (proof.kind, proof.key) == ("feed_file", "sbv_exchange_rate")
    assert proof.label == "sbv_exchange_rate.csv · Ngân hàng Nhà nước Việt Nam"
    event = Event.objects.get(verb="indicators.feed_loaded")
    assert (event.object_id, event.data["digest"]) == ("sbv_exchange_rate", proof.digest)


def test_missing_is_unknown_and_what_is_no_number_is_refused_with_its_place(ground):
    (done,) = load("nsdp_labour")
    assert [fault.typed for fault in done.faults] == ["7 902.3", "8 339.9", "7 347.0", "519.4sb", "571.9sb"]
    by_text = {fault.typed: fault for fault in done.faults}
    assert by_text["519.4sb"].where == "nsdp_labour!J70"
    assert "ô J70: “519.4sb” không phải số" in by_text["519.4sb"].sentence
    unknown = said("S.05.301", "2022-Q1", members="sex=male")
    assert (unknown.typed, unknown.value, unknown.empty) == ("na", None, 2)
    refused = Observation.objects.filter(period__key="2023-Q2", breakdown__key="sex=male", indicator__code="S.05.301")
    assert not refused.exists()
    load("gso_iip")
    assert said("01.012", "2016-Y", "region-2020-red-river-delta").empty == 2


def test_what_lies_after_the_business_day_waits(ground, monkeypatch):
    (done,) = load("nsdp_cpi")
    assert (done.rows, done.waiting) == (51, 51)
    figures = SeriesKey(
        Indicator.objects.get(code="S.03.302").pk, Period.objects.get(key="2020-M08").pk, unit("nation")
    )
    assert queries.figure(figures) is None
    monkeypatch.setattr(clock, "business_today", lambda: dt.date(2020, 9, 1))
    assert testing.publish() == 1
    figure = queries.figure(figures)
    assert figure is not None
    assert figure.value == Decimal("102.8928")


def test_the_same_file_loads_nothing_again(ground):
    load("gso_poverty")
    before = Observation.objects.count(), Batch.objects.count(), Event.objects.count()
    (again,) = load("gso_poverty")
    assert (again.already, again.rows) == (True, 0)
    assert before == (Observation.objects.count(), Batch.objects.count(), Event.objects.count())


def test_a_revised_file_writes_what_changed_and_the_past_stays(ground):
    load("gso_poverty")
    then = queries.cap()
    old = said("S.06.305", "2015-Y", "province-ha-noi")

    def revise(rows: list[list[str]]) -> None:
        row, column = tables.place(old.ref.split("!")[1])
        rows[row][column] = "1.7"
        rows[row][column - 1] = ""

    done = loading.load(by="job:test", data=altered("gso_poverty", revise))
    testing.publish()
    assert (done.rows, done.withdrawn, done.unchanged) == (1, 1, 559)
    key = SeriesKey(old.indicator_id, old.period_id, old.unit_id)
    assert queries.figure(key).value == Decimal("1.7")
    assert queries.figure(key, then).value == old.value == Decimal("1.8")
    gone = SeriesKey(old.indicator_id, Period.objects.get(key="2014-Y").pk, old.unit_id)
    assert queries.figure(gone) is None
    assert queries.figure(gone, then).value == Decimal("2.3")


def test_a_file_that_only_words_changed_in_brings_nothing_and_is_known_then(ground):
    load("gso_poverty")
    data = (tables.FOLDER / "gso_poverty.csv").read_bytes().replace(b"Poverty rate by province", b"Poverty rate")
    done = loading.load(by="job:test", data=data)
    assert (done.rows, done.unchanged, done.batches, done.already) == (0, 561, 1, False)
    assert loading.load(by="job:test", data=data).already


def test_a_regime_keeps_its_word_and_a_formula_too(ground):
    indicator = Indicator.objects.get(code="S.06.305")
    regime = actions.ensure_source("regime:RRX", Source.Kind.REGIME, "Chế độ thử")
    actions.set_authority(indicator, regime, (None, None))
    done = load("gso_poverty", "gso_area_density")
    assert [one.kept for one in done] == [["S.06.305"], ["06.002"]]
    assert queries.authority(indicator.pk, Period.objects.get(key="2016-Y")).pk == regime.pk


# What a table says wrongly -> the code of its refusal.
WRONG = [
    ("S.06.305", "S.06.999", "feed_word"),
    ("province-ha-noi,", "province-ha-noi-xx,", "feed_word"),
    ("2016-Y", "2016-X", "feed_period"),
    ("2015-Y", "2014-Y", "feed_twice"),
    ("agency:GSO", "agency:NOBODY", "publisher_unknown"),
    ("licence,", "licens,", "feed_head"),
    ("\ndata\n", "\n", "feed_without_data"),
    ("Việt Nam,15.5", "Việt Nam,15.5,1", "feed_uneven"),
]


def test_a_table_that_contradicts_itself_is_refused_whole(ground):
    text = (tables.FOLDER / "gso_poverty.csv").read_text(encoding="utf-8")
    for old, new, code in WRONG:
        assert old in text
        with pytest.raises(Refused) as refused:
            loading.load(by="job:test", data=text.replace(old, new).encode())
        assert refused.value.code == code, new
    assert not Observation.objects.exists()


def test_the_command_takes_the_first_ones_first(ground, capsys, tmp_path):
    for key in ("papi_sub_indices", "gso_visitors", "gso_poverty"):
        (tmp_path / f"{key}.csv").write_bytes((tables.FOLDER / f"{key}.csv").read_bytes())
    call_command("load_feeds", "--first", "--folder", str(tmp_path))
    assert set(Source.objects.values_list("key", flat=True)) == {"feed:gso_poverty"}
    call_command("load_feeds", "--folder", str(tmp_path))
    assert Source.objects.count() == 3
    assert "1 tables were there already" in capsys.readouterr().out
    with pytest.raises(CommandError, match="gso_povert in"):
        call_command("load_feeds", "--only", "gso_povert")
    papi = Source.objects.get(key="feed:papi_sub_indices")
    assert organizations.name(papi.publisher_id, DEMO_DAY).startswith("PAPI")
    assert said("S.08.301", "2011-Y", "province-ha-noi", members="papi_sub_index=sc11").value == Decimal("1.26411")


def test_every_bundled_table_can_be_read_and_is_small():
    files = sorted(tables.FOLDER.glob("*.csv"))
    assert len(files) >= 40
    assert sum(path.stat().st_size for path in files) < 6 * 1024 * 1024
    listed = (tables.FOLDER / "README.md").read_text(encoding="utf-8")
    for path in files:
        table = tables.parse(path.read_bytes())
        assert table.key == path.stem
        assert len(table.key) <= 31, "a spreadsheet program cuts longer sheet names"
        assert table.said("licence")[0] in "ABC", "class D is never bundled"
        assert f"`{path.name}`" in listed
        assert sum(1 for _cell in table.cells()) > 0


def test_addresses_are_those_of_a_spreadsheet(tmp_path: Path):
    assert [tables.address(0, at) for at in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]
    for row, column in ((0, 0), (13, 3), (99, 701), (7, 702)):
        assert tables.place(tables.address(row, column)) == (row, column)
    for wrong in ("", "A", "1", "a1", "A0", "A1:B2", "../A1"):
        with pytest.raises(LookupError):
            tables.place(wrong)
