"""Differences, questions, alerts and rules as lines of a list and as the facts of a page; classes of the look."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from dienhong.base import clock, periods
from dienhong.base.numbers import format_number
from dienhong.indicators import places
from dienhong.indicators import queries as indicators
from dienhong.indicators.breakdowns import key_of as written
from dienhong.indicators.models import Batch, Entry, Period, Source, Target
from dienhong.indicators.queries import SeriesKey, kept
from dienhong.organizations import queries as organizations
from dienhong.reporting.workdays import shown_calendar
from dienhong.rules.expressions import Ref
from dienhong.watch import definitions
from dienhong.watch.checking.compare import earlier, targets_of
from dienhong.watch.lived import StatedAlert, StatedDifference
from dienhong.watch.models import WAITING, AlertRuleVersion, AlertStand, Comparison, Kind, Question, Severity, Stand
from dienhong.watch.queries.lists import age_in_days


def lang() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def entry_name(entry: Entry | None, code: str = "") -> str:
    return (entry.name_en if lang() == "en" else entry.name_vi) if entry else code


def measured_in(entry: Entry | None) -> str:
    return (entry.unit_en if lang() == "en" else entry.unit_vi) if entry else ""


def shown(value: Decimal | None, entry: Entry | None, more: int = 0) -> str:
    """A figure at the indicator's digits, `more` of them where what is compared is finer than what is reported."""
    if value is None:
        return _("chưa có")
    decimals = entry.decimals + more if entry else None
    return format_number(value.normalize() if decimals is None else value, decimals, lang())


STAND_CSS = {Stand.OPEN: "bad", Stand.REOPENED: "bad", Stand.ANSWERED: "late", Stand.AGREED: "", Stand.CLOSED: "good"}
ALERT_CSS = {AlertStand.RAISED: "bad", AlertStand.ACKNOWLEDGED: "late", AlertStand.EXPLAINED: "late",
             AlertStand.CLOSED: "good"}  # fmt: skip
