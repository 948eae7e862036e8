"""One Vietnamese word, two English ones: Django shows the catalogue of the room that stands first, whoever asks. Where
the applicant's and the officer's pages would say something else than they wrote, the word needs a context."""

from pathlib import Path

import pytest
from django.utils import translation

from dienhong.base.tests.test_look_messages import entries

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
