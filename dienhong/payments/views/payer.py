"""What a payer opens: the bill with its code, ways to pay, and the state as it changes. By link or as the owner."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import public
from dienhong.organizations.models import Person
from dienhong.payments import actions, codes_shown, conf, owners, passport, providers, queries, sentences
from dienhong.payments.actions import polling
from dienhong.payments.actions.attempts import MOST_BILLS
from dienhong.payments.models import Attempt, AttemptShare, Bill, Capture
from dienhong.payments.states import AttemptStep, BillState, bill_state

PAYER = "job:payments.payer"  # who pays by a link is nobody we know


@public
@never_cache
@require_GET
def bill(request: HttpRequest, code: str) -> HttpResponse:
    """GET reads only, also when a browser comes back from the platform: what its address says is not believed."""
    row = _opened(request, code)
    return render(request, "payments/bill.html", _context(request, row) | {"back": "back" in request.GET})


@public
@never_cache
@require_GET
def state(request: HttpRequest, code: str) -> HttpResponse:
    """The part that changes; asked every few seconds while it may."""
    return render(request, "payments/bill_state.html", _context(request, _opened(request, code)))


@public
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin an attempt: sent on to the platform, or to the code of several bills together."""
    row = _opened(request, code)
    wanted = set(request.POST.getlist("with"))
    bills = [row, *(each for each, _due in _siblings(request, row) if each.code in wanted)]
    try:
        attempt = actions.begin_attempt(
            by=_who(request), bills=bills, provider=request.POST.get("provider", ""),
            return_to=f"{_origin(request)}{_address(request, 'bill', row)}&back=1",
            caller=request.META.get("REMOTE_ADDR", ""),
        )  # fmt: skip
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(_address(request, "bill", row))
    return redirect(_address(request, "go" if attempt.address else "together", row, attempt.pk))


