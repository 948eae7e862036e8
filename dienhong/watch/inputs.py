"""What a figure is made from: a check is made, a rule evaluated, when any of it is published."""

from dienhong.indicators import queries
from dienhong.indicators.models import Indicator
from dienhong.indicators.queries.catalogue import by_code
from dienhong.indicators.queries.computed import parts_of


def inputs_of(indicator: Indicator) -> list[int]:
    """Ids of the indicator and of all it is made from, each once; safe where a formula runs in a circle."""
    at, found, waiting = queries.moment(), {}, [indicator]
    while waiting:
        each = waiting.pop()
        entry = queries.entry(each.pk, at)
        if each.pk in found or entry is None:
            continue
        found[each.pk] = entry
        methods = queries.methods(each.pk, at)
        refs = parts_of(entry, methods[-1].formula if methods else "")
        waiting += [part for ref in refs if (part := by_code(ref.code, at))]
    return sorted({*found, indicator.pk})
