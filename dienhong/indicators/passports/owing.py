"""Who owes a figure that is not there: since when, how many working days late, and what they said last."""

from dienhong.base import clock, periods
from dienhong.indicators import coverage, places, queries
from dienhong.indicators.models import Indicator, Period
from dienhong.indicators.passports.parts import Context, Json, number
from dienhong.indicators.queries import Moment, Total

LOOKED_BACK = 40  # periods: ten years of quarters


def is_open(period: Period | periods.Period) -> bool:
    """Whether the period's own days are not over on the business day."""
    return period.last >= clock.business_today()


def owing(c: Context) -> Json | None:
    """Who owes the figure of the unit, by which source; None where no duty asks it of anybody."""
    source = queries.authority(c.indicator.pk, c.period, c.at)
    then = c.at.at if c.at.past else None
    owed = coverage.owing(source, c.period, [], then, [c.key.unit_id]) if source else None
    if owed is None or not owed.owing:
        return None
    row = owed.owing[0]
    return {
        "unit": c.unit(row.unit_id),
        "state": row.state,
        "due": row.due.isoformat() if row.due else None,
        "overdue_days": row.overdue_days,
        "extended": row.extended,
        "late": row.late,
        "url": row.url,
    }


def absent(found: Indicator, period: Period, total: Total, at: Moment) -> tuple[int, int]:
    """(missing, expected) of the units of which the total has no figure: missing where it is overdue or was given
    back, expected also where it is not due yet. Who is exempt owes nothing; where no duty says, all are missing."""
    if not total.without:
        return 0, 0
    source = queries.speaker(found, period, at)
    owed = coverage.owing(source, period, [], at.at if at.past else None, total.without) if source else None
    if owed is None or not owed.owing:
        return len(total.without), len(total.without)
    unasked = len(total.without) - len(owed.owing)
    return owed.count("missing", "returned") + unasked, len(total.without) - owed.count("exempt")


def cover(owed_by: Json) -> Json:
    """For the ring of one unit that has given nothing."""
    state = owed_by["state"]
    return {"reported": 0, "late": 0, "missing": int(state in ("missing", "returned")), "total": int(state != "exempt")}


def last_known(c: Context) -> Json | None:
    """The unit's own figure of the nearest earlier period of the same kind that has one."""
    earlier = Period.objects.filter(calendar=c.period.calendar, kind=c.period.kind, last__lt=c.period.first)
    rows = {row.pk: row for row in earlier.order_by("-last")[:LOOKED_BACK]}
    found = queries.series(
        c.indicator.pk, c.key.unit_id, list(rows), breakdown_id=c.key.breakdown_id, measure=c.key.measure, as_of=c.at
    )
    for pk, row in rows.items():
        if pk in found:
            figure = found[pk]
            return {
                "value": number(figure.value),
                "text": c.text(figure.value, figure.empty),
                "period": periods.label(queries.plain(row), c.lang),
                "url": places.figure_url(c.indicator.code, row, c.unit(c.key.unit_id)["code"], key=c.key),
            }
    return None
