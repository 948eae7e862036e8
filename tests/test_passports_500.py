"""Five hundred figures are asked where they come from: every link of their passports opens, every cell holds them.

Leaves and totals of all regimes and feeds, drawn with the run's seed. And what was tampered with is found and named.
"""

import csv
import io
import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import escape
from openpyxl import load_workbook

from dienhong.base import store
from dienhong.base.numbers import Empty
from dienhong.indicators import passports, places, queries
from dienhong.indicators.feeds.loading import KIND
from dienhong.indicators.models import Evidence, Indicator, Observation, Period
from dienhong.indicators.queries import SeriesKey
from dienhong.journal.models import Event
from dienhong.reporting.models import Version
from tests.nation import Nation

DICE = random.Random(int(os.environ["DIENHONG_TEST_SEED"]))
HREF = re.compile(r"""href="([^"]+)""")
LEAVES = {"regime:RR22": 320, "regime:RR05": 30, "regime:RR07": 30, "regime:RR10": 20, "feed:": 40}
TOTALS = {"regime:RR22": 48, "regime:RR05": 4, "regime:RR07": 4, "regime:RR10": 4}
REGIONS = ("red_river_delta", "northern_midlands_mountains", "north_central_central_coast", "mekong_delta")
RECOMPUTED = 40
BEGINS, FORMS = ("/directives/", "/watch/"), 20
MARKS = {"-": Empty.NOTHING_AROSE, "…": Empty.UNKNOWN, "x": Empty.NOT_APPLICABLE}


@dataclass
class Reader:
    """The viewer of the whole country, who opens each address once."""

    client: Client
    seen: dict[str, int] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)

    def open(self, address: str) -> bytes:
        """What lies there, whole; a page that leads on is followed."""
        address = urldefrag(address)[0]
        if address not in self.seen:
            answer = self.client.get(address, follow=True)
            self.seen[address] = answer.status_code
            self.kept[address] = answer.getvalue()
        return self.kept[address]

    def page(self, address: str) -> str:
        """The page; each of its links is opened too. Forms that begin something because of the figure (a directive, a
        question) are the same form for each figure: of each kind the first FORMS."""
        text = self.open(address).decode()
        for link in set(HREF.findall(text)):
            link = urljoin(address, link.replace("&amp;", "&"))
            parts = urlsplit(link)
            if parts.netloc or link.startswith(("/static/", "mailto:")):
                continue
            if parts.path.startswith(BEGINS):
                self.begun[parts.path] = self.begun.get(parts.path, 0) + 1
                if self.begun[parts.path] > FORMS:
                    continue
            self.open(link)
        return text

    def json(self, address: str) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(self.open(address))
        for link in addresses_in(made):
            self.open(link)
        return made


def addresses_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "url" or name.endswith("_url"):
                yield from [value] if value else []
            else:
                yield from addresses_in(value)
    elif isinstance(node, list):
        for each in node:
            yield from addresses_in(each)


def leaves(source: str, count: int) -> list[SeriesKey]:
    """Series that this source (or sources that begin so) spoke of, as the newest version has them."""
    rows = Observation.objects.filter(source__key__startswith=source, batch__publication__isnull=False)
    keys = rows.values_list("indicator", "period", "unit", "breakdown", "measure", "source").distinct()
    found = sorted(keys)
    return [SeriesKey(*key) for key in DICE.sample(found, min(count, len(found)))]


def totals(nation: Nation, source: str, count: int) -> list[SeriesKey]:
    """Totals of regions over what the provinces reported; of RR22, of the nation too."""
    rows = Observation.objects.filter(source__key=source, batch__publication__isnull=False)
    series = sorted(rows.values_list("indicator", "period", "breakdown", "measure").distinct())
    above = [nation.unit(key, "region") for key in REGIONS]
    whole = [nation.unit("VN", "iso3166")] if source == "regime:RR22" else []
    nation_s, regions_s = (
        [SeriesKey(one[0], one[1], unit.pk, one[2], one[3]) for one in series for unit in units]
        for units in (whole, above)
    )
    drawn = DICE.sample(nation_s, min(count // 3, len(nation_s)))
    return drawn + DICE.sample(regions_s, min(count - len(drawn), len(regions_s)))


def address_of(key: SeriesKey, name: str = "figure") -> str:
    period = Period.objects.get(pk=key.period_id)
    [code] = places.codes([key.unit_id], period.last).values()
    return places.figure_url(Indicator.objects.get(pk=key.indicator_id).code, period, code, key=key, name=name)


@cache
def opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data), data_only=True)


def in_workbook(data: bytes, sheet: str, cell: str) -> tuple[Decimal | None, int]:
    """The cell as Excel has it, read without the code that wrote it: value, kind of empty."""
    raw = opened(data)[sheet][cell].value
    if raw is None or raw in MARKS:
        return None, MARKS.get(raw, Empty.UNKNOWN)
    return Decimal(str(raw).replace(",", ".")), 0


