"""One dossier as its applicant sees it: everything the page shows, read from the rooms below."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.documents.models import Issued
from dienhong.dossiers import computing, money, papers
from dienhong.dossiers.actions.answer_drafts import typed
from dienhong.dossiers.actions.answering import WITHDRAWABLE, open_request
from dienhong.dossiers.actions.voicing import RATE_WITHIN
from dienhong.dossiers.forms.answers import at, see
from dienhong.dossiers.forms.places import Units
from dienhong.dossiers.forms.screen import Shown, answers_of
from dienhong.dossiers.forms.shapes import Form, Page, say
from dienhong.dossiers.models import CLOSED, Content, Dossier, Rating, Refusal, Status, Stop
from dienhong.dossiers.queries import drafts as forms
from dienhong.dossiers.queries import story
from dienhong.exchange.queries import asked_about
from dienhong.journal.access import accesses_to
from dienhong.journal.models import Access
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, Person
from dienhong.payments import queries as bills
from dienhong.payments import sentences as money_words
from dienhong.payments.actions.attempts import MOST_BILLS
from dienhong.payments.models import Bill
from dienhong.portal import fees

MOST_READS = 500


def of(person: Person) -> Any:
    """Dossiers of who asks for the service or filed for them; nobody else's are found."""
    mine = Q(applicant=person) | Q(submitter=person)
    return Dossier.objects.filter(mine).select_related("version__service", "unit")


