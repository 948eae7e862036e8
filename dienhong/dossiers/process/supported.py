"""What of BPMN 2.0 runs here, what is only drawn, and what to use instead of the rest."""

from typing import Final

from django.utils.translation import gettext_lazy as _

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
OURS: Final = "urn:dienhong:process:1"
LONGEST_ID: Final = 60

# Elements of the flow that run, with the kind of their node; events are told apart by what they wait for.
ELEMENTS: Final = {
    "startEvent": "start",
    "endEvent": "end",
    "userTask": "user",
    "serviceTask": "service",
    "sendTask": "send",
    "receiveTask": "receive",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "intermediateCatchEvent": "catch",
    "boundaryEvent": "boundary",
    "subProcess": "subprocess",
}
# Drawn for people; nothing runs.
DRAWN: Final = frozenset({
    "documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group", "dataObject",
    "dataObjectReference", "dataStoreReference",
})  # fmt: skip
# Parts of an element that are read elsewhere.
PARTS: Final = DRAWN | {"incoming", "outgoing", "messageEventDefinition", "timerEventDefinition"}
EVENTS: Final = {
    "startEvent": frozenset({"message", "timer"}),
    "endEvent": frozenset({"terminate"}),
    "intermediateCatchEvent": frozenset({"message", "timer"}),
    "boundaryEvent": frozenset({"message", "timer"}),
}
ATTRIBUTES: Final = frozenset({"status", "role", "action", "message", "due", "label_en"})

_SERVICE = _("dùng serviceTask với dienhong:action")
_USER = _("dùng userTask với dienhong:role")
_SUB = _("dùng subProcess nhúng")
_GATEWAYS = _("dùng exclusiveGateway và parallelGateway")
_MESSAGE = _("dùng sự kiện tin nhắn (messageEventDefinition)")
_LOOP = _("vẽ vòng lặp qua exclusiveGateway")
_EDGE = _("đặt sự kiện biên trên subProcess")
INSTEAD: Final = {
    "scriptTask": _SERVICE,
    "businessRuleTask": _SERVICE,
    "task": _USER,
    "manualTask": _USER,
    "callActivity": _SUB,
    "transaction": _SUB,
    "adHocSubProcess": _SUB,
    "inclusiveGateway": _GATEWAYS,
    "complexGateway": _GATEWAYS,
    "eventBasedGateway": _("dùng receiveTask có sự kiện biên hẹn giờ và tin nhắn"),
    "intermediateThrowEvent": _("dùng sendTask với dienhong:action"),
    "standardLoopCharacteristics": _LOOP,
    "multiInstanceLoopCharacteristics": _LOOP,
    "event subProcess": _EDGE,
    "isForCompensation": _("vẽ việc hoàn trả như một nhánh thường"),
    "errorEventDefinition": _("để delegate trả về một dữ kiện rồi rẽ nhánh bằng exclusiveGateway"),
    "escalationEventDefinition": _MESSAGE,
    "signalEventDefinition": _MESSAGE,
    "conditionalEventDefinition": _MESSAGE,
    "cancelEventDefinition": _("dùng sự kiện biên tin nhắn trên subProcess"),
    "compensateEventDefinition": _("vẽ việc hoàn trả như một nhánh thường"),
    "linkEventDefinition": _("nối thẳng bằng sequenceFlow"),
    "terminateEventDefinition": _("chỉ dùng ở endEvent"),
    "messageEventDefinition": _("dùng sendTask với dienhong:action"),
    "timerEventDefinition": _("dùng sự kiện giữa chừng hoặc sự kiện biên hẹn giờ"),
    "timeCycle": _("dùng timeDuration và vẽ vòng lặp"),
}
OTHERWISE: Final = _("chỉ dùng {known}")