def in_table(data: bytes, cell: str) -> tuple[Decimal | None, int]:
    match = re.fullmatch(r"([A-Z]+)([0-9]+)", cell)
    assert match
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    said = dict(row[:2] for row in rows[:40] if len(row) >= 2)
    text = rows[int(match[2]) - 1][column - 1].strip()
    if text in said.get("unknown", "").split("|"):
        return None, Empty.UNKNOWN
    value = Decimal(text)
    return (round(value, int(said["round"])) if said.get("round") else value), 0


def check_leaf(reader: Reader, made: dict[str, Any]) -> None:
    """The file that the passport names holds the figure in the sheet and cell that it names."""
    figure = made["figure"]
    [proof] = [each for each in made["evidence"] if each.get("sheet") and each["kind"] in ("canonical_workbook", KIND)]
    if proof["kind"] == KIND:
        assert "<mark>" in reader.page(proof["cell_url"])
        found = in_table(reader.open(f"{proof['url']}file"), proof["cell"])
    else:
        found = in_workbook(reader.open(proof["url"]), proof["sheet"], proof["cell"].rpartition("!")[2])
    value = None if found[0] is None else found[0] * Decimal(figure["factor"] or 1)
    shown = None if figure["value"] is None else Decimal(figure["value"])
    assert (value, found[1]) == (shown, figure["empty"]), (made["indicator"], made["unit"], proof, found, figure)


def check_total(made: dict[str, Any]) -> None:
    """The first level of the tree adds up, where the total is a sum."""
    if made["figure"]["how"] == "sum" and made["figure"]["value"] is not None:
        parts = [Decimal(node["value"]) for node in made["contributors"] if node["value"] is not None]
        assert sum(parts) == Decimal(made["figure"]["value"]), made["indicator"]


@pytest.mark.embedded_only  # two minutes; the database's own part in it is asked of both servers by the tests below
def test_five_hundred_passports(nation: Nation) -> None:
    reader = Reader(nation.client("mau-to-tong-hop"))
    drawn = [key for source, count in LEAVES.items() for key in leaves(source, count)]
    drawn += [key for source, count in TOTALS.items() for key in totals(nation, source, count)]
    assert len(drawn) >= 500
    kinds: dict[str, int] = {}
    for key in drawn:
        made = reader.json(address_of(key, "figure_json"))
        text = reader.page(address_of(key))
        kinds[made["kind"]] = kinds.get(made["kind"], 0) + 1
        assert escape(made["figure"]["text"]) in text, address_of(key)
        if made["kind"] == "leaf" and made["figure"]["known"]:
            check_leaf(reader, made)
        else:
            check_total(made)
    assert kinds["leaf"] >= 400
    assert kinds["total"] >= 60
    closed = {address: status for address, status in reader.seen.items() if status != 200}
    assert not closed, f"{len(closed)} of {len(reader.seen)} links do not open: {dict(list(closed.items())[:10])}"


