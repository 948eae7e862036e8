"""Uploads: a good file becomes edits in one go, a bad one changes nothing and is kept with its faults."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from dienhong.base import store
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal.models import Event
from dienhong.organizations.models import Role
from dienhong.reporting import actions
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.actions.uploads import Taken, clean_name, take_upload
from dienhong.reporting.excel import template
from dienhong.reporting.figures import figures
from dienhong.reporting.models import Edit, Submission, Upload, Version
from dienhong.reporting.tests.conftest import World, person
from dienhong.reporting.tests.excel_files import ADDRESSES, SHEET, filled, saved

pytestmark = pytest.mark.django_db


def take(world: World, data: bytes, by: Any = None, **more: Any) -> Taken:
    return take_upload(by=by or world.entry, duty=world.duty(), data=data, name="Q2.xlsx", **more)


def test_a_filled_template_becomes_the_draft(world: World) -> None:
    data = filled(world.duty())
    taken = take_upload(by=world.entry, duty=world.duty(), data=data, name="C:\\bao cao\\Q2.xlsx")
    assert taken.upload.faults == []
    assert taken.upload.outcome == Upload.Outcome.TAKEN
    version = Version.objects.get(submission__duty=world.duty())
    now = figures(version)
    assert (now["r2.1"].value, now["r2"].value, now["r4.2"].empty) == (4112, 12904, 1)
    assert Edit.objects.get(version=version, cell__key="r2.1").origin == "Biểu II.06a!C7"
    assert (version.channel, version.original_name) == ("upload", "Q2.xlsx")
    assert store.get(version.original_digest) == data


def test_it_goes_all_the_way_to_an_observation_with_the_original_as_evidence(world: World) -> None:
    take(world, filled(world.duty(), r4_2="x"))
    version = Version.objects.get()
    actions.submit(by=world.entry, version=version)
    actions.approve(by=world.leader, version=version)
    actions.send(by=world.clerk, version=version)
    version.refresh_from_db()
    assert version.batch is not None
    kinds = set(version.batch.evidence.values_list("kind", flat=True))
    assert kinds == {"submission_version", "canonical_workbook", "original_file"}


def test_it_is_in_the_journal_whatever_came_of_it(world: World) -> None:
    take(world, filled(world.duty(), r1="x y"))
    take(world, filled(world.duty()))
    events = Event.objects.filter(verb="reporting.take_upload").order_by("pk")
    assert [event.to_state for event in events] == ["faulty", "taken"]


def test_one_wrong_cell_and_nothing_is_written(world: World) -> None:
    version = world.filled(r1="7")
    before = list(Edit.objects.order_by("pk").values_list("pk", flat=True))
    upload = take(world, filled(world.duty(), r1=594, r3_2="1 205")).upload
    assert upload.outcome == Upload.Outcome.FAULTY
    assert list(Edit.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert figures(version)["r1"].value == 7
    version.refresh_from_db()
    assert (version.channel, version.original_digest) == ("grid", "")


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    data = filled(world.duty())
    first = take(world, data)
    edits = Edit.objects.count()
    second = take(world, data)
    assert second.repeated
    assert second.upload == first.upload
    assert (Edit.objects.count(), Upload.objects.count()) == (edits, 1)


def test_an_earlier_file_again_is_a_new_wish(world: World) -> None:
    first, second = filled(world.duty()), filled(world.duty(), r1=600)
    for data in (first, second, first):
        assert not take(world, data).repeated
    assert figures(Version.objects.get())["r1"].value == 594


def test_what_was_typed_on_the_grid_since_is_not_wiped_by_blank_cells(world: World) -> None:
    blank = template.make(world.duty()).data
    version = world.filled()
    book = load_workbook(io.BytesIO(blank))
    book[SHEET][ADDRESSES["r1"]].value = 600
    upload = take(world, saved(book), over="file").upload
    assert (upload.outcome, upload.cells, upload.kept) == ("taken", 1, 6)
    now = figures(version)
    assert (now["r1"].value, now["r2.1"].value) == (600, 4112)


def test_the_same_file_after_edits_on_the_grid_asks_what_stands(world: World) -> None:
    data = filled(world.duty())
    version = take(world, data).upload.version
    actions.save_cells(by=world.entry, version=version, typed={"r1": Typed("600"), "r2.1": Typed("2.300")})
    asked = take(world, data)
    assert (asked.repeated, asked.upload.outcome) == (False, "faulty")
    assert [(fault["code"], fault["address"]) for fault in asked.upload.faults] == [
        ("typed_since", "C5"),
        ("typed_since", "C7"),
    ]
    assert "Trên lưới ô này đang ghi “600”" in asked.upload.faults[0]["sentence"]["vi"]
    assert figures(version)["r1"].value == 600, "nothing is overwritten before the answer"
    kept = take(world, data, over="grid")
    assert (kept.repeated, kept.kept) == (True, 2)
    assert figures(version)["r1"].value == 600
    taken = take(world, data, over="file").upload
    assert (taken.outcome, taken.cells) == ("taken", 2)
    assert (figures(version)["r1"].value, figures(version)["r2.1"].value) == (594, 4112)
    typed = list(Edit.objects.filter(version=version, cell__key="r1").order_by("pk").values_list("typed", flat=True))
    assert typed == ["594", "600", "594"], "what was overwritten stays as a row"


def test_a_template_of_what_the_grid_has_asks_nothing(world: World) -> None:
    world.filled(r1="600")
    upload = take(world, filled(world.duty(), r1=594)).upload
    assert (upload.outcome, upload.cells) == ("taken", 1), "the template showed 600, so 594 is meant"


def test_a_cell_cleared_in_the_file_is_cleared(world: World) -> None:
    take(world, filled(world.duty()))
    take(world, filled(world.duty(), r1=None))
    assert figures(Version.objects.get())["r1"].empty is None


def test_an_unfilled_copy_asks_before_it_empties_what_an_earlier_file_brought(world: World) -> None:
    """The wrong file is easily picked: both come from one template and bear its name."""
    empty = template.make(world.duty()).data
    take(world, filled(world.duty()))
    version = Version.objects.get()
    asked = take(world, empty).upload
    assert asked.outcome == Upload.Outcome.FAULTY
    sentences = [fault["sentence"]["vi"] for fault in asked.faults]
    assert len(sentences) == 7
    assert any("đang ghi “4112”, từ tệp nộp trước" in said for said in sentences)
    assert figures(version)["r2.1"].value == 4112
    assert take(world, empty, over="grid").upload.kept == 7
    assert figures(version)["r2.1"].value == 4112
    take(world, empty, over="file")
    assert figures(version)["r2.1"].empty is None


def test_one_undo_takes_a_whole_file_back(world: World) -> None:
    take(world, filled(world.duty()))
    version = Version.objects.get()
    assert figures(version)["r2.1"].value == 4112
    assert len(actions.undo(by=world.entry, version=version).edits) == 7
    assert all(not figure.typed for figure in figures(version).values())


def test_two_people_and_one_cell_is_a_conflict_with_a_name(world: World) -> None:
    colleague = person("dong-nghiep", Role.ENTRY_OFFICER, world.unit)
    data = filled(world.duty())
    version = actions.start_entry(by=colleague, duty=world.duty())
    actions.save_cells(by=colleague, version=version, typed={"r1": Typed("601")})
    upload = take(world, data).upload
    assert [(fault["code"], fault["address"]) for fault in upload.faults] == [("conflict", "C5")]
    assert "dong-nghiep đã sửa ô này thành “601”" in upload.faults[0]["sentence"]["vi"]
    assert figures(version)["r1"].value == 601
    assert figures(version)["r2.1"].value is None


def test_the_convention_said_once_reads_the_whole_file(world: World) -> None:
    data = filled(world.duty(), r2_1="4.112")
    assert take(world, data).upload.faults[0]["code"] == "ambiguous"
    assert take(world, data, convention="dot_thousands").upload.outcome == "taken"
    assert figures(Version.objects.get())["r2.1"].value == 4112


def test_only_the_units_entry_officer_may(world: World) -> None:
    stranger = person("la", Role.ENTRY_OFFICER, world.duty("01").unit)
    for someone in (world.leader, world.clerk, world.receiver, stranger):
        with pytest.raises(NotPermitted):
            take(world, filled(world.duty()), by=someone)
    assert not Upload.objects.exists()


def test_a_report_on_its_way_takes_no_file(world: World) -> None:
    version = world.filled()
    data = filled(world.duty(), r1=1)
    actions.submit(by=world.entry, version=version)
    with pytest.raises(Refused, match="xin đính chính") as refusal:
        take(world, data)
    assert refusal.value.code == "not_editable"
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a/b/c.xlsx", "c.xlsx"),
        ("..", "tep.xlsx"),
        ("", "tep.xlsx"),
        ('a"\r\n<b>.xlsx', "ab.xlsx"),
        ("é" * 300, "é" * 200),
    ],
)
def test_names_are_only_names(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.django_db(transaction=True)
def test_two_at_once_follow_one_another(world: World) -> None:
    """The same file by two hands at the same moment: one draft, one set of edits, one says it is already in."""
    data = filled(world.duty())
    duty, start = world.duty(), threading.Barrier(2)

    def hand_in() -> Taken:
        start.wait(10)
        try:
            return take_upload(by=world.entry, duty=duty, data=data, name="Q2.xlsx")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        both = [future.result(30) for future in [pool.submit(hand_in), pool.submit(hand_in)]]
    assert sorted(taken.repeated for taken in both) == [False, True]
    assert (Submission.objects.count(), Version.objects.count(), Upload.objects.count()) == (1, 1, 1)
    assert Edit.objects.count() == 7


# On screen ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def officer(world: World, client: Client) -> Client:
    client.force_login(world.entry)
    return client


def hand_in(client: Client, world: World, data: bytes, name: str = "Q2.xlsx") -> Any:
    url = reverse("reporting:upload", args=[world.duty().pk])
    return client.post(url, {"file": SimpleUploadedFile(name, data)}, follow=True)


def test_the_way_of_two_wrong_cells(world: World, officer: Client) -> None:
    """Take the template, fill it with two wrong cells, get the marked copy, mend it, hand it in."""
    answer = officer.get(reverse("reporting:template", args=[world.duty().pk]))
    assert answer["Content-Disposition"].startswith('attachment; filename="RR22-2020-Q2-lao-cai.xlsx"')
    book = load_workbook(io.BytesIO(answer.content))
    for key, value in {"r1": 594, "r2.1": "4112a", "r2.2": 8792, "r3.1": 11881, "r3.2": "1 205", "r4.1": 412}.items():
        book[SHEET][ADDRESSES[key]].value = value
    shown = hand_in(officer, world, saved(book))
    upload = Upload.objects.get()
    assert shown.redirect_chain == [(reverse("reporting:upload_result", args=[upload.pk]), 302)]
    page = shown.content.decode()
    assert "2 chỗ cần sửa" in page
    assert '<a href="#fault-2">Biểu II.06a, C11: Quá hạn</a>' in page
    assert "“1 205” có dấu cách." in page
    copy = officer.get(reverse("reporting:upload_marked", args=[upload.pk]))
    mended = load_workbook(io.BytesIO(copy.content))
    assert "1 205" in mended[SHEET]["C11"].comment.text
    mended[SHEET]["C7"].value, mended[SHEET]["C11"].value, mended[SHEET]["C14"].value = 4112, 1205, "-"
    shown = hand_in(officer, world, saved(mended), "Q2-loi.xlsx")
    assert shown.redirect_chain[-1][0] == reverse("reporting:entry", args=[world.duty().pk])
    assert "ghi 7 ô" in shown.content.decode()
    assert figures(Version.objects.get())["r2"].value == 12904


def test_the_same_file_twice_is_said(world: World, officer: Client) -> None:
    data = filled(world.duty())
    hand_in(officer, world, data)
    assert "Chính tệp này đã có trong báo cáo; không có gì thay đổi." in hand_in(officer, world, data).content.decode()


def test_no_file_chosen_and_too_large_keep_the_form(world: World, officer: Client) -> None:
    url = reverse("reporting:upload", args=[world.duty().pk])
    answer = officer.post(url)
    assert (answer.status_code, "Chưa chọn tệp" in answer.content.decode()) == (422, True)
    answer = officer.post(url, {"file": SimpleUploadedFile("a.xlsx", b"P" * (10 * 2**20 + 1))})
    assert (answer.status_code, "quá mức 10 MB" in answer.content.decode()) == (422, True)
    assert 'aria-invalid="true"' in answer.content.decode()


def test_what_the_dot_means_is_asked_once_and_the_kept_file_read_again(world: World, officer: Client) -> None:
    page = hand_in(officer, world, filled(world.duty(), r2_1="4.112")).content.decode()
    assert "Dấu chấm trong tệp này nghĩa là gì?" in page
    again = reverse("reporting:upload_again", args=[Upload.objects.get().pk])
    answer = officer.post(again, {"convention": "dot_thousands"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("reporting:entry", args=[world.duty().pk])
    assert figures(Version.objects.get())["r2.1"].value == 4112


def test_what_would_be_overwritten_is_said_before_and_chosen(world: World, officer: Client) -> None:
    data = filled(world.duty())
    hand_in(officer, world, data)
    actions.save_cells(by=world.entry, version=Version.objects.get(), typed={"r1": Typed("600")})
    page = hand_in(officer, world, data).content.decode()
    assert "Tệp khác lưới ở 1 ô; chưa ô nào được ghi" in page
    assert "Lấy tệp, ghi đè 1 ô trên lưới" in page
    assert "Tải bản đánh dấu lỗi" not in page
    again = reverse("reporting:upload_again", args=[Upload.objects.latest("pk").pk])
    answer = officer.post(again, {"over": "file"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("reporting:entry", args=[world.duty().pk])
    assert figures(Version.objects.get())["r1"].value == 594


def test_a_form_of_whole_numbers_offers_no_fraction_and_remembers_the_answer(world: World, officer: Client) -> None:
    data = filled(world.duty(), r2_1="4.112")
    world.filled(r1="600")
    page = hand_in(officer, world, data).content.decode()
    assert "“4.112” là 4112" in page
    assert "dot_decimal" not in page
    again = reverse("reporting:upload_again", args=[Upload.objects.get().pk])
    answer = officer.post(again, {"convention": "dot_thousands"}, follow=True)
    assert '<input type="hidden" name="convention" value="dot_thousands">' in answer.content.decode()


def test_the_file_comes_back_byte_for_byte(world: World, officer: Client) -> None:
    hand_in(officer, world, b"%PDF-1.7", "la.pdf")
    answer = officer.get(reverse("reporting:upload_file", args=[Upload.objects.get().pk]))
    assert answer.content == b"%PDF-1.7"
    assert answer["Content-Disposition"] == 'attachment; filename="la.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert officer.get(reverse("reporting:upload_marked", args=[Upload.objects.get().pk])).status_code == 404


def test_others_see_neither_form_nor_files(world: World, client: Client) -> None:
    upload = take(world, filled(world.duty(), r1="x y")).upload
    client.force_login(person("la", Role.ENTRY_OFFICER, world.duty("01").unit))
    places = [("template", world.duty().pk), ("upload", world.duty().pk)]
    places += [(f"upload_{name}", upload.pk) for name in ("result", "marked", "file")]
    for name, pk in places:
        assert client.get(reverse(f"reporting:{name}", args=[pk])).status_code in (403, 404), name


def test_someone_who_only_watches_cannot_hand_in(world: World, client: Client) -> None:
    client.force_login(world.receiver)
    answer = hand_in(client, world, filled(world.duty()))
    assert answer.status_code == 403
    assert not Upload.objects.exists()


def test_faults_are_shown_in_the_readers_language(world: World, officer: Client) -> None:
    upload = take(world, filled(world.duty(), r3_2="1 205")).upload
    url = reverse("reporting:upload_result", args=[upload.pk])
    answer = officer.get(url, headers={"accept-language": "en"})
    assert "contains a space" in answer.content.decode()


def test_the_upload_form_lists_what_was_handed_in(world: World, officer: Client) -> None:
    for number in range(12):
        take(world, filled(world.duty(), r1=f"x {number}"))
    page = officer.get(reverse("reporting:upload", args=[world.duty().pk])).content.decode()
    assert page.count("có ô sai, chưa ghi gì") == 10
    assert "Còn 2 tệp cũ hơn không hiện ở đây." in page


def test_the_duty_page_offers_it_while_figures_can_be_entered(world: World, officer: Client) -> None:
    url, page = reverse("reporting:upload", args=[world.duty().pk]), reverse("reporting:duty", args=[world.duty().pk])
    assert url in officer.get(page).content.decode()
    version = world.filled()
    assert url in officer.get(page).content.decode()
    actions.submit(by=world.entry, version=version)
    assert url not in officer.get(page).content.decode()
