"""What an indicator's page draws: the nation's figures of the periods as line and table, one period as a map."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dienhong.base import clock, periods
from dienhong.base.components.tilemap import Tile, TileMap, grid, quantiles
from dienhong.base.numbers import Empty, empty_label, format_number
from dienhong.indicators import chart, demo, places, queries
from dienhong.indicators.models import Entry, Indicator, Period, Stage
from dienhong.indicators.passports import owing
from dienhong.indicators.queries import Moment, SeriesKey, Total
from dienhong.organizations import queries as organizations

NATION = "VN"


@dataclass(frozen=True, slots=True)
class Subject:
    """Of what the page speaks: an indicator, or one part of it, as of a moment, in a language; `part` in words."""

    found: Indicator
    entry: Entry
    at: Moment
    lang: str
    breakdown_id: int = queries.TOTAL
    part: str = ""
    as_of: str = ""

    @property
    def name(self) -> str:
        return ", ".join(filter(None, [self.entry.name_en if self.lang == "en" else self.entry.name_vi, self.part]))

    @property
    def unit(self) -> str:
        return self.entry.unit_en if self.lang == "en" else self.entry.unit_vi

    def url(self, period: Period, unit_code: str) -> str:
        key = SeriesKey(self.found.pk, period.pk, 0, self.breakdown_id)
        return places.figure_url(self.found.code, period, unit_code, key=key, as_of=self.as_of)


@dataclass(frozen=True, slots=True)
class Shown:
    """The periods of one kind that the page shows, `rows` by key; a key without a row is a gap nobody spoke of."""

    plain: tuple[periods.Period, ...]
    rows: dict[str, Period]
    left_out: int

    @classmethod
    def of(cls, known: list[Period], most: int) -> "Shown":
        """Every period from the first that was spoken of to the last, gaps included: a gap is said, never skipped."""
        every = tuple(queries.plain(row) for row in known)
        if known[0].calendar != "event":
            every = periods.periods(known[0].calendar, known[0].kind, known[0].first, known[-1].last)
        return cls(every[-most:], {row.key: row for row in known}, max(0, len(every) - most))

    @property
    def last(self) -> Period:
        return next(self.rows[each.key] for each in reversed(self.plain) if each.key in self.rows)


def series(of: Subject, shown: Shown) -> dict[str, Any]:
    """The nation's figures of the periods, direct or added up, as chart and table."""
    found, entry, at, lang = of.found, of.entry, of.at, of.lang
    nation = places.unit(NATION, shown.last.last)
    breaks = {method.valid_from for method in queries.methods(found.pk, at) if not method.comparable}
    played = demo.periods_of(found, shown.rows.values(), at)
    points, rows, today = [], [], clock.business_today()
    for place, plain in enumerate(shown.plain):
        period = shown.rows.get(plain.key)
        total = Total("nothing")
        if period:
            total = queries.total(found, period, nation.pk, breakdown_id=of.breakdown_id, as_of=at)
        open_still = plain.last >= today
        if open_still and total.how == "nothing":
            continue  # its days are not over and nobody has spoken: no gap yet
        earlier = shown.plain[place - 1].last if place else None
        broken = any(day and earlier and earlier < day <= plain.last for day in breaks)
        href = of.url(period, NATION) if period else ""
        text = _text(total.value, total.empty, entry, lang)
        solid = total.stage == Stage.OFFICIAL and not total.without
        label = periods.label(plain, lang, short=True)
        points.append(chart.Point(label, text, total.value, href, solid, broken))
        rows.append(
            {
                "label": periods.label(plain, lang),
                "key": plain.key,
                "text": text,
                "known": total.value is not None or bool(total.empty),
                "href": href,
                "stage": Stage(total.stage).label if total.stage else "",
                **(_counts(found, period, total, at) if period else {"ring": None}),
                "broken": broken,
                "open": open_still,
                "demo": bool(period and period.pk in played),
            }
        )
    drawn = chart.line(points, f"{of.name}, {of.unit}", decimals=entry.decimals, lang=lang)
    return {
        "svg": drawn.svg,
        "axis": drawn,
        "table": list(reversed(rows)),
        "unit_words": of.unit,
        "demo": any(row["demo"] for row in rows),
    }


def _counts(found: Indicator, period: Period, total: Total, at: Moment) -> dict[str, Any]:
    """How many of how many units gave it, with its ring; those exempt owe nothing. 1 of 1 where one publisher speaks
    for all."""
    missing, expected = owing.absent(found, period, total, at)
    given, of = total.reported, total.reported + expected
    official = total.stage == Stage.OFFICIAL
    ring = {"reported": given, "late": 0, "missing": missing, "total": of, "official": official} if of else None
    return {"missing": missing, "reported": given, "of": of, "ring": ring}


def _text(value: Any, empty: int | None, entry: Entry, lang: str) -> str:
    if value is not None:
        return format_number(value, entry.decimals, lang)
    return empty_label(Empty(empty), lang) if empty else _("chưa có")


def mapped(of: Subject, rows: list[Period]) -> tuple[Period | None, TileMap | None]:
    """The first of the periods whose provinces differ at all, and its map."""
    return next(((row, made) for row in rows if (made := _map(of, row))), (None, None))


def _map(of: Subject, period: Period) -> TileMap | None:
    """The tile map of one period: 63 or 34 by the period's last day; nothing below two provinces."""
    units = {unit.pk for unit in organizations.provinces(period.last)}
    codes = organizations.codes(units, "gso", period.last)
    made = queries.of_units(of.found, period, sorted(units), of.at, of.breakdown_id)
    cells = {unit: each.figure for unit, each in made.items()}
    values = [figure.value for figure in cells.values() if figure.value is not None]
    if len(set(values)) < 2:
        return None
    size = 63 if len(units) > 34 else 34
    there = {cell.code for cell in grid(size)}
    # Who gave nothing has a passport too: it says who owes it.
    tiles = {code: Tile(None, of.url(period, code)) for code in there & set(codes.values())}
    tiles |= {
        codes[unit]: Tile(figure.shown, of.url(period, codes[unit]))
        for unit, figure in cells.items()
        if codes.get(unit) in there
    }
    title = f"{of.name}, {periods.label(queries.plain(period), of.lang)}"
    return TileMap(title, tiles, min(values), max(values), of.entry.decimals, of.unit, size, bounds=quantiles(values))
