"""What an applicant sees and does after filing: only their own, nothing lost, nothing told to strangers."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dienhong.base import clock
from dienhong.documents.models import Issued
from dienhong.dossiers import money
from dienhong.dossiers.actions import answering, deciding, voicing
from dienhong.dossiers.actions.deciding import Missing
from dienhong.dossiers.models import Attachment, Complaint, Dossier, Draft, Rating, Status, SupplementRequest
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.tests.desk import Desk, capture
from dienhong.journal.access import log_access
from dienhong.journal.models import Access
from dienhong.payments import receipts
from dienhong.payments.models import Attempt, Capture
from dienhong.portal import cases
from dienhong.portal.tests import applying
from dienhong.portal.views import track

ASKED = [
    Missing("Màu sơn <script>alert(1)</script>", "Ghi thiếu màu.", "colour", "NĐ 140/2016, Điều 10 khoản 3"),
    Missing("Phiếu xuất xưởng", "Cần ảnh rõ.", "slip_copy"),
]


def client(person: Any, **how: Any) -> Client:
    return applying.client(person, **how)


def accepted(desk: Desk, dossier: Dossier) -> Dossier:
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    persist.step(dossier, message("register_answered", "x"), by="job:test", facts={"register_match": True})
    return Dossier.objects.get(pk=dossier.pk)


def finished(desk: Desk) -> Dossier:
    dossier = accepted(desk, desk.filed())
    capture(money.standing(dossier))
    persist.step(dossier, message("result_delivered", "y"), by="job:test")
    return Dossier.objects.get(pk=dossier.pk)


def case(dossier: Dossier, tail: str = "") -> str:
    return f"/portal/mine/{dossier.code}/{tail}"


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_halt_is_a_step_of_its_own(desk: Desk) -> None:
    dossier = accepted(desk, desk.filed("other_papers"))
    answering.withdraw(by=desk.citizen, dossier=dossier)
    page = text(client(desk.citizen).get(case(dossier)))
    assert [each.label for each in cases.steps(Dossier.objects.get(pk=dossier.pk)) if each.here] == ["Xin rút hồ sơ"]
    assert "sửa được" not in page


def test_the_agency_at_work_is_where_it_stands_and_not_the_payment(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    assert [each.label for each in cases.steps(Dossier.objects.get(pk=dossier.pk)) if each.here] == [
        "Cơ quan giải quyết"
    ]
    page = text(client(desk.citizen).get(case(dossier), headers={"accept-language": "en"}))
    way = [re.sub(" +", " ", each) for each in re.findall(r"<li[^>]*><b>([^<]*)</b>", page)]
    assert way == ["Sent", "Accepted by the agency", "Work by the agency", "Payment", "Signed result",
                   "Result handed over"]  # fmt: skip
    assert "<b>Send" not in page


def test_my_dossiers_stand_by_whose_turn_it_is(desk: Desk) -> None:
    to_pay, new, over = accepted(desk, desk.filed()), desk.filed(chassis_no="RLMAUFADL20000002"), finished(desk)
    page = text(client(desk.citizen).get("/portal/mine/"))
    places = [page.index(each) for each in (to_pay.code, new.code, over.code)]
    assert places == sorted(places)
    assert page.index('id="todo"') < places[0] < page.index('id="running"') < places[1] < page.index('id="over"')
    empty = text(client(desk.other).get("/portal/mine/"))
    assert "Bạn chưa nộp hồ sơ nào" in empty
    assert to_pay.code not in empty
    home = text(client(desk.citizen).get("/portal/"))
    assert "1 việc đến lượt bạn" in home


def test_a_refused_dossier_says_where_its_reason_stands(desk: Desk) -> None:
    """The sentence stands in lists and where one follows without an account, too: nothing is below it there."""
    dossier = desk.filed()
    deciding.refuse(by=desk.clerk, place=desk.place(dossier, "accept_check"), reason="Khai rồi", basis="Điều 10")
    page = text(client(desk.citizen).get("/portal/mine/"))
    assert "Lý do và căn cứ ghi trong hồ sơ." in page
    assert "ở dưới" not in page
    page = text(client(desk.citizen).get(case(dossier)))
    assert page.index("Lý do và căn cứ ghi trong hồ sơ.") < page.index("Khai rồi")


def test_bills_of_several_dossiers_in_one_transfer(desk: Desk) -> None:
    one, two = accepted(desk, desk.filed()), accepted(desk, desk.filed(chassis_no="RLMAUFADL20000002"))
    first, second = (money.standing(each) for each in (one, two))
    mine, link = client(desk.citizen), f"/payments/{first.code}/?k={first.token}"
    assert "Nộp 2 khoản trong một lần chuyển: 65.880.000 đ" in text(mine.get("/portal/mine/"))
    assert f'value="{second.code}"' in text(mine.get(link))
    assert two.code in text(mine.get(link))
    stranger = client(desk.other)
    assert second.code not in text(stranger.get(link)), "the link of one bill shows no other case"
    sent = {"provider": "vietqr", "with": [second.code]}
    answer = mine.post(f"/payments/{first.code}/begin/", sent)
    page = text(mine.get(answer["Location"]))
    assert "65.880.000 đ" in page
    assert second.code in page
    assert stranger.get(f"{answer['Location']}k={first.token}").status_code == 404
    stranger.post(f"/payments/{first.code}/begin/", {**sent, "k": first.token})
    assert Attempt.objects.latest("pk").amount == 32_940_000, "only the bill of the link"


def test_the_case_in_plain_words(desk: Desk) -> None:
    dossier = accepted(desk, desk.filed())
    log_access_outside(desk, dossier)
    page = text(client(desk.citizen).get(case(dossier)))
    assert "Chờ bạn nộp tiền, muộn nhất lúc" in page
    bill = money.standing(dossier)
    assert f"/payments/{bill.code}/?k={bill.token}" in page
    assert "32.940.000" in page
    assert "Nghị định 70/2020/NĐ-CP" in page
    assert "RLMAUFADL20000001" in page
    assert "/documents/" in page
    reads = page[page.index('id="reads"') : page.index('id="files"')]
    assert "Chuyên viên thụ lý" in reads
    assert "Cục Thuế" in reads
    assert "Xác định giá" in reads
    assert desk.officer.display_name not in page


def test_the_like_of_one_day_is_one_line_with_how_often(desk: Desk) -> None:
    dossier = accepted(desk, desk.filed())
    for _time in range(3):
        log_access_outside(desk, dossier)
    [line] = cases.reads(dossier)
    assert (line.times, line.since <= line.at) == (3, True)
    at = f"{line.at.astimezone(clock.HANOI):%H:%M %d/%m/%Y}"
    assert f"3 lần, {at}</span>" in re.sub(" +", " ", text(client(desk.citizen).get(case(dossier))))


def test_what_was_supplemented_is_acknowledged(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=ASKED[:1])
    data = {**dossier.contents.get().data, "colour": "đỏ"}
    answering.supplement(by=desk.citizen, dossier=dossier, data=data)
    assert "Bạn bổ sung lúc" in text(client(desk.citizen).get(case(dossier)))
    assert "Bạn bổ sung lúc" in text(client(desk.citizen).get("/portal/mine/"))


def log_access_outside(desk: Desk, dossier: Dossier) -> None:
    """As the log's own function writes it, without its demand for a transaction of its own."""
    assert log_access  # the screens of officers call it; a test runs inside a transaction
    Access.objects.create(
        actor=desk.officer.actor, kind=Access.Kind.OPEN, object_kind="dossier", object_ids=[dossier.pk],
        unit_id=str(dossier.unit_id), purpose="Xác định giá", business_at=clock.business_now(),
    )  # fmt: skip