SEVERITY_CSS = {Severity.NOTICE: "", Severity.WARNING: "late", Severity.URGENT: "bad"}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference in a list."""

    row: StatedDifference
    name: str
    period: str
    unit: str
    owner: str
    check: str
    state: str
    css: str
    left: str
    right: str
    apart: str
    measured: str
    apart_in: str
    age: int
    days: int | None

    @property
    def waits(self) -> bool:
        return self.row.state in WAITING


def difference_lines(rows: Iterable[StatedDifference]) -> list[Line]:
    """Names and working days in a constant number of queries."""
    found = list(rows)
    at, today, calendar = indicators.moment(), clock.business_today(), shown_calendar()
    entries = indicators.entries({row.indicator_id for row in found}, at)
    names = organizations.shown_names(
        frozenset(unit for row in found for unit in (row.unit_id, row.owner_id)), today, lang()
    )
    made = []
    for row in found:
        entry, check = entries.get(row.indicator_id), definitions.every().get(row.check_key)
        made.append(
            Line(
                row, called(entry, row.indicator.code, row.breakdown_id),
                periods.label(indicators.plain(row.period), lang()),
                names.get(row.unit_id, ""), names.get(row.owner_id, ""), check.name[lang()] if check else row.check_key,
                str(Stand(row.state).label), STAND_CSS[Stand(row.state)], shown(row.left, entry),
                shown(row.right, entry), apart(row.left, row.right, entry), measured_in(entry), apart_in(entry),
                age_in_days(row.business_at),
                calendar.working_days_between(today, row.due_now) if row.due_now else None,
            )
        )  # fmt: skip
    return made


def apart(left: Decimal, right: Decimal, entry: Entry | None) -> str:
    """How far the two lie apart; which one is higher is seen beside it."""
    return format_number(abs(left - right), entry.decimals if entry else None, lang())


def called(entry: Entry | None, code: str, breakdown: int) -> str:
    """The indicator with the part of it that is meant: Dân số trung bình, Nam."""
    return ", ".join([entry_name(entry, code), *members(breakdown)])


def members(breakdown: int) -> list[str]:
    return [each.name_en if lang() == "en" else each.name_vi for each in kept.members_of(breakdown)]


@dataclass(frozen=True, slots=True)
class SideWords:
    """One side of a difference as it stands beside the other. `parts`: what it is made from, with passports."""

    heading: str
    text: str
    reporter: str
    url: str
    batch: int | None
    speaks: bool
    demo: bool
    parts: tuple[tuple[str, str], ...] = ()


def sides(row: StatedDifference) -> tuple[SideWords, SideWords]:
    """The figure of the source that speaks stands first; of other checks the figure it is about."""
    entry = indicators.entry(row.indicator_id)
    if row.source_id is None or row.other_source_id is None:
        return _left(row, entry), _right(row, entry)
    speaker = indicators.authorities(row.indicator_id, [row.period_id]).get(row.period_id)
    pair = [
        _of_source(row, entry, source, value, batch, speaks=source == speaker)
        for source, value, batch in (
            (row.source_id, row.left, row.left_batch), (row.other_source_id, row.right, row.right_batch))
    ]  # fmt: skip
    return (pair[1], pair[0]) if pair[1].speaks else (pair[0], pair[1])


def _reporter(batch: int | None) -> str:
    found = Batch.objects.filter(pk=batch).values_list("reporter", flat=True).first() if batch else None
    return organizations.shown_name(found, clock.business_today(), lang()) if found else ""


def key_of(row: StatedDifference, source: int | None = None) -> SeriesKey:
    return SeriesKey(row.indicator_id, row.period_id, row.unit_id, row.breakdown_id, row.measure, source)


def figure_url(key: SeriesKey, code: str, period: Period, then: dt.datetime | None = None) -> str:
    """The passport, as it is or as it stood at a moment of business time."""
    as_of = then.isoformat() if then else ""
    return places.figure_url(code, period, places.code_of(key.unit_id, period.last), key=key, as_of=as_of)


def _of_source(
    row: StatedDifference, entry: Entry | None, source: int, value: Decimal, batch: int | None, *, speaks: bool
) -> SideWords:
    found = Source.objects.get(pk=source)
    name = (found.name_en if lang() == "en" else "") or found.name_vi
    url = figure_url(key_of(row, None if speaks else source), row.indicator.code, row.period)
    return SideWords(name, shown(value, entry), _reporter(batch), url, batch, speaks, found.demo)


def _left(row: StatedDifference, entry: Entry | None) -> SideWords:
    check = definitions.every().get(row.check_key)
    parts = _parts(row, check.left_refs) if check and len(check.left_refs) > 1 else ()
    heading = check.left if check and parts else entry_name(entry, row.indicator.code)
    url = figure_url(key_of(row), row.indicator.code, row.period)
    return SideWords(_in_words(heading), shown(row.left, entry), _reporter(row.left_batch), url, row.left_batch, False,
                     False, parts)  # fmt: skip


def _right(row: StatedDifference, entry: Entry | None) -> SideWords:
    check = definitions.every().get(row.check_key)
    parts: tuple[tuple[str, str], ...] = ()
    if check is None or row.kind == Kind.PLAN:
        heading, parts = _("Chỉ tiêu kế hoạch"), _target(row, entry)
    elif row.kind == Kind.VERTICAL:
        heading = _("Các đơn vị cấp dưới cộng lại")
    else:
        parts = _parts(row, check.right_refs)
        # One figure is called by its name; a formula by its codes, whose names stand below it.
        heading = parts[0][0].partition(" · ")[2] if len(parts) == 1 else _in_words(check.right)
    return SideWords(heading, shown(row.right, entry), "", "", row.right_batch, False, False, parts)


OPERATORS = {
    "≥": "≥",
    "≤": "≤",
    ">": ">",
    "<": "<",
    "range": gettext_lazy("trong khoảng"),
    "about": gettext_lazy("khoảng (±5 %)"),
}


def target_words(row: Target, entry: Entry | None) -> str:
    """What a target asks, without its unit: "≥ 98,00", "within 10 – 50"."""
    said = f"{OPERATORS[row.operator]} {shown(row.bound, entry)}"
    return said if row.upper is None else f"{said} – {shown(row.upper, entry)}"


def _target(row: StatedDifference, entry: Entry | None) -> tuple[tuple[str, str], ...]:
    """What is asked and by which document, as it reads now."""
    found = targets_of(row.period).get((row.indicator_id, row.unit_id))
    if found is None:
        return ()
    return ((f"{target_words(found, entry)} · {found.legal_basis}", reverse("watch:targets")),)


def _in_words(text: str) -> str:
    """A formula as it is read: the period before is said."""
    return text.replace("@prev", _(" kỳ trước")).replace("[", "").replace("]", "")


def _parts(row: StatedDifference, refs: Iterable[Ref]) -> tuple[tuple[str, str], ...]:
    """(what it is, its passport) of every figure an expression reads."""
    made = []
    for ref in refs:
        of = earlier(row.period) if ref.period else row.period
        breakdown, about = kept.breakdown_of(written(dict(ref.breakdown))), kept.indicator(ref.code)
        if of is None or breakdown is None:
            continue
        key = SeriesKey(about.pk, of.pk, row.unit_id, breakdown)
        name = entry_name(indicators.entry(about.pk), ref.code)
        label = periods.label(indicators.plain(of), lang()) if ref.period else ""
        words = [name, *members(breakdown), *([label] if label else [])]
        made.append(
            (f"{ref.code} · " + ", ".join(words),
             figure_url(key, ref.code, of))
        )  # fmt: skip
    return tuple(made)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    row: Question
    name: str
    period: str
    unit: str
    asker: str
    reporter: str
    answered: bool
    days: int
    url: str


def question_lines(rows: Iterable[Question]) -> list[QuestionLine]:
    found = list(rows)
    today, calendar = clock.business_today(), shown_calendar()
    entries = indicators.entries({row.indicator_id for row in found}, indicators.moment())
    named = frozenset(unit for row in found for unit in (row.unit_id, row.reporter_id))
    askers = organizations.shown_offices(frozenset(row.asker_id for row in found), today, lang())
    names = organizations.shown_names(named, today, lang())
    return [
        QuestionLine(
            row, called(entries.get(row.indicator_id), row.indicator.code, row.breakdown_id),
            periods.label(indicators.plain(row.period), lang()), names.get(row.unit_id, ""),
            askers.get(row.asker_id, ""), names.get(row.reporter_id, ""), hasattr(row, "answer"),
            calendar.working_days_between(today, row.due), "",
        )
        for row in found
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AlertLine:
    row: StatedAlert
    name: str
    unit: str
    period: str
    what: str
    severity: str
    severity_css: str
    state: str
    css: str


def alert_lines(rows: Iterable[StatedAlert]) -> list[AlertLine]:
    found = list(rows)
    entries = indicators.entries({row.version.indicator_id for row in found}, indicators.moment())
    names = organizations.shown_names(frozenset(row.unit_id for row in found), clock.business_today(), lang())
    return [
        AlertLine(
            row, _of_rule(row.version, entries), names.get(row.unit_id, ""),
            periods.label(indicators.plain(row.period), lang()),
            cause_words(row, entries.get(row.version.indicator_id)), str(Severity(row.version.severity).label),
            SEVERITY_CSS[Severity(row.version.severity)], str(AlertStand(row.state).label),
            ALERT_CSS[AlertStand(row.state)],
        )
        for row in found
    ]  # fmt: skip


def _of_rule(version: AlertRuleVersion, entries: Mapping[int, Entry]) -> str:
    return called(entries.get(version.indicator_id), version.indicator.code, version.breakdown_id)


def cause_words(row: StatedAlert, entry: Entry | None) -> str:
    """What the figure was when it was raised: 132 hồ sơ, tăng 45,2 % so với kỳ trước."""
    if row.due is not None:
        return _("chưa có số, hạn %(due)s") % {"due": moment_words(row.due)}
    said = f"{shown(row.value, entry)} {measured_in(entry)}".strip()
    measured = format_number(row.measured or Decimal(0), 1, lang(), sign=row.version.comparison == Comparison.CHANGE)
    if row.version.comparison == Comparison.CHANGE:
        return _("%(said)s, %(change)s so với kỳ trước") % {"said": said, "change": distance(measured, entry)}
    if row.version.comparison == Comparison.TARGET:
        return _("%(said)s, lệch chỉ tiêu %(apart)s") % {"said": said, "apart": distance(measured, entry)}
    return said


def distance(number: str, entry: Entry | None) -> str:
    """How far one figure lies from another: in per cent, of figures that are per cent themselves in points."""
    if entry is not None and entry.in_percent:
        return _("%(n)s điểm phần trăm") % {"n": number}
    return _("%(n)s %%") % {"n": number}


def apart_in(entry: Entry | None) -> str:
    """The unit of measure of a difference of two figures."""
    return _("điểm phần trăm") if entry is not None and entry.in_percent else measured_in(entry)


def moment_words(at: dt.datetime) -> str:
    return f"{at.astimezone(clock.HANOI):%H:%M, %d/%m/%Y}"


def rule_sentence(version: AlertRuleVersion) -> str:
    """The rule as one sentence: what of whom, compared how, for how long."""
    entry = indicators.entry(version.indicator_id)
    said = {
        "name": entry_name(entry, version.indicator.code),
        "unit": organizations.shown_name(version.unit_id, clock.business_today(), lang()),
        "bound": "" if version.bound is None else format_number(version.bound.normalize(), None, lang()),
        "side": version.get_side_display().lower() if version.side else "",
        "n": version.duration,
        "measured": measured_in(entry),
    }
    said["apart"] = distance(str(said["bound"]), entry)
    scope = _("từng đơn vị ngay dưới %(unit)s") if version.below else "%(unit)s"
    said["scope"] = scope % said
    if version.comparison == Comparison.SILENCE:
        silent = ngettext(
            "%(name)s của %(scope)s: quá hạn %(n)s ngày làm việc mà chưa có số",
            "%(name)s của %(scope)s: quá hạn %(n)s ngày làm việc mà chưa có số",
            version.duration,
        )
        return silent % said
    many = version.duration > 1
    lasting = ngettext(" trong %(n)d kỳ", " trong %(n)d kỳ liền", version.duration) % said if many else ""
    if version.comparison == Comparison.LEVEL:
        return _("%(name)s của %(scope)s: %(side)s %(bound)s %(measured)s") % said + lasting
    if version.comparison == Comparison.CHANGE:
        return _("%(name)s của %(scope)s: đổi so với kỳ trước %(side)s %(apart)s") % said + lasting
    if not version.bound:
        return _("%(name)s của %(scope)s: chưa đạt chỉ tiêu kế hoạch") % said + lasting
    return _("%(name)s của %(scope)s: kém chỉ tiêu kế hoạch quá %(apart)s") % said + lasting
