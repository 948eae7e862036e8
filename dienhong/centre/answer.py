"""What a tile says: its head (value, change, target, coverage, age) and its marks, ready to be drawn in any medium."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dienhong.base.components.ring import Coverage
from dienhong.base.numbers import Empty, empty_label, format_number
from dienhong.centre.asking import LOOK_BACK, Subject
from dienhong.centre.spec import Tile
from dienhong.indicators import coverage, queries
from dienhong.indicators.models import Nature, Period, Stage
from dienhong.indicators.queries import Total, kept
from dienhong.rules.expressions import rounded

# Hours after which a figure that nobody renewed is no longer drawn, by the kind of its period: once more its length,
# and the time that reports take. A tile may say its own.
FRESH = {"day": 48, "week": 12 * 24, "month": 62 * 24, "quarter": 150 * 24, "half_year": 270 * 24,
         "nine_month": 400 * 24, "year": 560 * 24, "event": 24}  # fmt: skip
COUNTED = 24  # hours after which a count of today that the server did not renew is no longer drawn
IN_POINTS = ("growth", "ratio", "index", "rank")


@dataclass(frozen=True, slots=True)
class Change:
    """How far the value moved since `than`, in per cent or in points; over `units` of `of` that have both periods."""

    amount: Decimal | None
    text: str
    way: str
    than: str
    judged: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The figure that the tile is about. `known`: record seconds of its publication; `fresh`: seconds it stays good."""

    value: Decimal | None
    text: str
    period: str
    href: str
    stage: str = ""
    official: bool = False
    cover: Coverage | None = None
    known: float | None = None
    fresh: int = 0
    change: Change | None = None
    target: str = ""
    basis: str = ""
    met: bool | None = None
    attention: bool = False
    demo: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One value in a drawing, and the passport behind it. `solid` false: estimate, preliminary or not every unit."""

    label: str
    text: str
    value: Decimal | None
    href: str
    solid: bool = True
    broken: bool = False
    name: str = ""
    code: str = ""
    shown: Decimal | Empty | None = None
    change: str = ""
    row: str = ""
    aimed: bool = False  # its period is one that the tile's target is about


@dataclass(frozen=True)
class Answer:
    """A tile's answer. `problem` stands instead of everything else; `marks` by form; `note` says what was left out,
    `split` after how many units."""

    tile: Tile
    title: str
    lang: str
    unit: str = ""
    decimals: int | None = None
    where: str = ""
    head: Head | None = None
    marks: tuple[Mark, ...] = ()
    note: str = ""
    problem: str = ""
    columns: tuple[str, ...] = ()
    split: int = 0


def text_of(subject: Subject, made: Total) -> str:
    if made.value is not None:
        return format_number(made.value, subject.entry.decimals, subject.sight.lang)
    return empty_label(Empty(made.empty), subject.sight.lang) if made.empty else _("chưa có")


def known(made: Total) -> bool:
    return made.value is not None or bool(made.empty)


def totals(subject: Subject) -> list[tuple[Period, Total]]:
    """The periods shown with the unit's totals, oldest first, ending with the newest of which anything is known."""
    found = [(row, subject.total(row)) for row in subject.rows]
    last = max((place for place, (_row, made) in enumerate(found) if known(made)), default=len(found) - 1)
    return found[max(0, last + 1 - subject.tile.count) : last + 1]


def base(subject: Subject, head: Head | None, marks: tuple[Mark, ...] = (), note: str = "") -> Answer:
    return Answer(
        subject.tile, subject.title, subject.sight.lang, subject.words, subject.entry.decimals,
        subject.places.name(subject.unit.pk), head, marks, note,
    )  # fmt: skip


def left_out(between: int, silent: int) -> str:
    """What a list of units does not show: those between its two ends, and those that have no figure."""
    parts = []
    if between:
        parts.append(ngettext("%(n)d đơn vị ở giữa", "%(n)d đơn vị ở giữa", between) % {"n": between})
    if silent:
        parts.append(ngettext("%(n)d đơn vị chưa có số", "%(n)d đơn vị chưa có số", silent) % {"n": silent})
    return ", ".join(parts)


def counted_fresh(tile: Tile) -> int:
    """Seconds for which a count of today stays good without a word of the server."""
    return (tile.fresh or COUNTED) * 3600


def _stage(made: Total, covered: Coverage | None) -> str:
    """The stage in words. An official figure of which parts are missing says so, as its ring's hollow star does."""
    if not made.stage:
        return ""
    said = str(Stage(made.stage).label)
    if made.stage != Stage.OFFICIAL or not made.without:
        return said
    left = covered.total - covered.reported if covered else 0
    return _("%(stage)s, thiếu %(n)d") % {"stage": said, "n": left} if left > 0 else _("%s, chưa đủ") % said


