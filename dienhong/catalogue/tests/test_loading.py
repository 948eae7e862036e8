"""Bundled facts and imported records: what is new, what changed, what stays, what could not be read."""

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dienhong.catalogue import queries, served, stamp
from dienhong.catalogue.actions import import_procedures, load_bundled, loading
from dienhong.catalogue.models import Level, LifeEvent, Procedure, Synonym, Version
from dienhong.catalogue.reading.records import Record
from dienhong.catalogue.search import live
from dienhong.journal.models import Event

pytestmark = pytest.mark.django_db
LEVEL = served.StatedLevel("4", dt.date(2020, 8, 19), None, "nguồn mẫu")
HEAD = ("ma_tthc", "ten_tthc", "linh_vuc", "co_quan_cong_bo", "cap_thuc_hien", "so_quyet_dinh", "nop_truc_tuyen",
        "cach_thuc_thuc_hien_text", "doi_tuong_thuc_hien")  # fmt: skip


def written(path: Path, *rows: dict[str, str]) -> Path:
    with open(path / "procedures_test.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, HEAD, restval="")
        out.writeheader()
        out.writerows(rows)
    return path


def row(code: str = "1.000001", name: str = "Cấp thẻ mẫu", **more: str) -> dict[str, str]:
    return {"ma_tthc": code, "ten_tthc": name, "linh_vuc": "Lĩnh vực mẫu", "co_quan_cong_bo": "Bộ Mẫu"} | more


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the bundled list only what life events name, and the service that is handled here."""
    whole = loading.table
    named = {row["procedure"] for row in whole("life_event_procedures.csv")} | {"1.007700"}
    monkeypatch.setattr(
        loading, "table", lambda name: (row for row in whole(name) if name != "procedures.csv" or row["code"] in named)
    )


def test_the_bundled_list_holds_a_thousand_marks_each_and_comes_once() -> None:
    done = load_bundled(by="job:test")
    assert done.new == queries.listed().count() >= 1000
    assert Version.objects.filter(facts_only=False).count() == 0
    row = queries.listed()[0]
    assert queries.standing(row.procedure.code, row.procedure.synchronised_with) is queries.DESCRIBED
    assert LifeEvent.objects.count() == 22
    assert not LifeEvent.objects.filter(links=None).exists()
    assert Synonym.objects.filter(said="bằng lái", means="giấy phép lái xe").exists()
    before = Version.objects.count()
    assert load_bundled(by="job:test").new == 0
    assert Version.objects.count() == before
    assert Event.objects.filter(verb="catalogue.load_bundled").count() == 1


@pytest.mark.usefixtures("few")
def test_a_served_procedure_that_nobody_listed_is_listed() -> None:
    def source() -> list[served.Service]:
        return [served.Service("9.999999", "/dossiers/x/", "Thủ tục của thư mục mẫu", levels=(LEVEL,))]

    served.register(source)
    try:
        load_bundled(by="job:test")
        version = queries.procedure("9.999999")
        assert version is not None
        assert queries.standing("9.999999", "") is queries.HERE
        assert [level.source for level in queries.levels(version, dt.date(2020, 8, 19))] == ["nguồn mẫu"]
        load_bundled(by="job:test")
        assert Level.objects.filter(procedure__code="9.999999").count() == 1
        assert live.find("thủ tục của thư mục mẫu")[0].entry.standing == "here"
    finally:
        served.forget(source)


@pytest.mark.usefixtures("few")
def test_import_makes_new_versions_only_where_content_changed(tmp_path: Path) -> None:
    load_bundled(by="job:test")
    said = row("1.007700", "Khai lệ phí trước bạ", so_quyet_dinh="1/QĐ-BTC", nop_truc_tuyen="1",
               cach_thuc_thuc_hien_text="Trực tuyến1 NgàyMiễn phí")  # fmt: skip
    call_command("import_procedures", written(tmp_path, said, row()), report=tmp_path / "r.csv")
    version = queries.procedure("1.007700")
    assert version is not None
    assert (version.number, version.facts_only, version.online, version.by_post) == (2, False, True, None)
    assert version.decision is not None
    assert version.decision.number == "1/QĐ-BTC"
    assert version.lines.get().amount == 0
    call_command("import_procedures", tmp_path, report=tmp_path / "r.csv")
    assert Version.objects.filter(procedure__code="1.007700").count() == 2
    # The bundled facts never come back over what was imported.
    load_bundled(by="job:test")
    again = queries.procedure("1.007700")
    assert again is not None
    assert again.number == 2


def test_an_import_that_was_cut_off_goes_on() -> None:
    records = [Record(f"1.00{number:04d}", f"Thủ tục số {number}", "Lĩnh vực mẫu", "Bộ Mẫu") for number in range(50)]
    import_procedures(by="job:test", records=records[:20], source="mẫu")
    done = import_procedures(by="job:test", records=records, source="mẫu")
    assert (done.new, done.same) == (30, 20)


def test_what_could_not_be_read_stands_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = [
        row("mười", "Mã sai"), row("1.000002", ""), row("1.000003", "Trùng"), row("1.000003", "Trùng lần hai"),
        row("1.000004", "Phí mất nghìn", cach_thuc_thuc_hien_text="Trực tiếp5 Ngày50 VNĐ(50.000)"),
    ]  # fmt: skip
    written(tmp_path, *strange)
    (tmp_path / "procedure_details_x.jsonl").write_text(
        '{"no": 1}\nnot json\n' + json.dumps({"ma_thu_tuc": "9.999998"})
    )
    call_command("import_procedures", tmp_path, report=tmp_path / "r.csv")
    with open(tmp_path / "r.csv", encoding="utf-8", newline="") as file:
        reasons = [line["reason"] for line in csv.DictReader(file)]
    assert sorted(reasons) == sorted([
        "line is not a record", "line is not a record", "code not understood", "empty", "code stands twice",
        "detailed page without a row in the table", "fee below 1,000 đồng",
    ])  # fmt: skip
    assert "fee below 1,000 đồng" in capsys.readouterr().out
    assert Procedure.objects.count() == 2


def test_a_folder_with_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="procedures_"):
        call_command("import_procedures", tmp_path)


def test_a_local_version_answers_in_both_spellings_and_falls_back() -> None:
    import_procedures(
        by="job:test",
        records=[Record("1.000001", "Của bộ", "X", "Y"), Record("1.000001.H29", "Của tỉnh", "X", "Y")],
        source="mẫu",
    )
    for spelled in ("1.000001.H29", "1.000001.000.00.00.H29"):
        found = queries.procedure(spelled)
        assert found is not None
        assert found.name == "Của tỉnh"
    other = queries.procedure("1.000001.000.00.00.H41")
    assert other is not None
    assert other.name == "Của bộ"
    assert queries.procedure("2.000001") is None


def test_the_stamp_goes_up_and_search_follows() -> None:
    import_procedures(by="job:test", records=[Record("1.000001", "Cấp phép thả diều", "X", "Y")], source="mẫu")
    before = stamp.exact()
    stamp.forget()
    assert [hit.entry.code for hit in live.find("tha dieu")] == ["1.000001"]
    import_procedures(by="job:test", records=[Record("1.000001", "Cấp phép nuôi ong", "X", "Y")], source="mẫu")
    assert stamp.exact() == before + 1
    stamp.forget()
    assert not live.find("thả diều")
    assert live.find("nuôi ong")[0].entry.name == "Cấp phép nuôi ong"