@public
@never_cache
@require_GET
def go(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The content policy lets no form lead to another site, so a page of ours does."""
    row, attempt = _opened(request, code), _attempt(code, pk)
    return render(request, "payments/go.html", _context(request, row) | {"attempt": attempt})


@public
@never_cache
@require_GET
def together(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One code for several bills."""
    row, attempt = _opened(request, code), _attempt(code, pk)
    shares = list(attempt.shares.select_related("bill").order_by("bill"))
    if not all(_may_see(request, row, each.bill) for each in shares):
        raise Http404  # the link of one bill does not open a bill of another case
    context = _context(request, row) | _together(request, row, attempt, shares)
    template = "together_state" if request.headers.get("HX-Request") else "together"
    return render(request, f"payments/{template}.html", context)


@public
@require_POST
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the provider about the bill's open attempts now. The browser's own word is never enough."""
    row = _opened(request, code)
    ended = [AttemptStep.CAPTURED, AttemptStep.FAILED]
    rows = Attempt.objects.filter(shares__bill=row).exclude(steps__step__in=ended)
    for attempt in rows.order_by("-pk")[:3]:
        polling.ask(_who(request), attempt)
    if request.headers.get("HX-Request"):
        return render(request, "payments/bill_state.html", _context(request, row))
    return redirect(_address(request, "bill", row))


def _opened(request: HttpRequest, code: str) -> Bill:
    """404 both for a bill that is not there and for one that is not theirs."""
    row = get_object_or_404(Bill.objects.select_related("unit", "account"), code=code)
    if not queries.may_open(row, request.user, _token(request)):
        raise Http404
    return row


def _may_see(request: HttpRequest, row: Bill, other: Bill) -> bool:
    same = (other.owner_kind, other.owner_id) == (row.owner_kind, row.owner_id)
    return same or queries.may_open(other, request.user, "")


def _token(request: HttpRequest) -> str:
    return request.POST.get("k", "") or request.GET.get("k", "")


def _attempt(code: str, pk: int) -> Attempt:
    return get_object_or_404(Attempt.objects.filter(shares__bill__code=code), pk=pk)


def _who(request: HttpRequest) -> str:
    return request.user.actor if isinstance(request.user, Person) else PAYER


def _address(request: HttpRequest, name: str, row: Bill, *more: object, **asked: str) -> str:
    """With the token of the link, or without one for who is signed in as the owner."""
    key = _token(request)
    query = urlencode(({"k": key} if key else {}) | asked)
    return f"{reverse(f'payments:{name}', args=[row.code, *more])}?{query}"


def _siblings(request: HttpRequest, row: Bill) -> list[tuple[Bill, int]]:
    """Other open bills into the same account that can be paid in one transfer, each with what is outstanding: of the
    same case, and for who is signed in, of their other cases."""
    together = Q(owner_kind=row.owner_kind, owner_id=row.owner_id)
    if isinstance(request.user, Person) and owners.may_open(request.user, row):
        for kind, ids in owners.cases(request.user).items():
            together |= Q(owner_kind=kind, owner_id__in=ids)
    into = Bill.objects.filter(bank_bin=row.bank_bin, account_number=row.account_number, cancellation=None)
    rows = list(into.filter(together).exclude(pk=row.pk).order_by("pk"))
    known = queries.facts(rows)
    due = [(each, known[each.pk].outstanding) for each in rows if not known[each.pk].expired]
    return [pair for pair in due if pair[1]][: MOST_BILLS - 1]


def _shown(row: Bill, siblings: list[tuple[Bill, int]]) -> list[tuple[Bill, int, str]]:
    """Each with what is outstanding, and its case where that is another one."""
    labels = owners.labels(each for each, _due in siblings)
    labels[row.owner_kind, row.owner_id] = ""
    named = [(each, due, labels[each.owner_kind, each.owner_id]) for each, due in siblings]
    return [(each, due, "" if case in each.title_vi else case) for each, due, case in named]


def _offers(spoken: sentences.Spoken, outstanding: int) -> str:
    """What decides which ways to pay a page shows. A page that asks for its state says what it shows: where that is
    not so any more, the ways are given anew with the state, else a code for money already paid would stand there."""
    return f"{outstanding}.{spoken.payable:d}"


def _given_back(row: Bill) -> list[tuple[int, str]]:
    """Refunds that were approved, đồng, each with how far it is: who paid too much sees the money on its way."""
    rows = [(each.amount, queries.refund_step(each)) for each in row.refunds.prefetch_related("steps").order_by("pk")]
    return [(amount, str(sentences.REFUND_TAGS[step])) for amount, step in rows if step in sentences.ON_ITS_WAY]


def _unproved(captures: Iterable[Capture]) -> bool:
    """Money came and its receipt is still being made: the page goes on asking until it is there."""
    return any(not one.receipts for one in captures)


@dataclass(frozen=True, slots=True)
class Part:
    """A bill within a transfer for several, as its line says. `amount`: its share, đồng."""

    bill: Bill
    title: str
    amount: int
    tag: str
    tone: str
    address: str
    captures: list[Capture]


def _together(request: HttpRequest, row: Bill, attempt: Attempt, shares: list[AttemptShare]) -> dict[str, Any]:
    """State of the sum, and of each bill in it: whatever was paid, by this transfer or otherwise."""
    lang = get_language() or "vi"
    known = queries.facts([each.bill for each in shares])
    spoken = sentences.spoken_together([(known[each.bill_id], each.amount) for each in shares])
    came: dict[int, list[Capture]] = {}
    for one in Capture.objects.filter(bill__in=known).select_related("receipt").order_by("pk"):
        came.setdefault(one.bill_id, []).append(one)
    parts = []
    for each in shares:
        bill = each.bill
        address = f"{reverse('payments:bill', args=[bill.code])}?{urlencode({'k': bill.token})}"
        title = bill.title_en if lang == "en" and bill.title_en else bill.title_vi
        tag, tone = sentences.tag(known[each.bill_id])
        parts.append(Part(bill, title, each.amount, tag, tone, address, came.get(bill.pk, [])))
    rest = sum(each.outstanding for each in known.values())
    shown = codes_shown.shown([each.bill for each in shares], attempt) if spoken.payable else None
    offers = _offers(spoken, rest)
    return {
        "shares": parts, "spoken": spoken, "shown": shown, "rest": rest,
        "came": sum(each.captured for each in known.values()), "anew": request.GET.get("seen", offers) != offers,
        "bank_page": _bank_page(request, row, shown) if shown else "",
        "state_address": _address(request, "together", row, attempt.pk, seen=offers),
        "unproved": _unproved(one for each in came.values() for one in each),
    }  # fmt: skip


def _context(request: HttpRequest, row: Bill) -> dict[str, Any]:
    lang, known = get_language() or "vi", queries.facts_of(row)
    state = bill_state(known)
    spoken = sentences.spoken(state, known)
    shown = codes_shown.shown([row]) if spoken.payable else None
    offers = _offers(spoken, known.outstanding)
    captures = list(row.captures.select_related("receipt").order_by("pk"))
    back = request.GET.get("back", "") == "1"
    return {
        "bill": row, "facts": known, "state": state, "spoken": spoken, "shown": shown,
        "token": _token(request), "title": row.title_en if lang == "en" and row.title_en else row.title_vi,
        "lines": row.lines.order_by("place"), "passport": passport.lines(row.computation, lang),
        "unit_name": organizations.name(row.unit_id, clock.business_today(), lang),
        "captures": captures,
        "siblings": _shown(row, _siblings(request, row)),
        "owner_address": _case_address(request, row),
        "providers": [each for each in providers.every() if each.redirects],
        "bank_page": _bank_page(request, row, shown) if shown else "",
        "done": bool(known.captured) and not known.outstanding,
        "bill_address": _address(request, "bill", row), "state_address": _address(request, "state", row, seen=offers),
        "check_address": _address(request, "check", row, seen=offers),
        "anew": request.GET.get("seen", offers) != offers,
        "asked": back and AttemptStep.CAPTURED not in known.attempts, "lang": lang,
        "unsure": back and state in {BillState.SENT, BillState.PENDING},
        "unproved": _unproved(captures), "given_back": _given_back(row),
    }  # fmt: skip


def _origin(request: HttpRequest) -> str:
    """Where the browser comes back to: the origin it uses now, since its session lives there and nowhere else.

    Only where this site names that host as its own: behind "*" the name is whatever the caller wrote.
    """
    host = request.get_host()
    if "*" in settings.ALLOWED_HOSTS or not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return settings.SITE_ADDRESS
    return f"{request.scheme}://{host}"


def _case_address(request: HttpRequest, row: Bill) -> str:
    """For the owner, and for who is not signed in: the page of the case asks them to. Nobody else gets in there."""
    if isinstance(request.user, Person) and not owners.may_open(request.user, row):
        return owners.desk(request.user, row)
    return owners.address(row)


def _bank_page(request: HttpRequest, row: Bill, shown: codes_shown.Shown) -> str:
    """In the demo: the play bank with this code already read. Elsewhere there is no such page."""
    address = conf.sandbox_address()
    if not address:
        return ""
    back = f"{_origin(request)}{_address(request, 'bill', row)}"
    at = clock.business_now().isoformat(timespec="seconds")
    lang = get_language() or "vi"
    return f"{address}/pay?{urlencode({'qr': shown.payload, 'at': at, 'back': back, 'lang': lang})}"
