"""What one who watches sees first: how far the present periods have come, and the latest figures of the nation."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from dienhong.base import clock, periods
from dienhong.base.components.ring import Coverage
from dienhong.base.numbers import Empty
from dienhong.indicators import demo, places
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Entry, Period, Stage
from dienhong.indicators.passports import owing
from dienhong.indicators.queries import Moment
from dienhong.indicators.queries.latest import spoken
from dienhong.organizations.models import Unit
from dienhong.reporting import queries
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.models import Regime

NATION = "VN"
MOST, OF_A_FIELD = 12, 3  # figures in all, and of one field, so that no field fills the page
DRAWN = 8  # periods of a spark
WIDTH, HEIGHT, EDGE = 120, 32, 4


@dataclass(frozen=True, slots=True)
class Standing:
    """A regime in its present period."""

    code: str
    name: str
    period: Period
    label: str
    board: queries.Board


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest figure of the nation for one indicator, with where it opens and how it came here."""

    code: str
    name: str
    field: str
    unit: str
    decimals: int | None
    shown: Decimal | Empty
    label: str
    stage: str
    coverage: Coverage
    href: str
    spark: str
    since: str
    demo: bool


def standings(lang: str) -> list[Standing]:
    """Each regime in the last period that is over; where none is, in the first one that has opened."""
    found = []
    for regime in Regime.objects.order_by("code"):
        version = regime.versions.order_by("-number").first()
        rows = list(queries.periods_of(regime)[:24])
        over = [row for row in rows if row.last < clock.business_today()]
        if version is None or not rows:
            continue
        row = over[0] if over else rows[-1]
        label = periods.label(period_of(row), lang)
        found.append(Standing(regime.code, getattr(version, f"name_{lang}"), row, label, queries.board(regime, row)))
    return found


def latest(at: Moment, lang: str) -> tuple[list[Latest], int]:
    """The newest national figures, and how many more indicators have some. Indicators that only support are left out.

    Newest first; of each kind of period an indicator has, the one that ended last is taken.
    """
    known = spoken()
    entries = {pk: entry for pk, entry in indicators.entries(known, at).items() if not entry.indicator.supporting}
    order = sorted(entries, key=lambda pk: (-known[pk][-1].last.toordinal(), entries[pk].indicator.code))
    nation = places.unit(NATION, clock.business_today())
    taken: list[Latest] = []
    fields: Counter[int] = Counter()
    for pk in order:
        field = entries[pk].indicator.field_id
        if len(taken) == MOST or fields[field] == OF_A_FIELD:
            continue
        made = _latest(entries[pk], known[pk], nation, at, lang)
        if made:
            taken.append(made)
            fields[field] += 1
    return taken, len(order) - len(taken)


def _latest(entry: Entry, known: list[Period], nation: Unit, at: Moment, lang: str) -> Latest | None:
    """None where the nation has no figure in the latest period, or only what is missing."""
    last = known[-1]
    rows = [row for row in known if (row.calendar, row.kind) == (last.calendar, last.kind)][-DRAWN:]
    total = indicators.total(entry.indicator, last, nation.pk, as_of=at)
    if total.value is None:
        return None
    values = _values(entry, rows[:-1], nation, at, total.how)
    values[last.pk] = total.value
    missing, expected = owing.absent(entry.indicator, last, total, at)
    given = total.reported or 1
    official = total.stage == Stage.OFFICIAL and not missing
    return Latest(
        entry.indicator.code,
        getattr(entry, f"name_{lang}"),
        getattr(entry.indicator.field, f"name_{lang}"),
        getattr(entry, f"unit_{lang}"),
        entry.decimals,
        total.value,
        periods.label(indicators.plain(last), lang),
        str(Stage(total.stage).label) if total.stage else "",
        Coverage(given, 0, missing, given + expected, official=official),
        places.figure_url(entry.indicator.code, last, NATION),
        spark([values.get(row.pk) for row in rows]),
        periods.label(indicators.plain(rows[0]), lang, short=True) if len(rows) > 1 else "",
        last.pk in demo.periods_of(entry.indicator, [last], at),
    )


def _values(entry: Entry, rows: list[Period], nation: Unit, at: Moment, how: str) -> dict[int, Decimal | None]:
    """The figures before the latest: said directly, in one question; else added up, one by one."""
    if how == "direct":
        said = indicators.series(entry.indicator_id, nation.pk, [row.pk for row in rows], as_of=at)
        return {pk: figure.value for pk, figure in said.items()}
    return {row.pk: indicators.total(entry.indicator, row, nation.pk, as_of=at).value for row in rows}


def spark(values: list[Decimal | None]) -> str:
    """A small line without axes, a dot on the last value, a gap where there is none; "" with fewer than two values."""
    there = [value for value in values if value is not None]
    if len(there) < 2:
        return ""
    low, high = min(there), max(there)
    spread = (high - low) or Decimal(1)
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    runs: list[list[str]] = [[]]
    x = y = 0.0
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        x, y = EDGE + place * step, EDGE + float((high - value) / spread) * (HEIGHT - 2 * EDGE)
        runs[-1].append(f"{x:.1f},{y:.1f}")
    lines = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
    return f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">{lines}{dot}</svg>'
