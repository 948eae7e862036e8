"""A board as one file, out and in."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.centre import actions, permissions
from dienhong.centre.given import read_json
from dienhong.centre.views import shared
from dienhong.organizations.http import signed_in

LARGEST = 512 * 1024


@signed_in
@require_GET
def export(request: HttpRequest, slug: str) -> HttpResponse:
    version, _held = shared.board_or_404(request, slug, shared.sight(request))
    made = JsonResponse(actions.export(version), json_dumps_params={"ensure_ascii": False, "indent": 1})
    made["Content-Disposition"] = f'attachment; filename="{slug}.json"'
    return made


@signed_in
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    permissions.require(shared.person(request), permissions.ARRANGES)
    if request.method == "GET":
        return render(request, "centre/import.html", {"refusal": None})
    try:
        made = actions.import_board(by=shared.person(request), data=_file(request))
    except NotPermitted:
        raise
    except Refused as refusal:
        return render(request, "centre/import.html", {"refusal": refusal}, status=422)
    return redirect("centre:board", made.board.slug)


def _file(request: HttpRequest) -> object:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST:
        raise Refused("file", _("Chọn một tệp JSON không quá 512 KB."))
    try:
        return read_json(file.read().decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused("file", _("Tệp này không đọc được như JSON.")) from None
    except ValueError as error:
        raise Refused("file", str(error)) from None
