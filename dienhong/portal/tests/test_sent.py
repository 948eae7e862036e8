"""What goes with a dossier and what comes of it: files, what was known before, the paper at the end."""

import io
import re
import uuid

import pikepdf

from dienhong.base import store
from dienhong.documents.models import Issued
from dienhong.dossiers.actions import deciding, filing
from dienhong.dossiers.actions.answer_drafts import open_answer, send_answer, typed
from dienhong.dossiers.actions.drafts import discard_draft, save_page
from dienhong.dossiers.actions.drafts import start_draft as begin_draft
from dienhong.dossiers.actions.loading import current
from dienhong.dossiers.models import Attachment, Draft
from dienhong.dossiers.queries import drafts
from dienhong.dossiers.tests.desk import FADIL, Desk
from dienhong.portal.tests.test_mine import ASKED, client, finished, handed, text


def test_a_file_of_a_question_that_is_no_longer_asked_is_not_sent(desk: Desk) -> None:
    """Handed in while the slip did not match; then the number was corrected and the page shows the file no more."""
    version = current("vehicle_registration_fee")
    said = {**typed(drafts.form_of(version), FADIL), "truth": "yes"}
    draft = Draft.objects.create(person=desk.citizen, version=version, data=said, token=uuid.uuid4())
    handed(draft, "slip_copy", "other_papers")
    dossier = filing.file(by=desk.citizen, draft=draft)
    assert [each.field for each in dossier.attachments.all()] == ["other_papers"]
    assert not Attachment.objects.filter(draft__isnull=False).exists()


def test_back_after_sending_leads_to_the_dossier(desk: Desk) -> None:
    """Of a new declaration and of an answer alike; another person finds nothing, nor does who threw the draft away."""
    version = current("vehicle_registration_fee")
    draft = begin_draft(by=desk.citizen, version=version)
    draft.data = {**typed(drafts.form_of(version), FADIL), "truth": "yes"}
    draft.save()
    base = f"/portal/apply/vehicle_registration_fee/{draft.pk}"
    dossier = filing.file(by=desk.citizen, draft=draft)
    mine, home = client(desk.citizen), f"/portal/mine/{dossier.code}/"
    assert mine.get(f"{base}/check/")["Location"] == mine.get(f"{base}/p/vehicle/")["Location"] == home
    assert "Tờ khai này đã được gửi" in text(mine.get(f"{base}/send", follow=True))
    assert client(desk.other).get(f"{base}/check/").status_code == 404
    assert mine.get(f"/portal/apply/civil_status_extract/{draft.pk}/check/").status_code == 404
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=ASKED[:1])
    answer = open_answer(by=desk.citizen, dossier=dossier)
    base = f"/portal/apply/vehicle_registration_fee/{answer.pk}"
    assert mine.get(f"{base}/p/no-such-page/").status_code == 404
    Draft.objects.filter(pk=answer.pk).update(data={**answer.data, "truth": "yes", "address": "Số 2, phố Mẫu"})
    send_answer(by=desk.citizen, draft=answer)
    assert mine.get(f"{base}/check/")["Location"] == home
    thrown = begin_draft(by=desk.citizen, version=version)
    discard_draft(by=desk.citizen, draft=thrown)
    assert mine.get(f"/portal/apply/vehicle_registration_fee/{thrown.pk}/check/").status_code == 404


def test_a_draft_begins_with_what_the_person_said_anywhere(desk: Desk) -> None:
    """From the account at first, then from dossiers of any service in the person's own name; never somebody else's."""
    desk.filed(taxpayer_name="Bà Khác", identity_number="001085000009")
    civil = current("civil_status_extract")
    first = begin_draft(by=desk.citizen, version=civil)
    assert (first.data["applicant_name"], first.data["email"]) == ("citizen Mẫu", "citizen@example.org")
    assert "identity_number" not in first.data
    page = text(client(desk.citizen).get(f"/portal/apply/civil_status_extract/{first.pk}/p/applicant/"))
    assert "Theo tài khoản citizen Mẫu; sửa được." in page
    own = desk.filed(taxpayer_name="citizen Mẫu")
    second = begin_draft(by=desk.citizen, version=civil)
    assert second.data["identity_number"] == "001085000001"
    assert second.data["address"] == "Số 1, phố Mẫu, phường Mẫu, quận Ba Đình, Thành phố Hà Nội"
    assert second.origins["phone"]["dossier"] == own.code
    desk.filed(taxpayer_name="Bà Khác", identity_number="001085000009", email=None)
    third = begin_draft(by=desk.citizen, version=current("vehicle_registration_fee"))
    assert (third.data["taxpayer_name"], third.data["identity_number"]) == ("Bà Khác", "001085000009")
    assert "email" not in third.data


def test_what_was_changed_by_hand_is_nobody_elses_word(desk: Desk) -> None:
    """Over the whole block only while all of it is from there; after a change, beside the names of what still is."""
    own, version = desk.filed(taxpayer_name="citizen Mẫu"), current("vehicle_registration_fee")
    draft = begin_draft(by=desk.citizen, version=version)
    mine, base = client(desk.citizen), f"/portal/apply/vehicle_registration_fee/{draft.pk}"
    whole = f'<p class="hint origin">Theo hồ sơ trước {own.code}; sửa được.</p>'

    def contact() -> str:
        return text(mine.get(f"{base}/check/")).partition('id="part-contact"')[2].partition("</section>")[0]

    email = {"email": ""} if draft.data.get("email") else {}
    save_page(by=desk.citizen, draft=draft, page="contact", typed=email)
    assert whole in contact()
    save_page(by=desk.citizen, draft=draft, page="contact", typed={"address": "Số 9, phố Khác"})
    assert whole not in contact()
    [names] = re.findall(rf'<p class="hint origin">(.*): Theo hồ sơ trước {own.code}; sửa được.</p>', contact())
    assert names == "Xã, huyện; Tỉnh, thành phố; Điện thoại di động"


def test_the_signed_result_is_one_page(desk: Desk) -> None:
    """Articles once, beside their steps; rows of tables by name, since nothing can be pressed on paper."""
    paper = Issued.objects.get(owner_id=str(finished(desk).pk), kind="fee_confirmation")
    with pikepdf.open(io.BytesIO(store.get(paper.pdf_digest))) as pdf:
        assert len(pdf.pages) == 1
    price = paper.data["steps"][0]["law"]
    assert "Bảng giá minh họa" in price
    assert "Dòng MH-101 trong bảng" in price
    assert "xem dòng" not in price
