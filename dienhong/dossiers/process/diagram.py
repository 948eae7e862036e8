"""The drawing as inline SVG: where the dossier is, where it has been. Classes only, no style, no script, no id.

Coordinates are those of the file (BPMN DI). What is shown by colour is said in words too: the title names the process,
the description the present places and those passed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lxml import etree

from dienhong.dossiers.process import labels
from dienhong.dossiers.process.compiler import compile, parse
from dienhong.dossiers.process.labels import Box, Label, Point
from dienhong.dossiers.process.table import Node, Process

MARGIN: Final = 24.0
ROUND: Final = frozenset({"start", "start_message", "start_timer", "end", "terminate", "catch_message", "catch_timer"})
# Small signs in a corner of a task, in a box of 14 × 14; in the middle of an event.
SIGNS: Final = {
    "user": "M7 1.5a2.6 2.6 0 1 1 0 5.2a2.6 2.6 0 0 1 0-5.2M1.8 13c0-3 2.3-5 5.2-5s5.2 2 5.2 5z",
    "service": "M5.6 1h2.8l.4 1.8 1.5.7 1.6-1 2 2-1 1.6.6 1.4-1 4-1.6.6H3.8l-2-2 1-1.6-.6-1.5L1 6.600l2-3.200z",
    "send": "M1 3h12v8H1zM1 3l6 4.500L13 3",
    "receive": "M1 3h12v8H1zM1 3l6 4.500L13 3",
    "message": "M1 3h12v8H1zM1 3l6 4.500L13 3",
    "timer": "M7 1a6 6 0 1 1 0 12a6 6 0 0 1 0-12M7 3v4l3 2",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes (x, y, width, height) of elements and of names drawn apart, lines of flows, by id; the box around all."""

    process: Process
    boxes: dict[str, Box]
    lines: dict[str, tuple[Point, ...]]
    labels: dict[str, Box]
    around: Box


@lru_cache(maxsize=64)
def layout(xml: bytes) -> Layout:
    """Raises DrawingRefused for a file that is no process. An element without coordinates is left out."""
    boxes: dict[str, Box] = {}
    lines: dict[str, tuple[Point, ...]] = {}
    apart: dict[str, Box] = {}
    for element in parse(xml).iter(etree.Element):
        of, name = element.get("bpmnElement", ""), etree.QName(element).localname
        if name == "BPMNShape":
            boxes[of] = _bounds(element)
            for drawn in element.iterchildren("{*}BPMNLabel"):
                if len(drawn):
                    apart[of] = _bounds(drawn)
        elif name == "BPMNEdge":
            points = [each for each in element if etree.QName(each).localname == "waypoint"]
            lines[of] = tuple((float(each.get("x", "0")), float(each.get("y", "0"))) for each in points)
    process = compile(xml)
    boxes = {id_: box for id_, box in boxes.items() if id_ in process.nodes}
    lines = {id_: line for id_, line in lines.items() if id_ in process.flows and len(line) > 1}
    xs = [x for x, _y, w, _h in boxes.values() for x in (x, x + w)] + [x for line in lines.values() for x, _y in line]
    ys = [y for _x, y, _w, h in boxes.values() for y in (y, y + h)] + [y for line in lines.values() for _x, y in line]
    left, top = min(xs, default=0) - MARGIN, min(ys, default=0) - MARGIN
    around = (left, top, max(xs, default=0) + MARGIN - left, max(ys, default=0) + 2 * MARGIN - top)
    return Layout(process, boxes, lines, apart, around)


def _bounds(element: etree._Element) -> Box:
    bounds = next(element.iterchildren("{*}Bounds"))
    x, y, width, height = (float(bounds.get(side, "0")) for side in ("x", "y", "width", "height"))
    return x, y, width, height


