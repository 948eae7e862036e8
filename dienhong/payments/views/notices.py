"""Where banks tell us. Anyone may call; what counts is the signature inside."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dienhong.organizations.http import public
from dienhong.payments import actions, providers
from dienhong.payments.actions.notices import LONGEST
from dienhong.payments.providers.contract import Heard, Raw


@csrf_exempt  # a bank has no cookie of ours
@public
@require_POST
def notice(request: HttpRequest, provider: str) -> HttpResponse:
    if provider not in providers.load()[0]:
        raise Http404
    if len(request.body) > LONGEST:
        return HttpResponse(status=413)
    raw = Raw(request.body.decode("utf-8", "replace"), request.headers.get("X-Signature", ""))
    verdict = actions.take_notice(by=f"partner:{provider}", provider=provider, raw=raw)
    answer = providers.get(provider).answer(Heard(verdict.said))
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
