"""One Vietnamese word, two English ones: Django shows the catalogue of the room that stands first, whoever asks. Where
the applicant's and the officer's pages would say something else than they wrote, the word needs a context."""

from pathlib import Path

import pytest
from django.utils import translation

from dienhong.base.tests.test_look_messages import entries
from dienhong.dossiers.templatetags import applying

ROOMS = Path(__file__).resolve().parents[2]
# Said otherwise elsewhere, and right here too.
ALIKE = {
    "Có kết quả", "Căn cứ", "Ghi bản mới", "Ghi chú", "Hồ sơ đã gửi", "Lấy dữ liệu cho tờ khai “%(form)s”",
    "Sổ thu phí", "Sửa", "chờ trả lời", "ngày", "số nguyên",
}  # fmt: skip


@pytest.mark.parametrize("room", ["portal", "dossiers"])
def test_what_the_room_wrote_is_what_is_shown(room: str) -> None:
    written = (ROOMS / room / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    with translation.override("en"):
        said = {
            vietnamese: translation.gettext(vietnamese)
            for vietnamese, texts in entries(written).items()
            if "\x04" not in vietnamese and len(texts) == 1
        }
    own = entries(written)
    other = {key for key, text in said.items() if own[key][0] not in ("", text)}
    assert other <= ALIKE, {key: said[key] for key in other - ALIKE}


def test_ready_reasons_of_a_supplement_are_said_in_the_pages_language() -> None:
    ready = {"what": {"vi": "Hóa đơn", "en": "Invoice"}, "reason": {"vi": "Mờ.", "en": "Blurred."}}
    sheet = {"reasons": {"supplement": [ready]}}
    with translation.override("en"):
        assert (applying.ready("Hóa đơn", sheet), applying.ready("Mờ.", sheet)) == ("Invoice", "Blurred.")
        assert applying.ready("Cần ảnh rõ.", sheet) == '<span lang="vi">Cần ảnh rõ.</span>'
        assert applying.ready("Hóa đơn", {}) == '<span lang="vi">Hóa đơn</span>'
    with translation.override("vi"):
        assert applying.ready("Hóa đơn", sheet) == "Hóa đơn"
