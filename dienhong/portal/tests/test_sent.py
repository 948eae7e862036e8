"""What goes with a dossier and what comes of it: files, what was known before, the paper at the end."""

import io
import uuid

import pikepdf

from dienhong.base import store
from dienhong.documents.models import Issued
from dienhong.dossiers.actions import filing
from dienhong.dossiers.actions.answer_drafts import typed
from dienhong.dossiers.actions.drafts import start_draft as begin_draft
from dienhong.dossiers.actions.loading import current
from dienhong.dossiers.models import Attachment, Draft
from dienhong.dossiers.queries import drafts
from dienhong.dossiers.tests.desk import FADIL, Desk
from dienhong.portal.tests.test_mine import client, finished, handed, text


def test_a_file_of_a_question_that_is_no_longer_asked_is_not_sent(desk: Desk) -> None:
    """Handed in while the slip did not match; then the number was corrected and the page shows the file no more."""
    version = current("vehicle_registration_fee")
    said = {**typed(drafts.form_of(version), FADIL), "truth": "yes"}
    draft = Draft.objects.create(person=desk.citizen, version=version, data=said, token=uuid.uuid4())
    handed(draft, "slip_copy", "other_papers")
    dossier = filing.file(by=desk.citizen, draft=draft)
    assert [each.field for each in dossier.attachments.all()] == ["other_papers"]
    assert not Attachment.objects.filter(draft__isnull=False).exists()


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


def test_the_signed_result_is_one_page(desk: Desk) -> None:
    """Articles once, beside their steps; rows of tables by name, since nothing can be pressed on paper."""
    paper = Issued.objects.get(owner_id=str(finished(desk).pk), kind="fee_confirmation")
    with pikepdf.open(io.BytesIO(store.get(paper.pdf_digest))) as pdf:
        assert len(pdf.pages) == 1
    price = paper.data["steps"][0]["law"]
    assert "Bảng giá minh họa" in price
    assert "Dòng MH-101 trong bảng" in price
    assert "xem dòng" not in price
