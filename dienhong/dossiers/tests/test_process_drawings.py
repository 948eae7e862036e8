"""What a drawing may hold, and what is said of one that we do not run."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils.html import escape

from dienhong.dossiers.process import compiler, diagram, explore, labels, projection, runtime
from dienhong.dossiers.process.conditions import ConditionError, FactMissing, exhaustive, read
from dienhong.dossiers.process.faults import DrawingRefused
from dienhong.dossiers.process.table import by_digest, from_json
from dienhong.dossiers.tests.process_world import FEE, FILES
from dienhong.organizations.models import Role

LOOP = (FILES / "exclusive_loop.bpmn").read_text()
EDGE = (FILES / "boundary_interrupting.bpmn").read_text()
SUB = (FILES / "subprocess.bpmn").read_text()


def refusal(text: str, **known: Any) -> str:
    with pytest.raises(DrawingRefused) as refused:
        compiler.compile(text.encode(), **known)
    return refused.value.sentence


def changed(text: str, old: str, new: str, count: int = 1) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, count)


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize("path", [*sorted(FILES.glob("*.bpmn")), FEE], ids=lambda path: path.stem)
def test_a_table_is_plain_data(path: Path) -> None:
    import json

    process = compiler.compile(path.read_bytes())
    kept = json.loads(json.dumps(process.json()))
    assert from_json(kept) == process
    assert by_digest(process.digest, kept) is by_digest(process.digest, {})


@pytest.mark.parametrize(
    ("old", "new", "instead"),
    [
        ("bpmn:serviceTask", "bpmn:scriptTask", "serviceTask"),
        ("bpmn:serviceTask", "bpmn:businessRuleTask", "serviceTask"),
        ("bpmn:serviceTask", "bpmn:callActivity", "subProcess"),
        ("bpmn:exclusiveGateway", "bpmn:inclusiveGateway", "exclusiveGateway"),
        ("bpmn:exclusiveGateway", "bpmn:eventBasedGateway", "receiveTask"),
        ("bpmn:exclusiveGateway", "bpmn:complexGateway", "parallelGateway"),
    ],
)
def test_an_element_that_does_not_run_is_named(old: str, new: str, instead: str) -> None:
    text = LOOP.replace(old, new)
    said = refusal(text)
    kind = new.removeprefix("bpmn:")
    element = "accept" if "Task" in old else "which"
    assert kind in said
    assert f"id {element}, dòng {line_of(text, f'<{new}')}" in said
    assert instead in said


def test_a_loop_marker_a_signal_and_an_event_subprocess_are_named() -> None:
    marker = changed(LOOP, "</bpmn:userTask>", "<bpmn:multiInstanceLoopCharacteristics /></bpmn:userTask>")
    assert "multiInstanceLoopCharacteristics “Check”" in refusal(marker)
    signal = re.sub(r"<bpmn:messageEventDefinition[^>]*/>", '<bpmn:signalEventDefinition id="x" />', EDGE)
    assert "signalEventDefinition “Withdraw” (id withdraw" in refusal(signal)
    event = changed(SUB, '<bpmn:subProcess id="inner"', '<bpmn:subProcess id="inner" triggeredByEvent="true"')
    assert "event subProcess “Inner”" in refusal(event)


def test_all_faults_are_said_at_once() -> None:
    text = LOOP.replace("serviceTask", "scriptTask").replace("exclusiveGateway", "inclusiveGateway")
    with pytest.raises(DrawingRefused) as refused:
        compiler.compile(text.encode())
    assert {fault.where.split(":")[1] for fault in refused.value.faults} == {"accept", "which"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('dienhong:role="case_officer"', 'dienhong:role="boss"', "không có vai trò “boss”"),
        ('dienhong:role="case_officer"', "", "cần dienhong:role"),
        ('dienhong:status="5"', 'dienhong:status="11"', "trạng thái quốc gia “11” không có"),
        ('dienhong:status="5"', "", "cần dienhong:status"),
        ('dienhong:status="5"', 'dienhong:staus="5"', "dienhong:staus"),
        ('dienhong:status="5"', 'dienhong:status="5" dienhong:due="soon"', "“soon” không đọc được"),
        ('dienhong:action="note"', 'dienhong:action="dance"', "delegate “dance” chưa được đăng ký"),
        ('dienhong:action="note"', "", "cần dienhong:action"),
        (' default="f_which_repair"', "", "cần điều kiện"),
        ('verdict == "accept"', 'verdict.pop() == "accept"', "phải là số nguyên"),
        ('targetRef="end"', 'targetRef="stop"', "“end” (end, id end, dòng"),
        ('targetRef="work"', 'targetRef="nowhere"', "“nowhere” không có"),
        ('<bpmn:endEvent id="end" dienhong:status="8">', '<bpmn:endEvent id="end">', "không cho biết trạng thái"),
    ],
)
def test_a_fault_is_said_with_its_place(old: str, new: str, said: str) -> None:
    assert said in refusal(changed(LOOP, old, new), roles=list(Role.values), delegates={"note"})


def test_ways_that_do_not_cover_everything_need_a_default() -> None:
    text = (FILES / "parallel_loop.bpmn").read_text()
    compiler.compile(text.encode())  # `enough` and `not enough` do
    assert "chưa chắc phủ hết" in refusal(changed(text, ">not enough<", ">amount &gt; 3<"))


def test_a_join_that_waits_for_a_branch_not_taken_is_found() -> None:
    """Two ways of one choice that meet only in a join: one of them never comes. A modeller's classic slip."""
    text = (FILES / "parallel_nested.bpmn").read_text()
    said = refusal(changed(text, 'sourceRef="more" targetRef="met"', 'sourceRef="more" targetRef="join"'))
    assert "mắc kẹt tại “join” (dòng" in said


