"""What checking a paper can say, in words for whoever asks. Each outcome says what it means and what to do."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.documents import codes, kinds, owners
from dienhong.documents.models import Issued, Revocation

LARGEST = 10 * 2**20  # bytes of a file that is looked at


class Outcome(StrEnum):
    GENUINE = "genuine"  # stands
    REPLACED = "replaced"
    REVOKED = "revoked"
    ALTERED = "altered"  # what was signed is no longer what it was
    APPENDED = "appended"  # something was added after the signature
    UNKNOWN_SIGNER = "unknown_signer"
    CERTIFICATE_EXPIRED = "certificate_expired"  # when it was signed
    CERTIFICATE_REVOKED = "certificate_revoked"  # before it was signed
    NOT_IN_BOOK = "not_in_book"  # signed by one of ours, in no book of ours
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"
    MISTYPED = "mistyped"
    UNKNOWN_CODE = "unknown_code"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`issued` is the paper as it stands in the book: of a changed file, the one that it was made from."""

    outcome: Outcome
    issued: Issued | None = None
    by_file: bool = False  # the file itself was compared; by code only the book was read
    revision: int = 0  # the first revision that the signature does not cover, or within which it breaks
    revisions: int = 0
    signer: str = ""
    signed_at: dt.datetime | None = None
    mistake: str = ""  # of a code: empty, length, letter, check
    letters: str = ""

    @property
    def stands(self) -> bool:
        return self.outcome == Outcome.GENUINE

    @property
    def tone(self) -> str:
        """good, late (true, but no longer in force; or not enough is known) or bad."""
        if self.stands:
            return "good"
        weak = {Outcome.REPLACED, Outcome.UNREADABLE, Outcome.MISTYPED, Outcome.UNKNOWN_CODE, Outcome.UNSIGNED}
        return "late" if self.outcome in weak else "bad"

    @property
    def replaced_by(self) -> Issued | None:
        return getattr(self.issued, "replaced_by", None)

    @property
    def revocation(self) -> Revocation | None:
        return getattr(self.issued, "revocation", None)

    @property
    def since(self) -> list[str]:
        return owners.since(self.issued) if self.issued is not None else []

    @property
    def title(self) -> str:
        return {
            Outcome.GENUINE: _("Đúng là giấy đã cấp và còn hiệu lực"),
            Outcome.REPLACED: _("Đã được thay bằng giấy khác"),
            Outcome.REVOKED: _("Đã bị thu hồi"),
            Outcome.ALTERED: _("Tệp đã bị sửa sau khi ký"),
            Outcome.APPENDED: _("Tệp bị thêm nội dung sau khi ký"),
            Outcome.UNKNOWN_SIGNER: _("Không biết người ký"),
            Outcome.CERTIFICATE_EXPIRED: _("Ký bằng chứng thư đã hết hạn"),
            Outcome.CERTIFICATE_REVOKED: _("Ký bằng chứng thư đã bị thu hồi"),
            Outcome.NOT_IN_BOOK: _("Chữ ký đúng nhưng giấy không có trong sổ"),
            Outcome.UNSIGNED: _("Tệp không có chữ ký số"),
            Outcome.UNREADABLE: _("Không đọc được tệp"),
            Outcome.MISTYPED: _("Mã gõ chưa đúng"),
            Outcome.UNKNOWN_CODE: _("Không có giấy nào mang mã này"),
        }[self.outcome]

    @property
    def sentence(self) -> str:
        return _sentence(self)

    def json(self) -> dict[str, Any]:
        """For machines; the same words, the same public lines, nothing more."""
        found: dict[str, Any] = {
            "outcome": str(self.outcome), "stands": self.stands, "title": self.title, "sentence": self.sentence,
            "checked": "file" if self.by_file else "code",
        }  # fmt: skip
        if self.revisions:
            found["revisions"] = {"total": self.revisions, "first_changed": self.revision or None}
        if self.signer:
            found["signer"] = self.signer
        if self.issued is not None:
            found["document"] = _public(self.issued)
            found["since"] = self.since
        return found


