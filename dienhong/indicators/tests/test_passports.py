import json
from decimal import Decimal

import pytest
from django.db import transaction

from dienhong.base import store
from dienhong.indicators import actions, coverage, evidence, passports, queries, testing
from dienhong.indicators.models import Source
from dienhong.indicators.queries import SeriesKey
from dienhong.indicators.tests.conftest import make_indicator, row_of
from dienhong.journal.models import Event


def read(digest, refs):
    cells = json.loads(store.get(digest))
    return {ref: (None if cells[ref][0] is None else Decimal(cells[ref][0]), cells[ref][1]) for ref in refs}


def resolve(row, ref, lang):
    return {
        "url": f"/tep/{row.key}",
        "reason": "bỏ ghi trùng" if row.label.endswith("2") else "",
        "approval": {"by": "Nguyễn Văn A", "at": "2020-08-05T13:58:00+07:00", "kind": "demo", "kind_label": "mẫu"},
        "checks": [{"key": "k", "severity": "warning", "outcome": "failed", "sentence": "Lệch", "explanation": "vì…"}],
        "received": True,
    }


@pytest.fixture
def files(monkeypatch):
    monkeypatch.setattr(evidence, "_resolvers", {"test_file": resolve})
    monkeypatch.setattr(evidence, "_readers", {"test_file": read})
    monkeypatch.setattr(coverage, "_providers", {})


@pytest.fixture
def file(files, source, period):
    """Write one batch of one unit whose cells lie in a kept file."""

    def written(indicator, unit, value, *, number=1, on=None, factor=None, ref="Thu!D14"):
        raw = value if isinstance(value, str) else None
        digest = store.put(json.dumps({ref: [raw, value if isinstance(value, int) else 0]}).encode() + b" " * unit.pk)
        row = row_of(indicator, on or period, unit, value, ref=ref)
        if factor:
            row = row._replace(value=row.value * factor, factor=factor)
        with transaction.atomic():
            batch = actions.write_batch(
                by="person:1", source=source, reporter=unit, rows=[row],
                evidence=[("test_file", str(unit.pk), f"bieu-07.xlsx, bản {number}", digest)],
            )  # fmt: skip
        testing.publish()
        return batch, digest

    return written


def key(indicator, period, unit):
    return SeriesKey(indicator.pk, period.pk, unit.pk)


def damage(digest, data):
    path = store.path(digest)
    path.chmod(0o600)
    path.write_bytes(data)


def test_a_leaf_answers_down_to_the_cell(nation, revenue, period, file):
    hanoi = nation.provinces["a1"]
    file(revenue, hanoi, "149.8")
    batch, digest = file(revenue, hanoi, "148.6", number=2)
    made = passports.leaf(key(revenue, period, hanoi))
    assert json.loads(json.dumps(made)) == made
    assert made["schema"] == "dienhong.passport/1"
    assert (made["figure"]["value"], made["figure"]["text"]) == ("148.6", "148,6")
    assert (made["figure"]["typed"], made["figure"]["ref"]) == ("148.6", "Thu!D14")
    proof = made["evidence"][0]
    assert (proof["sheet"], proof["cell"], proof["digest"], proof["url"]) == ("Thu", "D14", digest, f"/tep/{hanoi.pk}")
    assert [(v["text"], v["current"], v["reason"]) for v in made["versions"]] == [
        ("148,6", True, "bỏ ghi trùng"), ("149,8", False, ""),
    ]  # fmt: skip
    assert made["approval"]["kind"] == "demo"
    assert made["checks"][0]["explanation"] == "vì…"
    event = Event.objects.get(verb="indicators.batch_written", object_id=str(batch.pk))
    assert made["journal"][0]["id"] == event.pk
    assert made["formula"]["legal_basis"]
    assert passports.leaf(key(revenue, period, hanoi), lang="en")["figure"]["text"] == "148.6"


def test_a_leaf_as_of_before_the_correction_and_before_anything(nation, revenue, period, file):
    hanoi = nation.provinces["a1"]
    start = queries.cap()
    file(revenue, hanoi, "149.8")
    before = queries.cap()
    file(revenue, hanoi, "148.6", number=2)
    then = passports.leaf(key(revenue, period, hanoi), before)
    assert (then["figure"]["text"], len(then["versions"]), then["as_of"]["past"]) == ("149,8", 1, True)
    never = passports.leaf(key(revenue, period, hanoi), start)
    assert (never["figure"]["known"], never["figure"]["text"]) == (False, "chưa có")