def test_two_tokens_at_one_place_are_found() -> None:
    text = (FILES / "parallel.bpmn").read_text()
    text = changed(text, '<bpmn:parallelGateway id="join"', '<bpmn:exclusiveGateway id="join"')
    text = re.sub(
        r'(<bpmn:exclusiveGateway id="join".*?)</bpmn:parallelGateway>', r"\1</bpmn:exclusiveGateway>", text, flags=re.S
    )
    assert "Hai nhánh cùng đến “Last”" in refusal(text)


def test_a_loop_without_a_wait_is_found() -> None:
    text = changed(LOOP, '<bpmn:userTask id="check"', '<bpmn:serviceTask id="check" dienhong:action="note"')
    text = text.replace("</bpmn:userTask>", "</bpmn:serviceTask>", 1)
    text = text.replace('<bpmn:userTask id="repair"', '<bpmn:serviceTask id="repair" dienhong:action="note"')
    text = re.sub(r'(<bpmn:serviceTask id="repair".*?)</bpmn:userTask>', r"\1</bpmn:serviceTask>", text, flags=re.S)
    assert "không có chỗ chờ nào" in refusal(text)


def test_two_takers_of_one_message_are_found() -> None:
    text = (FILES / "catch_events.bpmn").read_text()
    text = re.sub(
        r"<bpmn:timerEventDefinition.*?</bpmn:timerEventDefinition>",
        '<bpmn:messageEventDefinition messageRef="m_told" />', text, flags=re.S,
    )  # fmt: skip
    assert "hai chỗ nhận cùng lúc" in refusal(text)


def test_no_entity_no_network_no_giant() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + LOOP.split("?>", 1)[1]
    assert "DOCTYPE" in refusal(bomb)
    assert "không phải XML" in refusal("<a>")
    assert "không phải BPMN" in refusal("<a/>")
    assert "lớn hơn" in refusal("<a>" + " " * compiler.LARGEST + "</a>")


def test_the_fee_passes_the_table_of_statuses() -> None:
    process = compiler.compile(FEE.read_bytes(), roles=list(Role.values))
    pairs = projection.check_projection(process)
    assert len(projection.moves()) == 42
    assert {(0, 1), (1, 2), (2, 4), (4, 6), (6, 4), (4, 9), (9, 10), (1, 5), (5, 1), (4, 5), (5, 4)} <= pairs
    assert {(1, 3), (4, 8), (6, 8), (5, 8), (4, 7), (6, 7), (7, 6), (7, 4), (7, 8)} <= pairs
    kinds = {node.kind for node in process.nodes.values()}
    assert {"parallel", "boundary_timer", "receive", "send", "service", "subprocess", "boundary_message"} <= kinds
    assert process.index.names == {
        "acceptance", "accepted", "before", "lapse", "withdrawal", "table_hit", "register_match", "paid", "amount",
    }  # fmt: skip


def test_an_illegal_move_names_both_places() -> None:
    text = changed(FEE.read_text(), 'label_en="Wait for the money"', 'label_en="Wait for the money" x="1"')
    text = changed(text, "<bpmn:process id", "<bpmn:process id")
    text = re.sub(r'(<bpmn:receiveTask id="wait_payment"[^>]*dienhong:status=)"6"', r'\1"2"', text)
    with pytest.raises(DrawingRefused) as refused:
        projection.check_projection(compiler.compile(text.encode()))
    said = refused.value.sentence
    assert "“Chờ nộp tiền” (id wait_payment" in said
    assert "không có bước 4 → 2" in said


def test_a_status_passed_without_waiting_counts() -> None:
    """A service task with a status is seen by the national portal although nobody waits there."""
    process = compiler.compile(EDGE.encode())
    assert {(1, 2), (2, 8)} <= set(explore.explore(process).pairs)
    assert runtime.advance(process, runtime.start(process, {}).marking, runtime.done("check"), {}).statuses == [2, 8]