@lru_cache(maxsize=64)
def names(xml: bytes, lang: str) -> dict[str, Label]:
    """Where every name stands, by element or flow: tasks first, whose names have the least choice, flows last."""
    found = layout(xml)
    nodes = found.process.nodes
    tight = [id_ for id_ in found.boxes if _holds_its_name(nodes[id_])]
    subs = [id_ for id_ in found.boxes if nodes[id_].kind == "subprocess"]
    loose = [id_ for id_ in found.boxes if id_ not in tight and id_ not in subs]
    # What sits on a task's edge and its sign are in the way of the task's own name; its frame is not.
    in_task = labels.Ground([found.boxes[id_] for id_ in loose], [])
    in_task.shapes += [(x + 5, y + 5, 16, 16) for x, y, _w, _h in (found.boxes[id_] for id_ in tight)]
    made = {
        id_: in_task.settle(labels.inside(said, found.boxes[id_])) for id_ in tight if (said := label(nodes[id_], lang))
    }
    ground = labels.Ground(
        [each for id_ in (*tight, *loose) for each in _covered(nodes[id_], found.boxes[id_])],
        [piece for line in found.lines.values() for piece in pairwise(line)],
    )
    for id_ in subs:
        x, y, _width, _height = found.boxes[id_]
        ground.lines += labels.edges(found.boxes[id_])
        ground.names.append((x + 14, y + 8, len(label(nodes[id_], lang)) * labels.LETTER, labels.LINE))
    for id_ in loose:
        if said := label(nodes[id_], lang):
            made[id_] = ground.settle(labels.beside(said, found.boxes[id_], found.labels.get(id_)))
    for id_, line in found.lines.items():
        if lang == "vi" and (said := found.process.flows[id_].name):  # a flow's name has no other language in a file
            made[id_] = ground.settle(labels.along(said, line))
    return made


def _covered(node: Node, box: Box) -> list[Box]:
    return labels.diamond(box) if node.kind in ("exclusive", "parallel") else [box]


def _holds_its_name(node: Node) -> bool:
    return not _is_event(node) and node.kind not in ("exclusive", "parallel", "subprocess")


def label(node: Node, lang: str) -> str:
    """The name in the reader's language."""
    return (node.label_en if lang == "en" else "") or node.name


def words(process: Process, here: Collection[str], passed: Collection[str], lang: str = "vi") -> str:
    """What the drawing shows, in a sentence or two."""
    places = [label(process.nodes[each], lang) for each in here if _is_said(process, each)]
    been = [label(process.nodes[each], lang) for each in passed if _is_said(process, each) and each not in here]
    said = _("Hồ sơ đang ở: {places}.").format(places="; ".join(places)) if places else _("Hồ sơ đã kết thúc.")
    return f"{said} {_('Đã qua: {places}.').format(places='; '.join(been))}" if been else said


def _is_said(process: Process, element: str) -> bool:
    node = process.nodes.get(element)
    return node is not None and bool(node.name) and node.kind not in ("boundary_timer", "exclusive", "parallel")


def render(xml: bytes, *, here: Collection[str] = (), passed: Collection[str] = (), lang: str = "vi") -> SafeString:
    """The SVG. `here`: tokens or elements where the dossier waits; `passed`: elements that it has been through."""
    found = layout(xml)
    process = found.process
    name = (process.label_en if lang == "en" else "") or process.name
    said = words(process, here, passed, lang)
    placed = names(xml, lang)
    parts = [_line(found, flow, passed) for flow in found.lines]
    order = sorted(found.boxes, key=lambda id_: (len(process.index.scopes[id_]), bool(process.nodes[id_].host)))
    subs = [id_ for id_ in order if process.nodes[id_].kind == "subprocess"]
    rest = [id_ for id_ in order if process.nodes[id_].kind != "subprocess"]
    frames = [_element(found, id_, here, passed, lang, placed) for id_ in subs]
    shapes = [_element(found, id_, here, passed, lang, placed) for id_ in rest]
    ways = [_written(placed[flow], "way") for flow in found.lines if flow in placed]
    left, top, width, height = (f"{value:g}" for value in _around(found, placed))
    return format_html(
        '<svg class="process" viewBox="{} {} {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        "<title>{}</title><desc>{}</desc>{}{}{}{}</svg>",
        left, top, width, height, width, height, f"{_('Sơ đồ quy trình')}: {name}. {said}", name, said,
        _joined(frames), _joined(parts), _joined(shapes), _joined(ways),
    )  # fmt: skip


def _around(found: Layout, placed: Mapping[str, Label]) -> Box:
    """The box around the drawing, names included."""
    x, y, width, height = found.around
    boxes = [each.box for each in placed.values()]
    left, top = min([x, *(each[0] - 4 for each in boxes)]), min([y, *(each[1] - 4 for each in boxes)])
    right = max([x + width, *(each[0] + each[2] + 4 for each in boxes)])
    bottom = max([y + height, *(each[1] + each[3] + 4 for each in boxes)])
    return left, top, right - left, bottom - top


