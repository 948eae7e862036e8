"""The kinds of notices about dossiers, with their words. No name, no address: a notice also goes by mail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from dienhong.notices.kinds import Kind, register
from dienhong.notices.models import Rhythm

FILED = "dossiers.filed"
ACCEPTED = "dossiers.accepted"
SUPPLEMENT = "dossiers.supplement_asked"
TO_PAY = "dossiers.to_pay"
PAID = "dossiers.paid"
REFUNDED = "dossiers.refunded"
RESULT = "dossiers.result"
HANDED_OVER = "dossiers.handed_over"
REFUSED = "dossiers.refused"
STOPPED = "dossiers.stopped"
APOLOGY = "dossiers.apology"
WITHDRAWAL = "dossiers.withdrawal_answered"
COMPLAINT = "dossiers.complaint_answered"
COMPLAINED = "dossiers.complained"
EXTENDED = "dossiers.supplement_extended"
DUE_MOVED = "dossiers.due_moved"
LAPSING = "dossiers.lapsing"
ARRIVED = "dossiers.arrived"
SUPPLEMENTED = "dossiers.supplemented"
NOT_THROUGH = "dossiers.not_through"

_SERVICE = gettext_noop("%(service)s.")

register(
    Kind(
        FILED,
        _("Hồ sơ đã gửi"),
        gettext_noop("Hồ sơ %(code)s đã tới cơ quan"),
        gettext_noop("%(service)s. Cơ quan kiểm tra, rồi báo ngày hẹn hoặc điều còn thiếu."),
    ),
    Kind(
        ACCEPTED,
        _("Hồ sơ được tiếp nhận"),
        gettext_noop("Hồ sơ %(code)s được tiếp nhận"),
        gettext_noop("%(service)s. Hẹn trả kết quả: %(due)s."),
    ),
    Kind(
        SUPPLEMENT,
        _("Cần bổ sung hồ sơ"),
        gettext_noop("Hồ sơ %(code)s cần bổ sung %(count)s mục"),
        gettext_noop("%(service)s. Ngày cuối để bổ sung: %(limit)s."),
        fixed=True,
    ),
    Kind(
        TO_PAY,
        _("Cần nộp tiền"),
        gettext_noop("Hồ sơ %(code)s: nộp %(amount)s đồng"),
        gettext_noop("%(service)s. Mã khoản thu %(bill)s, hạn nộp: %(limit)s."),
        fixed=True,
    ),
    Kind(PAID, _("Tiền đã tới"), gettext_noop("Đã nhận %(amount)s đồng của hồ sơ %(code)s"), _SERVICE),
    Kind(
        REFUNDED,
        _("Tiền đã hoàn"),
        gettext_noop("Đã hoàn %(amount)s đồng của hồ sơ %(code)s"),
        gettext_noop("%(service)s. Tiền về tài khoản đã chuyển."),
    ),
    Kind(
        RESULT,
        _("Có kết quả"),
        gettext_noop("Hồ sơ %(code)s có kết quả"),
        gettext_noop("%(service)s. Bản đã ký nằm ở trang hồ sơ."),
        fixed=True,
    ),
    Kind(HANDED_OVER, _("Đã trả kết quả"), gettext_noop("Hồ sơ %(code)s đã trả kết quả"), _SERVICE),
    Kind(
        REFUSED,
        _("Hồ sơ không được tiếp nhận"),
        gettext_noop("Hồ sơ %(code)s không được tiếp nhận"),
        gettext_noop("%(service)s. Lý do và căn cứ nằm ở trang hồ sơ."),
        fixed=True,
    ),
    Kind(
        STOPPED,
        _("Hồ sơ dừng xử lý"),
        gettext_noop("Hồ sơ %(code)s đã dừng"),
        gettext_noop("%(service)s. Lý do nằm ở trang hồ sơ."),
        fixed=True,
    ),
    Kind(
        APOLOGY,
        _("Xin lỗi và hẹn lại"),
        gettext_noop("Cơ quan xin lỗi: hồ sơ %(code)s chưa xong đúng hẹn"),
        gettext_noop("%(service)s. Hẹn lại: %(due)s."),
        fixed=True,
    ),
    Kind(
        WITHDRAWAL,
        _("Trả lời yêu cầu rút"),
        gettext_noop("Yêu cầu rút hồ sơ %(code)s: %(answer)s"),
        _SERVICE,
        fixed=True,
    ),
    Kind(
        COMPLAINT,
        _("Trả lời phản ánh"),
        gettext_noop("Phản ánh về hồ sơ %(code)s đã có trả lời"),
        _SERVICE,
        fixed=True,
    ),
    Kind(
        COMPLAINED,
        _("Phản ánh chờ trả lời"),
        gettext_noop("Phản ánh mới về hồ sơ %(code)s"),
        gettext_noop("%(service)s. Trả lời trước: %(limit)s."),
    ),
    Kind(
        EXTENDED,
        _("Thêm thời hạn bổ sung"),
        gettext_noop("Hồ sơ %(code)s có thêm thời hạn bổ sung"),
        gettext_noop("%(service)s. Ngày cuối mới: %(limit)s."),
        fixed=True,
    ),
    Kind(
        DUE_MOVED,
        _("Ngày hẹn dời"),
        gettext_noop("Hồ sơ %(code)s dời ngày hẹn sang %(due)s"),
        gettext_noop("Trước đó hẹn %(before)s. Vì: %(basis)s."),
        fixed=True,
    ),
    Kind(
        LAPSING,
        _("Sắp hết hạn"),
        gettext_noop("Hồ sơ %(code)s sắp hết hạn: %(what)s"),
        gettext_noop("Ngày cuối: %(limit)s. Quá ngày này hồ sơ có thể bị dừng."),
        fixed=True,
    ),
    Kind(
        ARRIVED,
        _("Hồ sơ mới ở một cửa"),
        gettext_noop("Hồ sơ mới: %(code)s"),
        gettext_noop("%(service)s, gửi lúc %(at)s."),
        Rhythm.DAILY,
    ),
    Kind(
        SUPPLEMENTED,
        _("Người nộp đã bổ sung"),
        gettext_noop("Đã bổ sung: %(code)s"),
        gettext_noop("%(service)s, bổ sung lúc %(at)s."),
    ),
    Kind(
        NOT_THROUGH,
        _("Cơ quan khác không nhận được"),
        gettext_noop("%(partner)s không trả lời về hồ sơ %(code)s"),
        gettext_noop("%(service)s. Hệ thống thôi gửi lại; cần một người đi tiếp."),
    ),
)
