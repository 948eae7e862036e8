"""The kinds of notices that directives give, with their words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from dienhong.notices.kinds import Kind, register
from dienhong.notices.models import Rhythm

ASSIGNED = "directives.assigned"
DUE_SOON = "directives.due_soon"
DUE_TODAY = "directives.due_today"
OVERDUE = "directives.overdue"
ESCALATED = "directives.escalated"
UNREAD = "directives.unacknowledged"
MET = "directives.met"
ASKED = "directives.extension_asked"
ANSWERED = "directives.extension_answered"
CLOSED = "directives.closed"
REOPENED = "directives.reopened"
CANCELLED = "directives.cancelled"
FROZEN = "directives.frozen"
WAITS = "directives.waits_for_issuer"
WAITED = "directives.waited_for"
WEEK = "directives.week"

register(
    Kind(
        ASSIGNED, _("Được giao nhiệm vụ"), gettext_noop("Giao mới: %(what)s"),
        gettext_noop("%(issuer)s giao %(lead)s. Hạn: %(due)s. %(content)s"),
    ),
    Kind(
        UNREAD, _("Nhiệm vụ chưa ai nhận"), gettext_noop("Chưa ai nhận: %(what)s"),
        gettext_noop("%(lead)s chưa nhận việc sau %(days)s ngày làm việc. Hạn: %(due)s."),
    ),
    Kind(
        DUE_SOON, _("Nhiệm vụ sắp đến hạn"), gettext_noop("Sắp đến hạn: %(what)s"),
        gettext_noop("Hạn: %(due)s, còn %(left)s ngày làm việc."),
    ),
    Kind(
        DUE_TODAY, _("Hôm nay là hạn của nhiệm vụ"), gettext_noop("Hôm nay là hạn: %(what)s"),
        gettext_noop("Hạn: %(due)s. Nhiệm vụ chưa xong."),
    ),
    Kind(
        OVERDUE, _("Nhiệm vụ quá hạn"), gettext_noop("Quá hạn: %(what)s"),
        gettext_noop("%(lead)s quá hạn từ %(due)s."),
    ),
    Kind(
        ESCALATED, _("Nhiệm vụ quá hạn lâu"), gettext_noop("Quá hạn %(days)s ngày làm việc: %(what)s"),
        gettext_noop("%(lead)s vẫn chưa xong; hạn là %(due)s."),
    ),
    Kind(
        MET, _("Đơn vị báo đã xong"), gettext_noop("Báo đã xong: %(what)s"),
        gettext_noop("%(lead)s báo: %(reason)s. Chờ bên giao xác nhận."),
    ),
    Kind(
        ASKED, _("Đơn vị xin gia hạn"), gettext_noop("Xin gia hạn lần %(number)s: %(what)s"),
        gettext_noop("%(lead)s xin đến %(new)s (đang là %(old)s). Lý do: %(reason)s"),
    ),
    Kind(
        ANSWERED, _("Bên giao trả lời gia hạn"), gettext_noop("%(answer)s: %(what)s"),
        gettext_noop("Hạn: %(due)s. %(reason)s"),
    ),
    Kind(
        CLOSED, _("Nhiệm vụ được đóng"), gettext_noop("Đã đóng: %(what)s"), gettext_noop("%(how)s %(reason)s"),
        Rhythm.DAILY,
    ),
    Kind(
        REOPENED, _("Nhiệm vụ bị mở lại"), gettext_noop("Mở lại: %(what)s"), gettext_noop("%(how)s %(reason)s"),
    ),
    Kind(
        CANCELLED, _("Nhiệm vụ bị hủy hoặc thay"), gettext_noop("%(answer)s: %(what)s"),
        gettext_noop("Lý do: %(reason)s"),
    ),
    Kind(
        FROZEN, _("Điều kiện bị đóng băng"), gettext_noop("Cần nói lại điều kiện: %(what)s"),
        gettext_noop("Con số không còn được tính như lúc giao (%(changed)s); từ nay số không quyết định nữa."),
    ),
    Kind(
        WAITS, _("Việc chờ bên giao"), gettext_noop("Chờ bạn quyết định: %(what)s"),
        gettext_noop("%(lead)s chờ trả lời đã %(days)s ngày làm việc."),
    ),
    Kind(
        WAITED, _("Đơn vị khác chờ đơn vị bạn"), gettext_noop("Đang chờ đơn vị bạn: %(what)s"),
        gettext_noop("%(lead)s báo: %(text)s"),
    ),
    Kind(
        WEEK, _("Tình hình chỉ đạo trong tuần"), gettext_noop("Chỉ đạo: tình hình đến %(day)s"),
        gettext_noop("%(lines)s"),
    ),
)  # fmt: skip