def test_the_status_of_two_places_is_that_which_binds_the_applicant() -> None:
    text = (FILES / "parallel.bpmn").read_text()
    text = re.sub(r'(id="far"[^>]*dienhong:status=)"4"', r'\1"5"', text)
    process = compiler.compile(text.encode())
    first = runtime.start(process, {})
    second = runtime.advance(process, first.marking, runtime.done("right"), {}, status=first.status)
    assert (first.status, second.status) == (4, 5)
    third = runtime.advance(process, second.marking, runtime.done("far"), {}, status=second.status)
    assert third.status == 4


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        ("paid or amount == 0", {"paid": False, "amount": 0}, True),
        ("not paid and amount > 0", {"paid": False, "amount": 5}, True),
        ('kind in ("a", "b")', {"kind": "c"}, False),
        ("before != -1", {"before": 5}, True),
        ("a < b", {"a": 1, "b": 2}, True),
    ],
)
def test_conditions(text: str, facts: dict[str, Any], answer: bool) -> None:
    assert read(text).ask(facts) is answer


@pytest.mark.parametrize(
    "text", ["f(x)", "x + 1 > 2", "x.y", "x[0]", "1 < x < 3", "x if y else z", "", "x > 1.5", "(", "x in y"]
)
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(ConditionError):
        read(text)


@pytest.mark.parametrize(
    ("text", "facts"),
    [("paid", {}), ("paid", {"paid": 1}), ("x > 1", {"x": "2"}), ('x == "a"', {"x": None}), ("x > 1", {"x": True})],
)
def test_a_fact_that_is_missing_or_of_another_kind_is_no_silent_no(text: str, facts: dict[str, Any]) -> None:
    with pytest.raises(FactMissing):
        read(text).ask(facts)


@pytest.mark.parametrize(
    ("texts", "covers"),
    [
        (["a", "not a"], True), (["x > 3", "x <= 3"], True), (["x > 3", "x < 3"], False),
        (['k == "a"', 'k != "a"'], True), (['k == "a"', 'k == "b"'], False), (["a and b", "not a", "not b"], True),
        (["x > y", "x <= y"], False),
    ],
)  # fmt: skip
def test_conditions_that_cover_everything(texts: list[str], covers: bool) -> None:
    assert exhaustive([read(text) for text in texts]) is covers


def test_the_drawing_says_where_the_dossier_is() -> None:
    xml = FEE.read_bytes()
    svg = diagram.render(xml, here=["fix_base", "register_answer", "overdue"], passed=["filed", "accept_check"])
    assert "style=" not in svg
    assert "<script" not in svg
    assert svg.count('class="task here"') == 2
    assert "Hồ sơ đang ở: Xác định giá tính lệ phí; Chờ trả lời." in svg
    assert "Đã qua: Nộp hồ sơ; Kiểm tra và tiếp nhận." in svg
    english = diagram.render(xml, here=["fix_base"], lang="en")
    assert "Fix the base" in english
    assert 'role="img"' in svg


def test_names_in_a_drawing_are_text() -> None:
    xml = changed(LOOP, 'name="Check"', 'name="&lt;script&gt;x"').encode()
    svg = diagram.render(xml, here=["check"])
    assert "<script" not in svg
    assert "&lt;script&gt;x" in svg


def test_every_element_of_the_fee_is_drawn() -> None:
    found = diagram.layout(FEE.read_bytes())
    assert set(found.boxes) == set(found.process.nodes)
    assert set(found.lines) == set(found.process.flows)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("path", sorted(FEE.parents[1].glob("*/process.bpmn")), ids=lambda path: path.parent.name)
def test_no_name_stands_on_another_or_on_a_shape(path: Path, lang: str) -> None:
    """Names are placed by what is drawn around them, in either language; lines may be touched where it is crowded."""
    found, placed = diagram.layout(path.read_bytes()), diagram.names(path.read_bytes(), lang)
    nodes = found.process.nodes
    touched = [
        (label.lines, nodes[other].name)
        for key, label in placed.items()
        for other, box in found.boxes.items()
        if nodes[other].kind != "subprocess" and not (key == other and diagram._holds_its_name(nodes[key]))
        for part in diagram._covered(nodes[other], box)
        if labels.overlap(label.box, part)
    ]
    boxes = [label.box for label in placed.values()]
    touched += [(one, other) for n, one in enumerate(boxes) for other in boxes[:n] if labels.overlap(one, other)]
    assert touched == []
    text = re.sub(r"<[^>]*>", "", str(diagram.render(path.read_bytes(), lang=lang)))
    assert [name for node in nodes.values() if (name := escape(diagram.label(node, lang))) not in text] == [], (
        "whole words"
    )
