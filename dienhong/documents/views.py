"""Public: is this paper genuine? For those who may read it: the file."""

import threading
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.base.store import StoreError
from dienhong.documents import codes, kinds, limiter, owners, queries
from dienhong.documents.models import Authority, Issued, RevocationList
from dienhong.documents.verdicts import LARGEST, Outcome, Verdict
from dienhong.organizations.http import public, signed_in
from dienhong.organizations.models import Person

# verifying.py is imported by who verifies: with it comes pyHanko, as long to import as all of Django. A web worker has
# it from its start (config/warming.py).
# Reading a stranger's file takes the processor for a while: two at once in a process, the others wait a little.
_reading = threading.BoundedSemaphore(2)
PATIENCE = 5.0


class Busy(Exception):
    """Too many at once, or one address too often. `sentence` says when to come again."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def ask_code(request: HttpRequest, typed: str) -> Verdict:
    if not limiter.CODES.allows(limiter.address_of(request)):
        raise Busy(_("Bạn đã hỏi quá nhiều lần trong một phút. Hãy chờ một phút rồi thử lại."))
    from dienhong.documents.verifying import verify_code

    return verify_code(typed)


def ask_file(request: HttpRequest, sent: "UploadedFile[bytes]") -> Verdict:
    """Raises Busy, and Refused for a file that is too large or empty."""
    from dienhong.documents.verifying import verify_bytes

    if not limiter.FILES.allows(limiter.address_of(request)):
        raise Busy(_("Bạn đã gửi quá nhiều tệp trong một phút. Hãy chờ một phút rồi thử lại."))
    if (sent.size or 0) > LARGEST:
        said = _("Tệp nặng %(size)s MB; trang này xem tệp tới %(most)s MB. Giấy do hệ thống cấp nhẹ hơn 1 MB.")
        raise Refused("too_large", said % {"size": (sent.size or 0) >> 20, "most": LARGEST >> 20})
    if not sent.size:
        raise Refused("empty_file", _("Tệp rỗng. Hãy chọn tệp PDF đã nhận từ cơ quan."))
    if not _reading.acquire(timeout=PATIENCE):
        raise Busy(_("Đang có nhiều tệp chờ xem. Hãy thử lại sau ít phút."))
    try:
        return verify_bytes(sent.read())
    finally:
        _reading.release()


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """A file sent here is answered here and not kept; a code leads to its own address."""
    if request.method != "POST":
        return _page(request)
    sent = request.FILES.get("file")
    typed = request.POST.get("code", "").strip()
    if isinstance(sent, UploadedFile):
        try:
            return _page(request, ask_file(request, sent), name=sent.name or "")
        except Refused as refusal:
            return _page(request, file_error=refusal.sentence)
        except Busy as busy:
            return _page(request, busy=busy.sentence)
    if "file" in request.POST or request.POST.get("by") == "file":
        return _page(request, file_error=_("Chưa chọn tệp nào. Hãy chọn tệp PDF đã nhận từ cơ quan."))
    try:
        verdict = ask_code(request, typed)
    except Busy as busy:
        return _page(request, busy=busy.sentence, typed=typed)
    if verdict.outcome == Outcome.MISTYPED:
        return _page(request, typed=typed, code_error=verdict.sentence)
    return redirect("documents:code", code=codes.shown(codes.read(typed)))


@public
@never_cache
@require_GET
def code(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR of a paper opens."""
    try:
        verdict = ask_code(request, code)
    except Busy as busy:
        return _page(request, busy=busy.sentence, typed=code[:40])
    if verdict.outcome == Outcome.MISTYPED:
        return _page(request, typed=code[:40], code_error=verdict.sentence, status=404)
    return _page(
        request, verdict, typed="" if verdict.issued else code[:40], status=404 if verdict.issued is None else 200
    )


def _page(
    request: HttpRequest, verdict: Verdict | None = None, *, typed: str = "", name: str = "", code_error: str = "",
    file_error: str = "", busy: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    lang = "en" if get_language() == "en" else "vi"
    paper = verdict.issued if verdict else None
    context = {
        "verdict": verdict,
        "paper": paper,
        "facts": [kinds.said(line, lang) for line in paper.public] if paper else [],
        "form": _form(paper, lang),
        "typed": typed,
        "name": name,
        "code_error": code_error,
        "file_error": file_error,
        "busy": busy,
        "demo": Authority.objects.filter(demo=True).exists(),
    }
    response = render(request, "documents/verify.html", context, status=429 if busy else status)
    if busy:
        response["Retry-After"] = "60"
    response["X-Robots-Tag"] = "noindex"  # an address with a code stays out of search engines
    return response


def _form(paper: Issued | None, lang: str) -> str:
    regime = kinds.regime(paper.regime) if paper else None
    if paper is None or regime is None:
        return ""
    return _("Mẫu số %(number)s, %(regime)s") % {"number": paper.form_no, "regime": regime.name[lang]}


@signed_in
@never_cache
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed PDF, for whom the owner's room lets read it; never by digest. 404 both for a paper that is not there
    and for one that is not theirs: numbers that can be counted up tell nobody how many papers were given."""
    paper = get_object_or_404(Issued, pk=pk)
    try:
        owners.require(cast(Person, request.user), paper)
    except NotPermitted:
        raise Http404 from None
    try:
        data = queries.file_of(paper)
    except StoreError as error:
        raise Refused("file_lost", _("Tệp của giấy này đang hỏng hoặc thiếu; hãy báo quản trị hệ thống.")) from error
    shown = "inline" if "view" in request.GET else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{queries.file_name(paper)}"'}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@public
@require_GET
def authority(request: HttpRequest) -> HttpResponse:
    """Whose certificates the papers carry, and the root that a reader puts among those trusted."""
    known = Authority.objects.select_related("parent").order_by("-valid_until", "pk")
    return render(request, "documents/authority.html", {"authorities": known, "has_root": known.exists()})


@public
@require_GET
def root(request: HttpRequest) -> HttpResponse:
    found = Authority.objects.filter(level=Authority.Level.ROOT).order_by("-pk").first()
    if found is None:
        raise Http404(_("Chưa có cơ quan chứng thực nào."))
    headers = {"Content-Disposition": 'attachment; filename="root.crt"'}
    return HttpResponse(found.pem, content_type="application/x-x509-ca-cert", headers=headers)


@public
@require_GET
def revocation_list(request: HttpRequest) -> HttpResponse:
    """The newest list of the issuing authority, as it was made when a paper was last given."""
    issuing = RevocationList.objects.filter(authority__level=Authority.Level.ISSUING)
    found = issuing.order_by("-authority_id", "-number").first()
    if found is None:
        raise Http404(_("Chưa có danh sách thu hồi nào."))
    return HttpResponse(bytes(found.der), content_type="application/pkix-crl")
