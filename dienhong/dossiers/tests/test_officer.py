"""The officer's workspace through the browser's requests: the queue, one dossier, acts, refusals that lose nothing."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from psycopg.types.range import DateRange

from dienhong.base import clock, store
from dienhong.dossiers import money
from dienhong.dossiers.actions import answering, deciding, handling, voicing
from dienhong.dossiers.models import Attachment, Dossier, Place, Status, SupplementRequest
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message, timer
from dienhong.dossiers.queries import desk as work
from dienhong.dossiers.queries import story
from dienhong.dossiers.tests.desk import FADIL, NOON, Desk, capture
from dienhong.journal.access import accesses_to
from dienhong.journal.models import Access
from dienhong.organizations import queries
from dienhong.organizations.models import Grant, Person, Role

XSS = "<script>alert(1)</script>"


@pytest.fixture
def desk(ground_database: None, settings: Any, tmp_path: Any) -> Iterator[Desk]:
    settings.DEMO = True
    with clock.played(NOON):
        yield Desk()


def client(person: Person) -> Client:
    made = Client()
    made.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return made


def case(dossier: Dossier) -> str:
    return reverse("dossiers:case", args=[dossier.pk])


def act(dossier: Dossier, name: str) -> str:
    return reverse("dossiers:act", args=[dossier.pk, name])


def hidden(dossier: Dossier, element: str = "") -> dict[str, Any]:
    """What the page's form carries: the place as it was seen, or the dossier's steps."""
    if element:
        place = Place.objects.get(dossier=dossier, element=element)
        return {"place": place.pk, "sequence": place.sequence}
    return {"steps": Dossier.objects.get(pk=dossier.pk).marking["steps"]}


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("version").get(pk=dossier.pk)


def kinds(dossier: Dossier) -> list[str]:
    return [row.kind for row in accesses_to("dossier", dossier.pk)]


def attached(dossier: Dossier) -> Attachment:
    data = b"%PDF-1.4 mau"
    return Attachment.objects.create(
        dossier=dossier, field="slip_copy", name="phiếu <mẫu>.pdf", kind="application/pdf", size=len(data),
        digest=store.put(data), verdict="clean",
    )  # fmt: skip


def test_returned_for_supplement_and_finished(desk: Desk) -> None:
    """The officer's whole way: next, return with a ready reason and one of their own, accept, fix nothing, done."""
    dossier, clerk = desk.filed(), client(desk.clerk)
    answer = clerk.post(reverse("dossiers:next"))
    assert answer.headers["Location"] == case(dossier)
    assert Place.objects.get(dossier=dossier).claimed_by == desk.clerk
    page = clerk.get(case(dossier)).content.decode()
    assert "32.940.000" in page
    assert "RLMAUFADL20000001" in page
    asked = {
        **hidden(dossier), "t.0.on": "1", "t.0.reason": "Ảnh mờ, chụp lại.", "rows": "1", "items.0.what": "Hóa đơn",
        "items.0.reason": "Thiếu trang hai.", "items.0.field": "invoice_number", "items.0.basis": "", "days": "7",
    }  # fmt: skip
    assert clerk.post(act(dossier, "supplement"), asked).status_code == 302
    request = SupplementRequest.objects.get(dossier=dossier)
    assert [(item.reason, item.field) for item in request.items.order_by("pk")] == [
        ("Ảnh mờ, chụp lại.", "slip_copy"),
        ("Thiếu trang hai.", "invoice_number"),
    ]
    assert request.limit_on == NOON.date() + dt.timedelta(days=7)
    answering.supplement(by=desk.citizen, dossier=fresh(dossier), data={**FADIL, "invoice_number": "0000002"})
    page = clerk.get(case(dossier)).content.decode()
    assert "<del>0000001</del>" in page
    assert clerk.post(act(dossier, "accept"), hidden(dossier, "accept_check")).status_code == 302
    persist.step(dossier, message("register_answered", "x"), by="job:test", facts={"register_match": True})
    capture(money.standing(fresh(dossier)))
    assert fresh(dossier).status == Status.DONE
    page = clerk.get(case(dossier)).content.decode()
    assert "trạng thái: Đã xử lý xong" in page
    assert "Hẹn trả 17:00 21/08/2020" in page


