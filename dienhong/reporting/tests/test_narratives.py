"""Texts of a report: versions, references that follow the form, written figures held against it, two people at once."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from psycopg.types.range import DateRange

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.indicators import testing as indicators_testing
from dienhong.journal.models import Event
from dienhong.organizations import registry
from dienhong.organizations.models import Person, Role
from dienhong.reporting import actions, narratives, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.models import Duty, Narrative, Version
from dienhong.reporting.narratives import save_narrative
from dienhong.reporting.tests.conftest import person

pytestmark = pytest.mark.django_db
TEXTS = {"hazards": "Còn {r14} hộ ở vùng nguy cơ cao.", "results": "Đã duyệt ở {r2=140} xã.", "plan": "Di dời tiếp."}


def write(by: Person, version: Version, **texts: str) -> None:
    for section, text in texts.items():
        save_narrative(by=by, version=version, section=section, text=text)


def codes(version: Version, by: Person) -> list[str]:
    with pytest.raises(Refused) as refusal:
        actions.submit(by=by, version=version)
    return [f"{fault.code} {fault.where}" for fault in refusal.value.faults]


def test_a_report_with_its_texts_is_handed_on(plan: Any) -> None:
    world, version = plan
    write(world.entry, version, **TEXTS)
    actions.submit(by=world.entry, version=version)


def test_required_sections_hold_the_report_back_and_optional_ones_do_not(plan: Any) -> None:
    world, version = plan
    write(world.entry, version, hazards=TEXTS["hazards"])
    assert codes(version, world.entry) == ["section_blank section:results", "section_blank section:plan"]


def test_nothing_to_report_needs_no_text(plan: Any) -> None:
    world, version = plan
    actions.nothing_to_report(by=world.entry, version=version)
    actions.submit(by=world.entry, version=version)


def test_each_save_is_a_row_and_a_journal_event_and_the_same_text_is_neither(plan: Any) -> None:
    world, version = plan
    first = save_narrative(by=world.entry, version=version, section="plan", text="Một.")
    assert save_narrative(by=world.entry, version=version, section="plan", text="Một.\r\n") == first
    save_narrative(by=world.entry, version=version, section="plan", text="Hai.")
    assert list(Narrative.objects.order_by("pk").values_list("text", flat=True)) == ["Một.", "Hai."]
    assert Event.objects.filter(verb="reporting.save_narrative", object_id=str(version.pk)).count() == 2
    assert narratives.latest(version)["plan"].text == "Hai."


def test_two_at_once_lose_nothing(plan: Any) -> None:
    world, version = plan
    second = person("nhap-2", Role.ENTRY_OFFICER, world.unit)
    first = save_narrative(by=world.entry, version=version, section="plan", text="Một.", seen=0)
    with pytest.raises(Refused, match="nhap vừa ghi mục này") as refusal:
        save_narrative(by=second, version=version, section="plan", text="Hai.", seen=0)
    assert refusal.value.code == "conflict"
    with pytest.raises(Refused, match="ở một cửa sổ khác"):
        save_narrative(by=world.entry, version=version, section="plan", text="Ba.", seen=0)
    save_narrative(by=second, version=version, section="plan", text="Một. Hai.", seen=first.pk)


@pytest.mark.parametrize(
    ("section", "text", "code"), [("annex", "Có.", "no_section"), ("plan", "x" * 20_001, "too_long")]
)
def test_refused(plan: Any, section: str, text: str, code: str) -> None:
    world, version = plan
    with pytest.raises(Refused) as refusal:
        save_narrative(by=world.entry, version=version, section=section, text=text)
    assert refusal.value.code == code


def test_refused_once_handed_on(plan: Any) -> None:
    world, version = plan
    write(world.entry, version, **TEXTS)
    actions.submit(by=world.entry, version=version)
    with pytest.raises(Refused, match="đã trình"):
        save_narrative(by=world.entry, version=version, section="plan", text="Khác.")


def test_who_wrote_a_section_does_not_approve(plan: Any) -> None:
    world, version = plan
    both = person("vua-viet-vua-duyet", Role.ENTRY_OFFICER, world.unit)
    both.grants.create(role=Role.LEADER, unit=world.unit, validity=DateRange(dt.date(2019, 1, 1), None))
    write(world.entry, version, **TEXTS)
    write(both, version, plan="Di dời tiếp, trước mùa mưa.")
    actions.submit(by=world.entry, version=version)
    with pytest.raises(NotPermitted, match="không duyệt được"):
        actions.approve(by=both, version=version)


def test_a_written_figure_that_is_not_the_cells_asks(plan: Any) -> None:
    world, version = plan
    write(world.entry, version, **TEXTS | {"results": "Đã duyệt ở {r2=145} xã."})
    assert codes(version, world.entry) == ["explain:narrative_figures r1"]
    [finding] = [one for one in review.judge(version).findings if one.asks]
    assert "2. “145” ≠ C7 “140”" in finding.sentences["vi"]
    assert finding.cells == ["r2"]  # the cell the text misquotes, not the one the check hangs on
    actions.explain(by=world.entry, version=version, rule=finding.rule, text="Năm xã duyệt sau ngày chốt.")
    actions.submit(by=world.entry, version=version)


def test_a_reference_to_no_cell_holds_the_report_back(plan: Any) -> None:
    world, version = plan
    write(world.entry, version, **TEXTS | {"plan": "Xem {r99}."})
    assert codes(version, world.entry) == ["no_cell section:plan"]


def test_references_follow_the_form_and_texts_are_never_markup(plan: Any) -> None:
    world, version = plan
    write(world.entry, version, plan="<b>Còn</b> {r14} hộ, {r3} %, năm trước {r14@prev}; {r2=141}; {r77}; { r1 }")
    client = Client()
    client.force_login(world.entry)
    url = reverse("reporting:narrative_preview", args=[version.pk, "plan"])
    text = client.get(url).content.decode()
    assert "&lt;b&gt;Còn&lt;/b&gt;" in text
    assert ">1.830</b>" in text
    assert ">92,1</b>" in text
    english = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "no such cell" in english
    assert ">1.830</b>" in english, "the sentence is Vietnamese, and so is the notation of each figure in it"
    assert "(ô r2 của biểu là 140)" in text
    assert "(biểu không có ô này)" in text
    assert "{ r1 }" in text, "what is no reference stays as it was typed"
    actions.save_cells(by=world.entry, version=version, typed={"r14": Typed("1.700")})
    assert ">1.700</b>" in client.get(url).content.decode()


def test_a_correction_begins_with_the_texts(plan: Any) -> None:
    world, version = plan
    write(world.entry, version, **TEXTS)
    actions.submit(by=world.entry, version=version)
    actions.approve(by=world.leader, version=version)
    actions.send(by=world.clerk, version=version)
    indicators_testing.publish()
    corrected = actions.correct(by=world.entry, version=version, reason="Thêm một xã.")
    assert {key: row.text for key, row in narratives.latest(corrected).items()} == TEXTS


def test_the_screens_show_sections_save_and_keep_what_was_refused(plan: Any) -> None:
    world, version = plan
    client = Client()
    client.force_login(world.entry)
    page = client.get(reverse("reporting:entry", args=[version.submission.duty_id])).content.decode()
    assert page.count('class="narrative"') == 6
    assert "1. Đặc điểm thiên tai và rủi ro trong năm <small>(bắt buộc)</small>" in page
    url = reverse("reporting:narrative", args=[version.pk, "plan"])
    assert client.post(url, {"text": "Di dời {r14} hộ.", "seen": "0"}).status_code == 302
    part = client.post(url, {"text": "Di dời nốt {r14} hộ."}, headers={"hx-request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert ">1.830</b>" in part
    second = person("nhap-2", Role.ENTRY_OFFICER, world.unit)
    client.force_login(second)
    refused = client.post(url, {"text": "Ý khác.", "seen": "0"}, headers={"hx-request": "true"})
    assert refused.status_code == 409
    assert "Ý khác." in refused.content.decode()
    assert "Di dời nốt {r14} hộ." in refused.content.decode()
    assert client.post(url, {"text": "Ý khác.", "seen": "0"}).status_code == 409, "without a script too"
    read = client.get(reverse("reporting:duty", args=[version.submission.duty_id])).content.decode()
    assert "4. Mục tiêu, nhiệm vụ năm sau" in read


def test_the_leader_reads_the_texts_where_the_report_is_approved(plan: Any) -> None:
    world, version = plan
    write(world.entry, version, **TEXTS)
    actions.submit(by=world.entry, version=version)
    client = Client()
    client.force_login(world.leader)
    page = client.get(reverse("reporting:sign")).content.decode()
    assert "Phần lời" in page
    assert re.search(r"Đã duyệt ở </span><b[^>]*>140</b>", page)
    actions.approve(by=world.leader, version=version)
    actions.send(by=world.clerk, version=version)
    indicators_testing.publish()
    corrected = actions.correct(by=world.entry, version=version, reason="Thêm việc năm sau.")
    write(world.entry, corrected, plan="Di dời tiếp, trước mùa mưa.")
    actions.submit(by=world.entry, version=corrected)
    page = client.get(reverse("reporting:sign")).content.decode()
    assert re.findall(r"<h4>(\d)[^<]*<span class=\"tag late\">đổi", page) == ["4"]


def test_another_units_text_is_not_shown(plan: Any) -> None:
    _world, version = plan
    stranger = person("khach", Role.ENTRY_OFFICER, Duty.objects.exclude(unit=version.submission.duty.unit)[0].unit)
    client = Client()
    client.force_login(stranger)
    read, write_to, unknown = (
        reverse("reporting:narrative_preview", args=[version.pk, "plan"]),
        reverse("reporting:narrative", args=[version.pk, "plan"]),
        reverse("reporting:narrative_preview", args=[version.pk, "annex"]),
    )
    answers = [client.get(read), client.post(write_to, {"text": "x"}), client.get(unknown)]
    assert [answer.status_code in (403, 404) for answer in answers] == [True] * 3
    assert not Narrative.objects.exists()


def test_the_matrix_of_texts_is_true(plan: Any) -> None:
    world, version = plan
    rows = [row for row in registry.matrix("reporting") if row.action == "reporting.save_narrative"]
    assert len(rows) == len(Role)
    other = Duty.objects.exclude(unit=world.unit).order_by("unit_id")[0].unit
    for row in rows:
        for relation, unit in (("own", world.unit), ("other", other)):
            who = person(f"{row.role}-{relation}", Role(row.role), unit)
            try:
                save_narrative(by=who, version=version, section="plan", text=f"{row.role} {relation}")
                said = "yes"
            except NotPermitted:
                said = "no"
            assert said == getattr(row, relation), f"{row.role}, {relation}"


def test_the_printed_report_carries_its_words(plan: Any) -> None:
    world, version = plan
    write(world.entry, version, **TEXTS | {"plan": "Di dời {r14} hộ trước mùa mưa."})
    client = Client()
    client.force_login(world.entry)
    page = client.get(reverse("reporting:print", args=[version.submission.duty_id])).content.decode()
    assert "hộ trước mùa mưa." in page
    assert page.count("Thủ trưởng đơn vị") == len(version.regime_version.spec["forms"]) + 1
