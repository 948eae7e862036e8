"""States in words: for the payer what happened and what comes next, for the books a tag."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dienhong.base.numbers import format_number
from dienhong.payments import providers
from dienhong.payments.states import BillState, Facts, RefundStep, bill_state

TAGS = {
    BillState.NEW: gettext_lazy("chưa nộp"),
    BillState.SENT: gettext_lazy("đang nộp"),
    BillState.PENDING: gettext_lazy("ngân hàng chưa trả lời"),
    BillState.CAPTURED: gettext_lazy("đã nộp đủ"),
    BillState.PARTIAL: gettext_lazy("nộp thiếu"),
    BillState.OVERPAID: gettext_lazy("nộp thừa"),
    BillState.FAILED: gettext_lazy("nộp không được"),
    BillState.EXPIRED: gettext_lazy("hết hạn"),
    BillState.CANCELLED: gettext_lazy("đã hủy"),
    BillState.REFUNDING: gettext_lazy("đang hoàn tiền"),
    BillState.REFUNDED: gettext_lazy("đã hoàn tiền"),
}
TONES = {
    BillState.CAPTURED: "good",
    BillState.REFUNDED: "good",
    BillState.PARTIAL: "late",
    BillState.OVERPAID: "late",
    BillState.PENDING: "late",
    BillState.REFUNDING: "late",
    BillState.EXPIRED: "bad",
    BillState.FAILED: "bad",
}
REFUND_TAGS = {
    RefundStep.ASKED: gettext_lazy("chờ duyệt"),
    RefundStep.DECLINED: gettext_lazy("không duyệt"),
    RefundStep.APPROVED: gettext_lazy("đã duyệt, chờ gửi ngân hàng"),
    RefundStep.SENT: gettext_lazy("đã gửi ngân hàng"),
    RefundStep.FAILED: gettext_lazy("ngân hàng không hoàn được"),
    RefundStep.DONE: gettext_lazy("đã hoàn"),
}


def tag(facts: Facts) -> tuple[str, str]:
    """Where a bill stands, in a word or two, and its tone."""
    state = bill_state(facts)
    if state == BillState.CAPTURED and facts.given_back_of_due:
        return _("đã hoàn một phần"), TONES[BillState.REFUNDING]
    return str(TAGS[state]), TONES.get(state, "")


# What the payer is told of; a request that nobody approved promises nothing.
ON_ITS_WAY = {RefundStep.APPROVED, RefundStep.SENT, RefundStep.FAILED, RefundStep.DONE}
WHY = {
    "unknown_reference": gettext_lazy("mã trong nội dung không có trong sổ"),
    "wrong_account": gettext_lazy("mã đúng nhưng tiền vào tài khoản khác"),
    "cut_reference": gettext_lazy("mã bị cắt và số tiền không khớp"),
    "no_reference": gettext_lazy("nội dung không có mã"),
    "unknown_debit": gettext_lazy("tiền ra không thuộc lần hoàn tiền nào"),
}


def way(provider: str) -> str:
    """How it was paid; a provider that is gone keeps its name."""
    known = providers.load()[0].get(provider)
    if known is None:
        return provider
    return known.label.en if get_language() == "en" else known.label.vi


def what_follows(facts: Facts, paper: str) -> str:
    """What refunds asked and done mean for the case, for who asks and who approves; "" where the State keeps its due.

    `paper`: number of the result that still stands.
    """
    short = facts.due - facts.refundable
    if short <= 0 or not (facts.refunding or facts.refunded):
        return ""
    rest = format_number(short, 0, get_language() or "vi")
    if paper:
        return _(
            "Hoàn xong thì Nhà nước giữ thiếu %(rest)s đồng, mà giấy %(paper)s vẫn có hiệu lực: hoàn tiền không thu "
            "hồi giấy. Cơ quan cấp phải thu hồi hoặc thay giấy ấy."
        ) % {"rest": rest, "paper": paper}
    return _("Hoàn xong thì khoản thu còn thiếu %(rest)s đồng.") % {"rest": rest}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A state as the payer reads it. `live`: it may change while one looks."""

    tone: str
    title: str
    sentence: str
    live: bool
    payable: bool


