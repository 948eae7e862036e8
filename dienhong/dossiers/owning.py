"""What dossiers answer to the rooms below: who may see bills and papers that belong to a dossier, and where it lies."""

from collections.abc import Collection

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base.clock import HANOI
from dienhong.base.money import money_said
from dienhong.documents import actions as documents
from dienhong.documents import owners as paper_owners
from dienhong.documents.models import Issued
from dienhong.dossiers import papers
from dienhong.dossiers.models import Dossier, Status, Stop
from dienhong.dossiers.permissions import is_theirs, may_read
from dienhong.journal.access import log_access
from dienhong.journal.models import Access
from dienhong.organizations.models import Person
from dienhong.payments import owners as bill_owners
from dienhong.payments import receipts
from dienhong.payments.models import Capture
from dienhong.payments.queries import given_back

RECEIPT = "fee_receipt"


def register() -> None:
    owner = bill_owners.Owner(may_open_bill, address, label, desk, labels, standing, cases, ending)
    bill_owners.register(papers.OWNER, owner)
    receipts.register(receipt_of)
    paper_owners.register(papers.OWNER, may_read=paper_reason, before_read=log_paper, page_of=page_of, since=since)


def may_open_bill(person: Person, owner_id: str) -> bool:
    dossier = _dossier(owner_id)
    return dossier is not None and is_theirs(person, dossier)


def receipt_of(capture: Capture) -> receipts.Made:
    """The signed paper about this money; the same for the same capture, however often it is asked for.

    It belongs to whatever the bill belongs to: who may read it is asked there.
    """
    bill = capture.bill
    rows = Issued.objects.filter(owner_kind=bill.owner_kind, owner_id=bill.owner_id, kind=RECEIPT)
    paper = rows.filter(data__capture=capture.pk).order_by("pk").first() or _issue_receipt(capture)
    return receipts.Made(paper.number_text, reverse("documents:code", args=[paper.code]))


def _issue_receipt(capture: Capture) -> Issued:
    """In the transaction that keeps the receipt; the caller holds the capture's lock."""
    bill = capture.bill
    dossier = _dossier(bill.owner_id) if bill.owner_kind == papers.OWNER else None
    payer: dict[str, str] = {"name": bill.payer_name}
    if dossier is not None:
        payer = papers.common(dossier)["applicant"] | payer
    whole = capture.amount == bill.amount
    lines = [{"label": row.name_vi, "amount": row.amount, "law": row.article} for row in bill.lines.order_by("place")]
    part = [{"label": bill.title_vi, "amount": capture.amount, "law": ""}]
    return documents.issue(
        by="job:payments.receipts", kind=RECEIPT, unit=bill.unit, owner=(bill.owner_kind, bill.owner_id),
        service=dossier.service if dossier else "",
        data={
            "payer": payer, "lines": lines if whole else part, "total": capture.amount, "bill_code": bill.code,
            "paid_at": f"{capture.paid_at.astimezone(HANOI):%H:%M %d/%m/%Y}", "content": bill.title_vi,
            "dossier_code": dossier.code if dossier else None, "transaction": capture.bank_ref,
            "capture": capture.pk, "place": papers.place(dossier) if dossier else "",
        },
    )  # fmt: skip


def address(owner_id: str) -> str:
    dossier = _dossier(owner_id)
    return reverse("portal:mine_one", args=[dossier.code]) if dossier else ""


def label(owner_id: str) -> str:
    dossier = _dossier(owner_id)
    return dossier.code if dossier else owner_id


def desk(person: Person, owner_id: str) -> str:
    """The officers' page, for who may read it; opening it is in the access log."""
    dossier = _dossier(owner_id)
    return reverse("dossiers:case", args=[dossier.pk]) if dossier and may_read(person, dossier) else ""


def labels(owner_ids: Collection[str]) -> dict[str, str]:
    return {str(pk): code for pk, code in Dossier.objects.filter(pk__in=owner_ids).values_list("pk", "code")}


def cases(person: Person) -> list[str]:
    mine = Q(applicant=person) | Q(submitter=person)
    return [str(pk) for pk in Dossier.objects.filter(mine, status=Status.TO_PAY).values_list("pk", flat=True)]


def standing(owner_id: str) -> str:
    """The paper that the dossier was for, while it stands: money that goes back does not take it back."""
    dossier = _dossier(owner_id)
    if dossier is None:
        return ""
    kind = (dossier.version.sheet.get("result") or {}).get("kind", "")
    found = [each for each in papers.papers_of(dossier) if each.kind == kind and each.stands]
    return found[-1].number_text if found else ""


def ending(owner_id: str) -> str | None:
    """How the dossier ended without a result, for whoever gives money back; "" while it runs or with its result."""
    dossier = _dossier(owner_id)
    if dossier is None:
        return None
    if dossier.status == Status.NOT_ACCEPTED:
        return bill_owners.REFUSED
    stop = Stop.objects.filter(dossier=dossier).order_by("-pk").first() if dossier.status == Status.STOPPED else None
    if stop is None:
        return ""
    return bill_owners.WITHDRAWN if stop.code == Stop.Code.WITHDRAWN else bill_owners.REFUSED


def paper_reason(person: Person, paper: Issued) -> str:
    """ "" where the person may read the paper; otherwise why not."""
    dossier = _dossier(paper.owner_id)
    if dossier is None or not (is_theirs(person, dossier) or may_read(person, dossier)):
        return _("Giấy này thuộc hồ sơ của người khác.")
    return ""


def log_paper(person: Person, paper: Issued) -> None:
    """An officer's reading is in the applicant's log; one's own is nobody else's business."""
    dossier = _dossier(paper.owner_id)
    if dossier is not None and not is_theirs(person, dossier):
        log_access(
            by=person.actor, kind=Access.Kind.FILE, object_kind=papers.OWNER, object_ids=[dossier.pk],
            unit_id=dossier.unit_id, purpose=paper.title_vi,
        )  # fmt: skip


def since(paper: Issued) -> list[str]:
    """Of a receipt: the money that went back."""
    lang = "en" if get_language() == "en" else "vi"
    rows = given_back(int(paper.data.get("capture") or 0)) if paper.kind == RECEIPT else []
    said = _("Đã hoàn lại %(amount)s trong số này ngày %(day)s.")
    return [said % {"amount": money_said(amount, lang), "day": f"{day:%d/%m/%Y}"} for amount, day in rows]


def page_of(paper: Issued) -> str:
    return address(paper.owner_id)


def _dossier(owner_id: str) -> Dossier | None:
    return Dossier.objects.select_related("unit", "version").filter(pk=owner_id).first()