def head(subject: Subject, row: Period, made: Total) -> Head:
    """The head over the unit's total in one period."""
    tile = subject.tile
    missing, covered = bool(made.without), cover(subject, row, made)
    hours = tile.fresh or FRESH.get(row.kind, 48)
    said = Head(
        made.value, text_of(subject, made), subject.label(row), subject.href(row),
        _stage(made, covered), made.stage == Stage.OFFICIAL and not missing, covered,
        made.known_at.timestamp() if made.known_at else None, hours * 3600,
        change(subject, row, made), demo=generated(subject, made),
        refusal=made.refusal.get(subject.sight.lang) if made.refusal else "",
    )  # fmt: skip
    return judged(subject, said, row)


def judged(subject: Subject, said: Head, row: Period) -> Head:
    """With the tile's target and its bound of attention held against the value. A target judges the periods of its own
    year alone; in another it is named with its year, and no verdict is given."""
    tile, value = subject.tile, said.value
    if tile.attention is not None and value is not None:
        said = replace(said, attention=tile.attention.met(value))
    if tile.target is None:
        return said
    wanted = f"{tile.target.operator} {format_number(tile.target.bound, None, subject.sight.lang)}"
    said = replace(said, basis=tile.target.basis)
    if not tile.target.year:
        return replace(said, target=_("mục tiêu %(wanted)s, chưa ghi của năm nào") % {"wanted": wanted})
    wanted = _("năm %(year)d %(wanted)s") % {"year": tile.target.year, "wanted": wanted}
    if value is None or not tile.target.judges(row.last):
        return replace(said, target=_("mục tiêu %(wanted)s") % {"wanted": wanted})
    met = tile.target.met(value)
    apart = format_number(abs(value - tile.target.bound), subject.entry.decimals, subject.sight.lang)
    if subject.entry.in_percent:
        apart = _("%(n)s điểm phần trăm") % {"n": apart}
    words = _("đạt, mục tiêu %(wanted)s") if met else _("mục tiêu %(wanted)s, còn cách %(apart)s")
    return replace(said, target=words % {"wanted": wanted, "apart": apart}, met=met)


def cover(subject: Subject, row: Period, made: Total) -> Coverage | None:
    """Who owes the figure and who gave it; one of one where a publisher speaks for all."""
    official = made.stage == Stage.OFFICIAL
    series = _first_series(made)
    if made.how in ("direct", "nothing") or series is None:
        return Coverage(1, 0, 0, 1, official=official) if known(made) else None
    at = subject.sight.at
    source = kept.source(series.source_id)
    level = queries.level(queries.Below.of(subject.hierarchy, subject.unit.pk, row, at), series, made.depth)
    there = [unit for unit, figure in level.items() if figure is not None]
    asked = ("owed", source.pk, row.pk)
    if asked not in at.read:
        at.read[asked] = coverage.owed(source, row, at.at if at.past else None)
    mine = coverage.judged(at.read[asked], there).of(level)
    if mine.owing:
        return mine.ring(official=official and not mine.count("missing", "returned"))
    return Coverage(len(there), 0, len(level) - len(there), len(level), official=official and len(there) == len(level))


def _first_series(made: Total) -> queries.Series | None:
    """The first series that was added up for the total, or for one of its inputs."""
    if made.leaves:
        return made.leaves[0]
    return next((found for each in made.inputs.values() if (found := _first_series(each)) is not None), None)


def generated(subject: Subject, made: Total) -> bool:
    """Whether any reported figure behind the total was made by the demo."""
    shelf = queries.shelf_of(subject.sight.at)
    if made.figure is not None:
        return kept.source(made.figure.source_id).demo or bool(shelf and made.figure.batch_id in shelf.demo)
    if any(kept.source(series.source_id).demo for series in made.leaves):
        return True
    if shelf is not None and shelf.demo:
        for series in made.leaves:
            row = kept.period_by_id(series.period_id)
            below = queries.Below.of(subject.hierarchy, subject.unit.pk, row, subject.sight.at)
            level = queries.level(below, series, made.depth)
            if any(figure and figure.batch_id in shelf.demo for figure in level.values()):
                return True
    return any(generated(subject, each) for each in made.inputs.values())


