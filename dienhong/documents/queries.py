"""Questions about papers."""

from django.db.models import QuerySet

from dienhong.base import store
from dienhong.documents.models import Issued

STANDING = ("replaced_by", "revocation")


def of_owner(kind: str, key: object) -> QuerySet[Issued]:
    """Papers of a case, oldest first, with what became of them."""
    return _with_standing().filter(owner_kind=kind, owner_id=str(key)).order_by("pk")


def latest(kind: str, key: object, paper_kind: str) -> Issued | None:
    """The paper of that kind which stands: neither replaced nor revoked."""
    found = of_owner(kind, key).filter(kind=paper_kind, replaced_by=None, revocation=None)
    return found.order_by("-pk").first()


def by_code(code: str) -> Issued | None:
    """`code` as kept, without dashes."""
    return _with_standing().filter(code=code).first()


def by_digest(digest: str) -> Issued | None:
    return _with_standing().filter(pdf_digest=digest).first()


def file_of(issued: Issued) -> bytes:
    """The signed PDF. StoreError when the store lost or changed it. Who may read it is asked by the caller."""
    return store.get(issued.pdf_digest)


def file_name(issued: Issued) -> str:
    return f"{issued.symbol}-{issued.number:02d}-{issued.year}.pdf"


def _with_standing() -> QuerySet[Issued]:
    return Issued.objects.select_related("unit", "signer", "certificate", "replaces", *STANDING)
