"""What a passport offers: to ask the source about the version shown; what differs of it, and what was asked of it."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.indicators import offers, places
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Period
from dienhong.indicators.offers import Act, Line, Offer
from dienhong.indicators.queries import SeriesKey
from dienhong.indicators.views import asked
from dienhong.organizations import permissions
from dienhong.organizations.models import Person
from dienhong.organizations.permissions import works_here
from dienhong.watch import definitions
from dienhong.watch.lived import StatedDifference
from dienhong.watch.models import Question, Stand
from dienhong.watch.permissions import ASKING
from dienhong.watch.queries import lists
from dienhong.watch.telling import shortened
from dienhong.watch.words import STAND_CSS, apart, apart_in, called, lang

MOST = 5


def register() -> None:
    offers.register("differences", differences)
    offers.register("report", of_the_report)
    offers.register("questions", questions)


def differences(request: HttpRequest, key: SeriesKey, period: Period) -> Offer:
    """An open difference shows beside the figure, also to who only reads."""
    by = request.user
    if not isinstance(by, Person) or not works_here(by) or not key.period_id:
        return Offer()
    breakdown = key.breakdown_id or indicators.total_breakdown()
    rows = lists.beside(key.indicator_id, key.period_id, key.unit_id, breakdown, key.measure)
    return Offer((), _("Chỗ lệch của số này"), _lines(request, rows))


def of_the_report(request: HttpRequest, key: SeriesKey, period: Period) -> Offer:
    """What differs of other figures that came in with this one: who went down to a cell has the report in hand."""
    by = request.user
    if not isinstance(by, Person) or not works_here(by) or not key.period_id:
        return Offer()
    whole, batch = _shown_batch(request, key)
    rows = lists.of_batch(batch, but=whole) if whole and batch else []
    return Offer((), _("Chỗ lệch khác của lần gửi này"), _lines(request, rows, named=True))


def _lines(request: HttpRequest, rows: list[StatedDifference], *, named: bool = False) -> tuple[Line, ...]:
    """`named`: with the figure that each is about."""
    if not rows:
        return ()
    entries = indicators.entries({row.indicator_id for row in rows[:MOST]}, asked.moment(request))
    lines = []
    for row in rows[:MOST]:
        check, entry = definitions.every().get(row.check_key), entries.get(row.indicator_id)
        name = check.name[lang()] if check else row.check_key
        if named:
            name = f"{called(entry, '', row.breakdown_id)}: {name}"
        said = f"{Stand(row.state).label} · {apart(row.left, row.right, entry)} {apart_in(entry)}".rstrip()
        lines.append(Line(name, reverse("watch:difference", args=[row.pk]), said, STAND_CSS[Stand(row.state)]))
    return tuple(lines)


def _said(request: HttpRequest, key: SeriesKey) -> tuple[SeriesKey | None, dict[int, int]]:
    """The figure, and batch -> number of its versions as known then, the shown one last; none where nobody reported it
    itself."""
    at = asked.moment(request)
    whole = indicators.resolved(key, at)
    said = indicators.versions(whole, at) if whole else []
    return whole, {each.figure.batch_id: each.number for each in said}


def _shown_batch(request: HttpRequest, key: SeriesKey) -> tuple[SeriesKey | None, int]:
    """The batch that the shown version came with; 0 where there is none."""
    whole, said = _said(request, key)
    return whole, next(reversed(said), 0)


def questions(request: HttpRequest, key: SeriesKey, period: Period) -> Offer:
    """What was asked of the version that is shown, as known then, stays with it, whenever it was answered; below it,
    marked, what was asked of the versions before."""
    by = request.user
    if not isinstance(by, Person) or not works_here(by) or not key.period_id:
        return Offer()
    whole, said = _said(request, key)
    if whole is None or not said:
        return Offer()
    batch = next(reversed(said))
    rows = Question.objects.filter(
        batch__in=list(said), indicator=whole.indicator_id, period=whole.period_id, unit=whole.unit_id,
        breakdown=whole.breakdown_id, measure=whole.measure,
    ).select_related("answer")  # fmt: skip
    lines = []
    for row in sorted(rows.order_by("-batch", "-pk")[:MOST], key=lambda row: (-said[row.batch_id], -row.pk)):
        answered = hasattr(row, "answer")
        name = shortened(row.text, 120) + (f" — {shortened(row.answer.text, 120)}" if answered else "")
        if row.batch_id != batch:
            name = _("Bản %(n)s: %(said)s") % {"n": said[row.batch_id], "said": name}
        url = reverse("watch:question", args=[row.pk])
        lines.append(Line(name, url, _("đã trả lời") if answered else _("chờ trả lời"), "good" if answered else "late"))
    acts = (Act(_("Hỏi nguồn"), ask_address(key, period, batch)),) if asks(by) else ()
    return Offer(acts, _("Hỏi đáp về số này"), tuple(lines))


def asks(by: Person) -> bool:
    """For what a page offers, never for an action."""
    return not permissions.menu_roles(by).isdisjoint(ASKING)


def ask_address(key: SeriesKey, period: Period, batch: int) -> str:
    """Where a question about that version of the figure is written."""
    parts = {
        "indicator": indicators.indicator_of(key.indicator_id).code,
        "calendar": period.calendar,
        "period": period.key,
        "unit": places.code_of(key.unit_id, period.last),
        **places.parameters(key),
        "batch": str(batch),
    }
    return f"{reverse('watch:ask')}?{urlencode(parts)}"
