"""A figure of a feed leads to its publisher, its file and its cell; the file can be opened, fetched and read again."""

import csv
import datetime as dt
import hashlib
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from dienhong.base import clock, store
from dienhong.indicators import evidence, queries, testing
from dienhong.indicators.feeds import loading, proof, tables
from dienhong.indicators.models import Evidence, Indicator, Observation, Period
from dienhong.indicators.passports.leaf import leaf
from dienhong.indicators.passports.recompute import recompute
from dienhong.indicators.queries import SeriesKey
from dienhong.organizations.models import UnitCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(ground_database: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "business_today", lambda: dt.date(2020, 8, 19))
    for key in ("gso_population", "gso_fishery", "mof_final_accounts", "nsdp_labour"):
        loading.load(by="job:test", data=(tables.FOLDER / f"{key}.csv").read_bytes())
    testing.publish()
    proof.opened.cache_clear()


def key_of(code: str, period: str, unit: str = "nation") -> SeriesKey:
    return SeriesKey(
        Indicator.objects.get(code=code).pk,
        Period.objects.get(key=period).pk,
        UnitCode.objects.get(scheme__key="key", code=unit).unit_id,
    )


def cell_of(data: bytes, where: str) -> str:
    """The text of a cell, read without the code under test."""
    letters = where.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) + 1
    return list(csv.reader(io.StringIO(data.decode())))[int(where[len(letters) :]) - 1][column - 1]


def the_passport_names_publisher_file_sheet_and_cell():
    told = leaf(key_of("S.02.301", "2015-Y"))
    assert told["figure"]["value"] == "200030"
    assert told["coverage"] == {"reported": 1, "late": 0, "missing": 0, "total": 1}
    (said,) = told["evidence"]
    assert (said["kind"], said["sheet"], said["file"]) == ("feed_file", "mof_final_accounts", "mof_final_accounts.csv")
    assert said["whole"] is True
    facts = dict(said["facts"])
    assert facts["Tệp gốc"] == "QT-2015-N-CKQT02-NN001.xlsx: Thu NSNN!D11"
    assert facts["Nhà xuất bản"] == "Bộ Tài chính"
    assert facts["Giấy phép"].startswith("B: ")
    assert told["source"]["name"].startswith("Bộ Tài chính · ")
    assert cell_of(store.get(said["digest"]), said["cell"]) == "200030"


def the_series_of_the_message_is_named():
    told = leaf(key_of("05.001", "2018-Q2"))
    assert dict(told["evidence"][0]["facts"])["Tệp gốc"] == "LMIVNM.xml: LLF_PE_NUM"


