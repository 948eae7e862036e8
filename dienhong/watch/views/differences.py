"""The cross-check board, one difference with both its sides, and what people do with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person
from dienhong.watch import actions, definitions
from dienhong.watch.forms import TextForm
from dienhong.watch.lived import StatedDifference
from dienhong.watch.models import STANDING, WAITING, Difference, Kind, Stand
from dienhong.watch.permissions import (
    ANSWERING,
    LEADING,
    ORDERING,
    answered_by,
    own_differences,
    require_judge,
    require_owner,
)
from dienhong.watch.queries import lists
from dienhong.watch.views.shared import worker
from dienhong.watch.words import difference_lines, lang, sides

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE = 30


@signed_in
@never_cache
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """`?show=`, `?kind=`, `?check=`, `?mine=1`, `?q=`: where figures that should agree do not; everybody may look."""
    by = worker(request)
    asked = {name: request.GET.get(name, "")[:100].strip() for name in ("show", "kind", "check", "q")}
    mine = request.GET.get("mine") == "1"
    show = asked["show"] if asked["show"] in lists.SHOWN else "standing"
    rows = lists.differences(by, show=show, kind=asked["kind"], check=asked["check"], mine=mine, text=asked["q"])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    kept = {name: value for name, value in asked.items() if value} | ({"mine": "1"} if mine else {})
    scope = own_differences(by) if mine else None
    return render(
        request,
        "watch/differences.html",
        {
            "lines": difference_lines(page.object_list),
            "page_obj": page,
            "counts": lists.count(scope),
            "show": show,
            "kinds": Kind.choices,
            "kind": asked["kind"],
            "checks": [(key, each.name[lang()]) for key, each in definitions.every().items()],
            "check": asked["check"],
            "mine": mine,
            "q": asked["q"],
            "keep": "&" + urlencode(kept) if kept else "",
        },
    )


def difference_or_404(pk: int) -> StatedDifference:
    rows = lists.stated(Difference.objects.filter(pk=pk))
    return get_object_or_404(rows.select_related("indicator", "period", "unit", "owner", "counterpart", "breakdown"))


@signed_in
@never_cache
@require_GET
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides with their passports, whose turn it is, and everything that was said."""
    by, row = worker(request), difference_or_404(pk)
    [line] = difference_lines([row])
    check, today = definitions.every().get(row.check_key), clock.business_today()
    return render(
        request,
        "watch/difference.html",
        {
            "row": row,
            "line": line,
            "sentence": check.sentence[lang()] if check else "",
            "pair": sides(row),
            "counterpart": organizations.shown_name(row.counterpart_id, today, lang()),
            "states": row.states.select_related("by", "reading").order_by("-pk"),
            "acts": offered(by, row),
            "directive_url": _directive_url(by, row),
        },
    )


def _directive_url(by: Person, row: StatedDifference) -> str:
    """A directive is born from a difference by its name alone: that room lies beside this one."""
    if row.state not in (*STANDING, Stand.AGREED) or permissions.menu_roles(by).isdisjoint(ORDERING):
        return ""
    return f"{reverse('directives:new')}?{urlencode({'check': row.code})}"


@dataclass(frozen=True, slots=True)
class Verb:
    """`judge`: for the other side; otherwise for the owner."""

    label: "str | _StrPromise"
    when: tuple[str, ...]
    do: Callable[[Person, Difference, str], object]
    done: "str | _StrPromise"
    field: "str | _StrPromise"
    hint: "str | _StrPromise" = ""
    judge: bool = False
    optional: bool = False


VERBS: dict[str, Verb] = {
    "answer": Verb(
        pgettext_lazy("watch", "Giải trình"), WAITING,
        lambda by, row, text: actions.answer_difference(by=by, difference=row, text=text),
        gettext_lazy("Đã gửi giải trình."), gettext_lazy("Vì sao hai số khác nhau"),
        gettext_lazy("Nếu số của đơn vị bạn sai thì gửi số đính chính; chỗ lệch tự đóng khi số mới khớp."),
    ),
    "disagree": Verb(
        gettext_lazy("Chưa chấp nhận"), (Stand.ANSWERED, Stand.AGREED),
        lambda by, row, text: actions.disagree(by=by, difference=row, text=text),
        gettext_lazy("Đã mở lại; bên kia nhận được lời của bạn."), gettext_lazy("Vì sao chưa chấp nhận"), judge=True,
    ),
    "agree": Verb(
        gettext_lazy("Thống nhất"), (Stand.ANSWERED,),
        lambda by, row, text: actions.agree(by=by, difference=row, text=text),
        gettext_lazy("Đã thống nhất; hai số vẫn đứng cạnh nhau."), gettext_lazy("Nhận xét"), judge=True, optional=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """The last one is the main act."""

    name: str
    label: "str | _StrPromise"
    main: bool = False


def offered(by: Person, row: StatedDifference) -> list[Offered]:
    found = [name for name, verb in VERBS.items() if row.state in verb.when and _may(by, row, verb)]
    main = {"answer", "agree"}
    return [Offered(name, VERBS[name].label, name in main) for name in found]


def _may(by: Person, row: StatedDifference, verb: Verb) -> bool:
    if not verb.judge:
        return bool(permissions.may(by, ANSWERING, row.owner))
    last = row.states.filter(state=Stand.ANSWERED).order_by("-pk").first()
    own = last is not None and answered_by(last, by)
    return not own and bool(permissions.may(by, LEADING, row.counterpart))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The form of a verb, and the verb. A refusal stands above the form with what was typed."""
    by, row, found = worker(request), difference_or_404(pk), VERBS.get(verb)
    if found is None:
        raise Http404
    (require_judge if found.judge else require_owner)(by, row)
    if request.method != "POST" and row.state not in found.when:  # a link kept from before: the page says how it stands
        return redirect("watch:difference", pk)
    form = TextForm(
        request.POST if request.method == "POST" else None, by=by, label=found.field, hint=found.hint,
        optional=found.optional,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            found.do(by, row, form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, str(found.done))
            return redirect("watch:difference", pk)
    [line] = difference_lines([row])
    context = {"row": row, "line": line, "form": form, "verb": found, "sides": sides(row)}
    return render(request, "watch/difference_act.html", context, status=422 if form.errors else 200)
