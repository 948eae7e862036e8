"""What changed in a report since a leader last approved it: the cells, with what stood there then and stands now."""

from dataclasses import dataclass

from dienhong.reporting.figures import BLANK, Figure, figures
from dienhong.reporting.models import Approval, FormCell, Version
from dienhong.reporting.review import Review


@dataclass(frozen=True, slots=True)
class Difference:
    cell: FormCell
    before: Figure
    now: Figure


@dataclass(frozen=True, slots=True)
class SinceApproval:
    """`approval` is the earlier one; `cells` those whose figure is no longer what was approved then."""

    approval: Approval
    cells: list[Difference]


def since_approval(version: Version, judged: Review) -> SinceApproval | None:
    """Against the report's last approval, of this version or an earlier one; None where there was none."""
    approval = (
        Approval.objects.filter(change__version__submission=version.submission_id)
        .select_related("change__version__regime_version", "change__by")
        .order_by("-change_id")
        .first()
    )
    if approval is None:
        return None
    before = figures(approval.change.version, judged.cells, until=approval.change.at)
    changed = [
        Difference(cell, before.get(cell.key, BLANK), judged.now[cell.key])
        for cell in judged.cells
        if _content(before.get(cell.key, BLANK)) != _content(judged.now[cell.key])
    ]
    return SinceApproval(approval, changed)


def _content(figure: Figure) -> tuple[object, object, str]:
    return figure.value, figure.empty, "" if figure.value is not None else figure.typed.strip()
