"""What the applicant's and the officer's pages say in English."""

from django.utils import translation

from dienhong.dossiers.templatetags import applying


def test_ready_reasons_of_a_supplement_are_said_in_the_pages_language() -> None:
    ready = {"what": {"vi": "Hóa đơn", "en": "Invoice"}, "reason": {"vi": "Mờ.", "en": "Blurred."}}
    sheet = {"reasons": {"supplement": [ready]}}
    with translation.override("en"):
        assert (applying.ready("Hóa đơn", sheet), applying.ready("Mờ.", sheet)) == ("Invoice", "Blurred.")
        assert applying.ready("Cần ảnh rõ.", sheet) == '<span lang="vi">Cần ảnh rõ.</span>'
        assert applying.ready("Hóa đơn", {}) == '<span lang="vi">Hóa đơn</span>'
    with translation.override("vi"):
        assert applying.ready("Hóa đơn", sheet) == "Hóa đơn"
