"""The register of collecting accounts, filled from a file that the owner of the installation keeps."""

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Unit
from dienhong.organizations.registry import action
from dienhong.payments.models import CollectingAccount


@action("payments.register_account")
@transaction.atomic
def register_account(
    *,
    by: str,
    unit: Unit,
    purpose: str,
    bank_bin: str,
    bank_name: str,
    number: str,
    holder: str,
    budget_chapter: str = "",
    validity: DateRange | None = None,
    remark: str = "",
) -> CollectingAccount:
    """Money for the unit and purpose goes there from now on. Repeating changes nothing. No screen does this: a wrong
    account is the dearest mistake of all, so it comes from a file under four eyes.

    Raises Refused where another unit has the account at that time: its statement and what comes without a code have
    one owner who answers for them. Units below collect into it without a row of their own.
    """
    span = validity or DateRange(None, None)
    others = CollectingAccount.objects.filter(bank_bin=bank_bin, number=number, validity__overlap=span)
    if others.exclude(unit=unit).exists():
        raise Refused("another_owner", _("Tài khoản %(number)s đã thuộc đơn vị khác.") % {"number": number})
    made, new = CollectingAccount.objects.get_or_create(
        unit=unit, purpose=purpose, bank_bin=bank_bin, number=number,
        defaults={
            "bank_name": bank_name, "holder": holder, "budget_chapter": budget_chapter, "remark": remark,
            "validity": span,
        },
    )  # fmt: skip
    if new:
        record(
            by=by, verb="payments.register_account", object_kind="account", object_id=made.pk, unit_id=unit.pk,
            data={"purpose": purpose, "bank": bank_bin, "number": number},
        )  # fmt: skip
    return made