def spoken(state: BillState, facts: Facts) -> Spoken:
    title, sentence = _words(facts)[state]
    live = state in {BillState.NEW, BillState.SENT, BillState.PENDING, BillState.FAILED, BillState.PARTIAL}
    payable = live and not facts.expired and facts.outstanding > 0
    return Spoken(TONES.get(state, ""), title, sentence, live, payable)


def spoken_together(parts: Sequence[tuple[Facts, int]]) -> Spoken:
    """Of several bills in one transfer: each with the share of it that the transfer's fixed amount holds, đồng.

    The code is good only while every share is still what its bill asks for.
    """
    each = [(spoken(bill_state(facts), facts), facts, share) for facts, share in parts]
    came = format_number(sum(facts.captured for facts, _share in parts), 0, get_language() or "vi")
    if not any(facts.outstanding for facts, _share in parts):
        return Spoken(
            "good", _("Đã nộp đủ"), _("Đã nhận %(came)s đồng. Biên lai ở dưới.") % {"came": came}, False, False
        )
    if not all(said.payable and facts.outstanding == share for said, facts, share in each):
        return Spoken(
            "late",
            _("Mã này không dùng được nữa"),
            _("Có khoản đã nộp, đã hết hạn hoặc đã hủy. Khoản nào còn thì mở khoản ấy để nộp."),
            False,
            False,
        )
    if any(bill_state(facts) == BillState.PENDING for facts, _share in parts):
        return Spoken(
            TONES[BillState.PENDING],
            _("Ngân hàng chưa biết kết quả"),
            _("Đừng nộp lại ngay. Chúng tôi hỏi ngân hàng cho đến khi rõ."),
            True,
            True,
        )
    return Spoken(
        "", _("Đang chờ tiền đến"), _("Quét mã bằng ứng dụng ngân hàng. Tiền đến thì trang này tự đổi."), True, True
    )


def _words(facts: Facts) -> dict[BillState, tuple[str, str]]:
    lang = get_language() or "vi"
    came, rest = format_number(facts.captured, 0, lang), format_number(facts.outstanding, 0, lang)
    over, back = format_number(facts.refund_due, 0, lang), format_number(facts.refunded, 0, lang)
    return {
        BillState.NEW: (_("Chưa nộp"), _("Quét mã bằng ứng dụng ngân hàng, hoặc mở trang ngân hàng.")),
        BillState.SENT: (_("Đang chờ tiền đến"), _("Bạn đã mở cách nộp. Tiền đến thì trang này tự đổi.")),
        BillState.PENDING: (
            _("Ngân hàng chưa biết kết quả"),
            _("Đừng nộp lại ngay. Chúng tôi hỏi ngân hàng cho đến khi rõ."),
        ),
        BillState.CAPTURED: (
            _("Đã nộp, đã hoàn một phần"),
            _("Đã nhận %(came)s đồng, đã hoàn lại %(back)s đồng. Biên lai ở dưới.") % {"came": came, "back": back},
        )
        if facts.given_back_of_due
        else (_("Đã nộp đủ"), _("Đã nhận %(came)s đồng. Biên lai ở dưới.") % {"came": came}),
        BillState.PARTIAL: (
            _("Còn thiếu %(rest)s đ") % {"rest": rest},
            _("Đã nhận %(came)s đồng. Hồ sơ đi tiếp khi nộp đủ.") % {"came": came},
        ),
        BillState.OVERPAID: (
            _("Đã nộp, thừa %(over)s đ") % {"over": over},
            _("Số thừa được hoàn về tài khoản đã chuyển. Bạn không cần làm gì."),
        ),
        BillState.FAILED: (_("Lần nộp trước không được"), _("Bạn chưa mất tiền. Nộp lại bằng cách nào cũng được.")),
        BillState.EXPIRED: (
            _("Đã hết hạn nộp"),
            _("Đừng chuyển tiền theo mã cũ. Khai lại để có khoản mới; tiền đã chuyển vẫn được ghi nhận."),
        ),
        BillState.CANCELLED: (_("Không còn phải nộp"), _("Khoản này đã hủy. Đừng chuyển tiền theo mã cũ.")),
        BillState.REFUNDING: (_("Đang hoàn tiền"), _("Tiền về tài khoản đã chuyển khi ngân hàng xong.")),
        BillState.REFUNDED: (
            _("Đã hoàn tiền"),
            _("%(came)s đồng đã về tài khoản đã chuyển.") % {"came": format_number(facts.refunded, 0, lang)},
        ),
    }