def every_leaf_of_the_files_is_the_cell_it_names():
    """200 figures spread over all files: the page marks the published text, the fetched file has it in that cell."""
    client = Client()
    rows = list(Observation.objects.order_by("source", "indicator", "period", "unit", "breakdown"))
    chosen = rows[:: len(rows) // 200]
    assert len({row.source_id for row in chosen}) == 4
    files: dict[int, bytes] = {}
    for row in chosen:
        proof_row = Evidence.objects.get(batch=row.batch_id)
        sheet, where = row.ref.split("!")
        if proof_row.pk not in files:
            answer = client.get(reverse("feeds:file", args=[proof_row.pk]))
            assert answer.status_code == 200
            assert answer["Content-Disposition"] == f'attachment; filename="{sheet}.csv"'
            assert hashlib.sha256(answer.content).hexdigest() == proof_row.digest
            files[proof_row.pk] = answer.content
        assert cell_of(files[proof_row.pk], where) == row.typed
    for row in chosen[::10]:
        answer = evidence.resolve(Evidence.objects.get(batch=row.batch_id), row.ref, "vi")
        page = client.get(answer["cell_url"].partition("#")[0]).content.decode()
        assert f'<td id="cell" class="num"><mark>{row.typed}</mark></td>' in page


def recompute_reads_the_cell_again():
    for code, period, unit in (("01.021", "2016-Y", "province-ca-mau"), ("06.001", "2015-Y", "nation")):
        found = recompute(key_of(code, period, unit))
        assert (found["verdict"], found["cells"], found["files"]) == ("equal", 1, 1)


def a_tampered_file_shows_as_unequal_and_is_not_handed_out():
    key = key_of("01.021", "2016-Y")
    figure = queries.figure(key)
    row = Evidence.objects.get(batch=figure.batch_id)
    path = store.path(row.digest)
    whole = path.read_bytes()
    proof.opened.cache_clear()  # a file that was read stays open for the next question
    path.chmod(0o640)
    try:
        path.write_bytes(whole.replace(b"6803929.0", b"6903929.0"))
        found = recompute(key)
        assert found["verdict"] == "unequal"
        assert found["damaged"][0]["digest"] == row.digest
        answer = Client().get(reverse("feeds:file", args=[row.pk]))
        assert answer.status_code == 410
        assert "6903929" not in answer.content.decode()
        assert evidence.resolve(row, figure.ref or "gso_fishery!X20")["whole"] is False
    finally:
        path.write_bytes(whole)
        path.chmod(0o440)


def unknown_stays_unknown_when_read_again():
    row = Observation.objects.filter(typed="na").earliest("ref")
    digest = Evidence.objects.get(batch=row.batch_id).digest
    assert proof.read_leaves(digest, [row.ref]) == {row.ref: (None, 2)}
    with pytest.raises(LookupError):
        proof.read_leaves(digest, ["gso_fishery!B20"])


def values_cast_back_say_so():
    """Fishery before 1997 is given for provinces that were split off only then."""
    key = key_of("01.021", "1995-Y", "province-bac-kan")
    assert queries.figure(key).value is not None
    facts = dict(leaf(key)["evidence"][0]["facts"])
    assert facts["Quy về đơn vị sau này"].startswith("Đơn vị có từ 01/01/1997")
    assert "Quy về đơn vị sau này" not in dict(
        leaf(key_of("01.021", "1997-Y", "province-bac-kan"))["evidence"][0]["facts"]
    )


def the_page_of_a_feed_lists_what_was_refused_and_what_it_left_out():
    row = Evidence.objects.filter(key="nsdp_labour").earliest("pk")
    page = Client().get(reverse("feeds:table", args=[row.pk])).content.decode()
    assert "519.4sb" in page
    assert "Không hiện ở đây: " in page
    english = Client().get(reverse("feeds:table", args=[row.pk]), {"cell": "J70"}).content.decode()
    assert "<mark>519.4sb</mark>" in english
    for wrong in ("ZZZ1", "J6900", "x", "<script>"):
        assert Client().get(reverse("feeds:table", args=[row.pk]), {"cell": wrong}).status_code == 404
    assert Client().get(reverse("feeds:table", args=[10**9])).status_code == 404


def values_beside_a_factor_are_exact():
    row = Observation.objects.filter(indicator__code="01.021").exclude(value=None).order_by("-value")[0]
    assert row.value == Decimal(row.typed) * Decimal("0.001")


def every_table_is_listed_by_its_publisher_for_anyone():
    page = Client().get(reverse("feeds:index")).content.decode()
    assert page.index("Bộ Tài chính") < page.index("Tổng cục Thống kê")
    rows = Evidence.objects.filter(kind="feed_file")
    assert {row.key for row in rows} == {"gso_population", "gso_fishery", "mof_final_accounts", "nsdp_labour"}
    for key in {row.key for row in rows}:
        newest = rows.filter(key=key).order_by("-pk")[0]
        assert page.count(f'href="{reverse("feeds:table", args=[newest.pk])}"') == 1
        assert f'href="{reverse("feeds:file", args=[newest.pk])}"' in page


def test_a_figure_of_a_feed_leads_to_its_cell(loaded):
    """Loading four feeds takes longer than asking: all is asked of the same, and the last spoils a file."""
    the_passport_names_publisher_file_sheet_and_cell()
    the_series_of_the_message_is_named()
    every_leaf_of_the_files_is_the_cell_it_names()
    recompute_reads_the_cell_again()
    unknown_stays_unknown_when_read_again()
    values_cast_back_say_so()
    the_page_of_a_feed_lists_what_was_refused_and_what_it_left_out()
    values_beside_a_factor_are_exact()
    every_table_is_listed_by_its_publisher_for_anyone()
    a_tampered_file_shows_as_unequal_and_is_not_handed_out()
