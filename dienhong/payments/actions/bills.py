"""Making a bill and taking it back."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Unit
from dienhong.organizations.registry import action
from dienhong.payments import codes, queries
from dienhong.payments.models import Bill, BillLine, Cancellation, CollectingAccount, Purpose


@dataclass(frozen=True, slots=True)
class Line:
    """One item: amount in whole đồng, the article that sets it."""

    code: str
    name_vi: str
    amount: int
    kind: str = Purpose.CHARGE
    article: str = ""
    name_en: str = ""


@action("payments.make_bill")
@transaction.atomic
def make_bill(
    *,
    by: str,
    owner_kind: str,
    owner_id: object,
    title_vi: str,
    payer_name: str,
    unit: Unit,
    purpose: str,
    lines: Sequence[Line],
    title_en: str = "",
    budget_sub_item: str = "",
    expires_at: dt.datetime | None = None,
    computation: dict[str, Any] | None = None,
    replaces: Bill | None = None,
) -> Bill:
    """A bill over the sum of `lines`, into the account that the register names for `unit` and `purpose`.

    `replaces` is cancelled with it; money that had come for it is owed back. Raises Refused: nothing to pay (a fee of
    0 needs no bill), no account in the register.
    """
    amount = sum(each.amount for each in lines)
    if amount <= 0 or any(each.amount < 0 for each in lines):
        raise Refused("nothing_to_pay", _("Không có gì phải nộp, nên không lập khoản thu."))
    account = queries.account_for(unit, purpose, clock.business_today())
    if account is None:
        raise Refused("no_account", _("Đơn vị thu chưa đăng ký tài khoản cho loại khoản thu này."))
    bill = _made(
        account, owner_kind=owner_kind, owner_id=str(owner_id), title_vi=title_vi, title_en=title_en,
        payer_name=payer_name, unit=unit, purpose=purpose, budget_sub_item=budget_sub_item, amount=amount,
        expires_at=expires_at, computation=computation or {}, replaces=replaces, made_by=by,
    )  # fmt: skip
    BillLine.objects.bulk_create(
        BillLine(
            bill=bill, place=place, code=each.code, name_vi=each.name_vi, name_en=each.name_en, kind=each.kind,
            amount=each.amount, article=each.article,
        )
        for place, each in enumerate(lines, 1)
    )  # fmt: skip
    if replaces is not None:
        cancel_bill(by=by, bill=replaces, reason=_("Thay bằng khoản %(code)s") % {"code": bill.code})
    record(
        by=by, verb="payments.make_bill", object_kind="bill", object_id=bill.pk, unit_id=unit.pk,
        data={"code": bill.code, "amount": amount, "owner_kind": owner_kind, "owner_id": str(owner_id)},
    )  # fmt: skip
    return bill


def _made(account: CollectingAccount, **fields: Any) -> Bill:
    """With a code that no bill had before; a second draw is needed once in 10^11 times."""
    for _try in range(5):
        try:
            with transaction.atomic():
                return Bill.objects.create(
                    code=codes.make(), token=secrets.token_urlsafe(32), account=account, bank_bin=account.bank_bin,
                    bank_name=account.bank_name, account_number=account.number, account_holder=account.holder,
                    budget_chapter=account.budget_chapter, business_at=clock.business_now(), **fields,
                )  # fmt: skip
        except IntegrityError as error:
            if "code" not in str(error):
                raise
    raise RuntimeError("five codes in a row were taken: the source of chance is broken")


@action("payments.cancel_bill")
@transaction.atomic
def cancel_bill(*, by: str, bill: Bill, reason: str) -> Cancellation:
    """Ask for nothing any more: withdrawn, exempt, replaced. Repeating changes nothing. What has come, or comes yet, is
    then owed back (state overpaid). Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("no_reason", _("Ghi lý do hủy khoản thu."))
    Bill.objects.select_for_update(of=("self",)).get(pk=bill.pk)
    before = queries.state_of(bill)
    made, new = Cancellation.objects.get_or_create(bill=bill, defaults={"reason": reason[:300], "by": by})
    if new:
        record(
            by=by, verb="payments.cancel_bill", object_kind="bill", object_id=bill.pk, unit_id=bill.unit_id,
            from_state=before, to_state=queries.state_of(bill), reason=reason[:300],
            data={"owner_kind": bill.owner_kind, "owner_id": bill.owner_id},
        )  # fmt: skip
    return made
