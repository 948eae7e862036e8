"""Faults of a drawing that can be seen without running it; then those that exploring finds."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault
from dienhong.dossiers.process import conditions, explore
from dienhong.dossiers.process.table import WAITING, Flow, Node, Process

CAN_BE_LEFT_EARLY = frozenset({"user", "receive", "subprocess"})


def faults(process: Process, roles: Collection[str] | None, delegates: Collection[str] | None) -> list[Fault]:
    """All that is wrong; exploring begins only where the drawing holds together."""
    found = [*_flows(process), *_starts(process), *_words(process, roles, delegates)]
    for node in process.nodes.values():
        found += _ways(process, node)
        if node.kind == "exclusive":
            found += _gateway(process, node)
        if node.host:
            found += _boundary(process, node)
    if not found:
        found = [*_unreachable(process), *_loops(process)]
    return found or list(explore.explore(process).faults.values())


def _fault(code: str, at: Node | Flow, sentence: str, **values: object) -> Fault:
    name = at.name or at.id
    kind = at.kind if isinstance(at, Node) else "sequenceFlow"
    words = {"kind": kind, "id": at.id, "name": name, "line": at.line, **values}
    return Fault(code, sentence.format(**words), f"{at.line}:{at.id}")


def _flows(process: Process) -> Iterator[Fault]:
    for flow in process.flows.values():
        source, target = process.nodes.get(flow.source), process.nodes.get(flow.target)
        if source is None or target is None:
            missing = flow.source if source is None else flow.target
            sentence = _("Đường nối “{id}” (dòng {line}) chỉ tới “{missing}” không có trong quy trình.")
            yield _fault("flow", flow, sentence, missing=missing)
        elif source.scope != target.scope:
            yield _fault("flow", flow, _("Đường nối “{id}” (dòng {line}) đi xuyên qua ranh giới subProcess."))
        elif flow.condition and source.kind != "exclusive":
            sentence = _(
                "Đường nối “{id}” (dòng {line}) có điều kiện mà không ra từ cổng rẽ nhánh: dùng exclusiveGateway."
            )
            yield _fault("flow", flow, sentence)


def _starts(process: Process) -> Iterator[Fault]:
    scopes = ["", *(node.id for node in process.nodes.values() if node.kind == "subprocess")]
    for scope in scopes:
        inside = [node for node in process.nodes.values() if node.scope == scope]
        plain = [node for node in inside if node.kind == "start"]
        if len(plain) != 1:
            place = process.nodes[scope].said if scope else process.name or process.id
            sentence = _("“{place}” phải có đúng một startEvent thường; ở đây có {count}.")
            line = process.nodes[scope].line if scope else 0
            yield Fault("start", sentence.format(place=place, count=len(plain)), f"{line}:{scope}")
        for node in inside:
            if scope and node.kind in ("start_message", "start_timer"):
                yield _fault(
                    "start", node, _("“{name}” (id {id}, dòng {line}): subProcess chỉ bắt đầu bằng startEvent thường.")
                )


def _words(process: Process, roles: Collection[str] | None, delegates: Collection[str] | None) -> Iterator[Fault]:
    for node in process.nodes.values():
        if node.kind == "user" and not node.role:
            yield _fault(
                "role", node, _("userTask “{name}” (id {id}, dòng {line}) cần dienhong:role: ai làm việc này.")
            )
        elif node.role and roles is not None and node.role not in roles:
            sentence = _("“{name}” (id {id}, dòng {line}): không có vai trò “{role}”; dùng một trong {known}.")
            yield _fault("role", node, sentence, role=node.role, known=", ".join(roles))
        if node.kind in ("service", "send"):
            if not node.action:
                yield _fault("action", node, _("“{name}” (id {id}, dòng {line}) cần dienhong:action: tên delegate."))
            elif delegates is not None and node.action not in delegates:
                sentence = _("“{name}” (id {id}, dòng {line}): delegate “{action}” chưa được đăng ký.")
                yield _fault("action", node, sentence, action=node.action)
        waits = node.kind in ("receive", "start_message", "catch_message", "boundary_message")
        if waits and not node.message:
            yield _fault("message", node, _("“{name}” (id {id}, dòng {line}) chờ một tin mà không nói tên tin."))
        if node.kind == "start_timer" and node.due.startswith("@"):
            yield _fault("due", node, _("“{name}” (id {id}, dòng {line}): trước khi bắt đầu chưa có dữ kiện nào."))


def _ways(process: Process, node: Node) -> Iterator[Fault]:
    ends, starts = node.kind in ("end", "terminate"), node.kind.startswith(("start", "boundary"))
    if ends and node.outgoing:
        yield _fault("ways", node, _("Sự kiện kết thúc “{name}” (id {id}, dòng {line}) không được có đường ra."))
    if not ends and not node.outgoing:
        yield _fault("ways", node, _("“{name}” (id {id}, dòng {line}) không có đường ra: nối tới một endEvent."))
    if starts and node.incoming:
        yield _fault("ways", node, _("“{name}” (id {id}, dòng {line}) là sự kiện đầu nên không được có đường vào."))
    if node.kind not in ("exclusive", "parallel") and len(node.outgoing) > 1:
        yield _fault("ways", node, _("“{name}” (id {id}, dòng {line}) có nhiều đường ra: tách bằng parallelGateway."))
    if node.default and node.kind != "exclusive":
        yield _fault("ways", node, _("“{name}” (id {id}, dòng {line}): chỉ exclusiveGateway có đường mặc định."))


def _gateway(process: Process, node: Node) -> Iterator[Fault]:
    if len(node.outgoing) < 2:
        return
    if node.default and node.default not in node.outgoing:
        yield _fault("gateway", node, _("Cổng “{name}” (id {id}, dòng {line}): đường mặc định không ra từ cổng này."))
    asked, broken = [], False
    for flow in (process.flows[each] for each in node.outgoing):
        if flow.id == node.default:
            continue
        if not flow.condition:
            sentence = _(
                "Đường “{flow}” ra từ cổng “{name}” (id {id}, dòng {line}) cần điều kiện hoặc là đường mặc định."
            )
            yield _fault("gateway", node, sentence, flow=flow.name or flow.id)
            broken = True
            continue
        try:
            asked.append(conditions.read(flow.condition))
        except conditions.ConditionError as error:
            sentence = _("Đường “{name}” (id {id}, dòng {line}): {error}.")
            yield _fault("condition", flow, sentence, error=error)
            broken = True
    if not node.default and not broken and not conditions.exhaustive(asked):
        sentence = _(
            "Cổng “{name}” (id {id}, dòng {line}) không có đường mặc định, mà các điều kiện chưa chắc phủ hết."
        )
        yield _fault("gateway", node, sentence)


def _boundary(process: Process, node: Node) -> Iterator[Fault]:
    host = process.nodes.get(node.host)
    if host is None or host.scope != node.scope or host.kind not in CAN_BE_LEFT_EARLY:
        sentence = _(
            "Sự kiện biên “{name}” (id {id}, dòng {line}) phải nằm trên userTask, receiveTask hoặc subProcess."
        )
        yield _fault("boundary", node, sentence)


def _unreachable(process: Process) -> Iterator[Fault]:
    reached: set[str] = set()
    todo = [node.id for node in process.index.starts.values() if not node.scope]
    while todo:
        id_ = todo.pop()
        if id_ in reached:
            continue
        reached.add(id_)
        node = process.nodes[id_]
        todo += [process.flows[each].target for each in node.outgoing]
        todo += [each.id for each in process.index.boundaries.get(id_, ())]
        if node.kind == "subprocess":
            todo.append(process.index.inner_start[id_])
    for node in process.nodes.values():
        if node.id not in reached:
            yield _fault(
                "unreachable", node, _("“{name}” ({kind}, id {id}, dòng {line}) không thể đi tới từ điểm bắt đầu.")
            )


def _loops(process: Process) -> Iterator[Fault]:
    """Loops on which the dossier never waits: the machine would run round them for ever."""
    colour: dict[str, int] = {}
    for begin in process.nodes:
        stack = [(begin, iter(_at_once(process, begin)))] if begin not in colour else []
        if stack:
            colour[begin] = 1
        while stack:
            id_, ways = stack[-1]
            for target in ways:
                if colour.get(target) == 1:
                    yield _fault(
                        "loop",
                        process.nodes[target],
                        _("Vòng lặp qua “{name}” (id {id}, dòng {line}) không có chỗ chờ nào."),
                    )
                elif target not in colour:
                    colour[target] = 1
                    stack.append((target, iter(_at_once(process, target))))
                    break
            else:
                colour[id_] = 2
                stack.pop()


def _at_once(process: Process, id_: str) -> list[str]:
    """Where a token goes from here within the same step."""
    node = process.nodes[id_]
    if node.kind in WAITING:
        return []
    if node.kind == "subprocess":
        return [process.index.inner_start[id_]]
    if node.kind in ("end", "terminate"):
        around = process.nodes.get(node.scope)
        return [process.flows[each].target for each in around.outgoing] if around else []
    return [process.flows[each].target for each in node.outgoing]