@pytest.mark.parametrize("tail", ["", "filed/", "supplement/", "files/{file}/"])
def test_another_persons_pages_are_not_there(desk: Desk, tail: str) -> None:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=ASKED)
    row = Attachment.objects.create(
        dossier=dossier, field="slip_copy", name="a.pdf", kind="application/pdf", size=1, digest="0" * 64,
        verdict="clean",
    )  # fmt: skip
    address = case(dossier, tail.format(file=row.pk))
    for stranger in (desk.other, desk.clerk, desk.officer):
        assert client(stranger).get(address).status_code == 404
    assert client(desk.citizen).get("/portal/mine/G12.18.01-200820-9999/").status_code == 404
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("verb", ["supplement", "withdraw", "take-back", "rate", "complain"])
def test_another_persons_acts_do_nothing(desk: Desk, verb: str) -> None:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=ASKED)
    sent = {"reason": "x", "grade": "3", "about": "rule", "text": "x"}
    for stranger in (desk.other, desk.clerk):
        assert client(stranger).post(case(dossier, f"{verb}/"), sent).status_code == 404
    assert client(desk.citizen, enforce_csrf_checks=True).post(case(dossier, f"{verb}/"), sent).status_code == 403
    if verb != "supplement":
        assert client(desk.citizen).get(case(dossier, f"{verb}/"))["Location"].partition("#")[0] == case(dossier)
    assert Dossier.objects.get(pk=dossier.pk).status == Status.SUPPLEMENT
    assert [model.objects.count() for model in (Draft, Complaint, Rating)] == [0, 0, 0]


