"""The leader's figures of one unit in one period: read from what was counted and published, each with its passport."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from dienhong.base import periods
from dienhong.base.components.ring import Coverage
from dienhong.dossiers.counting.measures import MEASURES, ON_TIME_SHARE, ONLINE_SHARE, RESOLVED, STATUS_MEMBERS
from dienhong.dossiers.models import CountedSet, Counting
from dienhong.indicators import places, queries
from dienhong.indicators.breakdowns import members_of
from dienhong.indicators.models import Breakdown, Indicator, Period, Source, Stage
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Ancestry
from dienhong.rules.expressions import rounded

SOURCE = "count:dossiers"
CODES = {each.key: each.code for each in MEASURES.values() if each.code}
PARTS = {"day": "day", "month": "day", "quarter": "month", "year": "month"}  # kind -> kind of the periods inside it
DAYS_BEFORE = 14  # a day is shown among these
SHARE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: None where it was not counted. `url` opens its passport."""

    value: Decimal | None
    url: str
    official: bool = False

    @property
    def ring(self) -> Coverage:
        return Coverage(1, 0, 0, 1, official=self.official)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: of a service, a unit, a day. `bar`: per cent of the longest."""

    name: str
    url: str
    figures: Mapping[str, Shown]
    key: str = ""
    bar: int = 0


@dataclass(frozen=True)
class Board:
    unit_id: int
    period: Period
    counted: Counting
    figures: Mapping[str, Shown]
    statuses: list[tuple[int, Shown]]
    services: list[Line]
    units: list[Line]
    parts: list[Line]
    above: list[tuple[int, str]]


def units_counted(period: Period) -> list[int]:
    """Units that have figures in the period, those above first."""
    rows = CountedSet.objects.filter(period=period).order_by("unit").distinct("unit").values_list("unit", flat=True)
    found = list(rows)
    depth: dict[int, int] = dict.fromkeys(found, 0)
    for below in _links(period, found, found).values_list("descendant", flat=True):
        depth[below] += 1
    return sorted(found, key=lambda unit: (depth[unit], unit))


def _links(period: Period, above: Iterable[int], below: Iterable[int]) -> QuerySet[Ancestry]:
    return organizations.command(period.last).filter(ancestor__in=list(above), descendant__in=list(below))


def board(unit_id: int, period: Period, lang: str) -> Board | None:
    """None where nothing of the unit was counted in the period. A fixed number of queries, whatever its size."""
    source = Source.objects.filter(key=SOURCE).first()
    counted = Counting.objects.filter(period=period).first()
    everyone = units_counted(period)
    if source is None or counted is None or unit_id not in everyone:
        return None
    near = _links(period, [unit_id], everyone).filter(depth=1).values_list("descendant", flat=True)
    below = sorted(set(near))
    rows = list(_parts(period))
    reader = _Reader(source.pk, [period, *rows], [unit_id, *below], lang)
    services = sorted({said["service"] for said in reader.breakdowns.values() if "service" in said})
    names = reader.members()
    lines = [reader.line(names.get(each, each), period, unit_id, {"service": each}, key=each) for each in services]
    units = organizations.names(below, period.last, lang)
    upward = list(
        dict.fromkeys(_links(period, everyone, [unit_id]).order_by("-depth").values_list("ancestor", flat=True))
    )
    above = organizations.names(upward, period.last, lang)
    return Board(
        unit_id, period, counted, reader.figures(period, unit_id, {}),
        [(status, reader.shown("open", period, unit_id, {"dossier_status": STATUS_MEMBERS[status]}))
         for status in STATUS_MEMBERS],
        [line for line in lines if line.figures["received"].value is not None],
        [reader.line(units.get(each, f"#{each}"), period, each, {}, key=str(each)) for each in below],
        _with_bars([reader.line(periods.label(queries.plain(row), lang), row, unit_id, {}, key=row.key)
                    for row in rows]),
        [(each, above.get(each, f"#{each}")) for each in upward],
    )  # fmt: skip


def _parts(period: Period) -> Iterable[Period]:
    """The days of a month, the months of a quarter or year, the fortnight that ends with a day: those counted."""
    kind = PARTS[period.kind]
    calendar = "day" if kind == "day" else period.calendar
    rows = Period.objects.filter(calendar=calendar, kind=kind, last__lte=period.last)
    rows = rows.filter(pk__in=Counting.objects.values("period")).order_by("-first")
    return rows[:DAYS_BEFORE] if period.kind == "day" else rows.filter(first__gte=period.first)


def _with_bars(lines: list[Line]) -> list[Line]:
    most = max((line.figures["received"].value or 0 for line in lines), default=0)
    return [
        Line(line.name, line.url, line.figures, line.key, int(100 * (line.figures["received"].value or 0) / most))
        if most
        else line
        for line in lines
    ]


class _Reader:
    """All figures of some periods and units, read at once."""

    def __init__(self, source_id: int, rows: list[Period], units: list[int], lang: str) -> None:
        self.lang = lang
        self.ids = dict(Indicator.objects.filter(code__in=CODES.values()).values_list("code", "pk"))
        self.found = queries.many(list(self.ids.values()), [row.pk for row in rows], units, source_id)
        wanted = {key[3] for key in self.found}
        self.breakdowns = {
            pk: members_of(key) for pk, key in Breakdown.objects.filter(pk__in=wanted).values_list("pk", "key")
        }
        self.by_members = {tuple(sorted(said.items())): pk for pk, said in self.breakdowns.items()}
        self.codes = places.codes(units, max(row.last for row in rows))

    def members(self) -> dict[str, str]:
        """Key -> name of the services."""
        name = "members__name_en" if self.lang == "en" else "members__name_vi"
        rows = Breakdown.objects.filter(pk__in=self.breakdowns, members__code_list__key="service")
        return dict(rows.values_list("members__key", name).distinct().order_by("members__key"))

    def url(self, code: str, period: Period, unit_id: int, members: Mapping[str, str]) -> str:
        path = reverse("indicators:figure", args=[code, period.calendar, period.key, self.codes[unit_id]])
        key = ";".join(f"{name}={value}" for name, value in sorted(members.items()))
        return f"{path}?{urlencode({'breakdown': key})}" if key else path

    def shown(self, what: str, period: Period, unit_id: int, members: Mapping[str, str]) -> Shown:
        code = CODES[what]
        breakdown = self.by_members.get(tuple(sorted(members.items())), 0)
        figure = self.found.get((self.ids.get(code, 0), period.pk, unit_id, breakdown))
        url = self.url(code, period, unit_id, members)
        return Shown(None, "") if figure is None else Shown(figure.value, url, figure.stage == Stage.OFFICIAL)

    def figures(self, period: Period, unit_id: int, members: Mapping[str, str]) -> dict[str, Shown]:
        """Every measure, and what is made of them: resolved, share on time, share online."""
        found = {what: self.shown(what, period, unit_id, members) for what in CODES}
        on_time, late = found["on_time"], found["late"]
        if on_time.value is None or late.value is None:
            nothing = Shown(None, "")
            return {**found, "resolved": nothing, "share": nothing, "online_share": nothing}
        resolved = on_time.value + late.value
        made = {
            "resolved": (RESOLVED, resolved),
            "share": (ON_TIME_SHARE, _share(on_time.value, resolved)),
            "online_share": (ONLINE_SHARE, _share(found["online"].value or Decimal(0), found["received"].value)),
        }
        return found | {
            name: Shown(value, self.url(code, period, unit_id, members), on_time.official)
            for name, (code, value) in made.items()
        }

    def line(self, name: str, period: Period, unit_id: int, members: Mapping[str, str], *, key: str) -> Line:
        return Line(name, self.url(CODES["received"], period, unit_id, members),
                    self.figures(period, unit_id, members), key)  # fmt: skip


def _share(top: Decimal, bottom: Decimal | None) -> Decimal | None:
    """As the catalogue's ratio: exact, rounded once. None where there is nothing to divide by."""
    return rounded(Fraction(top) / Fraction(bottom) * 100, SHARE_DIGITS) if bottom else None
