"""The two doors for partners' machines: our inbox, and our public keys. Public views; the signature is the guard."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from dienhong.base import clock
from dienhong.exchange import actions, envelope, keys, partner_files, signing
from dienhong.organizations.http import public


@csrf_exempt
@public
@never_cache
@require_POST
def inbox(request: HttpRequest, key: str) -> HttpResponse:
    """One message in; 200 with our signed acknowledgement, or problem details (RFC 9457)."""
    if key not in partner_files.every():
        return _problem(404, "partner", "no such partner")
    if int(request.META.get("CONTENT_LENGTH") or 0) > envelope.LONGEST:
        return _problem(413, "length", f"{envelope.LONGEST} bytes at most")
    body = request.body
    heard = actions.receive(
        by=f"partner:{key}",
        partner=key,
        body=body,
        key_id=request.headers.get(signing.KEY_HEADER, ""),
        signature=request.headers.get(signing.SIGNATURE_HEADER, ""),
    )
    if not heard.taken:
        return _problem(heard.status, heard.code, heard.detail)
    return _acknowledged(key, heard, body)


def _acknowledged(key: str, heard: actions.Received, body: bytes) -> HttpResponse:
    said = envelope.read(body)
    answer = envelope.Envelope(
        kind="Acknowledgement",
        sender=envelope.US,
        receiver=key,
        sent_at=clock.record_now().isoformat(timespec="milliseconds"),
        content={"status": heard.code, "message_id": heard.message_id},
        business_key=said.business_key,
        in_reply_to=said.id,
    ).bytes()
    return HttpResponse(answer, content_type="application/json", headers=keys.ours().headers(answer))


def _problem(status: int, code: str, detail: str) -> JsonResponse:
    said = {"type": f"about:{code}", "title": code, "status": status, "detail": detail}
    return JsonResponse(said, status=status, content_type="application/problem+json")


@public
@require_safe
def our_keys(request: HttpRequest) -> JsonResponse:
    """The keys that we sign with, now and before: for partners who check us."""
    now = keys.ours()
    rows = [
        {"key_id": key_id, "algorithm": "Ed25519", "public": public_half, "in_use": key_id == now.key_id}
        for key_id, public_half in sorted(keys.our_public_keys().items())
    ]
    return JsonResponse({"name": envelope.US, "keys": rows})
