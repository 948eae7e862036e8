"""The explanations that count in a version: the latest of each check, and of those an earlier version gave only such
whose figures still stand as they were explained."""

from collections.abc import Mapping
from dataclasses import dataclass

from dienhong.reporting.figures import BLANK, Figure, figures
from dienhong.reporting.models import Version
from dienhong.rules import expressions


@dataclass(frozen=True, slots=True)
class Explained:
    """`key` is the check's; `since` the number of the version it was written in, None where that is this one."""

    key: str
    text: str
    since: int | None = None


def counting(version: Version, now: Mapping[str, Figure] | None = None) -> dict[int, Explained]:
    """By check id. `now`: the version's figures, if they are at hand."""
    rows = version.explanations.select_related("rule", "began_from__version__regime_version").order_by("pk")
    out: dict[int, Explained] = {}
    then: dict[int, Mapping[str, Figure]] = {}
    for one in {row.rule_id: row for row in rows}.values():
        if one.began_from is None:
            out[one.rule_id] = Explained(one.rule.key, one.text)
            continue
        written = one.began_from.version
        now = figures(version) if now is None else now
        if written.pk not in then:
            then[written.pk] = figures(written)
        read = {ref.code for ref in expressions.reads(one.rule.expression) if not ref.period}
        if all(_content(then[written.pk].get(key, BLANK)) == _content(now.get(key, BLANK)) for key in read):
            out[one.rule_id] = Explained(one.rule.key, one.text, written.number)
    return out


def _content(figure: Figure) -> tuple[object, object, str]:
    return figure.value, figure.empty, figure.problem