def test_a_retracted_figure_still_tells_its_story(nation, revenue, period, file, say):
    hanoi = nation.provinces["a1"]
    file(revenue, hanoi, "149.8")
    say(revenue, {hanoi: 9})
    made = passports.passport(key(revenue, period, hanoi))
    assert (made["figure"]["value"], made["figure"]["text"]) == (None, "không còn được tính")
    assert (made["figure"]["official"], made["figure"]["stage_words"]) == (False, "")
    assert [v["retracted"] for v in made["versions"]] == [True, False]
    assert made["coverage"] == {"reported": 0, "late": 0, "missing": 1, "total": 1}


def test_a_total_opens_as_a_tree_with_the_missing_by_name(nation, revenue, period, file):
    places = nation.provinces
    earlier = actions.ensure_period("decree09", "2020-M06")
    file(revenue, places["a1"], "140", on=earlier)
    for unit, value in (("a1", "148.6"), ("a2", "47.9"), ("b1", 1)):
        file(revenue, places[unit], value)
    made = passports.passport(key(revenue, period, nation.unit))
    assert json.loads(json.dumps(made)) == made
    assert (made["kind"], made["figure"]["how"], made["figure"]["text"]) == ("total", "sum", "196,5")
    assert made["coverage"] == {"reported": 3, "late": 0, "missing": 1, "total": 4}
    assert [row["unit"]["name"] for row in made["missing"]] == ["Cà Mau"]
    assert made["figure"]["change_text"] == "+8,6"
    assert made["figure"]["compared"] == {"units": 1, "of": 4}, "a change is over the units that have both"
    assert made["figure"]["change_than"] == "Tháng 6/2020"
    north, south = made["contributors"]
    assert (north["compared"], south["compared"]) == (1, None)
    assert (north["unit"]["name"], north["text"], north["coverage"]["reported"]) == ("Miền Bắc", "196,5", 2)
    assert (north["change_text"], south["text"], south["coverage"]["total"]) == ("+8,6", "0,0", 2)
    assert not north["leaf"]
    leaves = passports.branch(key(revenue, period, nation.unit), nation.regions["south"].pk)
    assert [(row["unit"]["name"], row["text"], row["state"]) for row in leaves] == [
        ("Cà Mau", "chưa có", "missing"), ("Cần Thơ", "không phát sinh", "reported"),
    ]  # fmt: skip
    assert all(row["leaf"] for row in leaves)
    assert made["checks"][0]["outcome"] == "passed"


def test_versions_of_a_total_say_who_came_and_who_corrected(nation, revenue, period, file):
    places = nation.provinces
    file(revenue, places["a1"], "10")
    file(revenue, places["a2"], "5")
    file(revenue, places["a1"], "9", number=2)
    made = passports.total(key(revenue, period, nation.unit))
    assert [(row["number"], row["text"], row["reason"]) for row in made["versions"]] == [
        (3, "14,0", "Hà Nội đính chính: bỏ ghi trùng"), (2, "15,0", "Thêm Hải Phòng"), (1, "10,0", "Thêm Hà Nội"),
    ]  # fmt: skip


def test_a_unit_that_the_duties_excuse_owes_nothing(nation, revenue, period, file, monkeypatch):
    places = nation.provinces
    file(revenue, places["a1"], "10")
    rows = [
        coverage.Owing(places["a1"].pk, "late", url="/d/1"),
        coverage.Owing(places["a2"].pk, "exempt"),
        {"unit_id": places["b1"].pk, "state": "missing", "due": None, "overdue_days": 3, "url": "/d/3"},
        coverage.Owing(places["b2"].pk, "not_due"),
    ]
    monkeypatch.setattr(coverage, "_providers", {"regime": lambda source, on, as_of, units=None: rows})
    made = passports.total(key(revenue, period, nation.unit))
    assert made["coverage"] == {"reported": 1, "late": 1, "missing": 1, "total": 3}
    assert [(row["unit"]["name"], row["overdue_days"]) for row in made["missing"]] == [("Cần Thơ", 3)]
    assert [row["url"] for row in made["late"]] == ["/d/1"]


