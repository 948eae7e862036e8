"""The verbs on an assignment: which are offered to whom, and one address for each: its form, then the act.

A refusal is said above the form with everything that was typed; nothing was saved.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.directives import actions
from dienhong.directives.actions.doing import WORKING, Handed
from dienhong.directives.actions.issuing import Task
from dienhong.directives.forms import AllowForm, ExtensionForm, ReasonForm, ReplaceForm, ReportForm, TaskForm
from dienhong.directives.lived import LivedAssignment
from dienhong.directives.models import OPEN, State
from dienhong.directives.permissions import DOING, ISSUING, LEADING, did_some, directs_any, directs_provinces, doing_for
from dienhong.directives.queries.lists import open_parts
from dienhong.directives.views.restating import restated, restating_form
from dienhong.directives.views.shared import assignment_or_404, person
from dienhong.directives.words import told
from dienhong.organizations import permissions
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person
from dienhong.reporting.views.acts import approval_kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Said = Mapping[str, Any]
Do = Callable[[HttpRequest, LivedAssignment, Said], object]
ISSUER, LEAD, DOER, HELPER = "issuer", "lead", "doer", "helper"


@dataclass(frozen=True, slots=True)
class Verb:
    """`who` may press it (the action asks again); `when` it makes sense; no `form`: one press does it."""

    label: "str | _StrPromise"
    who: str
    when: Callable[[LivedAssignment], bool]
    do: Do
    done: "str | _StrPromise"
    form: Callable[..., forms.Form] | None = None
    hint: "str | _StrPromise" = ""
    grave: bool = False
    first: bool = False


def _due_to_come(row: LivedAssignment) -> dict[str, Any]:
    """The whole's day for its part; none where that has passed."""
    due = row.due_now
    return {"due": due if due is not None and due >= clock.business_today() else None}


def _by(request: HttpRequest, row: LivedAssignment) -> dict[str, Any]:
    return {"by": person(request), "assignment": row}


def _task(said: Said) -> Task:
    return Task(said["lead"], said["content"], said["due"], said["with_units"], said["key"])


def _hand_down(request: HttpRequest, row: LivedAssignment, said: Said) -> None:
    """A part for each unit, or none."""
    with transaction.atomic():
        for lead in said["lead"]:
            actions.sub_assign(**_by(request, row), task=_task({**said, "lead": lead}))


def _files(said: Said) -> list[Handed]:
    return [Handed(each.name, each.read()) for each in said["evidence"]]


def _reason(label: Any, hint: Any = "", *, optional: bool = False) -> Callable[..., forms.Form]:
    def made(*args: Any, row: LivedAssignment, **more: Any) -> forms.Form:
        return ReasonForm(*args, label=label, hint=hint, optional=optional, **more)

    return made


def _plain(
    form: Callable[..., forms.Form], initial: Callable[[LivedAssignment], dict[str, Any]] = lambda row: {}
) -> Any:
    def made(*args: Any, row: LivedAssignment, **more: Any) -> forms.Form:
        return form(*args, initial=initial(row), **more)

    return made


def _handing_down(*args: Any, row: LivedAssignment, **more: Any) -> forms.Form:
    return TaskForm(*args, initial=_due_to_come(row), everywhere=directs_provinces(row.lead), **more)


def _asked(row: LivedAssignment) -> dict[str, Any]:
    found = row.extensions.filter(answer=None).first()
    return {"due": found.new_due} if found else {}


def _same(row: LivedAssignment) -> dict[str, Any]:
    return {"content": row.content, "due": row.due_now, "key": row.key}


def _parts_too(row: LivedAssignment) -> str:
    left = open_parts(row)
    if not left:
        return ""
    return ngettext(
        "%(n)d phần việc đã giao xuống và chưa đóng cũng bị hủy theo, với lý do này.",
        "%(n)d phần việc đã giao xuống và chưa đóng cũng bị hủy theo, với lý do này.",
        left,
    ) % {"n": left}


def _open(row: LivedAssignment) -> bool:
    return row.state in OPEN


