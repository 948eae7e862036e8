"""What an applicant does after filing: supplements, withdraws, takes that back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.dossiers import computing, sending
from dienhong.dossiers.actions.filing import Handed, digest_of
from dienhong.dossiers.forms.places import Units
from dienhong.dossiers.models import Assessment, Attachment, Content, Dossier, Status, SupplementRequest, Withdrawal
from dienhong.dossiers.permissions import require_theirs
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.queries.drafts import form_of
from dienhong.journal.actions import record
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action

WITHDRAWABLE = (Status.NEW, Status.ACCEPTED, Status.IN_PROCESS, Status.SUPPLEMENT, Status.TO_PAY)


def open_request(dossier: Dossier) -> SupplementRequest | None:
    """The request that still waits for the applicant."""
    found = SupplementRequest.objects.filter(dossier=dossier, answered_at=None).order_by("-pk").first()
    return found if found and dossier.status == Status.SUPPLEMENT else None


@action("dossiers.supplement")
@transaction.atomic
def supplement(
    *,
    by: Person,
    dossier: Dossier,
    data: Mapping[str, Any],
    files: tuple[Handed, ...] = (),
    origins: Mapping[str, Any] | None = None,
) -> Content:
    """Answer a request: the content's next version. The law of the declaration's day goes on holding for amounts.

    Raises Refused where nothing is asked for (any more), and with every fault of the form.
    """
    dossier = lock(dossier)
    require_theirs(by, dossier)
    request = open_request(dossier)
    if request is None:
        raise Refused("nothing_asked", _("Hồ sơ này không chờ bổ sung."))
    before = dossier.contents.latest("number")
    form = form_of(dossier.version)
    now = clock.business_now()
    if faults := form.judge(data, now, places=Units()):
        raise Refused("form_faults", _("Tờ khai còn chỗ cần sửa."), faults)
    content = form.filed(data, now)
    changed = sorted(key for key in {*content, *before.data} if content.get(key) != before.data.get(key))
    if not changed and not files:
        raise Refused("unchanged", _("Chưa có gì khác so với lần nộp trước. Sửa ô được yêu cầu hoặc thêm tệp."))
    computed = computing.compute(dossier.service, content, dossier.declared_on)
    version = Content.objects.create(
        dossier=dossier,
        number=before.number + 1,
        data=content,
        origins=before.origins if origins is None else dict(origins),
        digest=digest_of(content),
        about=sending.about(dossier.version.sheet, dossier.service, content),
        changed=changed,
        by=by,
        business_at=now,
    )
    computing.keep(dossier, computed, number=version.number, cause=Assessment.Cause.SUPPLEMENT)
    _add_files(dossier, version, files)
    SupplementRequest.objects.filter(pk=request.pk).update(answered_at=now)
    _event(by, "dossiers.supplement", dossier, data={"content": version.number, "changed": changed})
    facts = computing.facts(computed)
    persist.step(dossier, message("supplement_received", f"content-{version.pk}"), by=by.actor, facts=facts)
    return version


@action("dossiers.withdraw")
@transaction.atomic
def withdraw(*, by: Person, dossier: Dossier, reason: str = "") -> Withdrawal:
    """Ask to withdraw; an officer answers. Not after the result is signed."""
    dossier = lock(dossier)
    require_theirs(by, dossier)
    if dossier.status not in WITHDRAWABLE:
        raise Refused("too_late", _("Hồ sơ đã có kết quả hoặc đã khép lại nên không rút được nữa."))
    row = Withdrawal.objects.create(dossier=dossier, by=by, business_at=clock.business_now(), reason=reason[:1000])
    _event(by, "dossiers.withdraw", dossier, reason=reason[:1000])
    persist.step(dossier, message("withdraw", f"withdrawal-{row.pk}"), by=by.actor)
    return row


@action("dossiers.take_back")
@transaction.atomic
def take_back(*, by: Person, dossier: Dossier) -> None:
    """The applicant thinks better of it before the officer has answered."""
    dossier = lock(dossier)
    require_theirs(by, dossier)
    row = Withdrawal.objects.filter(dossier=dossier, outcome=Withdrawal.Outcome.ASKED).order_by("-pk").first()
    if row is None or dossier.status != Status.WITHDRAWAL:
        raise Refused("nothing_asked", _("Không có yêu cầu rút nào đang chờ."))
    settle_withdrawal(row, Withdrawal.Outcome.TAKEN_BACK, by)
    _event(by, "dossiers.take_back", dossier)
    persist.step(dossier, message("withdraw_taken_back", f"taken-back-{row.pk}"), by=by.actor)


def settle_withdrawal(row: Withdrawal, outcome: str, by: Person | None) -> None:
    row.outcome, row.decided_by, row.decided_at = outcome, by, clock.business_now()
    row.save(update_fields=["outcome", "decided_by", "decided_at"])


def lock(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_for_update(of=("self",)).select_related("version__service", "unit").get(pk=dossier.pk)


def _add_files(dossier: Dossier, version: Content, files: tuple[Handed, ...]) -> None:
    Attachment.objects.bulk_create(
        Attachment(
            dossier=dossier, field=each.field, name=each.name, kind=each.kind, size=each.size, digest=each.digest,
            verdict=each.verdict, content_number=version.number,
        )
        for each in files
    )  # fmt: skip


def _event(by: Person, verb: str, dossier: Dossier, reason: str = "", data: dict[str, Any] | None = None) -> None:
    record(
        by=by.actor, verb=verb, object_kind="dossier", object_id=dossier.pk, unit_id=dossier.unit_id, reason=reason,
        data=data or {},
    )  # fmt: skip
