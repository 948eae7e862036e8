"""The kinds of notices that reporting gives, with their words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from dienhong.notices.kinds import Kind, register
from dienhong.notices.models import Rhythm

OPENED = "reporting.opened"
DUE_SOON = "reporting.due_soon"
DUE_TODAY = "reporting.due_today"
REMINDED = "reporting.reminded"
OVERDUE = "reporting.overdue"
TO_SIGN = "reporting.to_sign"
SENT_BACK = "reporting.sent_back"
TO_SEND = "reporting.to_send"
ARRIVED = "reporting.arrived"
RECEIVED = "reporting.received"
RETURNED = "reporting.returned"
WITHDRAWN = "reporting.withdrawn"
CORRECTION = "reporting.correction"
EXTENDED = "reporting.extended"
EXEMPT = "reporting.exempt"
OWED_AGAIN = "reporting.owed_again"
DAY = "reporting.day"

_WHY = gettext_noop("Lý do: %(reason)s")

register(
    Kind(OPENED, _("Kỳ mới mở"), gettext_noop("Mở kỳ: %(report)s"), gettext_noop("Hạn gửi: %(due)s."), Rhythm.DAILY),
    Kind(
        DUE_SOON,
        _("Sắp đến hạn"),
        gettext_noop("Sắp đến hạn: %(report)s"),
        gettext_noop("Hạn gửi: %(due)s, còn %(left)s ngày làm việc. Báo cáo chưa gửi."),
    ),
    Kind(
        DUE_TODAY,
        _("Hôm nay là hạn"),
        gettext_noop("Hôm nay là hạn: %(report)s"),
        gettext_noop("Hạn gửi: %(due)s. Báo cáo chưa gửi."),
    ),
    Kind(
        REMINDED,
        _("Nơi nhận nhắc"),
        gettext_noop("Nơi nhận nhắc: %(report)s"),
        gettext_noop("%(receiver)s nhắc gửi báo cáo. Hạn gửi: %(due)s."),
    ),
    Kind(
        OVERDUE,
        _("Đơn vị quá hạn"),
        gettext_noop("%(count)s đơn vị quá hạn: %(report)s"),
        gettext_noop("Hạn là %(due)s. Chưa gửi: %(units)s"),
    ),
    Kind(
        TO_SIGN,
        _("Báo cáo chờ duyệt"),
        gettext_noop("%(count)s báo cáo chờ bạn duyệt"),
        gettext_noop("Mới trình: %(report)s. Hạn gửi: %(due)s."),
    ),
    Kind(SENT_BACK, _("Lãnh đạo trả lại"), gettext_noop("Lãnh đạo trả lại: %(report)s"), _WHY),
    Kind(
        TO_SEND,
        _("Báo cáo chờ gửi"),
        gettext_noop("Đã duyệt, chờ gửi: %(report)s"),
        gettext_noop("Hạn gửi: %(due)s."),
    ),
    Kind(
        ARRIVED,
        _("Báo cáo mới gửi đến"),
        gettext_noop("Báo cáo mới: %(report)s"),
        gettext_noop("Gửi lúc %(at)s, bản %(number)s, chờ tiếp nhận."),
        Rhythm.DAILY,
    ),
    Kind(
        RECEIVED,
        _("Báo cáo được tiếp nhận"),
        gettext_noop("Đã tiếp nhận: %(report)s"),
        gettext_noop("Nơi nhận: %(receiver)s."),
        Rhythm.OFF,
    ),
    Kind(
        RETURNED,
        _("Báo cáo bị trả lại"),
        gettext_noop("Bị trả lại: %(report)s"),
        gettext_noop("%(receiver)s trả lại; số liệu của bản này không còn tính. Lý do: %(reason)s"),
    ),
    Kind(
        WITHDRAWN,
        _("Báo cáo bị thu hồi"),
        gettext_noop("Đơn vị thu hồi: %(report)s"),
        _WHY,
        Rhythm.DAILY,
    ),
    Kind(
        CORRECTION,
        _("Xin đính chính"),
        gettext_noop("Đơn vị đính chính: %(report)s"),
        gettext_noop("Bản cũ còn tính đến khi bản mới được gửi. Lý do: %(reason)s"),
        Rhythm.DAILY,
    ),
    Kind(
        EXTENDED,
        _("Được gia hạn"),
        gettext_noop("Được gia hạn: %(report)s"),
        gettext_noop("Hạn mới: %(due)s. Lý do: %(reason)s"),
    ),
    Kind(EXEMPT, _("Được miễn báo cáo"), gettext_noop("Được miễn: %(report)s"), _WHY),
    Kind(OWED_AGAIN, _("Hết được miễn"), gettext_noop("Không còn được miễn: %(report)s"), _WHY),
    Kind(
        DAY,
        _("Tình hình báo cáo trong ngày"),
        gettext_noop("Tình hình báo cáo ngày %(day)s"),
        gettext_noop("%(lines)s"),
    ),
)
