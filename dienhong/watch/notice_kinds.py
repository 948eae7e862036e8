"""The kinds of notices that checks, questions and alerts give, with their words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from dienhong.notices.kinds import Kind, register

DIFFERENCES = "watch.differences"
ANSWERED = "watch.difference_answered"
JUDGED = "watch.difference_judged"
UNEXPLAINED = "watch.difference_overdue"
ASKED = "watch.asked"
TOLD = "watch.question_answered"
UNANSWERED = "watch.unanswered"
ALERT = "watch.alert"
ESCALATED = "watch.escalated"
EXPLAINED = "watch.explained"
ENDED = "watch.alert_closed"

register(
    Kind(
        DIFFERENCES, _("Chỗ lệch cần giải trình"), gettext_noop("%(number)s chỗ lệch cần giải trình: %(check)s"),
        gettext_noop("%(sentence)s"),
    ),
    Kind(
        ANSWERED, _("Giải trình về chỗ lệch"), gettext_noop("%(code)s đã có giải trình: %(what)s"),
        gettext_noop("%(owner)s: %(text)s"),
    ),
    Kind(
        JUDGED, _("Kết luận về chỗ lệch"), gettext_noop("%(answer)s: %(code)s, %(what)s"),
        gettext_noop("%(text)s"),
    ),
    Kind(
        UNEXPLAINED, _("Chỗ lệch quá hạn giải trình"), gettext_noop("%(number)s chỗ lệch quá hạn giải trình"),
        gettext_noop("%(owner)s chưa giải trình; hạn xa nhất đã qua là %(due)s."),
    ),
    Kind(
        ASKED, _("Câu hỏi về số đã báo cáo"), gettext_noop("%(asker)s hỏi về %(what)s"),
        gettext_noop("%(text)s Trả lời trước hết ngày %(due)s."),
    ),
    Kind(
        TOLD, _("Trả lời câu hỏi của tôi"), gettext_noop("%(reporter)s trả lời về %(what)s"),
        gettext_noop("%(answer)s"),
    ),
    Kind(
        UNANSWERED, _("Câu hỏi chưa trả lời"), gettext_noop("Chưa trả lời %(asker)s: %(what)s"),
        gettext_noop("Hạn trả lời là %(due)s. %(text)s"),
    ),
    Kind(
        ALERT, _("Cảnh báo"), gettext_noop("%(severity)s: %(title)s"), gettext_noop("%(number)s đơn vị: %(units)s"),
    ),
    Kind(
        ESCALATED, _("Cảnh báo chưa ai tiếp nhận"), gettext_noop("Sau %(hours)s giờ chưa ai tiếp nhận: %(title)s"),
        gettext_noop("%(number)s đơn vị: %(units)s"),
    ),
    Kind(
        EXPLAINED, _("Giải trình về cảnh báo"), gettext_noop("%(unit)s giải trình: %(title)s"),
        gettext_noop("%(text)s"),
    ),
    Kind(
        ENDED, _("Cảnh báo được đóng"), gettext_noop("Đã đóng: %(title)s, %(unit)s"), gettext_noop("%(text)s"),
    ),
)  # fmt: skip
