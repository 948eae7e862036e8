"""Directives' progress: the four states of what was assigned, each with numerator, denominator and remainder."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dienhong.base import moments
from dienhong.centre import answer, stamps
from dienhong.centre.answer import Answer, Head, Mark
from dienhong.centre.asking import CannotAsk, Sight
from dienhong.centre.forms import Form, Size, register
from dienhong.centre.permissions import HOME
from dienhong.centre.spec import Tile
from dienhong.directives.models import Assignment, AssignmentState, ExtensionAnswer
from dienhong.directives.queries.standing import Counts, count
from dienhong.directives.templatetags.directives import parts
from dienhong.indicators import places
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Unit


@dataclass(frozen=True, slots=True)
class _Asked:
    """The unit that leads, None for all; what was handed on is counted with its whole, unless a unit is asked for."""

    lead: Unit | None
    name: str

    def counts(self, sight: Sight) -> Counts:
        rows = Assignment.objects.filter(lead=self.lead) if self.lead else Assignment.objects.filter(parent=None)
        return count(rows, sight.at.business if sight.at.past else None)

    def href(self, sight: Sight, show: str) -> str:
        """The list that it was counted from."""
        said = {"issuer": "0", "show": show} | ({"lead": str(self.lead.pk)} if self.lead else {})
        said |= {"as_of": moments.written(sight.at.business)} if sight.at.past else {}
        return f"{reverse('directives:board')}?{urlencode(said)}#list"


def answered(tile: Tile, sight: Sight) -> Answer:
    asked = _asked(tile, sight)
    counts = asked.counts(sight)
    title = tile.title(sight.lang) or _("Tiến độ chỉ đạo")
    marks = tuple(
        Mark(
            part.label, f"{part.number} / {part.total}", Decimal(part.number), asked.href(sight, part.name),
            name=_("%(p)s %%, còn lại %(rest)s") % {"p": part.percent, "rest": part.rest}, code=part.name,
        )
        for part in parts(counts)
    )  # fmt: skip
    head = Head(
        Decimal(counts.total), str(counts.total), "", asked.href(sight, "all"), attention=counts.overdue > 0,
        fresh=answer.counted_fresh(tile),
    )  # fmt: skip
    return Answer(tile, title, sight.lang, where=asked.name, head=head, marks=marks, note=_note(counts))


def _asked(tile: Tile, sight: Sight) -> _Asked:
    try:
        unit = places.unit(tile.unit, sight.today)
    except Unit.DoesNotExist:
        raise CannotAsk(_("Hôm nay không có đơn vị mang mã %(code)s.") % {"code": tile.unit}) from None
    return _Asked(None if tile.unit == HOME else unit, organizations.name(unit, sight.today, sight.lang))


def _note(counts: Counts) -> str:
    """What the four hold that a reader would not guess, and what stands apart from them."""
    said = []
    if counts.awaiting:
        words = ngettext("%(n)d báo đã xong, chờ xác nhận", "%(n)d báo đã xong, chờ xác nhận", counts.awaiting)
        said.append(words % {"n": counts.awaiting})
    if counts.by_exception:
        words = ngettext("%(n)d đóng bằng ngoại lệ", "%(n)d đóng bằng ngoại lệ", counts.by_exception)
        said.append(words % {"n": counts.by_exception})
    if counts.apart:
        words = ngettext("ngoài tổng số %(n)d đã hủy hoặc thay", "ngoài tổng số %(n)d đã hủy hoặc thay", counts.apart)
        said.append(words % {"n": counts.apart})
    return "; ".join(said)


def drawn(said: Answer, size: Size) -> str:
    """One bar of the whole: each state as wide as its share."""
    total = sum((mark.value or Decimal(0)) for mark in said.marks)
    if not total:
        return ""
    at, bars = Decimal(0), []
    for mark in said.marks:
        wide = (mark.value or Decimal(0)) / total * 1000
        bars.append(f'<rect class="{mark.code}" x="{at:.1f}" y="0" width="{wide:.1f}" height="14"/>')
        at += wide
    frame = 'viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true"'
    return f'<svg class="four-bar" {frame}>{"".join(bars)}</svg>'


def moved() -> tuple[int, ...]:
    """Moves whenever an assignment may stand elsewhere; days that pass are the business day's."""
    return stamps.newest(AssignmentState, ExtensionAnswer)


FORM = register(
    Form(
        "directives", gettext_lazy("Tiến độ chỉ đạo"), "directives", plain=answered, draw=drawn, needs=frozenset(),
        offers=("lead", "fresh"), moved=moved,
    )
)  # fmt: skip
