"""What applicants said of how a unit and those below it handled their dossiers: how many of each grade, and the words.

Nobody is named and no dossier either: who grades is not known to who handles.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from dienhong.base import clock
from dienhong.dossiers.models import Rating
from dienhong.indicators.models import Period
from dienhong.organizations import queries as organizations

MOST = 20  # of the latest words


@dataclass(frozen=True, slots=True)
class Voices:
    """`grades`: (grade, its word, how many), the best first; `words`: (grade, its word, what was written)."""

    grades: list[tuple[int, str, int]]
    total: int
    words: list[tuple[int, str, str]]


def voices(unit_id: int, period: Period, *, words: bool) -> Voices:
    """Of the ratings given in the period. `words`: with what was written, for those who may read the dossiers."""
    rows = _given(unit_id, period)
    counts = dict(rows.order_by().values_list("grade").annotate(Count("pk")))
    said = [(grade, str(label), counts.get(grade, 0)) for grade, label in reversed(Rating.Grade.choices)]
    latest = rows.exclude(comment="").order_by("-pk")[:MOST] if words else []
    written = [(row.grade, row.get_grade_display(), row.comment) for row in latest]
    return Voices(said, sum(counts.values()), written)


def _given(unit_id: int, period: Period) -> QuerySet[Rating]:
    below = organizations.command(period.last).filter(ancestor=unit_id)
    first, after = clock.midnight(period.first), clock.midnight(period.last + dt.timedelta(days=1))
    ours = Q(dossier__unit=unit_id) | Q(dossier__unit__in=below.values("descendant"))
    return Rating.objects.filter(ours, business_at__gte=first, business_at__lt=after)
