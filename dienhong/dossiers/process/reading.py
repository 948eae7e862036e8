"""The elements of a BPMN file as nodes and flows, with a fault for each that we do not run."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from dienhong.base.refusal import Fault
from dienhong.dossiers.process import limits, supported
from dienhong.dossiers.process.supported import BPMN, OURS
from dienhong.dossiers.process.table import Flow, Node, Process

Element = etree._Element


def tag(element: Element) -> str:
    """The local name of a BPMN element; of any other, its whole tag."""
    said = str(element.tag)
    return said.removeprefix(f"{{{BPMN}}}")


def line(element: Element) -> int:
    """Where it stands in the file; the stubs of lxml do not know that it is a number."""
    return int(str(element.sourceline or 0))


class Reader:
    """Reads one file; `faults` holds what was wrong, in the order of the file."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self.messages = {e.get("id", ""): e.get("name", "") for e in root.findall(f"{{{BPMN}}}message")}
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.defaults: dict[str, str] = {}

    def process(self, digest: str) -> Process:
        element = self._the_one()
        if element is not None:
            self._scope(element, "", 0)
        self._connect()
        get = element.get if element is not None else lambda _name, default="": default
        label = str(get(f"{{{OURS}}}label_en", "") or "")
        return Process(str(get("id", "")), str(get("name", "") or ""), digest, self.nodes, self.flows, label)

    def fault(self, code: str, element: Element, sentence: str, **values: Any) -> None:
        """`sentence` may speak of {kind}, {id}, {name} and {line} of the element."""
        at, id_ = line(element), element.get("id", "")
        words = {"kind": tag(element), "id": id_, "name": element.get("name") or id_, "line": at, **values}
        self.faults.append(Fault(code, sentence.format(**words), f"{at}:{id_}"))

    def _the_one(self) -> Element | None:
        """The process that is to run: the only one, or the only executable one."""
        every = self.root.findall(f"{{{BPMN}}}process")
        running = [each for each in every if each.get("isExecutable") == "true"] or every
        if len(running) == 1:
            return running[0]
        sentence = _("Tệp phải có đúng một quy trình chạy được (isExecutable); ở đây có {count}.")
        self.fault("processes", self.root, sentence, count=len(running))
        return None

    def _scope(self, around: Element, scope: str, status: int) -> None:
        for element in around:
            kind = tag(element)
            if kind == "sequenceFlow":
                self._flow(element)
            elif kind in supported.ELEMENTS:
                self._node(element, scope, status)
            elif kind not in supported.PARTS and not (kind == "property" or str(element.tag).startswith("{" + OURS)):
                self._unsupported(element, kind)

    def _unsupported(self, element: Element, kind: str, owner: Element | None = None) -> None:
        found = supported.INSTEAD.get(kind)
        instead = str(found) if found else str(supported.OTHERWISE).format(known=", ".join(supported.ELEMENTS))
        sentence = _("{kind} “{name}” (id {id}, dòng {line}) không chạy được ở đây: {instead}.")
        at = owner if owner is not None else element
        self.fault("unsupported", at, sentence, kind=kind, line=line(element), instead=instead)

    def _flow(self, element: Element) -> None:
        condition = element.find(f"{{{BPMN}}}conditionExpression")
        text = "" if condition is None else "".join(str(part) for part in condition.itertext()).strip()
        flow = Flow(
            element.get("id", ""), element.get("sourceRef", ""), element.get("targetRef", ""), text,
            element.get("name", ""), line(element),
        )  # fmt: skip
        self._unique(element)
        self.flows[flow.id] = flow

    def _unique(self, element: Element) -> None:
        id_ = element.get("id", "")
        if not id_ or len(id_) > supported.LONGEST_ID:
            sentence = _("{kind} ở dòng {line} cần id dài từ 1 đến {most} ký tự.")
            self.fault("id", element, sentence, most=supported.LONGEST_ID)
        elif id_ in self.nodes or id_ in self.flows:
            self.fault("id", element, _("id “{id}” ở dòng {line} dùng hai lần."))

    def _node(self, element: Element, scope: str, around: int) -> None:
        kind = tag(element)
        self._unique(element)
        own = self._ours(element)
        status = self._status(element, own.get("status", ""))
        node = Node(
            element.get("id", ""),
            supported.ELEMENTS[kind],
            " ".join(element.get("name", "").split()),
            line(element),
            scope,
            host=element.get("attachedToRef", ""),
            interrupting=element.get("cancelActivity", "true") != "false",
            status=status or (0 if kind == "boundaryEvent" else around),
            role=own.get("role", ""),
            action=own.get("action", ""),
            message=own.get("message", ""),
            due=own.get("due", ""),
            label_en=own.get("label_en", ""),
        )
        if default := element.get("default"):
            self.defaults[node.id] = default
        self.nodes[node.id] = self._event(element, self._message(element, node))
        if element.get("isForCompensation") == "true":
            self._unsupported(element, "isForCompensation")
        if kind != "subProcess":
            self._inside(element)
        elif element.get("triggeredByEvent") == "true":
            self._unsupported(element, "event subProcess")
        else:
            self._scope(element, node.id, node.status)

    def _inside(self, element: Element) -> None:
        for part in element:
            kind = tag(part)
            if (
                kind in supported.PARTS
                or kind == "terminateEventDefinition"
                or not str(part.tag).startswith("{" + BPMN)
            ):
                continue
            if not kind.endswith("EventDefinition"):  # those are judged by _event
                self._unsupported(part, kind, element)

    def _ours(self, element: Element) -> dict[str, str]:
        """Our attributes. One we do not know is a slip of the pen, not a note."""
        found = {}
        for name, value in element.attrib.items():
            if not str(name).startswith(f"{{{OURS}}}"):
                continue
            short = str(name).removeprefix(f"{{{OURS}}}")
            if short not in supported.ATTRIBUTES:
                sentence = _("{kind} “{name}” (dòng {line}) có dienhong:{attribute}; chỉ dùng {known}.")
                known = ", ".join(sorted(supported.ATTRIBUTES))
                self.fault("attribute", element, sentence, attribute=short, known=known)
            else:
                found[short] = str(value).strip()
        if "due" in found:
            self._limit(element, found["due"])
        return found

    def _status(self, element: Element, text: str) -> int:
        if not text:
            return 0
        if text.isdigit() and 1 <= int(text) <= 10:
            return int(text)
        sentence = _("{kind} “{name}” (dòng {line}): trạng thái quốc gia “{text}” không có; dùng 1 đến 10.")
        self.fault("status", element, sentence, text=text)
        return 0

    def _limit(self, element: Element, text: str) -> None:
        try:
            limits.read(text)
        except limits.LimitError:
            sentence = _(
                "{kind} “{name}” (dòng {line}): thời hạn “{text}” không đọc được; viết P1D hoặc 1 working_day."
            )
            self.fault("due", element, sentence, text=text)

    def _message(self, element: Element, node: Node) -> Node:
        """With the name of the message it sends or waits for."""
        if node.message:
            return node
        definition = element.find(f"{{{BPMN}}}messageEventDefinition")
        ref = element.get("messageRef") or (definition.get("messageRef") if definition is not None else None)
        name = self.messages.get((ref or "").split(":")[-1], "")
        if ref and not name:
            sentence = _("{kind} “{name}” (dòng {line}) chỉ tới tin “{ref}” không có hoặc không có tên.")
            self.fault("message", element, sentence, ref=ref)
        return replace(node, message=name)

    def _event(self, element: Element, node: Node) -> Node:
        """The kind of an event by what it waits for."""
        kind = tag(element)
        found = [part for part in element if tag(part).endswith("EventDefinition")]
        if kind not in supported.EVENTS:
            for part in found:
                self._unsupported(part, tag(part), element)
            return node
        if len(found) > 1:
            self.fault("event", element, _("{kind} “{name}” (id {id}, dòng {line}) chờ nhiều thứ một lúc; tách ra."))
        wait = tag(found[0]).removesuffix("EventDefinition") if found else ""
        needs = kind in ("intermediateCatchEvent", "boundaryEvent")
        if (wait and wait not in supported.EVENTS[kind]) or (not wait and needs):
            name = f"{wait}EventDefinition" if wait else kind
            self._unsupported(found[0] if found else element, name, element)
            return node
        if not wait:
            return node
        if wait == "terminate":
            return replace(node, kind="terminate")
        kept = replace(node, kind=f"{node.kind}_{wait}")
        return self._timer(element, found[0], kept) if wait == "timer" else kept

    def _timer(self, element: Element, definition: Element, node: Node) -> Node:
        """When it fires: dienhong:due, or else timeDuration, or a fact named by timeDate."""
        parts = {tag(part): (part.text or "").strip() for part in definition}
        if "timeCycle" in parts:
            self._unsupported(definition, "timeCycle", element)
        text = node.due or parts.get("timeDuration", "").strip("\"'")
        if not text and parts.get("timeDate"):
            text = "@" + parts["timeDate"]
        self._limit(element, text)
        return replace(node, due=text)

    def _connect(self) -> None:
        """Ways in and out of each node, in the order of the file."""
        ways: dict[str, tuple[list[str], list[str]]] = {id_: ([], []) for id_ in self.nodes}
        for flow in self.flows.values():
            for end, side in ((flow.source, 1), (flow.target, 0)):
                if end in ways:
                    ways[end][side].append(flow.id)
        for id_, (incoming, outgoing) in ways.items():
            self.nodes[id_] = replace(
                self.nodes[id_], incoming=tuple(incoming), outgoing=tuple(outgoing), default=self.defaults.get(id_, "")
            )
