"""A report's life: each verb works, what it refuses, that it is journalled, that two at once follow one another."""

import datetime as dt

import pytest

from dienhong.base import clock, periods
from dienhong.base.numbers import Empty
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.indicators import testing as indicators_testing
from dienhong.indicators.models import Observation
from dienhong.journal.models import Event
from dienhong.organizations.models import Role
from dienhong.reporting import actions, carried, queries, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.canonical import read_cells
from dienhong.reporting.figures import figures, typed_figures
from dienhong.reporting.life import with_life
from dienhong.reporting.models import Duty, State, Version
from dienhong.reporting.states import counting_version, first_valid_sending, state_of
from dienhong.reporting.tests.conftest import ON_TIME, Q2, World, person
from dienhong.reporting.tests.excel_files import filled

pytestmark = pytest.mark.django_db


def test_63_provinces_owe_the_quarter_by_the_25th(world: World) -> None:
    duties = Duty.objects.filter(regime__code="RR22", period__key="2020-Q2")
    assert duties.count() == 63
    assert {duty.due_at for duty in duties} == {dt.datetime(2020, 6, 25, 17, 0, tzinfo=clock.HANOI)}
    assert actions.open_duties(by="job:test", regime_version=world.regime, period=Q2) == []


def test_from_entry_to_observations(world: World) -> None:
    version = world.sent()
    assert state_of(version) == State.SENT
    found = {o.ref.split("!")[1]: o for o in version.batch.observations.all()}
    assert found["C7"].value == 4112
    assert found["C7"].typed == "4112"
    assert found["C6"].value == 4112 + 8792, "the sum is computed, not typed"
    assert found["C14"].value is None
    assert found["C14"].empty == Empty.NOTHING_AROSE


