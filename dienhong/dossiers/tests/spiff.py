"""SpiffWorkflow beside our engine: the same file, the same events, the same places."""

import datetime as dt
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.task_parsers import TaskParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from dienhong.dossiers.process.runtime import Event

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PAST = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).isoformat()
FUTURE = (dt.datetime.now(dt.UTC) + dt.timedelta(days=900)).isoformat()
WAITING = {"UserTask", "ReceiveTask", "IntermediateCatchEvent"}
Specs = tuple[Any, Any]


class Facts(PythonScriptEngine):
    """Conditions ask the dossier's facts, wherever the token came from: Spiff keeps data with each token."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: dict[str, Any] = {}

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        known = {"due_at": FUTURE, "supplement_due": FUTURE, **self.facts}
        return eval(expression, {"__builtins__": {}}, known)  # noqa: S307 (our own files)


class Done(ServiceTask):
    """A service task whose work is done as soon as it begins; Spiff leaves what it does to its user."""

    def _execute(self, task: Any) -> bool:
        return True


class Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {f"{BPMN}serviceTask": (TaskParser, Done)}


def specs(xml: bytes) -> Specs:
    """Parsed once. Spiff reads a duration as an expression, so it gets it in quotes; none as `P900D`."""
    root = etree.fromstring(xml)
    for definition in root.iter(f"{BPMN}timerEventDefinition"):
        durations = definition.findall(f"{BPMN}timeDuration")
        for each in durations:
            each.text = f'"{each.text}"'
        if not len(definition):
            etree.SubElement(definition, f"{BPMN}timeDuration").text = '"P900D"'
    process = root.find(f"{BPMN}process")
    assert process is not None
    parser = Parser()
    parser.add_bpmn_xml(root)
    return parser.get_spec(process.get("id")), parser.get_subprocess_specs(process.get("id"))


class Oracle:
    """One case on SpiffWorkflow."""

    def __init__(self, made: Specs, facts: dict[str, Any]) -> None:
        self.engine = Facts()
        self.engine.facts = facts
        self.workflow = BpmnWorkflow(*made, script_engine=self.engine)
        self.workflow.do_engine_steps()

    def send(self, event: Event, facts: dict[str, Any]) -> None:
        self.engine.facts = facts
        if event.kind == "message":
            self.workflow.send_event(BpmnEvent(MessageEventDefinition(event.name), {}))
        elif event.kind == "timer":
            task = self._only(event.name, TaskState.WAITING)
            task._set_internal_data(event_value=PAST)
            self.workflow.refresh_timers()
        else:
            self._only(event.name, TaskState.READY).run()
        self.workflow.do_engine_steps()

    def _only(self, element: str, state: int) -> Any:
        (task,) = [task for task in self.workflow.get_tasks(state=state) if task.task_spec.bpmn_id == element]
        return task

    def places(self) -> frozenset[str]:
        """Where it waits, and which boundary timers are set."""
        found = []
        for task in self.workflow.get_tasks(state=TaskState.READY | TaskState.WAITING):
            spec = task.task_spec
            name = type(spec).__name__
            timer = name == "BoundaryEvent" and isinstance(spec.event_definition, TimerEventDefinition)
            if name in WAITING or (timer and task.state == TaskState.WAITING):
                found.append(spec.bpmn_id)
        assert len(found) == len(set(found)), found
        return frozenset(found)

    @property
    def ended(self) -> bool:
        return bool(self.workflow.completed)