def change(subject: Subject, row: Period, made: Total) -> Change | None:
    """Since the period that the tile compares with; None where it compares with none or there is nothing to compare."""
    before = subject.earlier(row)
    if before is None or made.value is None:
        return None
    if made.stage == Stage.PRELIMINARY and subject.entry.nature == Nature.FLOW and row.last >= subject.sight.today:
        return Change(None, _("kỳ chưa hết"), "flat", "")  # what came by half past eight, beside a whole day
    than = _than(subject, row)
    old = subject.total(before)
    now_value, old_value, part = made.value, old.value, ""
    if made.how == "sum" and (made.without or old.without):
        both = _both(subject, row, made, before, old)
        now_value, old_value, part = both if both else (made.value, None, "")
    if old_value is None:
        return Change(None, _("không so được"), "flat", than)
    amount, words = _moved(subject, now_value, old_value)
    way = "flat" if amount == 0 else "up" if amount > 0 else "down"
    good = subject.tile.good
    judged_as = "" if not good or way == "flat" else "good" if way == good else "bad"
    return Change(amount, words if way != "flat" else _("không đổi"), way, than, judged_as, part)


def _moved(subject: Subject, now: Decimal, old: Decimal) -> tuple[Decimal, str]:
    """In points where the figure is a share, in its own unit where per cent say nothing (through zero, or from almost
    nothing), else in per cent."""
    lang, decimals = subject.sight.lang, subject.entry.decimals
    moved = rounded(Fraction(now - old), decimals)
    if subject.entry.nature in IN_POINTS or subject.words.startswith("%"):
        return moved, _("%(n)s điểm") % {"n": format_number(abs(moved), decimals, lang)}
    if old <= 0 or now < 0 or now > 10 * old:
        return moved, f"{format_number(abs(moved), decimals, lang)} {subject.words}"
    share = rounded(Fraction(now - old) / Fraction(old) * 100, 1)
    text = format_number(abs(share), 1, lang)
    return share, f"{text}%" if lang == "en" else f"{text} %"


def _both(
    subject: Subject, row: Period, made: Total, before: Period, old: Total
) -> tuple[Decimal, Decimal, str] | None:
    """Sums over the units that have both periods: what came or did not come in is no growth."""
    if len(made.leaves) != 1 or len(old.leaves) != 1 or made.depth != old.depth:
        return None
    at = subject.sight.at
    levels = [
        queries.level(queries.Below.of(subject.hierarchy, subject.unit.pk, each, at), total.leaves[0], made.depth)
        for each, total in ((row, made), (before, old))
    ]
    adds = [
        {unit: figure.adds for unit, figure in level.items() if figure and figure.adds is not None} for level in levels
    ]
    shared = adds[0].keys() & adds[1].keys()
    if not shared:
        return None
    now, then = (sum((side[unit] for unit in shared), Decimal(0)) for side in adds)
    return now, then, _("tính trên %(n)d/%(m)d đơn vị") % {"n": len(shared), "m": len(levels[0])}


def _than(subject: Subject, row: Period) -> str:
    if subject.tile.compare == "year_before":
        return _("so cùng kỳ")
    words = {
        "day": _("so hôm trước"), "week": _("so tuần trước"), "month": _("so tháng trước"),
        "quarter": _("so quý trước"), "year": _("so năm trước"),
    }  # fmt: skip
    return words.get(row.kind, _("so kỳ trước"))


def point(subject: Subject, row: Period, made: Total, broken: bool = False) -> Mark:
    """One period of a line."""
    solid, target = made.stage == Stage.OFFICIAL and not made.without, subject.tile.target
    return Mark(
        subject.label(row, short=True), text_of(subject, made), made.value, subject.href(row), solid, broken,
        name=subject.label(row), shown=made.shown, aimed=target is not None and target.judges(row.last),
    )  # fmt: skip


def points(subject: Subject, found: list[tuple[Period, Total]]) -> tuple[Mark, ...]:
    """A line: one mark a period, a gap where nothing is known, a break where the method changed."""
    breaks = {row.valid_from for row in queries.methods(subject.indicator.pk, subject.sight.at) if not row.comparable}
    marks, earlier = [], None
    for row, made in found:
        broken = any(day and earlier and earlier < day <= row.last for day in breaks)
        marks.append(point(subject, row, made, broken))
        earlier = row.last
    return tuple(marks)


def listed(subject: Subject) -> tuple[Period, list[Mark]] | None:
    """The units of the level in the newest period in which at least two have a value; None where there is none."""
    for row in reversed(subject.rows[-LOOK_BACK:]):
        made = {unit: subject.total(row, unit, tree or subject.hierarchy) for unit, tree in subject.level}
        if sum(each.value is not None for each in made.values()) >= 2:
            return row, [unit_mark(subject, row, unit, each) for unit, each in made.items()]
    return None


def unit_mark(subject: Subject, row: Period, unit: int, made: Total) -> Mark:
    name = subject.places.name(unit)
    return Mark(
        name, text_of(subject, made), made.value, subject.href(row, unit),
        made.stage == Stage.OFFICIAL and not made.without, name=name, code=subject.places.code(unit, row.last),
        shown=made.shown,
    )  # fmt: skip