VERBS: dict[str, Verb] = {
    "acknowledge": Verb(
        gettext_lazy("Nhận việc"), DOER, lambda row: row.state in (State.ISSUED, State.REOPENED),
        lambda request, row, said: actions.acknowledge(**_by(request, row)),
        gettext_lazy("Đã nhận việc."), first=True,
    ),
    "report": Verb(
        gettext_lazy("Báo cáo tiến độ"), HELPER, _open,
        lambda request, row, said: actions.report(
            **_by(request, row), text=said["text"], files=_files(said), waiting_for=said["waiting_for"],
            document=(said["document_number"], said["document_date"]),
        ),
        gettext_lazy("Đã ghi tiến độ."), _plain(ReportForm),
    ),
    "say-met": Verb(
        gettext_lazy("Báo đã xong"), LEAD, lambda row: row.state in WORKING and not row.conditioned,
        lambda request, row, said: actions.say_met(**_by(request, row), text=said["reason"]),
        gettext_lazy("Đã báo xong; chờ bên giao xác nhận."),
        _reason(gettext_lazy("Kết quả"), gettext_lazy("Đã làm xong gì, ở văn bản nào.")), first=True,
    ),
    "ask-extension": Verb(
        gettext_lazy("Xin gia hạn"), LEAD,
        lambda row: row.state in WORKING and row.due_now is not None and not row.asks_extension,
        lambda request, row, said: actions.ask_extension(
            **_by(request, row), new_due=said["new_due"], reason=said["reason"]
        ),
        gettext_lazy("Đã gửi đề nghị gia hạn."), _plain(ExtensionForm),
    ),
    "sub-assign": Verb(
        gettext_lazy("Giao xuống dưới"), LEAD, lambda row: _open(row) and directs_any(row.lead),
        lambda request, row, said: _hand_down(request, row, said),
        gettext_lazy("Đã giao phần việc."), _handing_down,
    ),
    "allow-extension": Verb(
        gettext_lazy("Cho gia hạn"), ISSUER, lambda row: row.asks_extension and _open(row),
        lambda request, row, said: actions.answer_extension(
            **_by(request, row), allow=True, due=said["due"], reason=said["reason"]
        ),
        gettext_lazy("Đã cho gia hạn."), _plain(AllowForm, _asked), first=True,
    ),
    "refuse-extension": Verb(
        gettext_lazy("Không gia hạn"), ISSUER, lambda row: row.asks_extension and _open(row),
        lambda request, row, said: actions.answer_extension(**_by(request, row), allow=False, reason=said["reason"]),
        gettext_lazy("Đã trả lời: không gia hạn."), _reason(gettext_lazy("Lý do không gia hạn")),
    ),
    "close": Verb(
        gettext_lazy("Xác nhận, đóng"), ISSUER, lambda row: _open(row) and not row.conditioned,
        lambda request, row, said: actions.close(**_by(request, row), reason=said["reason"]),
        gettext_lazy("Đã đóng nhiệm vụ."),
        lambda *args, row, **more: ReasonForm(
            *args, label=gettext_lazy("Nhận xét"), optional=row.state == State.MET,
            hint="" if row.state == State.MET else gettext_lazy("Đơn vị chưa báo xong; nêu vì sao vẫn đóng."), **more,
        ),
        first=True,
    ),
    "reopen": Verb(
        gettext_lazy("Mở lại"), ISSUER, lambda row: row.state in (State.MET, State.CLOSED),
        lambda request, row, said: actions.reopen(**_by(request, row), reason=said["reason"]),
        gettext_lazy("Đã mở lại; nhiệm vụ tính là đang làm."), _reason(gettext_lazy("Vì sao chưa xong")),
    ),
    "restate": Verb(
        gettext_lazy("Nói lại điều kiện"), ISSUER, lambda row: _open(row) and row.conditioned, restated,
        gettext_lazy("Đã nói lại điều kiện."), restating_form, first=True,
    ),
    "except": Verb(
        gettext_lazy("Ký đóng ngoại lệ"), ISSUER, lambda row: _open(row) and row.conditioned,
        lambda request, row, said: actions.close_by_exception(
            **_by(request, row), reason=said["reason"], kind=approval_kind(request)
        ),
        gettext_lazy("Đã ký đóng ngoại lệ; được đếm riêng trong mọi báo cáo."),
        _reason(gettext_lazy("Vì sao đóng khi con số chưa đạt"), gettext_lazy("Lý do này đứng trong mọi báo cáo.")),
        grave=True,
    ),
    "replace": Verb(
        gettext_lazy("Thay"), ISSUER, _open,
        lambda request, row, said: actions.replace(**_by(request, row), task=_task(said), reason=said["reason"]),
        gettext_lazy("Đã thay bằng nhiệm vụ mới."),
        lambda *args, row, **more: ReplaceForm(*args, initial=_same(row), hint=_parts_too(row), **more), grave=True,
    ),
    "cancel": Verb(
        gettext_lazy("Hủy"), ISSUER, _open,
        lambda request, row, said: actions.cancel(**_by(request, row), reason=said["reason"]),
        gettext_lazy("Đã hủy; nhiệm vụ ra khỏi tổng số và được liệt kê riêng."),
        lambda *args, row, **more: ReasonForm(
            *args, label=gettext_lazy("Lý do hủy"), hint=_parts_too(row), **more
        ),
        grave=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """`main`: the one filled button of the page. `press`: no form, one press."""

    name: str
    label: "str | _StrPromise"
    press: bool
    grave: bool
    main: bool = False
    second: bool = False


# What stands beside the main act, because one of the two is the answer.
PAIRS = {"allow-extension": "refuse-extension", "close": "reopen"}


def offered(by: Person, row: LivedAssignment) -> list[Offered]:
    """What the person may do now: the main act last, as the hand goes."""
    held = _parts(by, row)
    found = [(name, verb) for name, verb in VERBS.items() if verb.who in held and verb.when(row)]
    if ISSUER in held and did_some(by, row):
        found = [(name, verb) for name, verb in found if verb.who != ISSUER or name in ("replace", "cancel")]
    main = next((name for name, verb in found if verb.first and _leads(name, row)), "")
    if not main:
        main = next((name for name, _verb in found if name == "report"), "")
    order = sorted(found, key=lambda one: (one[0] == main, one[0] == PAIRS.get(main)))
    return [
        Offered(name, verb.label, verb.form is None, verb.grave, name == main, name == PAIRS.get(main))
        for name, verb in order
    ]


def _leads(name: str, row: LivedAssignment) -> bool:
    """Whether the verb is what the state calls for: closing is, once the unit says that it is done."""
    if name == "close":
        return row.state == State.MET
    return row.frozen if name == "restate" else name != "say-met" or row.state == State.IN_PROGRESS


def _parts(by: Person, row: LivedAssignment) -> set[str]:
    """Which parts the person has in it."""
    parts = {ISSUER} if permissions.may(by, ISSUING, row.issuer) else set()
    if permissions.may(by, LEADING, row.lead):
        return parts | {LEAD, DOER, HELPER}
    if permissions.may(by, DOING, row.lead):
        return parts | {DOER, HELPER}
    helpers = [each.unit for each in row.with_units.select_related("unit").order_by("pk")]
    return parts | ({HELPER} if any(permissions.may(by, DOING, unit) for unit in helpers) else set())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The form of a verb, and the verb."""
    row = assignment_or_404(request, pk)
    if verb not in VERBS:
        raise Http404
    found = VERBS[verb]
    _require(person(request), row, found)
    if found.form is None:
        if request.method == "POST":
            _do(request, row, found, {})
        return redirect("directives:assignment", pk)
    if request.method != "POST" and not found.when(row):  # a link kept from before: the page says how it stands now
        return redirect("directives:assignment", pk)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = found.form(*posted, by=person(request), row=row)
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, row, found, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("directives:assignment", pk)
    [line] = told([row])
    return render(
        request,
        "directives/act.html",
        {"a": row, "line": line, "form": form, "verb": found, "name": verb},
        status=422 if form.errors else 200,
    )


def _require(by: Person, row: LivedAssignment, verb: Verb) -> None:
    """The reason instead of a form that would be refused."""
    if verb.who == HELPER:
        doing_for(by, row)
    elif verb.who == ISSUER:
        permissions.require(by, ISSUING, row.issuer)
    else:
        permissions.require(by, LEADING if verb.who == LEAD else DOING, row.lead)


def _do(request: HttpRequest, row: LivedAssignment, verb: Verb, said: Said) -> None:
    verb.do(request, row, said)
    messages.success(request, str(verb.done))