def test_another_persons_answer_is_not_there(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=ASKED)
    client(desk.citizen).post(case(dossier, "supplement/"))
    draft = Draft.objects.get()
    base = f"{applying.BASE}/{draft.pk}"
    stranger = client(desk.other)
    for address in (f"{base}/check/", f"{base}/p/vehicle/"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{base}/send", {"truth": "yes", "dossier": dossier.code}).status_code == 404
    assert stranger.post(f"{base}/discard").status_code == 404
    assert Draft.objects.count() == 1


def test_a_supplement_without_a_script(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=ASKED)
    me = client(desk.citizen)
    told = text(me.get(case(dossier, "supplement/")))
    assert "NĐ 140/2016, Điều 10 khoản 3" in told
    assert "<script>alert" not in told
    begun = me.post(case(dossier, "supplement/"))
    draft = Draft.objects.get(dossier=dossier)
    base = f"{applying.BASE}/{draft.pk}"
    assert begun.headers["Location"] == f"{base}/p/vehicle/"
    page = text(me.get(f"{base}/p/vehicle/"))
    assert "Ghi thiếu màu." in page
    assert 'value="VinFast"' in page
    wrong = me.post(f"{base}/p/vehicle/", {"colour": "đỏ <b>tươi</b>", "engine_cc": "nhiều lắm"})
    assert wrong.status_code == 422
    assert 'value="nhiều lắm"' in text(wrong)
    assert "đỏ &lt;b&gt;tươi&lt;/b&gt;" in text(wrong)
    right = me.post(f"{base}/p/vehicle/", {"colour": "đỏ", "engine_cc": "1.399"})
    assert right.headers["Location"] == f"{base}/p/papers/"
    assert "Cần ảnh rõ." in text(me.get(f"{base}/p/papers/"))
    slip = SimpleUploadedFile("phiếu.pdf", applying.pdf(), "application/pdf")
    assert me.post(f"{base}/p/papers/", {"file.slip_copy": slip}).headers["Location"] == f"{base}/check/"
    check = text(me.get(f"{base}/check/"))
    assert "Gửi bổ sung" in check
    assert "32.940.000" in check
    undeclared = me.post(f"{base}/send", {"dossier": dossier.code, "seen": "truth"})
    assert undeclared.status_code == 422
    sent = me.post(f"{base}/send", {"dossier": dossier.code, "seen": "truth", "truth": "yes"})
    assert sent.headers["Location"] == case(dossier)
    again = me.post(f"{base}/send", {"dossier": dossier.code, "seen": "truth", "truth": "yes"})
    assert again.headers["Location"] == case(dossier)
    dossier.refresh_from_db()
    content = dossier.contents.latest("number")
    assert (dossier.status, content.number, content.data["colour"]) == (Status.NEW, 2, "đỏ")
    assert "colour" in content.changed
    assert [row.content_number for row in dossier.attachments.all()] == [2]
    assert SupplementRequest.objects.get().answered_at is not None
    assert not Draft.objects.exists()
    shown = text(me.get(case(dossier)))
    assert "Lần 2" in shown
    assert me.get(case(dossier, f"files/{dossier.attachments.get().pk}/")).content == applying.pdf()


def test_a_file_that_is_exchanged_stays_readable_under_its_version(desk: Desk, settings: Any) -> None:
    dossier = desk.filed()
    old = Attachment.objects.create(
        dossier=dossier, field="slip_copy", name="mờ.pdf", kind="application/pdf", size=1, digest="1" * 64,
        verdict="clean",
    )  # fmt: skip
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=ASKED)
    from dienhong.dossiers.actions.answer_drafts import open_answer, send_answer

    draft = open_answer(by=desk.citizen, dossier=dossier)
    assert draft.pk == open_answer(by=desk.citizen, dossier=dossier).pk
    draft.data = {**draft.data, "colour": "xanh", "truth": "yes"}
    draft.save()
    Attachment.objects.filter(draft=draft).update(removed_at=clock.record_now())
    handed(draft, "slip_copy", "exemption_proof")  # asked for though the form hides it; hidden and not asked for
    send_answer(by=desk.citizen, draft=draft)
    old.refresh_from_db()
    assert old.removed_at is not None
    assert [each.field for each in dossier.attachments.filter(removed_at=None)] == ["slip_copy"]
    page = text(client(desk.citizen).get(case(dossier)))
    assert "đã thay ở lần sau" in page
    assert "<b>Phiếu xuất xưởng hoặc giấy chứng nhận chất lượng</b>" in page