def test_a_ratio_hangs_its_branches_by_both_sides(nation, source, period, file):
    top, bottom = make_indicator("08.002"), make_indicator("08.001")
    ratio = make_indicator(
        "08.004", nature="ratio", agg_units="ratio", numerator="08.002", denominator="08.001", scale=100
    )
    for indicator in (top, bottom, ratio):
        actions.set_authority(indicator, source, (None, None))
    for place, (one, two) in {"a1": ("1", "3"), "a2": ("1", "3"), "b1": ("9", "10")}.items():
        file(top, nation.provinces[place], one)
        file(bottom, nation.provinces[place], two)
    made = passports.total(key(ratio, period, nation.unit))
    assert [(row["unit"]["name"], row["text"]) for row in made["contributors"]] == [
        ("Miền Bắc", "33,3"), ("Miền Nam", "90,0"),
    ]  # fmt: skip
    assert {row["ref"]: row["value"] for row in made["inputs"]} == {"08.002": "11", "08.001": "16"}
    again = passports.recompute(key(ratio, period, nation.unit))
    assert (again["verdict"], again["again"], again["cells"]) == ("equal", "68.8", 6)


def test_other_sources_stand_beside_and_are_never_added(nation, revenue, period, file, say):
    hanoi = nation.provinces["a1"]
    other = actions.ensure_source("feed:treasury", Source.Kind.FEED, "Kho bạc Nhà nước")
    file(revenue, hanoi, "100")
    say(revenue, {hanoi: "100.3"}, by=other)
    made = passports.leaf(key(revenue, period, hanoi))
    assert [(row["source"]["name"], row["apart_percent"]) for row in made["others"]] == [("Kho bạc Nhà nước", "0.3")]


def test_recompute_reads_every_leaf_from_its_file(nation, revenue, period, file):
    for unit, value in (("a1", "148.6"), ("a2", "47.9"), ("b1", 1)):
        file(revenue, nation.provinces[unit], value, factor=Decimal(1000) if unit == "a2" else None)
    found = passports.recompute(key(revenue, period, nation.unit))
    assert (found["verdict"], found["cells"], found["files"]) == ("equal", 3, 3)
    assert found["again"] == found["shown"] == "48048.6"
    one = passports.recompute(key(revenue, period, nation.provinces["a1"]))
    assert (one["verdict"], one["cells"]) == ("equal", 1)


def test_a_tampered_file_is_found(nation, revenue, period, file):
    _batch, digest = file(revenue, nation.provinces["a1"], "148.6")
    file(revenue, nation.provinces["a2"], "1")
    damage(digest, json.dumps({"Thu!D14": ["999", 0]}).encode())
    found = passports.recompute(key(revenue, period, nation.unit))
    assert found["verdict"] == "unequal"
    assert [row["digest"] for row in found["damaged"]] == [digest]
    assert found["damaged"][0]["said"] == f"Tệp lưu {digest} đã bị đổi: nội dung không còn khớp với mã băm này."
    store.path(digest).unlink()
    assert passports.recompute(key(revenue, period, nation.unit))["verdict"] == "unequal"


def test_a_value_that_its_file_does_not_hold_is_found(nation, revenue, period, files, source):
    """The database says 150, the untouched file says 148.6: as if the database had been changed."""
    hanoi = nation.provinces["a1"]
    digest = store.put(json.dumps({"Thu!D14": ["148.6", 0]}).encode())
    with transaction.atomic():
        actions.write_batch(
            by="person:1", source=source, reporter=hanoi, rows=[row_of(revenue, period, hanoi, "150")],
            evidence=[("test_file", "1", "bieu-07.xlsx", digest)],
        )  # fmt: skip
    testing.publish()
    found = passports.recompute(key(revenue, period, nation.unit))
    assert found["verdict"] == "unequal"
    assert [(row["shown"], row["in_file"], row["ref"]) for row in found["differ"]] == [("150", "148.6", "Thu!D14")]


def test_without_a_file_it_is_unproven_not_equal(nation, revenue, period, say, files):
    say(revenue, {nation.provinces["a1"]: "5"})
    found = passports.recompute(key(revenue, period, nation.unit))
    assert found["verdict"] == "unproven"
    assert [row["name"] for row in found["unread"]] == ["Hà Nội"]


def test_a_formula_is_evaluated_by_the_other_evaluator(nation, source, period, file):
    base = make_indicator("03.006")
    growth = make_indicator(
        "03.009", nature="growth", agg_units="none", formula="change([03.006], [03.006]@year_before)"
    )
    for indicator in (base, growth):
        actions.set_authority(indicator, source, (None, None))
    last_year = actions.ensure_period("decree09", "2019-M07")
    file(base, nation.provinces["a1"], "107")
    file(base, nation.provinces["a1"], "100", on=last_year)
    made = passports.total(key(growth, period, nation.unit))
    assert (made["figure"]["how"], made["figure"]["text"]) == ("formula", "7,0")
    assert "cùng kỳ năm trước" in made["formula"]["words"]
    found = passports.recompute(key(growth, period, nation.unit))
    assert (found["verdict"], found["again"], found["cells"]) == ("equal", "7", 2)


