"""What is said when a drawing cannot be run, or when a step cannot be taken."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault, Refused


class DrawingRefused(Refused):
    """A BPMN file that we do not run. `faults` names every element at fault: `where` is "line:id"."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        said = "\n".join(fault.sentence for fault in faults)
        super().__init__("drawing", said, faults)


class StepRefused(Refused):
    """The process cannot take this step from here. Nothing moved."""


def not_awaited(what: str) -> StepRefused:
    return StepRefused("not_awaited", _("Hồ sơ không chờ “{what}” ở bước hiện tại.").format(what=what))


def no_fact(gateway: str, fact: str) -> StepRefused:
    sentence = _("Tại “{gateway}” cần biết “{fact}” để chọn đường đi, mà hồ sơ chưa có.")
    return StepRefused("no_fact", sentence.format(gateway=gateway, fact=fact))


def no_way(gateway: str) -> StepRefused:
    return StepRefused("no_way", _("Tại “{gateway}” không có đường nào đúng điều kiện.").format(gateway=gateway))


def never_waits(name: str) -> StepRefused:
    return StepRefused("never_waits", _("Quy trình “{name}” đi vòng mãi mà không dừng chờ ai.").format(name=name))


def two_at_once(element: str) -> StepRefused:
    sentence = _("Hai nhánh cùng đến “{element}” một lúc; gộp chúng bằng cổng song song trước.")
    return StepRefused("two_at_once", sentence.format(element=element))


def begun() -> str:
    return _("Quy trình của hồ sơ này đã bắt đầu rồi.")
