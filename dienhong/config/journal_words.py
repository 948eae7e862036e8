"""Words of the journal for the rooms of services and money: what a verb says, what a kind is, what an id names."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dienhong.centre.models import BoardVersion
from dienhong.documents.models import Issued
from dienhong.dossiers.models import Dossier
from dienhong.payments.models import Bill
from dienhong.reporting import journal_words
from dienhong.reporting.journal_words import Thing

VERBS = {
    "dossiers.file": _("nộp hồ sơ"),
    "dossiers.claim": _("nhận xử lý"),
    "dossiers.release": _("trả lại hàng chờ"),
    "dossiers.decide": _("quyết định ở một bước"),
    "dossiers.step": _("hồ sơ chuyển bước"),
    "dossiers.ask_supplement": _("yêu cầu bổ sung"),
    "dossiers.supplement": _("bổ sung hồ sơ"),
    "dossiers.withdraw": _("xin rút hồ sơ"),
    "dossiers.take_back": _("thôi rút hồ sơ"),
    "dossiers.rate": _("đánh giá"),
    "dossiers.complain": _("phản ánh"),
    "dossiers.answer_complaint": _("trả lời phản ánh"),
    "dossiers.load_services": _("nạp dịch vụ công"),
    "dossiers.sign_service": _("ký luật của dịch vụ công"),
    "dossiers.start_draft": _("mở bản nháp"),
    "dossiers.save_draft": _("lưu bản nháp"),
    "dossiers.fill_draft": _("điền từ sổ đăng ký"),
    "dossiers.add_file": _("thêm tệp"),
    "dossiers.remove_file": _("bỏ tệp"),
    "dossiers.discard_draft": _("xóa bản nháp"),
    "dossiers.forget_draft": _("xóa bản nháp quá hạn giữ"),
    "dossiers.open_answer": _("bắt đầu bổ sung hồ sơ"),
    "documents.issue": _("cấp giấy"),
    "documents.revoke": _("thu hồi giấy"),
    "documents.revoke_certificate": _("thu hồi chứng thư số"),
    "payments.make_bill": _("lập khoản thu"),
    "payments.cancel_bill": _("hủy khoản thu"),
    "payments.begin_attempt": _("bắt đầu nộp tiền"),
    "payments.captured": _("tiền đã vào"),
    "payments.waiting": _("tiền chưa rõ khoản"),
    "payments.forged_notice": _("thông báo giả bị từ chối"),
    "payments.make_receipt": _("ký biên lai"),
    "payments.take_statement": _("nhận sao kê"),
    "payments.difference": _("ghi chênh lệch"),
    "payments.answer_difference": _("giải thích chênh lệch"),
    "payments.close_difference": _("đóng chênh lệch"),
    "payments.ask_refund": _("đề nghị hoàn tiền"),
    "payments.approve_refund": _("duyệt hoàn tiền"),
    "payments.decline_refund": _("từ chối hoàn tiền"),
    "payments.refund_done": _("đã hoàn tiền"),
    "payments.refund_failed": _("ngân hàng không hoàn được tiền"),
    "payments.assign_suspense": _("gán tiền vào khoản thu"),
    "payments.register_account": _("đăng ký tài khoản thu"),
    "exchange.ask": _("hỏi sổ đăng ký"),
    "exchange.answered": _("sổ đăng ký trả lời"),
    "exchange.queued": _("xếp hàng gửi đối tác"),
    "exchange.delivered": _("đối tác đã nhận"),
    "exchange.received": _("nhận từ đối tác"),
    "exchange.refused": _("đối tác từ chối"),
    "exchange.dead": _("không gửi được"),
    "exchange.load_partners": _("nạp đối tác"),
    "exchange.new_own_key": _("đổi khóa ký"),
    "exchange.add_key": _("thêm khóa đối tác"),
    "exchange.end_key": _("hết hạn khóa đối tác"),
    "exchange.set_active": _("bật hoặc tạm dừng đối tác"),
    "exchange.set_address": _("đổi địa chỉ đối tác"),
    "exchange.erase_content": _("xóa nội dung thông điệp"),
    "exchange.try_now": _("gửi lại ngay"),
    "exchange.close_issue": _("đóng vướng mắc"),
    "catalogue.load_bundled": _("nạp danh mục thủ tục"),
    "catalogue.import_procedures": _("nhập thủ tục"),
    "catalogue.amend": _("sửa thủ tục"),
    "catalogue.repeal": _("bãi bỏ thủ tục"),
    "catalogue.set_level": _("ghi mức độ dịch vụ"),
    "catalogue.set_synchronised": _("ghi thủ tục đồng bộ"),
    "catalogue.count": _("đếm lượt xem"),
    "portal.say_feedback": _("góp ý về trang thủ tục"),
    "centre.columns_loaded": _("nạp chuyên mục điều hành"),
    "centre.board_made": _("lập bảng điều hành"),
    "centre.board_saved": _("lưu bảng điều hành"),
    "centre.board_shared": _("đặt quyền xem bảng điều hành"),
    "centre.board_retired": _("cất bảng điều hành"),
    "centre.show_made": _("lập chương trình màn hình lớn"),
    "centre.show_saved": _("lưu chương trình màn hình lớn"),
    "centre.display_paired": _("ghép màn hình"),
    "centre.display_ended": _("bỏ ghép màn hình"),
    "centre.cue_given": _("ra lệnh cho màn hình lớn"),
}
KINDS = {
    "dossier": _("hồ sơ"),
    "draft": _("bản nháp"),
    "service": _("dịch vụ công"),
    "document": _("giấy tờ"),
    "certificate": _("chứng thư số"),
    "bill": _("khoản thu"),
    "attempt": _("lần nộp tiền"),
    "account": _("tài khoản thu"),
    "difference": _("chênh lệch"),
    "statement": _("sao kê"),
    "suspense": _("tiền chưa rõ khoản"),
    "message": _("thông điệp"),
    "partner": _("đối tác"),
    "procedure": _("thủ tục"),
    "refund": _("hoàn tiền"),
    "column": _("chuyên mục"),
    "board": _("bảng điều hành"),
    "show": _("màn hình lớn"),
    "display": _("màn hình"),
}


def register() -> None:
    journal_words.register(VERBS, KINDS, {"dossier": _dossiers, "document": _papers, "bill": _bills, "board": _boards})


def _dossiers(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Dossier.objects.filter(pk__in=[each for each in ids if each.isdecimal()]).order_by("pk")
    return {str(row.pk): Thing(row.code, reverse("dossiers:case", args=[row.pk])) for row in rows}


def _boards(ids: set[str], lang: str) -> dict[str, Thing]:
    wanted = [int(each) for each in ids if each.isdecimal() and len(each) < 19]
    rows = BoardVersion.objects.filter(board__in=wanted).select_related("board").order_by("board_id", "-number")
    newest = rows.distinct("board_id")
    return {str(row.board_id): Thing(row.name(lang), reverse("centre:board", args=[row.board.slug])) for row in newest}


def _papers(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Issued.objects.filter(pk__in=[each for each in ids if each.isdecimal()]).order_by("pk")
    return {str(row.pk): Thing(f"{row.title}, {row.number_text}") for row in rows}


def _bills(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Bill.objects.filter(pk__in=[each for each in ids if each.isdecimal()]).order_by("pk")
    return {str(row.pk): Thing(row.code) for row in rows}
