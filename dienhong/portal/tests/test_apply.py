"""Filling in without a script: the whole way, what is kept, what is asked anew, and what nobody else may do."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from dienhong.dossiers.actions import drafts as actions
from dienhong.dossiers.models import Attachment, Draft
from dienhong.journal.models import Event
from dienhong.portal.tests import applying
from dienhong.portal.tests.applying import ANSWERS, BASE, Answer, Registers, begin
from dienhong.portal.views import apply_check, apply_page

pytestmark = pytest.mark.usefixtures("ground_database", "on_the_day")


def url(draft: Draft, page: str) -> str:
    return f"{BASE}/{draft.pk}/p/{page}/"


def seen(answer: HttpResponse) -> str:
    return re.search(r'name="seen" value="([^"]*)"', answer.content.decode())[1]  # type: ignore[index]


def send(me: Client, draft: Draft, page: str, do: str = "next", **said: Any) -> HttpResponse:
    """As a browser does: read the page, send what it shows."""
    shown = me.get(url(draft, page))
    assert shown.status_code == 200, (page, shown.status_code, shown.get("Location"))
    return me.post(url(draft, page), {**ANSWERS.get(page, {}), "seen": seen(shown), "do": do, **said})


def walk(me: Client, draft: Draft, upto: str = "") -> None:
    """The pages before `upto`, filled by the actions themselves."""
    for page in ANSWERS:
        if page == upto:
            return
        saved = actions.save_page(by=draft.person, draft=draft, page=page, typed=ANSWERS[page])
        assert not saved.faults, (page, saved.faults)
        draft = actions.ask_registers(by=draft.person, draft=saved.draft, page=page, ask=apply_page.ask)


def walk_by_hand(me: Client, draft: Draft) -> None:
    for page in ANSWERS:
        answer = send(me, draft, page)
        assert answer.status_code == 302, (page, re.findall(r"✕|<li>.*?</li>", answer.content.decode()))


def test_before_signing_in_fee_and_time_are_shown(me: Client) -> None:
    text = Client().get(f"{BASE}/").content.decode()
    for words in ("1 ngày làm việc", "Điều 10 khoản 4", "Nộp hồ sơ không mất tiền", "mức độ 4", "Đăng nhập để khai"):
        assert words in text
    assert "Nghị định 70/2020" in text
    assert "Nghị định 10/2022" not in text  # not yet in force
    english = Client().get(f"{BASE}/", headers={"accept-language": "en"}).content.decode()
    assert "Decree 140/2016/NĐ-CP, Article 10 clause 4 point a" in english
    assert Client().get("/portal/apply/nothing/").status_code == 404


def test_the_whole_way(me: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = begin(me)
    walk_by_hand(me, draft)
    check = me.get(f"{BASE}/{draft.pk}/check/")
    text = check.content.decode()
    assert check.status_code == 200
    assert "32.400.000" in text  # 540 million × 12 % × 50 %
    assert "Nghị định 70/2020" in text
    assert "Toyota" in text
    assert "Cục Đăng kiểm" in text
    assert "disabled" not in text
    filed: list[Draft] = []
    monkeypatch.setattr(apply_check, "file_draft", lambda *, by, draft: filed.append(draft) or _Filed())
    refused = me.post(f"{BASE}/{draft.pk}/send", {"token": str(draft.token)})
    assert refused.status_code == 422
    assert "đồng ý với lời cam kết" in refused.content.decode()
    assert not filed
    sent = me.post(f"{BASE}/{draft.pk}/send", {"token": str(draft.token), "truth": "yes"})
    assert (sent.status_code, sent["Location"]) == (302, "/portal/mine/X/filed/")
    assert [each.pk for each in filed] == [draft.pk]


class _Filed:
    code = "X"


def test_a_browser_closed_after_any_page_goes_on_where_it_was(me: Client) -> None:
    """Each page by a new browser, which finds the draft in its list at the page saved last; what was typed is there,
    nothing is asked again and no second draft comes of it."""
    draft = begin(me)
    for page, typed in ANSWERS.items():
        assert send(applying.client(draft.person), draft, page).status_code == 302
        later = applying.client(draft.person)
        assert f'href="{url(draft, page)}"' in later.get("/portal/apply/drafts/").content.decode()
        kept = later.get(url(draft, page)).content.decode()
        assert all(f'value="{each}"' in kept for each in typed.values() if each), page
    assert Draft.objects.count() == 1
    apply_page.ask.asked.clear()  # type: ignore[attr-defined]
    assert applying.client(draft.person).get(f"{BASE}/{draft.pk}/check/").status_code == 200
    assert not apply_page.ask.asked, "what registers said is kept too"  # type: ignore[attr-defined]


def test_registers_are_asked_once_and_their_word_is_locked(me: Client, asked: Registers) -> None:
    draft = begin(me)
    walk(me, draft, "vehicle")
    assert asked.asked == [("vehicle_register", {"slip_no": "MAU-2020-0002", "chassis_no": "MAUTYVXE000000002"})]
    send(me, draft, "slip")
    assert len(asked.asked) == 1
    text = me.get(url(draft, "vehicle")).content.decode()
    assert "Theo Cục Đăng kiểm Việt Nam, lúc" in text
    assert ' name="brand"' not in text
    send(me, draft, "vehicle", brand="Ferrari", seats="2")
    draft.refresh_from_db()
    assert (draft.data["brand"], draft.data["seats"]) == ("Toyota", "5")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("missing", "không có Phiếu kiểm tra"),
        ("mismatch", "không khớp: Số khung"),
        ("slow", "chưa trả lời kịp"),
        ("down", "không hỏi được"),
    ],
)
def test_a_register_that_does_not_help_has_its_words_and_a_way_on(
    me: Client, asked: Registers, state: str, words: str
) -> None:
    asked.answers["vehicle_register"] = Answer(state, mismatch=("chassis_no",))
    draft = begin(me)
    walk(me, draft, "slip")
    assert send(me, draft, "slip")["Location"] == url(draft, "slip")
    text = me.get(url(draft, "slip")).content.decode()
    assert words in text
    assert ("Hỏi lại</button>" in text) is (state in {"slow", "down"})
    assert send(me, draft, "slip")["Location"] == url(draft, "vehicle")  # the next press goes on
    by_hand = {"vehicle_type": "car", "brand": "Toyota", "model": "Vios E (CVT)", "seats": "5", "powertrain": "petrol",
               "engine_cc": "1.496", "engine_no": "MAU2NR0000002", "origin": "domestic", "country": "VN",
               "year_made": "2020"}  # fmt: skip
    first = send(me, draft, "vehicle", **by_hand)
    if first.status_code == 200:  # answers that open more questions show them once before anything is wrong
        first = send(me, draft, "vehicle", **by_hand)
    assert first.status_code == 302
    if state in {"slow", "down"}:
        asked.answers["vehicle_register"] = Answer("found", applying.SLIP)
        send(me, draft, "slip", do="again:vehicle_register")
        draft.refresh_from_db()
        assert draft.data["vehicle_register.state"] == "found"


def test_wrong_input_keeps_everything_typed(me: Client) -> None:
    draft = begin(me)
    typed = {"address": "Số 1", "address_district": "Hoàn Kiếm", "address_province": "01", "phone": "<b>12</b>"}
    answer = send(me, draft, "contact", **typed, email="không có")
    text = answer.content.decode()
    assert answer.status_code == 422
    for kept in ('value="Số 1"', 'value="&lt;b&gt;12&lt;/b&gt;"', 'value="không có"'):
        assert kept in text
    assert '<a href="#f-phone">' in text
    assert 'id="f-phone-error"' in text
    assert 'aria-invalid="true"' in text
    draft.refresh_from_db()
    assert draft.data["phone"] == "<b>12</b>"
    assert 'value="không có"' in me.get(url(draft, "contact")).content.decode()  # resumed as it was


def test_an_answer_that_opens_questions_shows_them_before_it_complains(me: Client) -> None:
    draft = begin(me)
    answer = send(me, draft, "agent", by_agent="yes")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "có thêm câu hỏi" in text
    assert "errorlist" not in text
    again = send(me, draft, "agent", by_agent="yes")
    assert again.status_code == 422
    assert "Chưa có câu trả lời" in again.content.decode()


def test_hidden_answers_are_kept_and_not_filed(me: Client) -> None:
    draft = begin(me)
    walk(me, draft)
    send(me, draft, "agent", by_agent="yes", agent_name="Công ty Mẫu")
    send(me, draft, "agent", by_agent="no", agent_name="Công ty Mẫu")  # hidden, and sent by the browser all the same
    send(me, draft, "agent", by_agent="no")
    draft.refresh_from_db()
    assert draft.data["agent_name"] == "Công ty Mẫu"
    assert "Công ty Mẫu" not in me.get(f"{BASE}/{draft.pk}/check/").content.decode()
    send(me, draft, "agent", by_agent="yes")
    assert 'value="Công ty Mẫu"' in me.get(url(draft, "agent")).content.decode()


def test_rows_come_and_go_by_plain_buttons(me: Client) -> None:
    draft = begin(me)
    walk(me, draft, "owners")
    one = {"shared": "yes", "co_owners.rows": "1", "co_owners.0.name": "Trần Thị Mẫu"}
    text = send(me, draft, "owners", do="add:co_owners", **one).content.decode()
    assert 'name="co_owners.1.name"' in text
    assert 'value="Trần Thị Mẫu"' in text
    two = {**one, "co_owners.rows": "2", "co_owners.1.name": "Lê Văn Mẫu", "co_owners.1.identity_number": "1"}
    wrong = send(me, draft, "owners", **two).content.decode()
    assert '<a href="#f-co-owners-1-identity-number">' in wrong
    text = send(me, draft, "owners", do="remove:co_owners.0", **two).content.decode()
    assert "Trần Thị Mẫu" not in text
    assert 'name="co_owners.0.name" id="f-co-owners-0-name" value="Lê Văn Mẫu"' in text
    for odd in ("remove:co_owners.9", "remove:co_owners.x", "add:truth", "remove:", "add:nothing"):
        assert send(me, draft, "owners", do=odd, **two).status_code == 200


def test_saved_while_typing_and_later(me: Client) -> None:
    draft = begin(me)
    answer = me.post(url(draft, "taxpayer"), {"taxpayer_name": "Ng", "do": "autosave"})
    assert answer.json() == {"saved": "09:00"}
    assert send(me, draft, "taxpayer", do="save")["Location"] == "/portal/apply/drafts/"
    assert "Khai, nộp lệ phí trước bạ xe" in me.get("/portal/apply/drafts/").content.decode()


def upload(me: Client, draft: Draft, name: str, data: bytes, do: str = "upload:other_papers") -> HttpResponse:
    return send(me, draft, "papers", do=do, **{"file.other_papers": SimpleUploadedFile(name, data)})


def test_files_come_and_go(me: Client) -> None:
    draft = begin(me)
    walk(me, draft, "papers")
    text = upload(me, draft, "../../Hóa đơn.exe", applying.pdf()).content.decode()
    assert "Hóa đơn.pdf" in text
    assert "chưa quét mã độc" in text
    row = Attachment.objects.get(draft=draft)
    got = me.get(f"{BASE}/{draft.pk}/files/{row.pk}/")
    assert got.content == applying.pdf()
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"]
    assert "chính là tệp" not in upload(me, draft, "Hóa đơn.pdf", applying.pdf()).content.decode(), "sent twice"
    text = upload(me, draft, "again.pdf", applying.pdf()).content.decode()
    assert "“again.pdf” chính là tệp “Hóa đơn.pdf” đã có ở mục này" in text
    assert Attachment.objects.filter(draft=draft).count() == 1  # the same bytes once
    text = send(me, draft, "papers", do=f"drop:{row.pk}").content.decode()
    assert "Hóa đơn.pdf" not in text
    assert me.get(f"{BASE}/{draft.pk}/files/{row.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("trang.html", b"<html><script>alert(1)</script>"),
        ("anh.png", b"\x89PNG\r\n\x1a\n"),
        ("phieu.pdf", b"MZ\x90\x00\x03"),
        ("anh.svg", b"<svg onload=alert(1)>"),
        ("trong.pdf", b""),
        ("hai.png", applying.png() + b"PK\x03\x04"),
    ],
)
def test_files_that_are_not_what_they_say_are_refused_beside_their_field(me: Client, name: str, data: bytes) -> None:
    draft = begin(me)
    walk(me, draft, "papers")
    answer = upload(me, draft, name, data)
    assert answer.status_code == 422
    assert 'id="f-other-papers-error"' in answer.content.decode()
    assert not Attachment.objects.exists()


def test_too_many_files_and_strange_fields(me: Client) -> None:
    draft = begin(me)
    walk(me, draft, "papers")
    for number in range(3):
        upload(me, draft, f"{number}.pdf", applying.pdf() + b" " * number)
    assert upload(me, draft, "4.pdf", applying.pdf() + b"    ").status_code == 422
    strange = send(me, draft, "papers", **{"file.truth": SimpleUploadedFile("a.pdf", applying.pdf())})
    assert strange.status_code == 422
    assert Attachment.objects.count() == 3


XSS = "\"><script>alert(1)</script>'{{7*7}}<img src=x onerror=alert(1)>"


def test_what_is_typed_is_never_markup(me: Client) -> None:
    draft = begin(me)
    for page in ("taxpayer", "contact", "registration"):
        fields = dict.fromkeys(ANSWERS[page], XSS)
        text = me.post(url(draft, page), {**fields, "do": "next"}).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    walk(me, draft)
    me.post(url(draft, "taxpayer"), {**ANSWERS["taxpayer"], "taxpayer_name": XSS, "seen": "taxpayer_name"})
    text = me.get(f"{BASE}/{draft.pk}/check/").content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text


def test_odd_bytes_do_not_break_anything(me: Client) -> None:
    draft = begin(me)
    answer = me.post(
        url(draft, "taxpayer"), {"taxpayer_name": "a\x00b\ud7ffc\u202e", "do": "next", "seen": "taxpayer_name"}
    )
    assert answer.status_code == 422
    me.post(url(draft, "owners"), {"shared": "yes", "co_owners.rows": "9" * 30, "do": "next"})
    me.post(url(draft, "owners"), {"shared": "yes", "co_owners.rows": "-1", "do": "add:co_owners"})
    assert me.get(url(draft, "nothing")).status_code == 404


def test_anothers_draft_is_not_there(me: Client) -> None:
    draft = begin(me)
    walk(me, draft, "papers")
    upload(me, draft, "a.pdf", applying.pdf())
    row = Attachment.objects.get()
    before = Draft.objects.get(pk=draft.pk).data
    other = applying.client(applying.person("nguoi-khac"))
    own = begin(other)
    for address in (url(draft, "taxpayer"), f"{BASE}/{draft.pk}/check/", f"{BASE}/{draft.pk}/files/{row.pk}/",
                    f"{BASE}/{own.pk}/files/{row.pk}/"):  # fmt: skip
        assert other.get(address).status_code == 404, address
    for address in (url(draft, "taxpayer"), f"{BASE}/{draft.pk}/send", f"{BASE}/{draft.pk}/discard"):
        assert other.post(address, {"taxpayer_name": "Kẻ khác", "token": str(draft.token)}).status_code == 404, address
    send(other, own, "taxpayer", do=f"drop:{row.pk}")
    assert Attachment.objects.filter(pk=row.pk, removed_at=None).exists()
    assert Draft.objects.get(pk=draft.pk).data == before
    assert Client().get(url(draft, "taxpayer"))["Location"].startswith("/sign-in")


def test_a_forged_press_without_its_token_is_refused(me: Client) -> None:
    draft = begin(me)
    strict = applying.client(draft.person, enforce_csrf_checks=True)
    for address in (f"{BASE}/start", url(draft, "taxpayer"), f"{BASE}/{draft.pk}/send", f"{BASE}/{draft.pk}/discard"):
        assert strict.post(address, {}).status_code == 403, address
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_actions_refuse_whose_it_is_not(me: Client) -> None:
    from dienhong.base.refusal import NotPermitted, Refused

    draft = begin(me)
    other = applying.person("nguoi-khac")
    for act in (
        lambda: actions.save_page(by=other, draft=draft, page="taxpayer", typed={}),
        lambda: actions.add_file(by=other, draft=draft, field="other_papers", name="a", data=applying.pdf()),
        lambda: actions.remove_file(by=other, draft=draft, attachment=1),
        lambda: actions.discard_draft(by=other, draft=draft),
    ):
        with pytest.raises(NotPermitted):
            act()
    gone = Draft.objects.get(pk=draft.pk)
    actions.discard_draft(by=draft.person, draft=draft)
    with pytest.raises(Refused, match="cửa sổ khác"):
        actions.save_page(by=gone.person, draft=gone, page="taxpayer", typed={})
    verbs = set(Event.objects.filter(object_kind="draft").values_list("verb", flat=True))
    assert verbs == {"dossiers.start_draft", "dossiers.discard_draft"}


def test_the_journal_holds_no_answers(me: Client) -> None:
    draft = begin(me)
    walk(me, draft)
    told = " ".join(str(each) for each in Event.objects.filter(object_kind="draft").values_list("data", flat=True))
    assert "Mẫu" not in told
    assert "001085000001" not in told


def test_english_is_whole(me: Client) -> None:
    draft = begin(me)
    text = me.get(url(draft, "contact"), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    for words in ("Address and contact", "Mobile phone", "Continue", "optional"):
        assert words in text
    text = me.get("/portal/apply/vehicle_registration_fee/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Full text not seen (unconfirmed)" in text
    assert "If there is no e-invoice · 1 copy<" in text
    assert "Chưa thấy" not in text
