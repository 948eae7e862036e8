"""What somebody is filling in: always asked with whose it is, so that another's draft is not found at all."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from dienhong.base.brief import brief
from dienhong.base.text import fold
from dienhong.dossiers.forms.shapes import Form
from dienhong.dossiers.models import Attachment, Content, Dossier, Draft, Party, ServiceVersion
from dienhong.journal.models import Event
from dienhong.organizations.models import Person

BEGUN = ("dossiers.start_draft", "dossiers.open_answer")
EARLIER = 5  # dossiers looked through for what the applicant wrote before


def of(person: Person, service: str = "") -> QuerySet[Draft]:
    """The person's drafts of new dossiers, last saved first."""
    return _all(person, service).filter(dossier=None)


def get(person: Person, service: str, pk: int) -> Draft:
    """Also of an answer to a request. 404 where it is not theirs, or of another service."""
    return get_object_or_404(_all(person, service).select_related("dossier"), pk=pk)


def answer_to(person: Person, dossier: Dossier) -> Draft | None:
    """The person's answer to the dossier's request, begun and not sent."""
    return Draft.objects.filter(person=person, dossier=dossier).first()


def became(person: Person, service: str, pk: int) -> Dossier | None:
    """The dossier that a draft of the person became or was an answer in; None where the draft is there or was no
    draft of theirs. The draft is gone by then: the journal knows how it began."""
    begun = Event.objects.filter(object_kind="draft", object_id=str(pk), actor=person.actor, verb__in=BEGUN)
    event = None if Draft.objects.filter(pk=pk).exists() else begun.order_by("pk").first()
    if event is None:
        return None
    rows = Dossier.objects.filter(Q(applicant=person) | Q(submitter=person), service=service)
    known = {"pk": event.data["dossier"]} if "dossier" in event.data else {"token": event.data.get("token")}
    return rows.filter(**known).first()


def _all(person: Person, service: str) -> QuerySet[Draft]:
    rows = Draft.objects.filter(person=person).select_related("version__service").order_by("-saved_at", "-pk")
    return rows.filter(version__service__code=service) if service else rows


@brief(seconds=2)
def current(service: str) -> ServiceVersion | None:
    """The version under which one begins now; None where the service is not loaded. Read-only: others hold it too."""
    rows = ServiceVersion.objects.filter(service__code=service).select_related("service")
    return rows.order_by("-number").first()


def form_of(version: ServiceVersion) -> Form:
    """Built once per version and process: a version never changes."""
    found = _FORMS.get(version.digest)
    if found is None:
        if len(_FORMS) >= MOST_FORMS:
            _FORMS.clear()
        found = _FORMS[version.digest] = Form.from_json(version.form, version.service.code)
    return found


MOST_FORMS = 256
_FORMS: dict[str, Form] = {}


def attachments(draft: Draft) -> list[Attachment]:
    return list(Attachment.objects.filter(draft=draft, removed_at=None).order_by("pk"))


def files_of(rows: list[Attachment]) -> dict[str, list[dict[str, Any]]]:
    """field -> files as the form's kind `document` takes them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        value = {"digest": row.digest, "name": row.name, "kind": row.kind, "size": row.size}
        found.setdefault(row.field, []).append(value)
    return found


def earlier_contents(person: Person, service: str) -> list[tuple[str, dict[str, Any]]]:
    """(code, content) of the person's latest dossiers of the service, newest first."""
    rows = (
        Content.objects.filter(dossier__applicant=person, dossier__service=service)
        .select_related("dossier")
        .order_by("-dossier_id", "-number")
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows[: EARLIER * 3]:
        found.setdefault(row.dossier.code, row.data)
    return list(found.items())[:EARLIER]


PARTS = ("name", "identity_number", "tax_code", "address", "phone", "email")


def known_of(person: Person) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """(where from, part of an applicant -> value) of the person, best first: their dossiers of any service in which
    they asked under their own name, newest first, then the account."""
    mine = Party.objects.filter(dossier__applicant=person, part=Party.Part.APPLICANT, search_key=fold(person.name))
    rows = mine.select_related("dossier").order_by("-dossier_id")[:EARLIER]
    found: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"dossier": row.dossier.code}, {part: getattr(row, part) for part in PARTS}) for row in rows
    ]
    return [*found, ({"account": person.name}, {"name": person.display_name, "email": person.email})]
