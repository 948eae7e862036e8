"""What a passport says of a report on its way: received or not, and who owes it at the moment that is asked."""

import datetime as dt

import pytest

from dienhong.base import clock
from dienhong.indicators import coverage, passports, queries
from dienhong.indicators import testing as indicators_testing
from dienhong.indicators.models import Period, Source
from dienhong.indicators.queries import SeriesKey
from dienhong.organizations import queries as organizations
from dienhong.reporting import actions, evidence, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.models import Duty
from dienhong.reporting.tests.conftest import FIGURES, LATER, Q2

pytestmark = pytest.mark.django_db


def at(day: int, month: int = 6) -> dt.datetime:
    return dt.datetime(2020, month, day, 9, 0, tzinfo=clock.HANOI)


def test_a_figure_says_that_nobody_has_received_it_yet(world, client):
    version = world.sent()
    period, nation = Period.objects.get(key="2020-Q2"), organizations.unit_by_code("iso3166", "VN", Q2.last)
    dossiers, rate = (queries.indicator(code) for code in ("08.001", "08.005"))
    leaf = SeriesKey(dossiers.pk, period.pk, world.unit.pk)
    keys = [leaf, *(SeriesKey(of.pk, period.pk, unit.pk) for of in (dossiers, rate) for unit in (nation, world.unit))]
    said = [passports.passport(key)["figure"] for key in keys]
    assert [(figure["not_received"], figure["known"]) for figure in said] == [(1, True)] * 5
    client.force_login(world.receiver)
    address = "/figures/08.001/decree09/2020-Q2/{}/"
    assert "chưa tiếp nhận" in client.get(address.format("10")).content.decode()
    assert "1 đơn vị chưa tiếp nhận" in client.get(address.format("VN")).content.decode()
    actions.receive(by=world.receiver, version=version)
    assert [passports.passport(key)["figure"]["not_received"] for key in keys] == [0] * 5
    assert passports.leaf(leaf)["figure"]["received"]
    assert "chưa tiếp nhận" not in client.get(address.format("10")).content.decode()


def test_who_owes_is_said_as_of_the_moment_asked(world):
    world.sent()  # on 24 June
    source, period = Source.objects.get(key="regime:RR22"), Period.objects.get(key="2020-Q2")
    due = world.duty("01").due_at
    other = Duty.objects.get(pk=world.duty("01").pk).unit_id

    def said(moment):
        rows = {row["unit_id"]: row for row in evidence.duties_of(source, period, moment)}
        return [(rows[unit]["state"], rows[unit]["overdue_days"]) for unit in (world.unit.pk, other)]

    assert said(at(22)) == [("not_due", 0), ("not_due", 0)]
    assert said(due - dt.timedelta(minutes=1)) == [("reported", 0), ("not_due", 0)]
    first, later = (said(due + dt.timedelta(days=days)) for days in (7, 14))
    assert [first[0], later[0]] == [("reported", 0)] * 2
    assert (first[1], later[1]) == (("missing", 5), ("missing", 10))


def test_what_was_returned_waits_for_its_correction_and_is_not_overdue(world):
    version = world.sent()
    source, period = Source.objects.get(key="regime:RR22"), Period.objects.get(key="2020-Q2")
    due = world.duty().due_at
    with clock.played(due + dt.timedelta(days=2)):
        actions.return_version(by=world.receiver, version=version, reason="Lệch với Cổng")
        indicators_testing.publish()

    def said(moment):
        rows = {row["unit_id"]: row for row in evidence.duties_of(source, period, moment)}
        row = rows[world.unit.pk]
        return row["state"], row["overdue_days"], row["late"]

    assert said(due + dt.timedelta(days=1)) == ("reported", 0, False)
    assert said(due + dt.timedelta(days=7)) == ("returned", 0, False)
    with clock.played(due + dt.timedelta(days=7)):
        owed = coverage.owing(source, period, [])
        there = coverage.owing(source, period, [world.unit.pk])
    assert owed is not None
    assert there is not None
    assert (owed.count("returned"), owed.count("missing"), owed.ring(official=False).missing) == (1, 62, 63)
    assert there.count("reported") == 1, "where its figure stands after all, the figure decides"


