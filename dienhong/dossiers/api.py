"""The machine's door to services: what a service asks, and a whole dossier filed in one call.

The same form, rules and action as the screens. Errors are problem details (RFC 9457). Session sign-in with CSRF.
"""

import hashlib
import json
import uuid
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, NinjaAPI, Schema, Status
from ninja.files import UploadedFile
from ninja.security import django_auth

from dienhong.base import clock
from dienhong.base.refusal import Fault, NotPermitted, Refused
from dienhong.dossiers import computing
from dienhong.dossiers.actions.filing import Filing, Handed, as_answers, take
from dienhong.dossiers.forms import uploads
from dienhong.dossiers.models import Attachment, Dossier, ServiceVersion
from dienhong.dossiers.permissions import is_theirs
from dienhong.dossiers.queries import drafts as queries
from dienhong.organizations.models import Person

MEDIA = "application/problem+json"
MOST_FILES = 20

api = NinjaAPI(title="Diên Hồng, services", version="1", docs_url=None, auth=django_auth, urls_namespace="api-services")


class ServiceOut(Schema):
    """A service as it is filed now; `schema` is JSON Schema 2020-12 of the content."""

    code: str
    procedure: str
    version: int
    name: dict[str, str]
    form_schema: dict[str, Any]


class DossierOut(Schema):
    """What was filed, and where it stands. Amounts are whole đồng; null: an officer has to fix something first."""

    code: str
    secret: str
    status: int
    declared_on: str
    due_at: str | None
    amount: int | None


@api.get("/{slug:code}", response=ServiceOut)
def service(request: HttpRequest, code: str) -> ServiceOut:
    version = _version(code)
    form = queries.form_of(version)
    return ServiceOut(
        code=code,
        procedure=version.service.procedure,
        version=version.number,
        name=version.sheet["name"],
        form_schema=form.schema(clock.business_today()),
    )


@api.post("/{slug:code}/dossiers", response={201: DossierOut, 200: DossierOut})
def file(
    request: HttpRequest,
    code: str,
    content: Form[str],
    files: File[list[UploadedFile]] = [],  # noqa: B006
) -> Status[DossierOut]:
    """File a dossier: `content` is the form's JSON, each file's field is the part before the first ":" of its name.

    The header Idempotency-Key makes it safe to send again: the same key gives the same dossier.
    """
    version = _version(code)
    person = cast(Person, request.user)
    token = _token(person, request.headers.get("Idempotency-Key", ""))
    standing = Dossier.objects.filter(token=token).first() if token else None
    if standing is not None:
        return Status(200, _out(standing, _amount(standing)))
    handed = tuple(_taken(version, each) for each in files[:MOST_FILES])
    data = {**_read(content), **as_answers(handed)}
    dossier = take(by=person, filing=Filing(version, data, token, {}, files=handed))
    return Status(201, _out(dossier, computing.filed_amount(dossier.facts)))


@api.get("/{slug:code}/dossiers/{str:number}", response=DossierOut)
def dossier(request: HttpRequest, code: str, number: str) -> DossierOut:
    """One's own dossier."""
    found = Dossier.objects.filter(code=number, service=code).first()
    if found is None or not is_theirs(cast(Person, request.user), found):
        raise Http404
    return _out(found, _amount(found))


def _version(code: str) -> ServiceVersion:
    found = queries.current(code)
    if found is None:
        raise Http404
    return found


def _token(person: Person, key: str) -> uuid.UUID | None:
    """Of the person and their key, so that one's key never finds another's dossier. None without a key."""
    if not key:
        return None
    return uuid.UUID(bytes=hashlib.sha256(f"{person.pk}:{key}".encode()).digest()[:16], version=4)


def _read(content: str) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise Refused("not_json", _("Nội dung phải là một đối tượng JSON."))
    return data


def _taken(version: ServiceVersion, sent: UploadedFile) -> Handed:
    key, _colon, name = (sent.name or "").partition(":")
    field = queries.form_of(version).by_key.get(key)
    if field is None or not field.is_file:
        sentence = _("Tên tệp phải bắt đầu bằng tên ô nhận tệp, ví dụ slip_copy:phieu.pdf.")
        raise Refused("no_field", sentence, [Fault("no_field", sentence, where=key[:60])])
    taken = uploads.take(sent.read(), name, field)
    verdict = Attachment.Verdict.CLEAN if taken.scanned else Attachment.Verdict.NOT_SCANNED
    return Handed(key, taken.name, taken.kind, taken.size, taken.digest, verdict)


def _amount(found: Dossier) -> int | None:
    assessment = computing.latest(found)
    return assessment.amount if assessment else None


def _out(found: Dossier, amount: int | None) -> DossierOut:
    return DossierOut(
        code=found.code,
        secret=found.secret,
        status=found.status,
        declared_on=found.declared_on.isoformat(),
        due_at=found.due_at.isoformat() if found.due_at else None,
        amount=amount,
    )


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    status = 403 if isinstance(error, NotPermitted) else 422
    faults = [
        {"code": one.code, "pointer": f"/{one.where.replace('.', '/')}", "detail": one.sentence} for one in error.faults
    ]
    problem = {"type": f"about:{error.code}", "title": error.sentence, "status": status, "faults": faults}
    return HttpResponse(json.dumps(problem, ensure_ascii=False), status=status, content_type=MEDIA)