def test_recompute_says_equal_of_what_nobody_touched(nation: Nation) -> None:
    some = [key for source in LEAVES for key in leaves(source, RECOMPUTED // len(LEAVES))]
    some += totals(nation, "regime:RR22", RECOMPUTED // 4)
    said = [passports.recompute(key) for key in some]
    wrong = [each for each in said if each["verdict"] not in ("equal", "nothing")]
    assert not wrong
    assert sum(each["verdict"] == "equal" for each in said) > RECOMPUTED // 2


# Tampering: by the owner of the tables, and by whoever reaches the files.


@pytest.fixture
def lao_cai(nation: Nation) -> tuple[Version, SeriesKey]:
    """Lào Cai's report of the first quarter, and its dossiers received online."""
    version = Version.objects.get(submission__duty=nation.duty("10", "2020-Q1"), number=1)
    assert version.batch
    row = (
        version.batch.observations.exclude(breakdown__key="").filter(value__gt=0).order_by("indicator", "breakdown")[0]
    )
    return version, SeriesKey(row.indicator_id, row.period_id, row.unit_id, row.breakdown_id, row.measure)


def asked_anew(nation: Nation, key: SeriesKey) -> tuple[dict[str, Any], dict[str, Any], str]:
    """The leaf recomputed, the nation's total of it recomputed, and the leaf's recomputation as a page."""
    whole = SeriesKey(key.indicator_id, key.period_id, nation.unit("VN", "iso3166").pk, key.breakdown_id, key.measure)
    answer = nation.client().post(address_of(key, "recompute"))
    assert answer.status_code == 200
    return passports.recompute(key), passports.recompute(whole), answer.content.decode()


def check_found(nation: Nation, key: SeriesKey, list_name: str) -> None:
    leaf, total, page = asked_anew(nation, key)
    for said in (leaf, total):
        assert said["verdict"] == "unequal"
        named = [unit["code"] for row in said[list_name] for unit in row.get("units", [row.get("unit")])]
        assert named == ["10"], said[list_name]
    assert "Không khớp" in page
    assert "Lào Cai" in page


@contextmanager
def as_owner() -> Iterator[Callable[..., None]]:
    """Change rows as the owner of the tables, past every trigger."""
    with connection.cursor() as cursor:
        for table in ("indicators_observation", "indicators_evidence"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor.execute
        for table in ("indicators_observation", "indicators_evidence"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def kept_file(lao_cai: tuple[Version, SeriesKey]) -> Iterator[Any]:
    """The stored workbook of the report; as it was afterwards."""
    path = store.path(lao_cai[0].canonical_digest)
    before = path.read_bytes()
    path.chmod(0o640)
    yield path
    path.write_bytes(before)
    path.chmod(0o440)


def test_a_changed_row_is_found(nation: Nation, lao_cai: tuple[Version, SeriesKey]) -> None:
    version, key = lao_cai
    assert passports.recompute(key)["verdict"] == "equal"
    with as_owner() as execute:
        execute(
            "UPDATE indicators_observation SET value = value + 1 WHERE batch_id = %s AND indicator_id = %s "
            "AND breakdown_id = %s",
            [version.batch_id, key.indicator_id, key.breakdown_id],
        )
    check_found(nation, key, "differ")


def test_a_damaged_file_is_found(nation: Nation, lao_cai: tuple[Version, SeriesKey], kept_file: Any) -> None:
    data = bytearray(kept_file.read_bytes())
    data[len(data) // 2] ^= 1
    kept_file.write_bytes(bytes(data))
    check_found(nation, lao_cai[1], "damaged")


def test_a_swapped_file_is_found(nation: Nation, lao_cai: tuple[Version, SeriesKey], kept_file: Any) -> None:
    other = Version.objects.get(submission__duty=nation.duty("01", "2020-Q1"), number=1)
    shutil.copyfile(store.path(other.canonical_digest), kept_file)
    check_found(nation, lao_cai[1], "damaged")


def test_a_lost_file_is_found(nation: Nation, lao_cai: tuple[Version, SeriesKey], kept_file: Any) -> None:
    kept_file.unlink()
    check_found(nation, lao_cai[1], "damaged")


@pytest.mark.parametrize("with_row", [False, True])
def test_evidence_that_points_elsewhere_is_found(
    nation: Nation, lao_cai: tuple[Version, SeriesKey], with_row: bool
) -> None:
    """Even where file, digest and row are all made to agree: the journal holds which file was meant."""
    version, key = lao_cai
    other = Version.objects.get(submission__duty=nation.duty("01", "2020-Q1"), number=1)
    with as_owner() as execute:
        execute(
            "UPDATE indicators_evidence SET digest = %s WHERE batch_id = %s AND digest <> ''",
            [other.canonical_digest, version.batch_id],
        )
        if with_row:
            execute(
                "UPDATE indicators_observation o SET value = theirs.value, empty = theirs.empty "
                "FROM indicators_observation theirs WHERE o.batch_id = %s AND theirs.batch_id = %s "
                "AND theirs.indicator_id = o.indicator_id AND theirs.breakdown_id = o.breakdown_id",
                [version.batch_id, other.batch_id],
            )
    check_found(nation, key, "damaged")


def test_a_file_that_is_no_workbook_is_found(nation: Nation, lao_cai: tuple[Version, SeriesKey]) -> None:
    version, key = lao_cai
    feed = Evidence.objects.filter(kind=KIND).order_by("pk")[0]
    with as_owner() as execute:
        execute(
            "UPDATE indicators_evidence SET digest = %s WHERE batch_id = %s AND digest <> ''",
            [feed.digest, version.batch_id],
        )
        # As if the journal had been silent.
        execute("ALTER TABLE journal_event DISABLE TRIGGER USER")
        execute(
            "UPDATE journal_event SET data = data - 'files' WHERE object_kind = 'batch' AND object_id = %s",
            [str(version.batch_id)],
        )
        execute("ALTER TABLE journal_event ENABLE TRIGGER USER")
    check_found(nation, key, "damaged")


def test_asking_is_recorded(nation: Nation, lao_cai: tuple[Version, SeriesKey]) -> None:
    before = Event.objects.filter(verb="indicators.recomputed").count()
    asked_anew(nation, lao_cai[1])
    assert Event.objects.filter(verb="indicators.recomputed").count() == before + 1
    assert queries.figure(lao_cai[1]) is not None
