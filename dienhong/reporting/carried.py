"""What a period begins with: cells that a check of the regime sets equal to another cell of the period before."""

from collections.abc import Iterable, Mapping

from dienhong.reporting.figures import BLANK, Figure
from dienhong.reporting.models import CheckRule, FormCell
from dienhong.rules import expressions
from dienhong.rules.expressions.nodes import Op, Ref

ORIGIN = "carried"  # of the edit that such a cell begins with
COLOUR = "FFE3B8"  # of such a cell in a template
TITLE = "Chuyển từ kỳ trước"
WORDS = "Số này lấy từ báo cáo kỳ trước. Khác với sổ thì gõ đè; phần mềm sẽ hỏi lý do."
LEGEND = "Ô cam là số chuyển từ kỳ trước, điền sẵn; sai thì gõ đè."


def sources(rules: Iterable[CheckRule]) -> dict[str, str]:
    """Cell key -> the key whose figure of the period before it repeats, from checks of the shape `[r1] = [r4]@prev`."""
    out = {}
    for rule in rules:
        node = expressions.parse(rule.expression)
        if not isinstance(node, Op) or node.name != "=":
            continue
        here, there = node.args
        if isinstance(here, Ref) and isinstance(there, Ref) and (here.period, there.period) == ("", "prev"):
            out[here.code] = there.code
    return out


def figures(
    rules: Iterable[CheckRule], cells: Iterable[FormCell], now: Mapping[str, Figure], prev: Mapping[str, Figure]
) -> dict[str, Figure]:
    """The figures to begin with, for number cells in which nothing stands yet and whose source had a number."""
    entered = {cell.key for cell in cells if cell.kind == FormCell.Kind.NUMBER}
    found = {key: prev.get(source, BLANK) for key, source in sources(rules).items() if key in entered}
    return {
        key: Figure(value=figure.value, empty=figure.empty)
        for key, figure in found.items()
        if figure.value is not None and now.get(key, BLANK) == BLANK
    }


def standing(rules: Iterable[CheckRule], now: Mapping[str, Figure]) -> dict[str, tuple[str, str]]:
    """Cell key -> the cell with which the period ends and the text of the figure, for cells that hold what they began
    with."""
    return {
        begins: (ends, now[begins].typed)
        for begins, ends in sources(rules).items()
        if begins in now and now[begins].origin == ORIGIN
    }