def test_every_step_is_in_the_journal(world: World) -> None:
    version = world.sent()
    verbs = list(
        Event.objects.filter(object_kind="version", object_id=str(version.pk))
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert verbs == [
        "reporting.in_entry",
        "reporting.save_cells",
        "reporting.submitted",
        "reporting.approved",
        "reporting.sent",
    ]


def test_the_canonical_workbook_holds_every_figure_at_its_cell(world: World) -> None:
    from dienhong.base import store

    version = world.sent()
    refs = [o.ref for o in version.batch.observations.all()]
    read = read_cells(store.get(version.canonical_digest), refs)
    for o in version.batch.observations.all():
        assert read[o.ref] == (o.value, o.empty)


def test_the_same_content_gives_the_same_file(world: World) -> None:
    from dienhong.reporting.canonical import workbook

    version = world.sent()
    assert workbook(version, "Lào Cai", {"a": "b"}) == workbook(version, "Lào Cai", {"a": "b"})


def test_an_unbalanced_report_cannot_be_submitted(world: World) -> None:
    version = world.filled(r3_2="1206")
    with pytest.raises(Refused) as refusal:
        actions.submit(by=world.entry, version=version)
    assert [fault.code for fault in refusal.value.faults] == ["check:balance"]
    assert "lệch 1" in refusal.value.faults[0].sentence
    assert state_of(version) == State.IN_ENTRY


def test_text_that_is_not_understood_is_kept_and_blocks(world: World) -> None:
    version = world.filled(r3_2="1 205")
    assert figures(version)["r3.2"].typed == "1 205"
    with pytest.raises(Refused) as refusal:
        actions.submit(by=world.entry, version=version)
    assert refusal.value.faults[0].where == "r3.2"
    assert "1205" in refusal.value.faults[0].sentence


def test_a_blank_cell_blocks_and_nothing_arose_does_not(world: World) -> None:
    version = world.filled(r4_2="")
    with pytest.raises(Refused) as refusal:
        actions.submit(by=world.entry, version=version)
    assert "blank" in [fault.code for fault in refusal.value.faults]
    actions.save_cells(by=world.entry, version=version, typed={"r4.2": Typed("-")})
    actions.submit(by=world.entry, version=version)


def test_no_one_approves_what_they_entered(world: World) -> None:
    from psycopg.types.range import DateRange

    from dienhong.organizations.models import Grant

    version = world.filled()
    actions.submit(by=world.entry, version=version)
    Grant.objects.create(
        person=world.entry, role=Role.LEADER, unit=world.unit, validity=DateRange(dt.date(2019, 1, 1), None)
    )
    with pytest.raises(NotPermitted, match="không duyệt được chính nó"):
        actions.approve(by=world.entry, version=version)


def test_only_the_roles_of_the_unit_may(world: World) -> None:
    from dienhong.organizations import queries as organizations

    stranger = person("la", Role.LEADER, organizations.unit_by_code("gso", "02", dt.date(2020, 6, 14)))
    version = world.filled()
    actions.submit(by=world.entry, version=version)
    for who in (stranger, world.clerk, world.receiver):
        with pytest.raises(NotPermitted):
            actions.approve(by=who, version=version)
    actions.approve(by=world.leader, version=version)
    with pytest.raises(NotPermitted):
        actions.send(by=world.leader, version=version)


def test_what_was_seen_is_what_is_approved(world: World) -> None:
    version = world.filled()
    actions.submit(by=world.entry, version=version)
    with pytest.raises(Refused, match="đã đổi"):
        actions.approve(by=world.leader, version=version, seen_digest="0" * 64)


def test_returned_to_the_cell_then_sent_again_keeps_the_first_time(world: World) -> None:
    version = world.sent()
    actions.return_version(by=world.receiver, version=version, reason="Ô C11 lớn bất thường", cells={"r3.2": "so lại"})
    indicators_testing.publish()
    assert counting_version(world.duty()) is None
    overdue = world.duty().due_at + dt.timedelta(days=3)
    [duty] = with_life(Duty.objects.filter(pk=world.duty().pk))
    assert (queries.standing(duty, overdue), queries.was_late(duty)) == ("returned", False)
    assert set(Observation.objects.order_by("-batch_id").values_list("empty", flat=True)[:10]) == {Empty.RETRACTED}
    with clock.played(ON_TIME + dt.timedelta(days=9)):
        again = actions.start_entry(by=world.entry, duty=world.duty())
        assert again.number == 2
        assert figures(again)["r2.1"].value == 4112, "the cells are carried over"
        actions.submit(by=world.entry, version=again)
        actions.approve(by=world.leader, version=again)
        actions.send(by=world.clerk, version=again)
    assert first_valid_sending(world.duty()) == ON_TIME
    [duty] = with_life(Duty.objects.filter(pk=world.duty().pk))
    assert queries.standing(duty) == "reported"


def test_a_correction_leaves_the_old_version_standing_until_sent(world: World) -> None:
    version = world.sent()
    actions.receive(by=world.receiver, version=version)
    corrected = actions.correct(by=world.entry, version=version, reason="Cộng sót một phòng")
    assert counting_version(world.duty()) == version
    actions.save_cells(by=world.entry, version=corrected, typed={"r3.1": Typed("11880"), "r4.1": Typed("413")})
    actions.submit(by=world.entry, version=corrected)
    actions.approve(by=world.leader, version=corrected)
    actions.send(by=world.clerk, version=corrected)
    assert counting_version(world.duty()).pk == corrected.pk


def test_a_correction_that_is_returned_gives_way_to_the_version_before(world: World) -> None:
    version = world.sent()
    actions.receive(by=world.receiver, version=version)
    corrected = actions.correct(by=world.entry, version=version, reason="Cộng sót một phòng")
    actions.save_cells(by=world.entry, version=corrected, typed={"r3.1": Typed("11880"), "r4.1": Typed("413")})
    actions.submit(by=world.entry, version=corrected)
    actions.approve(by=world.leader, version=corrected)
    actions.send(by=world.clerk, version=corrected)
    actions.return_version(by=world.receiver, version=corrected, reason="Không có căn cứ sửa")
    assert counting_version(world.duty()) == version
    latest = {o.ref: o for o in Observation.objects.order_by("batch_id")}
    assert latest["Biểu II.06a!C10"].value == 11881


def test_withdrawn_before_receipt_only(world: World) -> None:
    version = world.sent()
    actions.withdraw(by=world.clerk, version=version, reason="Gửi nhầm bản nháp")
    assert first_valid_sending(world.duty()) is None
    again = actions.start_entry(by=world.entry, duty=world.duty())
    actions.submit(by=world.entry, version=again)
    actions.approve(by=world.leader, version=again)
    actions.send(by=world.clerk, version=again)
    actions.receive(by=world.receiver, version=again)
    with pytest.raises(Refused, match="không chuyển"):
        actions.withdraw(by=world.clerk, version=again, reason="Muộn mất rồi")


def test_nothing_to_report_is_a_report(world: World) -> None:
    version = actions.start_entry(by=world.entry, duty=world.duty())
    actions.nothing_to_report(by=world.entry, version=version)
    actions.submit(by=world.entry, version=version)
    assert {figure.empty for key, figure in figures(version).items() if not key.endswith(("r2", "r3", "r4"))} == {
        Empty.NOTHING_AROSE
    }


def test_where_nothing_arose_a_period_ends_with_what_it_began_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried, "sources", lambda _rules: {"r1": "r4.1"})
    version = actions.start_entry(by=world.entry, duty=world.duty())
    r1 = version.regime_version.cells.get(key="r1")
    version.edits.create(cell=r1, typed="412", value=412, by=world.entry, origin=carried.ORIGIN)
    actions.nothing_to_report(by=world.entry, version=version)
    said = {key: figure.typed for key, figure in typed_figures(version).items()}
    assert (said["r1"], said["r4.1"], said["r4.2"]) == ("412", "412", "-")


def test_two_editors_do_not_overwrite_one_another(world: World) -> None:
    other = person("nhap-2", Role.ENTRY_OFFICER, world.unit)
    version = world.filled()
    seen = figures(version)["r1"].edit_id
    actions.save_cells(by=other, version=version, typed={"r1": Typed("600", seen=seen)})
    saved = actions.save_cells(by=world.entry, version=version, typed={"r1": Typed("601", seen=seen)})
    assert saved.conflicts["r1"].typed == "600"
    assert figures(version)["r1"].value == 600


