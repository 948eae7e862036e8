"""What people do with a difference: the owner explains it, the other side agrees or does not. Nobody edits a number."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action
from dienhong.reporting.workdays import work_calendar
from dienhong.watch import definitions
from dienhong.watch.actions.states import enter, lock, needed, require_stand
from dienhong.watch.models import WAITING, Difference, DifferenceState, Stand
from dienhong.watch.permissions import require_judge, require_owner


@action("watch.answer_difference")
@transaction.atomic
def answer_difference(*, by: Person, difference: Difference, text: str) -> DifferenceState:
    """The owner says why the figures differ, or that a correction comes. Its officers and leader may."""
    difference = lock(difference)
    require_owner(by, difference)
    now = require_stand(difference, WAITING)
    said = needed(text, _("Viết giải trình: vì sao hai số khác nhau, hoặc khi nào gửi số đính chính."))
    return enter(by=by, difference=difference, reading=now.reading, state=Stand.ANSWERED, text=said)


@action("watch.agree")
@transaction.atomic
def agree(*, by: Person, difference: Difference, text: str = "") -> DifferenceState:
    """The other side takes the explanation: both figures stay as they are, seen together. A leader there may."""
    difference = lock(difference)
    require_judge(by, difference)
    now = require_stand(difference, [Stand.ANSWERED])
    return enter(by=by, difference=difference, reading=now.reading, state=Stand.AGREED, text=text.strip()[:4000])


@action("watch.disagree")
@transaction.atomic
def disagree(*, by: Person, difference: Difference, text: str) -> DifferenceState:
    """The other side does not take it: it is open again, with a new day. A leader there may."""
    difference = lock(difference)
    require_judge(by, difference)
    now = require_stand(difference, [Stand.ANSWERED, Stand.AGREED])
    said = needed(text, _("Viết vì sao giải trình chưa thuyết phục, ít nhất một câu."))
    found = definitions.every().get(difference.check_key)
    due = work_calendar().add_working_days(clock.business_today(), found.days if found else 5)
    return enter(
        by=by, difference=difference, reading=now.reading, state=Stand.REOPENED, verb="watch.disagree", text=said,
        due=due,
    )  # fmt: skip