def test_the_evidence_is_named_in_the_readers_language(world):
    world.sent()
    key = SeriesKey(queries.indicator("08.001").pk, Period.objects.get(key="2020-Q2").pk, world.unit.pk)
    named = {lang: passports.leaf(key, lang=lang)["evidence"][0]["title"] for lang in ("vi", "en")}
    assert named == {"vi": "RR22 2020-Q2, báo cáo bản 1", "en": "RR22 2020-Q2, report version 1"}


def test_the_figures_of_a_report_that_was_sent_have_their_ring(world, client):
    version = world.sent()
    client.force_login(world.entry)
    text = client.get(f"/duties/{version.submission.duty_id}/").content.decode()
    assert "1 trên 1 đơn vị đã báo cáo; chính thức" in text


def test_versions_say_what_happened_to_the_report_and_why(world, client):
    version = world.sent()
    period = Period.objects.get(key="2020-Q2")
    nation = organizations.unit_by_code("iso3166", "VN", Q2.last)
    dossiers = queries.indicator("08.001").pk
    leaf, sum_ = SeriesKey(dossiers, period.pk, world.unit.pk), SeriesKey(dossiers, period.pk, nation.pk)

    def again(version, **more):
        actions.submit(by=world.entry, version=version)
        actions.approve(by=world.leader, version=version)
        actions.send(by=world.clerk, version=version)
        indicators_testing.publish()

    actions.withdraw(by=world.leader, version=version, reason="Nhầm cột kỳ trước")
    indicators_testing.publish()
    made = passports.passport(leaf)
    assert (
        made["versions"][0] | {"retracted": True, "reason": "Đã thu hồi báo cáo: Nhầm cột kỳ trước"}
        == made["versions"][0]
    )
    second = actions.start_entry(by=world.entry, duty=world.duty())
    again(second)
    actions.return_version(by=world.receiver, version=second, reason="Lệch với Cổng.")
    indicators_testing.publish()
    third = actions.start_entry(by=world.entry, duty=world.duty())
    again(third)
    fourth = actions.correct(by=world.entry, version=third, reason="Bổ sung một cửa")
    again(fourth)
    told = [
        "Đính chính: Bổ sung một cửa. Con số này không đổi", "Đã gửi lại", "Bị trả lại: Lệch với Cổng", "Đã gửi lại",
        "Đã thu hồi báo cáo: Nhầm cột kỳ trước", "",
    ]  # fmt: skip
    assert [row["reason"] for row in passports.versions(leaf, 1)["versions"]] == told
    said = [row["reason"] for row in passports.versions(sum_, 1)["versions"]]
    assert said == [
        "Lào Cai đính chính: Bổ sung một cửa", "Lào Cai gửi lại", "Trả lại Lào Cai: Lệch với Cổng",
        "Lào Cai gửi lại", "Lào Cai thu hồi báo cáo: Nhầm cột kỳ trước", "Thêm Lào Cai",
    ]  # fmt: skip
    client.force_login(world.receiver)
    text = client.get("/figures/08.001/decree09/2020-Q2/VN/", headers={"Accept-Language": "en"}).content.decode()
    assert 'Returned to Lao Cai: <span lang="vi">Lệch với Cổng.</span>' in text
    assert "figure version 6" in text