def handed(draft: Draft, *fields: str) -> None:
    for number, each in enumerate(fields):
        Attachment.objects.create(
            draft=draft, field=each, name=f"{each}.pdf", kind="application/pdf", size=1, digest=f"{number}" * 64,
            verdict="clean",
        )  # fmt: skip


def test_withdraw_and_take_back(desk: Desk) -> None:
    dossier, me = accepted(desk, desk.filed()), client(desk.citizen)
    assert me.post(case(dossier, "withdraw/"), {"reason": "Bán lại xe\0"}).status_code == 302
    assert "Bạn xin rút lúc 10:00 20/08/2020" in text(me.get(case(dossier)))
    assert me.post(case(dossier, "take-back/")).status_code == 302
    refused = me.post(case(dossier, "take-back/"))
    assert refused.status_code == 409
    assert "Không có yêu cầu rút nào đang chờ" in text(refused)


def test_rating_and_complaint_keep_what_was_typed(desk: Desk) -> None:
    dossier, me = finished(desk), client(desk.citizen)
    refused = me.post(case(dossier, "rate/"), {"grade": "1", "comment": " "})
    assert refused.status_code == 409
    assert re.search(r'value="1" checked', text(refused))
    # The page is long: the fault takes the focus, and without a script the address leads to where it stands.
    assert re.search(r'class="error-summary"[^>]*><p><b>Ghi điều chưa hài lòng', text(refused))
    assert 'rate/#rate"' in text(refused)
    assert me.post(case(dossier, "rate/"), {"grade": "nhiều"}).status_code == 409
    assert me.post(case(dossier, "rate/"), {"grade": "1", "comment": "Chờ lâu <i>"}).status_code == 302
    assert me.post(case(dossier, "rate/"), {"grade": "3"}).status_code == 409
    refused = me.post(case(dossier, "complain/"), {"about": "", "text": "Giấy mời <b>sai</b>"})
    assert refused.status_code == 409
    assert "Giấy mời &lt;b&gt;sai&lt;/b&gt;</textarea>" in text(refused)
    me.post(case(dossier, "complain/"), {"about": "conduct", "text": "Giấy mời <b>sai</b>"})
    row = Complaint.objects.get()
    voicing.answer_complaint(by=desk.leader, complaint=row, text="Đã sửa.")
    page = text(me.get(case(dossier)))
    assert "phải trả lời trước hết ngày 11/09/2020" in page
    assert "Đã sửa." in page
    assert "Chưa hài lòng: Chờ lâu &lt;i&gt;" in page
    assert "<b>sai</b>" not in page