def _joined(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _line(found: Layout, id_: str, passed: Collection[str]) -> SafeString:
    flow, points = found.process.flows[id_], found.lines[id_]
    done = " passed" if flow.source in passed and flow.target in passed else ""
    drawn = " ".join(f"{x:g},{y:g}" for x, y in points)
    arrow = mark_safe(_arrow(points[-2], points[-1]))  # noqa: S308 (numbers only)
    return format_html('<g class="flow{}"><polyline points="{}"/>{}</g>', done, drawn, arrow)


def _arrow(before: Point, tip: Point) -> str:
    """A small triangle at the end of a line that runs straight along one axis, or nearly."""
    (x, y), (from_x, from_y) = tip, before
    if abs(x - from_x) >= abs(y - from_y):
        back = 8 if from_x < x else -8
        return f'<path class="tip" d="M{x:g} {y:g}l{-back} -4v8z"/>'
    back = 8 if from_y < y else -8
    return f'<path class="tip" d="M{x:g} {y:g}l-4 {-back}h8z"/>'


def _element(
    found: Layout, id_: str, here: Collection[str], passed: Collection[str], lang: str, placed: Mapping[str, Label]
) -> SafeString:
    node, box = found.process.nodes[id_], found.boxes[id_]
    state = " here" if id_ in here and not node.host else " passed" if id_ in passed else ""
    kind = "gateway" if node.kind in ("exclusive", "parallel") else "event" if _is_event(node) else "task"
    kind = "sub" if node.kind == "subprocess" else kind
    beside = "" if node.interrupting else " beside"
    shape = mark_safe(_shape(node, box) + _sign(node, box))  # noqa: S308 (numbers and our own paths)
    tip = format_html("<title>{}</title>", label(node, lang)) if node.name else ""
    return format_html(
        '<g class="{}{}{}">{}{}{}</g>', kind, state, beside, tip, shape, _name(node, found, placed, lang)
    )


def _is_event(node: Node) -> bool:
    return node.kind in ROUND or bool(node.host)


def _shape(node: Node, box: tuple[float, float, float, float]) -> str:
    x, y, width, height = box
    middle_x, middle_y = x + width / 2, y + height / 2
    if node.kind in ("exclusive", "parallel"):
        points = f"{middle_x:g},{y:g} {x + width:g},{middle_y:g} {middle_x:g},{y + height:g} {x:g},{middle_y:g}"
        cross = "M-7 -7L7 7M7 -7L-7 7" if node.kind == "exclusive" else "M-9 0H9M0 -9V9"
        mark = f'<path class="mark" transform="translate({middle_x:g} {middle_y:g})" d="{cross}"/>'
        return f'<polygon points="{points}"/>{mark}'
    if not _is_event(node):
        corner = 12 if node.kind == "subprocess" else 8
        return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{corner}"/>'
    radius = min(width, height) / 2
    circle = f'<circle class="{"last" if node.kind in ("end", "terminate") else "rim"}" cx="{middle_x:g}"'
    circle += f' cy="{middle_y:g}" r="{radius:g}"/>'
    if node.host or node.kind.startswith("catch"):
        circle += f'<circle class="rim inner" cx="{middle_x:g}" cy="{middle_y:g}" r="{radius - 3.5:g}"/>'
    if node.kind == "terminate":
        circle += f'<circle class="full" cx="{middle_x:g}" cy="{middle_y:g}" r="{radius - 6:g}"/>'
    return circle


def _sign(node: Node, box: tuple[float, float, float, float]) -> str:
    name = node.kind.rpartition("_")[2] if _is_event(node) else node.kind
    path = SIGNS.get(name)
    if path is None:
        return ""
    x, y, width, height = box
    at_x, at_y = (x + width / 2 - 7, y + height / 2 - 7) if _is_event(node) else (x + 6, y + 6)
    return f'<path class="sign {escape(name)}" transform="translate({at_x:g} {at_y:g})" d="{path}"/>'


def _name(node: Node, found: Layout, placed: Mapping[str, Label], lang: str) -> SafeString:
    if node.kind == "subprocess":
        x, y, _width, _height = found.boxes[node.id]
        return format_html(
            '<text class="head" x="{}" y="{}">{}</text>', f"{x + 14:g}", f"{y + 22:g}", label(node, lang)
        )
    return _written(placed[node.id]) if node.id in placed else SafeString("")


def _written(said: Label, kind: str = "") -> SafeString:
    """Lines apart by a blank too: who copies or hears the name gets whole words."""
    rows = ((f"{said.x:g}", f"{said.y + n * labels.LINE:g}", line) for n, line in enumerate(said.lines))
    lines = format_html_join(" ", '<tspan x="{}" y="{}">{}</tspan>', rows)
    return format_html('<text class="{}">{}</text>', kind, lines) if kind else format_html("<text>{}</text>", lines)