def get(person: Person, code: str) -> Dossier:
    """404 both for a code that is not there and for one that is not theirs."""
    found: Dossier | None = of(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def lang() -> str:
    return "en" if get_language() == "en" else "vi"


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be done now. Empty: it cannot."""

    pay: str
    outstanding: int
    bill: Bill | None
    supplement: Any
    result: Any
    withdraw: bool
    take_back: bool
    rate: bool


def acts(dossier: Dossier, issued: list[Issued]) -> Acts:
    """`issued`: the papers of the dossier."""
    bill = money.standing(dossier) if dossier.status == Status.TO_PAY else None
    kind = (dossier.version.sheet.get("result") or {}).get("kind", "")
    standing = [each for each in issued if each.kind == kind and each.stands]
    now = clock.business_now()
    ended = dossier.status in CLOSED and dossier.closed_at is not None and now <= dossier.closed_at + RATE_WITHIN
    return Acts(
        pay=pay_address(bill) if bill else "",
        outstanding=bills.facts_of(bill).outstanding if bill else 0,
        bill=bill,
        supplement=open_request(dossier),
        result=standing[-1] if standing else None,
        withdraw=dossier.status in WITHDRAWABLE,
        take_back=dossier.status == Status.WITHDRAWAL,
        rate=ended and not Rating.objects.filter(dossier=dossier).exists(),
    )


def pay_address(bill: Bill) -> str:
    return f"{reverse('payments:bill', args=[bill.code])}?{urlencode({'k': bill.token})}"


@dataclass(frozen=True, slots=True)
class Together:
    """Bills of several dossiers into one account, which one transfer can pay. Đồng."""

    first: Bill
    others: list[Bill]
    total: int

    @property
    def count(self) -> int:
        return 1 + len(self.others)


def payable_together(found: Iterable[Bill]) -> list[Together]:
    rows = list(found)
    known = bills.facts(rows)
    by_account: dict[tuple[str, str], list[Bill]] = {}
    for row in rows:
        if known[row.pk].outstanding and not known[row.pk].expired:
            by_account.setdefault((row.bank_bin, row.account_number), []).append(row)
    return [
        Together(some[0], some[1:MOST_BILLS], sum(known[each.pk].outstanding for each in some[:MOST_BILLS]))
        for some in by_account.values()
        if len(some) > 1
    ]


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    at: dt.datetime | None
    here: bool = False


def steps(dossier: Dossier) -> list[Step]:
    """The way in a few words; each with the moment it was reached. `here`: where it stands now; work
    of the agency and what holds it up are a step of their own, wherever the way was."""
    paid = dossier.facts.get("paid") and money.of(dossier).filter(captures__isnull=False).order_by("-pk").first()
    capture = paid.captures.order_by("pk").last() if paid else None
    done = dossier.status in (Status.DONE, Status.HANDED_OVER)
    rows = [(pgettext("step", "Gửi hồ sơ"), dossier.submitted_at), (_("Cơ quan tiếp nhận"), dossier.accepted_at)]
    if dossier.status in (Status.NOT_ACCEPTED, Status.STOPPED):
        ended = _("Không tiếp nhận") if dossier.status == Status.NOT_ACCEPTED else _("Dừng")
        rows = [row for row in rows if row[1]]
        return [*(Step(*row) for row in rows), Step(ended, dossier.closed_at, here=True)]
    if dossier.version.sheet.get("bill") and not (done and capture is None):
        rows.append((_("Nộp tiền"), capture.paid_at if capture else None))
    rows.append((_("Có kết quả đã ký"), dossier.finished_at if done else None))
    rows.append((_("Trả kết quả"), dossier.closed_at))
    halts = {
        Status.IN_PROCESS: _("Cơ quan giải quyết"),
        Status.SUPPLEMENT: pgettext("step", "Bổ sung hồ sơ"),
        Status.WITHDRAWAL: pgettext("step", "Xin rút hồ sơ"),
    }
    if label := halts.get(Status(dossier.status)):
        place = next((number for number, row in enumerate(rows) if row[1] is None), len(rows))
        rows.insert(place, (label, None))
    first = next((number for number, row in enumerate(rows) if row[1] is None), len(rows) - 1)
    return [Step(label, moment, number == first) for number, (label, moment) in enumerate(rows)]


@dataclass(frozen=True, slots=True)
class Declared:
    """One version of what was declared; `changed`: keys that differ from the version before."""

    content: Content
    parts: list[tuple[Page, list[Shown]]]
    changed: list[str]


def declared(dossier: Dossier, contents: list[Content]) -> list[Declared]:
    """Of each of its contents."""
    form = forms.form_of(dossier.version)
    return [_version(form, row) for row in contents]


def _version(form: Form, row: Content) -> Declared:
    when = at(row.business_at, Units())
    said = typed(form, row.data)
    files = {one.key: row.data[one.key] for one in form.fields if one.is_file and row.data.get(one.key)}
    shown = see(form, row.data, when.day).shown
    parts = []
    for page in form.pages:
        if f"page:{page.key}" in shown and (
            answers := [each for each in answers_of(form, page, said, when, row.origins, files) if each.value]
        ):
            parts.append((page, answers))
    labels = [say(form.by_key[key].label, lang()) for key in row.changed if key in form.by_key and row.number > 1]
    return Declared(row, parts, labels)


def named(form: Form, field: str) -> str:
    """Which paper the form asks for there; "" for a file of a field that it does not have."""
    one = form.by_key.get(field)
    return say(one.label, lang()) if one else ""


def why_paid(dossier: Dossier) -> tuple[tuple[fees.Line, ...], str]:
    """The lines of the latest working-out with their articles, or why there is none yet."""
    found = computing.latest(dossier)
    if found is None or not found.computation:
        return (), ""
    said = found.computation
    if "undecided" in said:
        return (), str(said["said"][lang()])
    return fees.lines(said.get("lines", []), str(said["law"])), ""


@dataclass(frozen=True, slots=True)
class Paid:
    """A bill and the money that came on it."""

    bill: Bill
    title: str
    tag: str
    tone: str
    captures: list[Any]


def paid(dossier: Dossier) -> list[Paid]:
    rows = list(money.of(dossier).order_by("pk"))
    known = bills.facts(rows)
    found = []
    for bill in rows:
        captures = list(bill.captures.select_related("receipt").order_by("pk"))
        title = bill.title_en if lang() == "en" and bill.title_en else bill.title_vi
        found.append(Paid(bill, title, *money_words.tag(known[bill.pk]), captures))
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """Another agency that was asked about the case, or told of it."""

    at: dt.datetime
    partner: str
    purpose: str
    sent: bool


def asked(dossier: Dossier, contents: list[Content]) -> list[Asked]:
    """Latest first: what was asked while filling in, and since."""
    found = [
        Asked(
            clock.business_at(each.at),
            each.partner_en if lang() == "en" else each.partner_vi,
            story.purpose_said(dossier, each.purpose),
            each.way == "send",
        )
        for each in asked_about(papers.OWNER, dossier.pk)
    ]
    form = forms.form_of(dossier.version)
    purpose = _("Lấy dữ liệu cho tờ khai “%(form)s”") % {"form": say(form.title, lang())}
    seen = set()
    for row in sorted(contents, key=lambda each: each.number):
        for key, origin in row.origins.items():
            if key.endswith(".state") and origin.get("register") in form.registers and origin["message"] not in seen:
                seen.add(origin["message"])
                register = form.registers[origin["register"]]
                holder = say(register.holder or register.name, lang())
                found.append(Asked(dt.datetime.fromisoformat(origin["at"]), holder, purpose, False))
    return sorted(found, key=lambda each: each.at, reverse=True)


@dataclass(frozen=True, slots=True)
class Read:
    """An official who looked, unit and role, never the name; the like of one day together, from `since` to `at`."""

    at: dt.datetime
    unit: str
    role: str
    what: str
    purpose: str
    since: dt.datetime
    times: int = 1

    @property
    def like(self) -> tuple[dt.date, str, str, str, str]:
        return self.at.astimezone(clock.HANOI).date(), self.unit, self.role, self.what, self.purpose


def reads(dossier: Dossier) -> list[Read]:
    """Who read the data, the latest first."""
    rows = accesses_to(papers.OWNER, dossier.pk, MOST_READS)
    people = {int(row.actor.partition(":")[2]) for row in rows if row.actor.startswith("person:")}
    grants: dict[int, list[Grant]] = {}
    for grant in Grant.objects.filter(person__in=people).select_related("unit").order_by("pk"):
        grants.setdefault(grant.person_id, []).append(grant)
    words = {
        Access.Kind.OPEN: pgettext("done", "mở hồ sơ"), Access.Kind.LIST: _("thấy trong danh sách"),
        Access.Kind.SEARCH: _("tìm thấy"), Access.Kind.FILE: _("mở tệp"), Access.Kind.EXPORT: _("xuất dữ liệu"),
    }  # fmt: skip
    found: dict[Any, Read] = {}
    for each in (_read(row, grants, words[Access.Kind(row.kind)]) for row in rows):
        later = found.get(each.like)
        found[each.like] = replace(later, since=each.at, times=later.times + 1) if later else each
    return list(found.values())


def _read(row: Access, grants: dict[int, list[Grant]], what: str) -> Read:
    kind, _colon, key = row.actor.partition(":")
    day = row.business_at.astimezone(clock.HANOI).date()
    held = [each for each in grants.get(int(key), []) if day in each.validity] if kind == "person" else []
    chosen = next((each for each in held if str(each.unit_id) == row.unit_id), held[0] if held else None)
    unit = chosen.unit_id if chosen else int(row.unit_id) if row.unit_id.isdigit() else 0
    named = organizations.shown_name(unit, day, lang()) if unit else ""
    role = str(chosen.get_role_display()) if chosen else _("hệ thống") if kind != "person" else _("cán bộ")
    return Read(row.business_at, named, role, what, _(row.purpose) if row.purpose else "", row.business_at)


def reasons(dossier: Dossier) -> Any:
    """The refusal or the stop, with its paper."""
    if dossier.status == Status.NOT_ACCEPTED:
        return Refusal.objects.filter(dossier=dossier).last()
    return Stop.objects.filter(dossier=dossier).last() if dossier.status == Status.STOPPED else None