def test_who_recomputed_is_in_the_journal(nation, revenue, period, file):
    file(revenue, nation.provinces["a1"], "1")
    passports.recompute_and_record(by="person:3", key=key(revenue, period, nation.unit))
    event = Event.objects.get(verb="indicators.recomputed")
    assert (event.actor, event.data["verdict"]) == ("person:3", "equal")


def test_a_missing_figure_says_who_owes_it_and_what_they_said_last(nation, revenue, period, file, monkeypatch):
    unit = nation.provinces["a1"]
    file(revenue, unit, "9", on=actions.ensure_period("decree09", "2020-M05"))
    rows = [{"unit_id": unit.pk, "state": "missing", "due": None, "overdue_days": 39, "url": "/d/7"}]
    monkeypatch.setattr(coverage, "_providers", {"regime": lambda source, on, as_of, units=None: rows})
    made = passports.passport(key(revenue, period, unit))
    assert (made["owing"]["state"], made["owing"]["overdue_days"], made["owing"]["url"]) == ("missing", 39, "/d/7")
    assert (made["last_known"]["text"], made["last_known"]["period"]) == ("9,0", "Tháng 5/2020")
    assert made["coverage"] == {"reported": 0, "late": 0, "missing": 1, "total": 1}


def test_a_breakdown_stands_in_the_heading(nation, revenue, period, channel):
    online = actions.ensure_breakdown({"channel": "online"})
    whole = passports.total(key(revenue, period, nation.unit))
    part = passports.total(SeriesKey(revenue.pk, period.pk, nation.unit.pk, online.pk))
    assert whole["heading"] == "Tổng thu ngân sách nhà nước, Tháng 7/2020, Cả nước"
    assert part["heading"] == "Tổng thu ngân sách nhà nước, online, Tháng 7/2020, Cả nước"


def test_a_total_with_one_generated_part_says_so(nation, revenue, period, say):
    say(revenue, {nation.provinces["a1"]: "1"}, demo=True)
    say(revenue, {nation.provinces["a2"]: "2"})
    made = passports.total(key(revenue, period, nation.unit))
    assert (made["figure"]["demo"], made["figure"]["demo_parts"]) == (True, 1)
    assert not passports.leaf(key(revenue, period, nation.provinces["a2"]))["figure"]["demo"]
    assert made["latest"]["unit"]["name"] == "Hải Phòng"
    assert made["journal"]


def test_why_a_sum_moved_adds_up_to_the_movement(nation, revenue, period, say):
    june = actions.ensure_period("decree09", "2020-M06")
    say(revenue, {nation.provinces[name]: text for name, text in (("a1", "10"), ("a2", "20"), ("b1", "5"))}, on=june)
    say(revenue, {nation.provinces[name]: text for name, text in (("a1", "13"), ("a2", "12"))})
    made = passports.why(key(revenue, period, nation.unit))
    assert [(row["unit"]["name"], row["whole"]) for row in made["rows"]] == [("Hải Phòng", "-8.0"), ("Hà Nội", "3.0")]
    assert (made["change"]["whole"], made["compared"], made["others"]) == ("-5.0", 2, None)
    assert passports.total(key(revenue, period, nation.unit))["figure"]["change"] == "-5"


def test_why_a_rate_moved_tells_own_from_mix(nation, source, period, say):
    top, bottom = make_indicator("08.002"), make_indicator("08.001")
    rate = make_indicator(
        "08.004", nature="ratio", agg_units="ratio", numerator="08.002", denominator="08.001", scale=100, decimals=1
    )
    for each in (top, bottom, rate):
        actions.set_authority(each, source, (None, None))
    testing.publish()
    june = actions.ensure_period("decree09", "2020-M06")
    a, b = nation.provinces["a1"], nation.provinces["a2"]
    for on, tops, bottoms in ((june, ("90", "70"), ("100", "100")), (period, ("80", "210"), ("100", "300"))):
        say(top, {a: tops[0], b: tops[1]}, on=on)
        say(bottom, {a: bottoms[0], b: bottoms[1]}, on=on)
    made = passports.why(key(rate, period, nation.unit))
    assert made["change"] == {"whole": "-7.50", "own": "-3.75", "mix": "-3.75"}
    for name in ("whole", "own", "mix"):
        assert sum(Decimal(row[name]) for row in made["rows"]) == Decimal(made["change"][name])


def test_why_is_not_asked_of_what_was_said_directly(nation, revenue, period, say):
    say(revenue, {nation.unit: "10"})
    assert passports.why(key(revenue, period, nation.unit)) is None