def test_the_late_and_those_given_more_time_are_named(world, client):
    due = world.duty("01").due_at
    with clock.played(due + dt.timedelta(days=1)):
        world.sent()
        actions.extend(by=world.receiver, duty=world.duty("01"), due_at=due + dt.timedelta(days=9), reason="Bão")
        period = Period.objects.get(key="2020-Q2")
        nation = organizations.unit_by_code("iso3166", "VN", Q2.last)
        dossiers = queries.indicator("08.001").pk
        leaf = passports.leaf(SeriesKey(dossiers, period.pk, world.unit.pk))
        assert [(row["unit"]["name"], row["state"]) for row in leaf["late"]] == [("Lào Cai", "late")]
        made = passports.passport(SeriesKey(dossiers, period.pk, nation.pk))
        assert [row["unit"]["name"] for row in made["extended"]] == ["Hà Nội"]
        assert (made["coverage"]["missing"], "Hà Nội" in str(made["missing"])) == (61, False)
        client.force_login(world.receiver)
        address = "/figures/08.001/decree09/2020-Q2/{}/"
        text = client.get(address.format("VN")).content.decode()
        assert f"được gia hạn đến {due + dt.timedelta(days=9):%d/%m/%Y}" in text
        assert "không ước lượng chỗ thiếu" in text
        assert '<span class="tag late">gửi muộn</span>' in client.get(address.format("10")).content.decode()


def test_who_is_exempt_is_named_and_was_not_exempt_before(world, client):
    """Overview, indicator page and passport count the same; what was allowed later does not touch the past."""
    due = world.duty("01").due_at
    world.sent()
    with clock.played(due + dt.timedelta(days=3)):
        actions.exempt(by=world.receiver, duty=world.duty("01"), reason="Bão")
        period = Period.objects.get(key="2020-Q2")
        nation = organizations.unit_by_code("iso3166", "VN", Q2.last)
        key = SeriesKey(queries.indicator("08.001").pk, period.pk, nation.pk)
        made = passports.passport(key)
        assert [row["unit"]["name"] for row in made["exempt"]] == ["Hà Nội"]
        assert (made["coverage"]["missing"], made["coverage"]["total"]) == (61, 62)
        source = Source.objects.get(key="regime:RR22")
        before = {
            row["unit_id"]: row["state"] for row in evidence.duties_of(source, period, due + dt.timedelta(days=1))
        }
        assert before[world.duty("01").unit_id] == "missing"
        client.force_login(world.receiver)
        assert "được miễn kỳ này" in client.get("/figures/08.001/decree09/2020-Q2/VN/").content.decode()
        assert "thiếu 61" in client.get("/overview/").content.decode()
        assert "thiếu 61" in client.get("/indicators/08.001/").content.decode()


def test_a_computed_figure_and_its_total_tell_of_the_warnings_that_were_explained(world, client):
    world.sent()
    version = world.next_quarter()
    with clock.played(LATER):
        figures = FIGURES | {"r1": "412", "r2.1": "5112", "r3.1": "12699"}
        actions.save_cells(by=world.entry, version=version, typed={key: Typed(text) for key, text in figures.items()})
        for found in review.judge(version).findings:
            if found.asks:
                actions.explain(by=world.entry, version=version, rule=found.rule, text="Thêm một cửa mới.")
        actions.submit(by=world.entry, version=version)
        actions.approve(by=world.leader, version=version)
        actions.send(by=world.clerk, version=version)
        indicators_testing.publish()
        client.force_login(world.receiver)
        leaf, total = (
            client.get(f"/figures/08.001/decree09/2020-Q3/{unit}/").content.decode() for unit in ("10", "VN")
        )
        before = client.get("/figures/08.001/decree09/2020-Q2/VN/").content.decode()
    row = Period.objects.get(key="2020-Q3")
    said = passports.leaf(SeriesKey(queries.indicator("08.001").pk, row.pk, world.unit.pk))
    states = {(check["key"], check["state"], bool(check["of"])) for check in said["checks"]}
    assert ("change.r2.1", "explained", True) in states
    assert any(state == "untold" and not theirs for _key, state, theirs in states), "no figure of last year"
    assert said["formula"]["came"] == "Biểu tự tính ở ô C6: C7 + C8."
    assert "<b>cảnh báo, đã giải trình</b>" in leaf
    assert "kiểm tra của ô C7" in leaf
    assert "<b>chưa xét được vì thiếu số để so</b>" in leaf
    assert "1 đơn vị có cảnh báo đã giải trình" in total
    assert 'href="/figures/08.001/decree09/2020-Q3/10/"' in total
    assert "có cảnh báo đã giải trình" not in before
