"""Statuses, the journal and the clock of a dossier in people's words. Names of statuses: dossier_statuses.csv."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from dienhong.base.clock import HANOI
from dienhong.dossiers.models import ClockEvent, DueChange, Status, Stop

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Said = str | _StrPromise

STATUSES: "dict[int, Said]" = {
    Status.NEW: lazy("Mới đăng ký"),
    Status.ACCEPTED: lazy("Được tiếp nhận"),
    Status.NOT_ACCEPTED: lazy("Không được tiếp nhận"),
    Status.IN_PROCESS: lazy("Đang xử lý"),
    Status.SUPPLEMENT: lazy("Yêu cầu bổ sung giấy tờ"),
    Status.TO_PAY: lazy("Yêu cầu thực hiện nghĩa vụ tài chính"),
    Status.WITHDRAWAL: lazy("Công dân yêu cầu rút hồ sơ"),
    Status.STOPPED: lazy("Dừng xử lý"),
    Status.DONE: lazy("Đã xử lý xong"),
    Status.HANDED_OVER: lazy("Đã trả kết quả"),
}
TONES = {
    Status.NOT_ACCEPTED: "bad",
    Status.STOPPED: "bad",
    Status.SUPPLEMENT: "late",
    Status.WITHDRAWAL: "late",
    Status.DONE: "good",
    Status.HANDED_OVER: "good",
}
PAUSED = (Status.SUPPLEMENT, Status.TO_PAY, Status.WITHDRAWAL)

VERBS: "dict[str, Said]" = {
    "dossiers.file": pgettext_lazy("done", "nộp hồ sơ"),
    "dossiers.claim": lazy("nhận việc"),
    "dossiers.release": lazy("trả việc về hàng chờ"),
    "dossiers.decide": lazy("quyết định"),
    "dossiers.ask_supplement": pgettext_lazy("done", "yêu cầu bổ sung"),
    "dossiers.supplement": pgettext_lazy("done", "bổ sung hồ sơ"),
    "dossiers.withdraw": pgettext_lazy("done", "xin rút hồ sơ"),
    "dossiers.take_back": lazy("thôi xin rút"),
    "dossiers.rate": lazy("người nộp đánh giá"),
    "dossiers.complain": lazy("người nộp phản ánh"),
    "dossiers.answer_complaint": pgettext_lazy("done", "trả lời phản ánh"),
    "dossiers.step": lazy("hồ sơ sang bước"),
}
ANSWERS: "dict[str, Said]" = {
    "accept": lazy("tiếp nhận"),
    "refuse": lazy("từ chối tiếp nhận"),
    "granted": lazy("cho rút"),
    "refused": lazy("không cho rút"),
    "stop": lazy("dừng xử lý"),
    "extend": lazy("thêm thời hạn bổ sung"),
    "done": lazy("xong bước này"),
    "row": lazy("chọn dòng trong bảng giá"),
    "computed": lazy("theo bảng giá và điều đã khai"),
}
CODES: "dict[str, Said]" = {
    Stop.Code.WITHDRAWN: lazy("người nộp rút hồ sơ"),
    Stop.Code.NO_SUPPLEMENT: lazy("quá hạn bổ sung"),
    Stop.Code.NOT_PAID: lazy("quá hạn nộp tiền"),
    Stop.Code.INELIGIBLE: lazy("không đủ điều kiện"),
    Stop.Code.TRANSFERRED: lazy("chuyển cơ quan khác"),
}


def status(code: int) -> str:
    return str(STATUSES[code])


def tone(code: int) -> str:
    return TONES.get(Status(code), "")


def moment(at: Any) -> str:
    return f"{at.astimezone(HANOI):%H:%M %d/%m/%Y}"


def ticked(event: ClockEvent) -> str:
    """What the clock did."""
    cause = status(int(event.cause)) if event.cause.isdigit() else event.cause
    said = {
        ClockEvent.Kind.START: _("Đồng hồ bắt đầu chạy khi hồ sơ được tiếp nhận."),
        ClockEvent.Kind.PAUSE: _("Đồng hồ dừng: %(cause)s.") % {"cause": cause},
        ClockEvent.Kind.RESUME: _("Đồng hồ chạy tiếp, hết lý do dừng: %(cause)s.") % {"cause": cause},
        ClockEvent.Kind.RESTART: _("Đồng hồ tính lại từ đầu."),
        ClockEvent.Kind.END: _("Đồng hồ kết thúc."),
    }
    return said[ClockEvent.Kind(event.kind)]


def moved(change: DueChange) -> str:
    """Why the due date is what it is."""
    after = moment(change.after) if change.after else _("không có")
    said = {
        DueChange.Cause.ACCEPTED: _("Hẹn trả %(after)s, theo thời hạn của thủ tục."),
        DueChange.Cause.PAUSE: _("Hẹn trả dời tới %(after)s, vì những lúc dừng không tính."),
        DueChange.Cause.HOLIDAY: _("Hẹn trả dời tới %(after)s, vì có ngày nghỉ mới công bố."),
        DueChange.Cause.APOLOGY: _("Xin lỗi và hẹn lại %(after)s."),
        DueChange.Cause.AGAIN: _("Hẹn trả tính lại: %(after)s."),
    }
    return said[DueChange.Cause(change.cause)] % {"after": after}


def outcome(data: Mapping[str, Any], sheet: Mapping[str, Any]) -> str:
    """How a step was ended, as the service's sheet calls it where it has ways of its own."""
    key = str(data.get("outcome", ""))
    offered = sheet.get("tasks", {}).get(str(data.get("place", "")), {}).get("outcomes", [])
    label = next((each["label"] for each in offered if each["key"] == key), None)
    if label is not None:
        return str(label.get("en" if get_language() == "en" else "vi") or label["vi"])
    return str(ANSWERS.get(key, key))