def test_tracking_tells_status_and_nothing_else(desk: Desk) -> None:
    dossier = accepted(desk, desk.filed())
    stranger = Client()
    shown = stranger.post("/portal/track/", {"code": f" {dossier.code.lower()} ", "secret": dossier.secret.lower()})
    page = text(shown)
    assert shown.status_code == 200
    assert "Chờ bạn nộp tiền" in page
    assert "Đến lượt bạn" in page
    bill = money.standing(dossier)
    for private in ("Nguyễn Văn Mẫu", "RLMAUFADL", "001085000001", "32.940.000", bill.token, dossier.secret):
        assert private not in page


def test_codes_cannot_be_told_from_one_another(desk: Desk) -> None:
    dossier = desk.filed()
    answers = []
    for code in (dossier.code, "G12.18.01-200820-9999"):
        said = Client().post("/portal/track/", {"code": code, "secret": "AAAAAAAA"})
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", text(said))
        answers.append((said.status_code, page.replace(f'value="{code}"', "")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    for _each in range(track.MOST - 2):
        Client().post("/portal/track/", {"code": dossier.code, "secret": "BBBBBBBB"})
    stopped = Client().post("/portal/track/", {"code": dossier.code, "secret": dossier.secret})
    assert stopped.status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").post(
        "/portal/track/", {"code": dossier.code, "secret": dossier.secret}
    ).status_code == 200  # fmt: skip
    filled = text(Client().get("/portal/track/?code=<script>&secret=AAAAAAAA"))
    assert 'value="AAAAAAAA"' not in filled
    assert 'value="&lt;SCRIPT&gt;"' in filled
    assert "<script>&" not in filled


def test_after_sending_code_secret_and_picture(desk: Desk) -> None:
    dossier = desk.filed()
    page = text(client(desk.citizen).get(case(dossier, "filed/")))
    assert dossier.code in page
    assert dossier.secret in page
    assert 'class="qr"' in page


def test_money_has_one_signed_receipt(desk: Desk) -> None:
    dossier = accepted(desk, desk.filed())
    capture(money.standing(dossier), 10_000_000)
    row = Capture.objects.select_related("bill").get()
    first = receipts.make_receipt(by="job:test", capture=row)
    row.receipt.delete()
    second = receipts.make_receipt(by="job:test", capture=Capture.objects.select_related("bill").get())
    assert (first.number, first.address) == (second.number, second.address)
    paper = Issued.objects.get(kind="fee_receipt")
    assert (paper.owner_id, paper.data["total"]) == (str(dossier.pk), 10_000_000)
    page = text(client(desk.citizen).get(case(dossier)))
    assert first.address in page
    assert "10,000,000 VND" in text(Client().get(first.address, headers={"accept-language": "en"}))
    assert client(desk.citizen).get(f"/documents/{paper.pk}/file").status_code == 200
    assert client(desk.other).get(f"/documents/{paper.pk}/file").status_code == 404


def test_a_citizen_lands_in_the_portal(desk: Desk) -> None:
    me = client(desk.citizen)
    assert me.get("/").headers["Location"] == "/portal/"
    bar = text(me.get("/portal/"))
    bar = bar[bar.index('<nav class="nav"') : bar.index("</nav>")]
    assert "/portal/mine/" in bar
    assert "/duties/" not in bar
    assert answering.WITHDRAWABLE  # the page offers withdrawing by it


def test_an_amount_of_a_dossier_that_is_over_is_not_asked_for(desk: Desk) -> None:
    dossier = desk.filed()
    assert "Phải nộp bao nhiêu, vì sao" in text(client(desk.citizen).get(case(dossier)))
    deciding.refuse(by=desk.clerk, place=desk.place(dossier, "accept_check"), reason="Khai trùng.", basis="Điều 10")
    page = text(client(desk.citizen).get(case(dossier)))
    assert "khoản này không phải nộp nữa" in page
    assert "Phải nộp bao nhiêu, vì sao" not in page