def test_saving_twice_with_one_key_changes_nothing(world: World) -> None:
    version = world.filled()
    for _ in range(2):
        actions.save_cells(by=world.entry, version=version, typed={"r1": Typed("777")}, request_key="one")
    assert version.edits.filter(cell__key="r1", typed="777").count() == 1


def test_undo_takes_back_ones_own_edits_one_by_one(world: World) -> None:
    version = world.filled()
    actions.save_cells(by=world.entry, version=version, typed={"r1": Typed("1")})
    actions.save_cells(by=world.entry, version=version, typed={"r1": Typed("2")})
    actions.undo(by=world.entry, version=version)
    assert figures(version)["r1"].typed == "1"
    actions.undo(by=world.entry, version=version)
    assert figures(version)["r1"].typed == "594"


def test_what_last_period_left_open_begins_the_next_one_and_sentences_follow_their_figures(world: World) -> None:
    world.sent()
    q3 = periods.period("decree09", "2020-Q3")
    with clock.played(dt.datetime(2020, 9, 21, 9, 0, tzinfo=clock.HANOI)):
        made = actions.open_duties(by="job:test", regime_version=world.regime, period=q3)
        duty = next(one for one in made if one.unit_id == world.unit.pk)
        file = filled(duty, r1=410, r2_1=9112, r3_1=16881, r4_1=228)
        version = actions.start_entry(by=world.entry, duty=duty)
        begins = figures(version)["r1"]
        assert (begins.typed, begins.value, begins.origin) == ("412", 412, carried.ORIGIN)
        with pytest.raises(Refused, match="Không còn gì"):
            actions.undo(by=world.entry, version=version)
        actions.nothing_to_report(by=world.entry, version=version)
        said = {key: figure.typed for key, figure in typed_figures(version).items()}
        assert (said["r1"], said["r2.1"], said["r3.1"]) == ("412", "-", "-"), "what was open is open still"
        assert not {"r4.1", "r4.2"} & said.keys(), "and how much of it is late is for the unit to say"
        actions.undo(by=world.entry, version=version)
        taken = take_upload(by=world.entry, duty=duty, data=file, name="mau.xlsx").upload
        assert (taken.outcome, figures(version)["r1"].value) == ("taken", 410), "the file asks nobody: no one typed 412"
        asking = [one for one in review.judge(version).findings if one.asks]
        for finding in asking:
            actions.explain(by=world.entry, version=version, rule=finding.rule, text=f"Vì {finding.rule.key}.")
    with clock.played(dt.datetime(2020, 10, 1, 9, 0, tzinfo=clock.HANOI)):
        actions.submit(by=world.entry, version=version)
        actions.approve(by=world.leader, version=version)
        actions.send(by=world.clerk, version=version)
        again = actions.correct(by=world.entry, version=version, reason="Cộng sót một phòng")
        judged = review.judge(again)
        assert judged.explained.keys() == {one.rule.pk for one in asking}
        assert set(judged.repeated.values()) == {1}, "each says in which version it was written"
        typed = {"r2.1": Typed("9113"), "r4.1": Typed("229")}
        actions.save_cells(by=world.entry, version=again, typed=typed)
        still = review.judge(again).explained
        assert 0 < len(still) < len(asking), "those whose figures changed are asked for again, the others stand"
        with pytest.raises(Refused, match="giải trình"):
            actions.submit(by=world.entry, version=again)


def test_extension_and_exemption_need_the_receiver_and_a_reason(world: World) -> None:
    later = dt.datetime(2020, 6, 30, 17, 0, tzinfo=clock.HANOI)
    with pytest.raises(NotPermitted):
        actions.extend(by=world.leader, duty=world.duty(), due_at=later, reason="bão")
    with pytest.raises(Refused, match="lý do"):
        actions.extend(by=world.receiver, duty=world.duty(), due_at=later, reason=" ")
    actions.extend(by=world.receiver, duty=world.duty(), due_at=later, reason="bão số 1")
    [duty] = with_life(Duty.objects.filter(pk=world.duty().pk))
    assert duty.due == later
    actions.exempt(by=world.receiver, duty=world.duty(), reason="huyện bị cô lập")
    with pytest.raises(Refused, match="được miễn"):
        actions.start_entry(by=world.entry, duty=world.duty())


def test_a_period_that_is_not_open_refuses_entry(world: World) -> None:
    with clock.played(dt.datetime(2020, 3, 1, tzinfo=clock.HANOI)), pytest.raises(Refused, match="chưa nhập được"):
        actions.start_entry(by=world.entry, duty=world.duty())


def test_versions_are_never_two_of_one_number(world: World) -> None:
    first = actions.start_entry(by=world.entry, duty=world.duty())
    assert actions.start_entry(by=world.entry, duty=world.duty()).pk == first.pk
    assert Version.objects.filter(submission__duty=world.duty()).count() == 1


def test_a_period_that_has_not_closed_cannot_be_submitted(world: World) -> None:
    version = world.filled()
    with clock.played(dt.datetime(2020, 6, 14, 16, tzinfo=clock.HANOI)), pytest.raises(Refused, match="14/06/2020"):
        actions.submit(by=world.entry, version=version)
