"""The ten national statuses as a projection of the process, held against the table of allowed moves.

The table is `data/dossier_transitions.csv` (its README says where it comes from): 42 moves, an empty `from` is filing.
"""

import csv
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault
from dienhong.dossiers.process.explore import Explored, explore
from dienhong.dossiers.process.faults import DrawingRefused
from dienhong.dossiers.process.table import Process

TABLE = Path(__file__).resolve().parents[1] / "data" / "dossier_transitions.csv"


@cache
def moves() -> frozenset[tuple[int, int]]:
    """The allowed moves; from 0 is filing. A place that is left for another with the same status is no move."""
    with open(TABLE, encoding="utf-8", newline="") as file:
        rows = [line for line in file if not line.startswith("#")]
    return frozenset((int(row["from"] or 0), int(row["to"])) for row in csv.DictReader(rows))


def illegal(process: Process, explored: Explored | None = None) -> list[Fault]:
    """A fault for each pair of statuses that the process can pass and the table does not have, naming both elements."""
    found = []
    for (before, after), (one, other) in sorted((explored or explore(process)).pairs.items()):
        if (before, after) in moves():
            continue
        left, right = process.nodes[one], process.nodes[other]
        sentence = _(
            "Từ “{one}” (id {one_id}, dòng {one_line}, trạng thái {before}) sang “{other}” (id {other_id}, dòng"
            " {other_line}, trạng thái {after}): bảng trạng thái quốc gia không có bước {before} → {after}."
        )
        said = sentence.format(
            one=left.said, one_id=one, one_line=left.line, before=before or "–",
            other=right.said, other_id=other, other_line=right.line, after=after,
        )  # fmt: skip
        found.append(Fault("projection", said, f"{right.line}:{other}"))
    return found


def check_projection(process: Process) -> frozenset[tuple[int, int]]:
    """The moves that the process can make. Raises DrawingRefused for one that the table does not have."""
    explored = explore(process)
    if found := illegal(process, explored):
        raise DrawingRefused(found)
    return frozenset(explored.pairs)
