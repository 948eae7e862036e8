"""What the catalogue says, as of a moment, and the search through it."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Case, F, When

from dienhong.base.brief import brief
from dienhong.base.text import fold
from dienhong.indicators.models import Entry, Indicator, Method, Period
from dienhong.indicators.queries import kept
from dienhong.indicators.queries.moments import AsOf, Moment, moment

_WORD = re.compile(r"[0-9a-z]+(?:\.[0-9a-z]+)*")


# After `by_then`: the last word known by then, else the first word ever said.
BEST = (F("held").desc(nulls_last=True), "known_at", "-pk")


def by_then(rows: Any, as_of: AsOf) -> Any:
    """Published rows with `held`, their moment where it was not later than the one asked for.

    The demo plays days that lie before the catalogue was loaded: what was said first stands for the time before it,
    or nothing of what was played then could be named. Unplayed figures are never known before their catalogue.
    """
    held = Case(When(known_at__lte=moment(as_of).at, then=F("known_at")))
    return rows.filter(known_at__isnull=False).annotate(held=held)


def entries(indicator_ids: Iterable[int] | None = None, as_of: AsOf = None) -> dict[int, Entry]:
    """indicator id -> the wording that holds, with its indicator and field; of all indicators unless named."""
    rows = by_then(Entry.objects, as_of)
    if indicator_ids is not None:
        rows = rows.filter(indicator__in=list(indicator_ids))
    latest = rows.order_by("indicator_id", *BEST).distinct("indicator_id")
    return {entry.indicator_id: entry for entry in latest.select_related("indicator__field")}


def entry(indicator_id: int, as_of: AsOf = None) -> Entry | None:
    """The wording of one indicator that holds; None where it was not yet in the catalogue. Read once a Moment."""
    at = moment(as_of)
    if ("entry", indicator_id) not in at.read:
        said = _entry_then(indicator_id, at.at) if at.past else _entry(indicator_id, at)
        at.read["entry", indicator_id] = said
    found: Entry | None = at.read["entry", indicator_id]
    return found


def _entry(indicator_id: int, at: Moment) -> Entry | None:
    rows = by_then(Entry.objects.select_related("indicator__field"), at)
    best: Entry | None = rows.filter(indicator=indicator_id).order_by(*BEST).first()
    return best


@brief(5, most=512, settled=True)
def _entry_then(indicator_id: int, at: dt.datetime) -> Entry | None:
    return _entry(indicator_id, Moment(at, past=True))


def read_ahead(indicator_ids: Iterable[int], at: Moment) -> None:
    """What `entry`, `method` and `methods` answer of these, in two questions, kept in the Moment."""
    wanted = [pk for pk in indicator_ids if ("entry", pk) not in at.read or ("methods", pk) not in at.read]
    if not wanted:
        return
    said = entries(wanted, at)
    ranked: dict[int, list[Method]] = {pk: [] for pk in wanted}
    for row in by_then(Method.objects, at).filter(indicator__in=wanted).order_by("indicator_id", *BEST):
        ranked[row.indicator_id].append(row)
    for pk in wanted:
        at.read["entry", pk], at.read["methods", pk] = said.get(pk), ranked[pk]


def indicator(code: str) -> Indicator:
    """By its code, 02.001. Indicator.DoesNotExist otherwise."""
    return kept.indicator(code)


def indicator_of(pk: int) -> Indicator:
    return kept.indicator_by_id(pk)


def by_code(code: str, at: Moment) -> Indicator | None:
    """By its code, None where there is none. Read once a Moment."""
    if (f"indicator {code}", 0) not in at.read:
        at.read[f"indicator {code}", 0] = Indicator.objects.filter(code=code).first()
    found: Indicator | None = at.read[f"indicator {code}", 0]
    return found


def by_codes(codes: Iterable[str], at: Moment) -> list[Indicator]:
    """Those of the codes that there are, in one question; each is kept for `by_code`."""
    wanted = list(codes)
    fresh = [code for code in wanted if (f"indicator {code}", 0) not in at.read]
    known = {row.code: row for row in Indicator.objects.filter(code__in=fresh)} if fresh else {}
    for code in fresh:
        at.read[f"indicator {code}", 0] = known.get(code)
    return [found for code in wanted if (found := by_code(code, at)) is not None]


def method(indicator_id: int, period: Period, as_of: AsOf = None) -> Method | None:
    """The version of the method that holds for the period. Read once a Moment."""
    at = moment(as_of)
    if ("methods", indicator_id) not in at.read:
        at.read["methods", indicator_id] = list(
            by_then(Method.objects, at).filter(indicator=indicator_id).order_by(*BEST)
        )
    rows: list[Method] = at.read["methods", indicator_id]
    return next((row for row in rows if row.valid_from is None or row.valid_from <= period.last), None)


def methods(indicator_id: int, as_of: AsOf = None) -> list[Method]:
    """All versions of the method, oldest first; `comparable=False` is a break in the series."""
    at = moment(as_of)
    ranked: list[Method] | None = at.read.get(("methods", indicator_id))
    if ranked is None:
        ranked = list(Method.objects.filter(indicator=indicator_id, known_at__isnull=False))
    known = sorted(ranked, key=lambda row: row.number)
    return [row for row in known if row.known_at and row.known_at <= at.at] or known[:1]


_SEARCH = """
WITH latest AS (
    SELECT DISTINCT ON (indicator_id) id, indicator_id FROM indicators_entry WHERE known_at IS NOT NULL
    ORDER BY indicator_id, CASE WHEN known_at <= %(at)s THEN known_at END DESC NULLS LAST, known_at, id DESC
)
SELECT latest.id FROM latest JOIN indicators_indicator i ON i.id = latest.indicator_id
JOIN indicators_entry e ON e.id = latest.id
WHERE to_tsvector('simple'::regconfig, e.search_key) @@ to_tsquery('simple'::regconfig, %(query)s)
ORDER BY i.code = %(text)s DESC, position(%(text)s IN dienhong_fold(e.name_vi)) = 1 DESC,
    position(%(text)s IN e.search_key) > 0 DESC,
    ts_rank(to_tsvector('simple'::regconfig, e.search_key), to_tsquery('simple'::regconfig, %(query)s), 1) DESC,
    i.supporting, i.code
"""


def search(text: str, as_of: AsOf = None) -> list[Entry]:
    """Wordings that hold all words of `text`, best first. Without tones; a half-typed word finds its ending.

    The order: the code itself, names that begin so, names with these words side by side, then by rank.
    """
    folded = fold(text)
    words = _WORD.findall(folded)
    if not words:
        return []
    # The word search takes the dotted code for one word, as the index does; quotes keep the parser off it.
    query = " & ".join(f"'{word}':*" for word in words)
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, {"at": moment(as_of).at, "query": query, "text": folded})
        ids = [row[0] for row in cursor.fetchall()]
    found = Entry.objects.select_related("indicator__field").in_bulk(ids)
    return [found[pk] for pk in ids]