def test_a_refused_act_keeps_everything_typed(desk: Desk) -> None:
    dossier, clerk = desk.filed(), client(desk.clerk)
    answer = clerk.post(
        act(dossier, "refuse"), {**hidden(dossier, "accept_check"), "reason": f"Vì {XSS}", "basis": " "}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Không có căn cứ thì không từ chối được." in page
    assert "Vì &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert XSS not in page
    assert 'aria-invalid="true"' in page
    ready = {**hidden(dossier, "accept_check"), "template": "1", "reason": "Xin nộp ở Hải Phòng.", "basis": ""}
    assert clerk.post(act(dossier, "refuse"), ready).status_code == 302
    refusal = dossier.refusal_rows.get()
    assert refusal.reason.endswith("cơ quan thuế này. Xin nộp ở Hải Phòng.")
    assert refusal.basis == "Nghị định 140/2016/NĐ-CP, Điều 10 khoản 2"


def test_another_row_for_a_supplement_loses_nothing(desk: Desk) -> None:
    dossier, clerk = desk.filed(), client(desk.clerk)
    typed = {
        **hidden(dossier),
        "rows": "1",
        "items.0.what": "Giấy ủy quyền",
        "t.1.on": "1",
        "t.1.reason": "Sai số.",
        "more": "1",
    }
    page = clerk.post(act(dossier, "supplement"), typed).content.decode()
    assert 'value="Giấy ủy quyền"' in page
    assert 'name="items.1.what"' in page
    assert "Sai số." in page
    assert not SupplementRequest.objects.filter(dossier=dossier).exists()
    half = {**typed, "more": "", "days": "nhiều"}
    del half["more"]
    answer = clerk.post(act(dossier, "supplement"), half)
    assert (answer.status_code, 'value="nhiều"' in answer.content.decode()) == (422, True)


def test_two_officers_on_one_dossier(desk: Desk) -> None:
    dossier, second = desk.filed(), desk.person("clerk-2", Role.ONE_STOP_CLERK)
    seen = hidden(dossier, "accept_check")
    assert client(desk.clerk).post(act(dossier, "claim"), seen).status_code == 302
    answer = client(second).post(act(dossier, "accept"), seen)
    assert answer.status_code == 409
    assert "clerk Mẫu đang xử lý bước này." in answer.content.decode()
    assert client(desk.clerk).post(act(dossier, "accept"), seen).status_code == 302
    late = client(desk.clerk).post(act(dossier, "refuse"), {**seen, "reason": "Đang viết dở", "basis": "Điều 1"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Hồ sơ đã sang bước khác" in page
    assert "Đang viết dở" in page
    assert fresh(dossier).status == Status.IN_PROCESS
    assert fresh(dossier).refusal_rows.count() == 0


def test_the_next_one_is_the_most_urgent_that_nobody_has(desk: Desk) -> None:
    first, other = desk.filed(), desk.filed(chassis_no="RLMAUFADL20000002")
    second = desk.person("clerk-2", Role.ONE_STOP_CLERK)
    got = {client(each).post(reverse("dossiers:next")).headers["Location"] for each in (desk.clerk, second)}
    assert got == {case(first), case(other)}
    nothing = client(desk.clerk).post(reverse("dossiers:next"))
    assert nothing.headers["Location"] == reverse("dossiers:queue")
    assert (
        client(desk.leader).post(act(first, "release"), hidden(first, "accept_check")).status_code == 302
    )  # the leader gives it back
    assert work.places(desk.clerk, held=work.FREE).count() == 1


def test_reads_are_in_the_log_before_anything_is_shown(desk: Desk) -> None:
    dossier, clerk = desk.filed(), client(desk.clerk)
    row = attached(dossier)
    page = clerk.get(reverse("dossiers:queue")).content.decode()
    assert "Nguyễn V** M**" in page
    assert "Nguyễn Văn Mẫu" not in page
    clerk.get(reverse("dossiers:search"), {"q": "nguyen van"})
    clerk.get(case(dossier))
    answer = clerk.get(reverse("dossiers:file", args=[dossier.pk, row.pk]))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.content == b"%PDF-1.4 mau"
    assert kinds(dossier) == ["file", "open", "search", "list"]
    assert {row.actor for row in accesses_to("dossier", dossier.pk)} == {desk.clerk.actor}


def test_what_is_declared_is_text_and_nothing_else(desk: Desk) -> None:
    dossier = desk.filed(brand=XSS, transferor=f'"><img src=x onerror=alert(1)>{XSS}', taxpayer_name=f"Mẫu {XSS}")
    for address in (case(dossier), reverse("dossiers:queue"), f"{reverse('dossiers:search')}?q={dossier.code}"):
        page = client(desk.clerk).get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_nobody_else_opens_or_touches_it(desk: Desk) -> None:
    """Another unit's officer, a citizen, the applicant on the officer's side, and who is not signed in."""
    dossier = desk.filed()
    row = attached(dossier)
    complaint = voicing.complain(by=desk.citizen, dossier=dossier, about="rule", text="Khó hiểu.")
    foreign = Person.objects.create_user("far", display_name="Ở xa")
    far = queries.unit_by_code("tax", "79", NOON.date())
    for role in (Role.ONE_STOP_CLERK, Role.CASE_OFFICER, Role.LEADER, Role.ACCOUNTANT, Role.AUDITOR):
        Grant.objects.create(person=foreign, role=role, unit=far, validity=DateRange(dt.date(2019, 1, 1), None))
    seen = hidden(dossier, "accept_check")
    reads = [case(dossier), reverse("dossiers:file", args=[dossier.pk, row.pk])]
    writes = [act(dossier, name) for name in ("claim", "release", "accept", "refuse", "supplement", "stop", "decide")]
    writes.append(reverse("dossiers:answer_complaint", args=[dossier.pk, complaint.pk]))
    before = (fresh(dossier).marking, Access.objects.count())
    for who, answer in ((foreign, 404), (desk.other, 404), (desk.citizen, 404)):
        browser = client(who)
        assert {browser.get(each).status_code for each in reads} == {answer}
        assert {browser.post(each, {**seen, "text": "x"}).status_code for each in writes} == {answer}
    assert {Client().get(each).status_code for each in reads} == {302}
    assert {Client().post(each, seen).status_code for each in writes} == {302}
    assert dossier.code not in client(foreign).get(f"{reverse('dossiers:queue')}?view=all").content.decode()
    assert (
        f">{dossier.code}<" not in client(foreign).get(reverse("dossiers:search"), {"q": dossier.code}).content.decode()
    )
    assert (fresh(dossier).marking, Access.objects.count()) == before


def test_a_place_or_file_of_another_dossier_is_not_found_by_this_one(desk: Desk) -> None:
    mine, other = desk.filed(), desk.filed(chassis_no="RLMAUFADL20000002")
    row = attached(other)
    clerk = client(desk.clerk)
    assert clerk.get(reverse("dossiers:file", args=[mine.pk, row.pk])).status_code == 404
    assert clerk.post(act(mine, "accept"), hidden(other, "accept_check")).status_code == 409
    assert fresh(other).status == Status.NEW


def test_the_auditor_reads_and_does_nothing(desk: Desk) -> None:
    dossier, auditor = desk.filed(), desk.person("auditor", Role.AUDITOR)
    page = client(auditor).get(case(dossier))
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    assert client(auditor).post(act(dossier, "accept"), hidden(dossier, "accept_check")).status_code == 403
    assert (
        "Lấy việc tiếp theo" not in client(auditor).get(reverse("dossiers:queue")).content.decode().split("<dialog")[0]
    )


def test_the_leader_sees_counts_and_answers_feedback(desk: Desk) -> None:
    dossier = desk.filed()
    row = voicing.complain(by=desk.citizen, dossier=dossier, about="conduct", text="Chờ lâu.")
    assert "Chờ lâu." in client(desk.leader).get(reverse("dossiers:queue")).content.decode()
    assert "Chờ lâu." not in client(desk.clerk).get(reverse("dossiers:queue")).content.decode()
    leader = client(desk.leader)
    assert "Đúng hạn, tuần này" in leader.get(reverse("dossiers:queue")).content.decode()
    address = reverse("dossiers:answer_complaint", args=[dossier.pk, row.pk])
    empty = leader.post(address, {"text": " "})
    assert (empty.status_code, "Ghi câu trả lời." in empty.content.decode()) == (422, True)
    assert client(desk.clerk).post(address, {"text": "Tôi trả lời thay."}).status_code == 403
    assert leader.post(address, {"text": "Xin ghi nhận."}).status_code == 302
    row.refresh_from_db()
    assert (row.answer, row.answered_by) == ("Xin ghi nhận.", desk.leader)


def test_an_officer_fixes_a_base_and_hears_what_is_wrong(desk: Desk) -> None:
    dossier = desk.filed(brand="Mẫu", model="Kiểu chưa có trong bảng")
    handling.claim(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    officer = client(desk.officer)
    seen = hidden(dossier, "fix_base")
    wrong = officer.post(act(dossier, "decide"), {**seen, "outcome": "invoice", "ask.tax_office_price": "nhiều"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'value="nhiều"' in page
    assert 'value="invoice" checked' in page
    right = {**seen, "outcome": "invoice", "ask.tax_office_price": "810.000.000"}
    assert officer.post(act(dossier, "decide"), right).status_code == 302
    assert dossier.assessments.latest("pk").amount == 48_600_000


def test_filters_and_pages_of_the_queue(desk: Desk) -> None:
    made = [desk.filed(chassis_no=f"RLMAUFADL2000{n:04d}") for n in range(3)]
    deciding.accept(by=desk.clerk, place=desk.place(made[0], "accept_check"))
    clerk = client(desk.clerk)
    shown = clerk.get(
        reverse("dossiers:queue"), {"view": "all", "status": str(int(Status.IN_PROCESS))}
    ).content.decode()
    assert f">{made[0].code}<" in shown
    assert f">{made[1].code}<" not in shown
    assert "1 trên 1 hồ sơ" in shown
    key = work.key_text((None, made[1].pk))
    after = clerk.get(reverse("dossiers:queue"), {"view": "all", "after": key}).content.decode()
    assert f">{made[2].code}<" in after
    assert f">{made[1].code}<" not in after
    for junk in ("x", ",", "2020-01-01,5", f"{uuid.uuid4()},1", ",9" * 30):
        assert clerk.get(reverse("dossiers:queue"), {"view": "all", "after": junk, "status": "x"}).status_code == 200


def test_several_rows_of_the_table_are_a_choice(desk: Desk) -> None:
    """Two rows fit the Vios E: the officer sees both with their prices, and the fee follows the one chosen."""
    dossier = desk.filed(brand="Toyota", model="Vios E (CVT)", engine_cc=1496, invoice_price=530_000_000)
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    officer, seen = client(desk.officer), hidden(dossier, "fix_base")
    page = officer.get(case(dossier)).content.decode()
    assert "NSP151L-BEMRKU · VN · 520.000.000 đ" in page
    typed = {**seen, "outcome": "row"}
    assert officer.post(act(dossier, "decide"), typed).status_code == 422
    assert officer.post(act(dossier, "decide"), {**typed, "ask.table_row": "MH-999"}).status_code == 422
    assert officer.post(act(dossier, "decide"), {**typed, "ask.table_row": "MH-005"}).status_code == 302
    assert dossier.assessments.latest("pk").amount == 31_200_000


def test_withdrawal_lapse_and_stop_are_answered_on_the_page(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    answering.withdraw(by=desk.citizen, dossier=fresh(dossier), reason="Bán xe rồi.")
    officer, seen = client(desk.officer), hidden(dossier, "withdrawal")
    assert "Bán xe rồi." in officer.get(case(dossier)).content.decode()
    unsaid = officer.post(act(dossier, "withdrawal"), {**seen, "answer": "keep"})
    assert (unsaid.status_code, 'value="keep" checked' in unsaid.content.decode()) == (422, True)
    assert officer.post(act(dossier, "withdrawal"), {**seen, "answer": "keep", "reason": "Đã tính."}).status_code == 302
    stop = {**hidden(dossier), "code": "ineligible", "template": "0"}
    assert officer.post(act(dossier, "stop"), stop).status_code == 302
    row = dossier.stop_rows.get()
    assert (row.reason, row.basis) == ("Xe nằm trong danh sách phải tìm.", "Thông tư 58/2020/TT-BCA")
    late = desk.filed(chassis_no="RLMAUFADL20000002")
    deciding.ask_supplement(
        by=desk.clerk, dossier=late, items=[deciding.Missing("Phiếu xuất xưởng", "Ảnh mờ.", "slip_copy")]
    )
    persist.step(late, timer("supplement_late"), by="job:test")
    answer = {**hidden(late, "judge_lapse"), "answer": "extend", "days": "5"}
    assert client(desk.clerk).post(act(late, "lapse"), answer).status_code == 422  # more time needs a reason
    answer["reason"] = "Người nộp đang chờ cơ quan khác cấp giấy."
    assert client(desk.clerk).post(act(late, "lapse"), answer).status_code == 302
    assert fresh(late).status == Status.SUPPLEMENT


def test_the_screens_speak_english(desk: Desk) -> None:
    dossier = desk.filed()
    clerk = client(desk.clerk)
    purpose = dossier.version.sheet["question"]["purpose"]
    page = clerk.get(case(dossier), headers={"accept-language": "en"}).content.decode()
    assert "32,940,000" in page
    assert "32.940.000" not in page
    with override("en"):
        assert story.purpose_said(dossier, purpose["vi"]) == purpose["en"]
        assert story.purpose_said(dossier, "khác") == "khác"
    for address in (reverse("dossiers:queue"), case(dossier)):
        page = clerk.get(address, headers={"accept-language": "en"}).content.decode()
        assert "Check and accept" in page
        assert "Hồ sơ đang ở đâu" not in page


def test_pages_ask_the_same_however_much_they_show(desk: Desk, django_assert_max_num_queries: Any) -> None:
    """Queue and case of an officer, list and dossier of the applicant: pinned, with several dossiers in each."""
    dossiers = [desk.filed(chassis_no=f"RLMAUFADL2000000{n}") for n in range(4)]
    for each in dossiers[:3]:
        deciding.accept(by=desk.clerk, place=desk.place(each, "accept_check"))
    for each in dossiers[:2]:
        deciding.ask_supplement(by=desk.officer, dossier=fresh(each), items=[deciding.Missing("Hóa đơn", "Mờ.")])
    pages = (
        (desk.clerk, reverse("dossiers:queue"), 17),
        (desk.clerk, f"{reverse('dossiers:queue')}?view=all", 17),
        (desk.officer, case(dossiers[0]), 28),
        (desk.citizen, reverse("portal:mine"), 8),
        (desk.citizen, reverse("portal:mine_one", args=[dossiers[0].code]), 20),
    )
    for person, address, most in pages:
        browser = client(person)
        browser.get(address)
        with django_assert_max_num_queries(most):
            assert browser.get(address).status_code == 200


def test_what_the_clock_did_at_one_moment_stands_in_its_order(desk: Desk) -> None:
    """A new date behind what moved it, the end last: also where a step wrote all of it at the same time."""
    dossier = desk.filed()
    for kind, cause in (("start", ""), ("pause", "6"), ("resume", "6"), ("end", "")):
        dossier.clock.create(kind=kind, at=NOON, cause=cause)
    for cause in ("accepted", "pause", "apology"):
        dossier.dues.create(after=NOON, cause=cause, at=NOON)
    told = [each.words for each in story.clock_of(dossier)]
    begun = ["bắt đầu", "theo thời hạn", "dừng:", "chạy tiếp", "vì những lúc dừng", "Xin lỗi", "kết thúc"]
    assert all(part in each for part, each in zip(begun, told, strict=True)), told


def test_registers_asked_while_filling_in_are_said_to_the_officer(desk: Desk) -> None:
    dossier = desk.filed()
    asked = {"register": "vehicle_register", "at": NOON.isoformat(), "message": "m-1", "state": "mismatch"}
    dossier.contents.update(origins={"vehicle_register.state": asked})
    [heard] = story.heard(dossier)
    assert heard.partner == "Cục Đăng kiểm Việt Nam: Phiếu kiểm tra chất lượng xuất xưởng"
    assert (heard.verdict, heard.tone, heard.at) == ("không khớp", "late", NOON)
    assert "Cục Đăng kiểm Việt Nam: Phiếu" in client(desk.officer).get(case(dossier)).content.decode()