def _public(paper: Issued) -> dict[str, Any]:
    lang = "en" if get_language() == "en" else "vi"
    return {
        "code": codes.shown(paper.code),
        "title": paper.title,
        "number": paper.number_text,
        "dated": paper.dated.isoformat(),
        "signed_as": paper.signed_as,
        "signed_at": paper.signed_at.isoformat(),
        "sha256": paper.pdf_digest,
        "facts": [dict(zip(("label", "value"), kinds.said(line, lang), strict=True)) for line in paper.public],
    }


def _sentence(verdict: Verdict) -> str:
    match verdict.outcome:
        case Outcome.GENUINE if verdict.by_file:
            return _("Từng byte của tệp giống bản đã ký và lưu. Chữ ký đúng, giấy chưa bị thay hay thu hồi.")
        case Outcome.GENUINE:
            return _("Sổ có giấy mang mã này. Hãy so các dòng dưới đây với giấy trên tay; khác một dòng là giấy giả.")
        case Outcome.REPLACED if new := verdict.replaced_by:
            said = _("Giấy từng được cấp thật. Ngày %(day)s cơ quan đã cấp giấy số %(number)s thay cho giấy này.")
            return said % {"day": f"{new.dated:%d/%m/%Y}", "number": new.number_text}
        case Outcome.REVOKED if gone := verdict.revocation:
            said = _("Giấy từng được cấp thật và bị thu hồi ngày %(day)s. Lý do: %(reason)s")
            return said % {"day": f"{gone.dated:%d/%m/%Y}", "reason": gone.reason}
        case Outcome.ALTERED:
            return _("Nội dung đã ký không còn nguyên vẹn. Đừng dùng tệp này; hãy xin lại bản gốc ở nơi cấp.")
        case Outcome.APPENDED:
            said = _(
                "Chữ ký chỉ phủ tới lần lưu %(covered)s trong %(total)s lần lưu của tệp; từ lần lưu %(first)s là phần"
                " thêm vào mà người ký không ký. Hãy xin lại bản gốc ở nơi cấp."
            )
            return said % {"covered": verdict.revision - 1, "total": verdict.revisions, "first": verdict.revision}
        case Outcome.MISTYPED:
            return _mistake(verdict)
        case other:
            return _plain(other)


def _plain(outcome: Outcome) -> str:
    return {
        Outcome.UNKNOWN_SIGNER: _(
            "Chữ ký nguyên vẹn nhưng không do cơ quan chứng thực của hệ thống này cấp. Ai cũng tự tạo được chữ ký như"
            " vậy, nên tệp này không chứng minh điều gì."
        ),
        Outcome.CERTIFICATE_EXPIRED: _("Lúc ký, chứng thư của người ký đã hết hạn nên chữ ký không có giá trị."),
        Outcome.CERTIFICATE_REVOKED: _(
            "Chứng thư của người ký đã bị thu hồi trước lúc ký nên chữ ký không có giá trị."
        ),
        Outcome.NOT_IN_BOOK: _("Người ký có chứng thư của hệ thống, nhưng không sổ nào ghi giấy này. Hãy hỏi nơi cấp."),
        Outcome.UNSIGNED: _(
            "Bản in rồi quét lại, hay lưu lại bằng chương trình khác, mất chữ ký. Hãy tải lên tệp gốc đã nhận, hoặc gõ"
            " mã in ở cuối giấy."
        ),
        Outcome.UNREADABLE: _("Tệp hỏng hoặc không phải PDF. Hãy tải lên tệp PDF gốc đã nhận từ cơ quan."),
        Outcome.UNKNOWN_CODE: _(
            "Mã đúng quy tắc nhưng không giấy nào mang mã này. Nếu mã in trên một tờ giấy, giấy đó không do hệ thống"
            " này cấp."
        ),
    }.get(outcome, "")


def _mistake(verdict: Verdict) -> str:
    match verdict.mistake:
        case "empty":
            return _("Hãy gõ mã xác thực in ở cuối giấy, ví dụ 7K2M-9QXD-4TRB-WH5C.")
        case "letter":
            return _("Mã không dùng ký tự %(letters)s. Hãy xem lại mã in ở cuối giấy.") % {"letters": verdict.letters}
        case "length":
            said = _("Mã có 16 ký tự, không kể dấu gạch; ở đây có %(count)s.")
            return said % {"count": verdict.letters}
    return _("Có một ký tự gõ sai hoặc hai ký tự đổi chỗ. Hãy gõ lại từng nhóm bốn ký tự.")
