"""One page of the form: show it, keep what was typed, go on when it is right."""

from dataclasses import dataclass, field
from os.path import splitext

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dienhong.base import clock
from dienhong.base.refusal import Fault, Refused
from dienhong.base.typing_kept import forget, keeps_typing, kept
from dienhong.dossiers.actions import drafts as actions
from dienhong.dossiers.forms import Page, prefill
from dienhong.dossiers.forms.references import state_name
from dienhong.dossiers.forms.screen import typed_of
from dienhong.dossiers.forms.uploads import clean
from dienhong.exchange.actions import ask
from dienhong.organizations.http import signed_in
from dienhong.portal.filling import Filling, filling, is_declaration, me, or_its_dossier

MOST_FILES = 10  # in one press


@dataclass
class Press:
    """Which button was pressed: `what` with what it is about."""

    what: str
    about: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Press":
        what, _colon, about = request.POST.get("do", "next").partition(":")
        return cls(what, about)


@dataclass
class Outcome:
    """What the page says when it is shown again."""

    faults: list[Fault] = field(default_factory=list)
    fresh: bool = False
    back: bool = False


@keeps_typing
@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
@or_its_dossier
def page(request: HttpRequest, service: str, pk: int, page: str) -> HttpResponse:
    it = filling(request, service, pk)
    this = it.page(page)
    if request.method == "POST":
        return _post(request, it, this)
    back = _came_back(request, it, this)
    if this not in it.pages:
        return redirect(it.url(it.unfinished()))
    return _show(request, it, this, Outcome(back=back))


def _came_back(request: HttpRequest, it: Filling, this: Page) -> bool:
    """Put what was typed when the session had ended over what was saved, on the page alone: a GET saves nothing."""
    sent = kept(request)
    if sent is None:
        return False
    for key, said in typed_of(this, sent).items():
        field = it.form.by_key[key]
        if not (field.is_file or field.is_derived or prefill.locked(it.draft.origins, key)):
            if said != it.draft.data.get(key):
                it.draft.origins.pop(key, None)
            it.draft.data[key] = said
    return True


def _post(request: HttpRequest, it: Filling, this: Page) -> HttpResponse:
    press = Press.of(request)
    typed = typed_of(this, request.POST)
    _rows(press, typed)
    draft = actions.save_page(by=me(request), draft=it.draft, page=this.key, typed=typed).draft
    forget(request)
    if press.what == "autosave":
        return JsonResponse({"saved": f"{clock.business_now():%H:%M}"})
    refused = _files(request, Filling(draft), press)
    it = Filling(draft)
    if press.what == "again":
        draft = actions.ask_registers(by=me(request), draft=draft, page=this.key, ask=ask, again=press.about)
        return redirect(it.url(this))
    if press.what == "save":
        return redirect(it.home if it.answers else "portal:apply_drafts")
    if press.what != "next":
        return _again(request, it, this, Outcome(refused))
    return _next(request, it, this, refused)


def _next(request: HttpRequest, it: Filling, this: Page, refused: list[Fault]) -> HttpResponse:
    """On, unless something is wrong, something new is to be asked, or a register has something to say."""
    seen = set(request.POST.get("seen", "").split())
    here = it.screen(this)
    fresh = {one.name for one in here.open} - seen if seen else set()
    faults = [fault for fault in it.faults(this.key) if fault.where.split(".")[0] not in fresh]
    if refused or faults:
        return _again(request, it, this, Outcome([*refused, *faults]))
    if fresh and it.faults(this.key):
        return _again(request, it, this, Outcome(fresh=True))
    before = {key: it.draft.origins.get(state_name(key)) for key in this.asks}
    draft = actions.ask_registers(by=me(request), draft=it.draft, page=this.key, ask=ask)
    it = Filling(draft)
    answers = {key: draft.origins.get(state_name(key)) for key in this.asks}
    if any(answer and answer != before[key] and answer["state"] != "found" for key, answer in answers.items()):
        return redirect(it.url(this))
    after = it.beside(this)[1]
    if it.answers:
        after = it.first_wanted(this) or it.unfinished()
    elif "change" in request.POST:
        after = it.unfinished()
    return redirect(it.url(after))


def _rows(press: Press, typed: dict[str, object]) -> None:
    """Add or take away a row of a group, by what was typed in the rows there are."""
    key, _dot, number = press.about.partition(".")
    rows = typed.get(key)
    if not isinstance(rows, list):
        return
    if press.what == "add":
        rows.append({})
    elif press.what == "remove" and number.isascii() and number.isdigit() and int(number) < len(rows):
        rows.pop(int(number))


def _files(request: HttpRequest, it: Filling, press: Press) -> list[Fault]:
    """Take what was sent and drop what was pressed; each file that is not taken has its sentence beside its field."""
    if press.what == "drop" and press.about.isascii() and press.about.isdigit():
        actions.remove_file(by=me(request), draft=it.draft, attachment=int(press.about[:18]))
    faults = []
    names = [name for name in request.FILES if name.startswith("file.")]
    for name in names:
        key = name.removeprefix("file.")
        for sent in request.FILES.getlist(name)[:MOST_FILES]:
            try:
                _add(request, it, key, sent.name or "", sent.read())
            except Refused as refusal:
                faults.append(Fault(refusal.code, refusal.sentence, key))
    if press.what == "upload" and f"file.{press.about}" not in names:
        faults.append(Fault("no_file", _("Chưa chọn tệp nào. Hãy chọn tệp rồi bấm Tải lên."), press.about))
    return faults


def _add(request: HttpRequest, it: Filling, key: str, name: str, data: bytes) -> None:
    """The same bytes under another name are the file that is there already; whoever sent them is told so."""
    row = actions.add_file(by=me(request), draft=it.draft, field=key, name=name, data=data)
    if splitext(row.name)[0] != splitext(clean(name, ""))[0]:
        said = _("“%(sent)s” chính là tệp “%(there)s” đã có ở mục này, nên không thêm lần nữa.")
        messages.info(request, said % {"sent": name[:80], "there": row.name[:80]})


def _again(request: HttpRequest, it: Filling, this: Page, outcome: Outcome) -> HttpResponse:
    if this not in it.pages and not is_declaration(this):
        return redirect(it.url(it.unfinished()))
    return _show(request, it, this, outcome, 422 if outcome.faults else 200)


def _show(request: HttpRequest, it: Filling, this: Page, outcome: Outcome, status: int = 200) -> HttpResponse:
    before, _after, place = it.beside(this)
    words = [
        (key, prefill.word(it.form, it.form.registers[key], origin))
        for key in _speaking(it, this)
        if (origin := it.draft.origins.get(state_name(key)))
    ]
    context = {
        "it": it,
        "draft": it.draft,
        "service": it.version.service,
        "sheet": it.version.sheet,
        "form_of": it.form,
        "page_of": this,
        "screen": it.screen(this, outcome.faults),
        "fresh": outcome.fresh,
        "back": outcome.back,
        "loose": it.wanted.get("", []) if any(one.is_file for one in this.fields) else [],
        "words": words,
        "before": it.url(before) if before else "",
        "place": place,
        "steps": len(it.pages) + 1,
        "change": "change" in request.GET or "change" in request.POST,
    }
    return render(request, "portal/apply/page.html", context, status=status)


def _speaking(it: Filling, this: Page) -> list[str]:
    """Registers whose answer this page tells: those it asks, and those that fill it."""
    filled = [one.source.register for one in this.fields if one.source and one.key in it.draft.origins]
    return list(dict.fromkeys([*this.asks, *filled]))
