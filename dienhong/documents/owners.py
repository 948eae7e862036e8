"""Whose paper it is, asked upwards: rooms above register who may read the papers of their cases."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from dienhong.base.refusal import NotPermitted

if TYPE_CHECKING:
    from dienhong.documents.models import Issued
    from dienhong.organizations.models import Person

# (person, paper) -> "" when the person may, otherwise the administrative reason why not.
MayRead = Callable[["Person", "Issued"], str]
# Called before the bytes leave; raises when they must not (the access log of personal data could not be written).
BeforeRead = Callable[["Person", "Issued"], None]
PageOf = Callable[["Issued"], str]
# What happened since to that of which the paper speaks, a sentence each: money that was given back.
Since = Callable[["Issued"], list[str]]


@dataclass(frozen=True, slots=True)
class Owner:
    may_read: MayRead
    before_read: BeforeRead | None = None
    page_of: PageOf | None = None
    since: Since | None = None


_owners: dict[str, Owner] = {}


def register(
    kind: str,
    *,
    may_read: MayRead,
    before_read: BeforeRead | None = None,
    page_of: PageOf | None = None,
    since: Since | None = None,
) -> None:
    """Say who may read the papers whose `owner_kind` is `kind`, where the case's own page is, and what whoever checks
    such a paper must know besides."""
    _owners[kind] = Owner(may_read, before_read, page_of, since)


def forget(kind: str) -> None:
    _owners.pop(kind, None)


def require(person: "Person", paper: "Issued") -> None:
    """NotPermitted unless the owner's room allows it. A paper whose owner nobody registered is closed to all."""
    owner = _owners.get(paper.owner_kind)
    if owner is None:
        raise NotPermitted("no_owner", _("Chưa có quy tắc ai được đọc giấy tờ loại này nên không mở cho ai."))
    if reason := owner.may_read(person, paper):
        raise NotPermitted("not_yours", reason)
    if owner.before_read is not None:
        owner.before_read(person, paper)


def page(paper: "Issued") -> str:
    """Address of the case that owns the paper, or ""."""
    owner = _owners.get(paper.owner_kind)
    return owner.page_of(paper) if owner and owner.page_of else ""


def since(paper: "Issued") -> list[str]:
    """What happened since the paper was given, for whoever checks it; in the reader's language, naming nobody."""
    owner = _owners.get(paper.owner_kind)
    return owner.since(paper) if owner and owner.since else []
