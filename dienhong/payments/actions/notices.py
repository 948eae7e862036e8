"""Hearing a provider: the raw notice is kept first, by itself; then it is judged and applied in one transaction.

A crash between the two leaves a notice without a verdict, and `finish_notices` judges it. The notice's row is locked
first, then the bills: the same notice twice at once is judged once.
"""

import hashlib
import logging

from django.db import transaction

from dienhong.journal.actions import record
from dienhong.organizations.registry import action
from dienhong.payments import ledger, providers
from dienhong.payments.models import Notice, Verdict
from dienhong.payments.providers.contract import Forged, Raw, Said, Unreadable

log = logging.getLogger("dienhong.payments")
LONGEST = 65_536


@action("payments.take_notice")
def take_notice(*, by: str, provider: str, raw: Raw, source: str = Notice.Source.SERVER) -> Verdict:
    """What a provider, or a browser that comes back from it, says about an attempt. `by` is partner:<provider>.

    Never raises for bad content: a forged or unreadable notice has its verdict. KeyError for an unknown provider.
    """
    providers.get(provider)
    return _judge(by, _keep(provider, raw, source).pk)


def _keep(provider: str, raw: Raw, source: str) -> Notice:
    text, signature = raw.text[:LONGEST].replace("\x00", ""), raw.signature[:200].replace("\x00", "")
    digest = hashlib.sha256("\n".join((provider, signature, text)).encode()).hexdigest()
    row, _new = Notice.objects.get_or_create(
        digest=digest, defaults={"provider": provider, "source": source, "raw": text, "signature": signature}
    )
    return row


@transaction.atomic
def _judge(by: str, pk: int) -> Verdict:
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=pk)
    there = Verdict.objects.filter(notice=notice).first()
    if there is not None:
        return there
    try:
        said = providers.get(notice.provider).read(Raw(notice.raw, notice.signature))
    except Forged as error:
        return _forged(by, notice, str(error))
    except Unreadable as error:
        return Verdict.objects.create(notice=notice, said=Verdict.Said.UNREADABLE, reason=str(error)[:300])
    outcomes = [_apply(by, notice, each) for each in said]
    first = next((each for each in outcomes if each.said == Verdict.Said.APPLIED), outcomes[0])
    return Verdict.objects.create(notice=notice, said=first.said)


def _apply(by: str, notice: Notice, said: Said) -> ledger.Outcome:
    return ledger.apply(by=by, provider=notice.provider, said=said, notice=notice)


def _forged(by: str, notice: Notice, why: str) -> Verdict:
    record(by=by, verb="payments.forged_notice", object_kind="notice", object_id=notice.pk, reason=why[:300])
    return Verdict.objects.create(notice=notice, said=Verdict.Said.FORGED, reason=why[:300])


@action("payments.finish_notices")
def finish_notices(*, by: str) -> int:
    """Judge what a crash left without a verdict. Returns how many; one that fails leaves the others alone."""
    done = 0
    for pk in Notice.objects.filter(verdict=None).order_by("pk").values_list("pk", flat=True):
        try:
            _judge(by, pk)
        except Exception:
            log.exception("notice %s", pk)
        else:
            done += 1
    return done
