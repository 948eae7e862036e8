"""An attempt to pay: kept before the provider is asked, so that a notice faster than the answer finds it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations import queries as organizations
from dienhong.organizations.registry import action
from dienhong.payments import codes, providers, queries
from dienhong.payments.models import Attempt, AttemptShare, AttemptState, Bill
from dienhong.payments.providers.contract import Order, Share, Unreachable
from dienhong.payments.providers.vietqr.payload import content_of
from dienhong.payments.states import AttemptStep, BillState, bill_state

MOST_BILLS = 20


@action("payments.begin_attempt")
def begin_attempt(*, by: str, bills: Sequence[Bill], provider: str, return_to: str = "", caller: str = "") -> Attempt:
    """Begin to pay what is outstanding of these bills, all into one account, in one transfer.

    Not one transaction but two, with the provider's answer between: nothing of ours is held while a bank thinks.
    Raises Refused: nothing outstanding, several accounts, the provider is down (the attempt is kept as failed).
    """
    attempt = _keep(by, bills, provider)
    try:
        address = providers.get(provider).begin(_order(attempt, return_to, caller))
    except Unreachable as error:
        _step(attempt, AttemptStep.FAILED, str(error))
        if any(bill_state(each) == BillState.PENDING for each in queries.facts(bills).values()):
            said = _(
                "Ngân hàng chưa trả lời. Lần nộp trước còn chờ ngân hàng cho biết kết quả; hãy đợi, đừng nộp lại ngay."
            )
        else:
            said = _("Ngân hàng chưa trả lời. Bạn chưa mất tiền; thử lại hoặc nộp bằng cách khác.")
        raise Refused("provider_down", said) from error
    Attempt.objects.filter(pk=attempt.pk).update(address=address)
    _step(attempt, AttemptStep.SENT)
    attempt.address = address
    return attempt


@transaction.atomic
def _keep(by: str, bills: Sequence[Bill], provider: str) -> Attempt:
    if provider not in providers.load()[0]:
        raise Refused("no_provider", _("Không có cách nộp này; chọn cách khác."))
    rows = list(Bill.objects.select_for_update(of=("self",)).filter(pk__in=[each.pk for each in bills]).order_by("pk"))
    if not rows or len(rows) > MOST_BILLS:
        raise Refused("too_many", _("Chọn từ một đến %(most)s khoản.") % {"most": MOST_BILLS})
    if len({(each.bank_bin, each.account_number) for each in rows}) > 1:
        raise Refused("several_accounts", _("Các khoản này nộp vào những tài khoản khác nhau; nộp riêng từng khoản."))
    known = queries.facts(rows)
    shares = [(row, known[row.pk].outstanding) for row in rows if known[row.pk].outstanding]
    if not shares:
        raise Refused("nothing_outstanding", _("Không còn gì phải nộp."))
    if all(known[row.pk].expired for row, _share in shares):
        raise Refused("expired", _("Khoản này đã hết hạn nộp."))
    reference = _reference(shares)
    attempt = Attempt.objects.create(
        provider=provider, reference=reference, amount=sum(share for _row, share in shares), begun_by=by
    )
    AttemptShare.objects.bulk_create(AttemptShare(attempt=attempt, bill=row, amount=share) for row, share in shares)
    record(
        by=by, verb="payments.begin_attempt", object_kind="attempt", object_id=attempt.pk, unit_id=rows[0].unit_id,
        data={"bills": [row.code for row, _share in shares], "provider": provider, "reference": reference},
    )  # fmt: skip
    return attempt


def _reference(shares: list[tuple[Bill, int]]) -> str:
    """New at each attempt. For several bills it is a code of its own, short enough for a transfer's content."""
    if len(shares) > 1:
        return codes.make(codes.GROUP)
    return f"dvc{shares[0][0].code}{clock.record_now():%Y%m%d%H%M%S%f}"


def content(attempt: Attempt, bills: Sequence[Bill]) -> str:
    """The transfer's content: the code first, since what is cut is the end."""
    if len(bills) > 1:
        return content_of(f"{attempt.reference} {bills[0].title_vi}")
    return content_of(f"{bills[0].code} {bills[0].title_vi}")


def _order(attempt: Attempt, return_to: str, caller: str) -> Order:
    shares = list(attempt.shares.select_related("bill").order_by("bill"))
    first, at = shares[0].bill, clock.business_now()
    return Order(
        reference=attempt.reference, amount=attempt.amount, content=content(attempt, [each.bill for each in shares]),
        shares=tuple(Share(each.bill.code, each.bill.title_vi, each.amount) for each in shares),
        bank_bin=first.bank_bin, bank_name=first.bank_name, account_number=first.account_number,
        account_holder=first.account_holder, payer_name=first.payer_name,
        unit_name=organizations.name(first.unit_id, at.date()), procedure=first.title_vi, at=at, return_to=return_to,
        caller=caller or "127.0.0.1",
    )  # fmt: skip


def _step(attempt: Attempt, step: AttemptStep, reason: str = "") -> None:
    AttemptState.objects.get_or_create(attempt=attempt, step=step, defaults={"reason": reason[:300]})


def age(attempt: Attempt) -> dt.timedelta:
    return clock.record_now() - attempt.at
