"""When someone leaves: what they hold goes on to others, then the account closes, all in one transaction."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.clock import business_today
from dienhong.base.refusal import Refused
from dienhong.organizations.actions.accounts import close_account
from dienhong.organizations.actions.grants import hand_over
from dienhong.organizations.models import Grant, GrantRequest, Person
from dienhong.organizations.registry import action


@action("organizations.leave")
@transaction.atomic
def leave(
    *, by: Person, person: Person, heirs: Mapping[int, Person], on: dt.date, reason: str
) -> list[Grant | GrantRequest]:
    """Hand over each grant named in `heirs` (grant id -> who takes it on) from `on`, and close the account.

    Returns what was made: grants, and requests that a second administrator confirms. Raises NotPermitted, Refused.
    """
    if heirs and on > business_today():
        # The account closes now: until that day nobody would hold the role.
        raise Refused(
            "gap",
            _(
                "Tài khoản đóng ngay, nên vai trò phải bàn giao từ hôm nay hoặc sớm hơn, kẻo bỏ trống đến ngày ấy. "
                "Nghỉ về sau thì bàn giao trước ở mục Phân quyền, đúng ngày hãy đóng tài khoản."
            ),
        )
    made = [
        hand_over(by=by, held=held, to=heirs[held.pk], on=on, reason=reason)
        for held in person.grants.filter(pk__in=heirs).order_by("pk")
    ]
    close_account(by=by, person=person, reason=reason)
    return made
