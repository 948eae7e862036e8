"""Differences, questions and alerts in the words of notices, in both languages; and telling the people of units."""

from collections.abc import Iterable, Sequence
from typing import Any

from dienhong.base import clock, periods
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Period
from dienhong.notices import audience
from dienhong.notices.actions import notify
from dienhong.organizations import queries as organizations
from dienhong.watch import notice_kinds as kinds
from dienhong.watch.definitions import CrossCheck
from dienhong.watch.models import Difference, Question
from dienhong.watch.permissions import ANSWERING, ASKING, LEADING

LANGS = ("vi", "en")
LONGEST = 160
NAMED = 10  # units named in one notice; the rest is counted
NAMED_PERIODS = 3
Both = dict[str, str]


def shortened(text: str, most: int = LONGEST) -> str:
    said = " ".join(text.split())
    return said if len(said) <= most else said[: most - 1].rsplit(" ", 1)[0] + "…"


def figure(indicator_id: int, period: Period, unit_id: int) -> Both:
    """Số hồ sơ giải quyết quá hạn, quý II/2020, Tỉnh Lào Cai: how a notice names a figure."""
    entry = indicators.entry(indicator_id)
    said = {}
    for lang in LANGS:
        name = (entry.name_en if lang == "en" else entry.name_vi) if entry else str(indicator_id)
        of = organizations.full_names([unit_id], period.last, lang)
        said[lang] = f"{name}, {periods.label(indicators.plain(period), lang)}, {of.get(unit_id, '?')}"
    return said


def unit_name(unit_id: int) -> Both:
    today = clock.business_today()
    return {lang: organizations.full_names([unit_id], today, lang).get(unit_id, "?") for lang in LANGS}


def office_name(unit_id: int) -> Both:
    today = clock.business_today()
    return {lang: organizations.office_names([unit_id], today, lang).get(unit_id, "?") for lang in LANGS}


def named(units: Sequence[int]) -> Both:
    """The first ten by name, and how many more."""
    today, said = clock.business_today(), {}
    for lang in LANGS:
        names = organizations.full_names(units[:NAMED], today, lang)
        rest = len(units) - NAMED
        more = "" if rest <= 0 else (f"; and {rest} more" if lang == "en" else f"; và {rest} đơn vị nữa")
        said[lang] = "; ".join(names.get(unit, "?") for unit in units[:NAMED]) + more
    return said


def titled(title: str, of: Iterable[Period]) -> Both:
    """A rule's title with the periods it speaks of, newest first; of many the newest three and how many more."""
    rows = sorted({row.pk: row for row in of}.values(), key=lambda row: (row.first, row.pk), reverse=True)
    said = {}
    for lang in LANGS:
        labels = [periods.label(indicators.plain(row), lang) for row in rows[:NAMED_PERIODS]]
        rest = len(rows) - NAMED_PERIODS
        more = [] if rest <= 0 else [f"and {rest} more" if lang == "en" else f"và {rest} kỳ nữa"]
        said[lang] = ", ".join([title, *labels, *more])
    return said


def opened(by: str, check: CrossCheck, differences: Iterable[Difference]) -> None:
    """Each owner hears once of what one run found, not once for each figure."""
    by_owner: dict[int, list[Difference]] = {}
    for row in differences:
        by_owner.setdefault(row.owner_id, []).append(row)
    people = audience.holders_of(ANSWERING, by_owner)
    for owner, rows in sorted(by_owner.items()):
        newest = max(row.pk for row in rows)
        state = max(row.states.order_by("-pk").values_list("pk", flat=True)[:1].get() for row in rows)
        notify(
            by=by,
            to=people[owner],
            kind=kinds.DIFFERENCES,
            subject=("difference", newest),
            params={"number": len(rows), "check": check.name, "sentence": check.sentence},
            url=f"/watch/differences/{newest}/" if len(rows) == 1 else f"/watch/?check={check.key}&mine=1",
            dedupe=f"{kinds.DIFFERENCES}:{owner}:{state}",
        )


def about(difference: Difference) -> dict[str, Any]:
    return {
        "code": difference.code,
        "what": figure(difference.indicator_id, difference.period, difference.unit_id),
        "owner": unit_name(difference.owner_id),
    }


def about_question(question: Question) -> dict[str, Any]:
    return {
        "what": figure(question.indicator_id, question.period, question.unit_id),
        "asker": office_name(question.asker_id),
        "reporter": unit_name(question.reporter_id),
        "due": f"{question.due:%d/%m/%Y}",
        "text": shortened(question.text),
    }


def owners(difference: Difference) -> set[int]:
    return audience.holders_of(ANSWERING, [difference.owner_id])[difference.owner_id]


def judges(difference: Difference) -> set[int]:
    return audience.holders_of(LEADING, [difference.counterpart_id])[difference.counterpart_id]


def reporters(question: Question) -> set[int]:
    return audience.holders_of(ANSWERING, [question.reporter_id])[question.reporter_id]


def askers(question: Question) -> set[int]:
    return {question.by_id} | audience.holders_of(ASKING, [question.asker_id])[question.asker_id]
