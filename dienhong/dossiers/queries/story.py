"""How a dossier came where it is: money and why, what registers said, the clock, and the journal in words."""

import datetime as dt
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dienhong.base import clock, store
from dienhong.dossiers import money, tasks, words
from dienhong.dossiers.forms.problems import language
from dienhong.dossiers.forms.references import state_name
from dienhong.dossiers.forms.shapes import say
from dienhong.dossiers.models import Assessment, ClockEvent, Dossier, DueChange
from dienhong.dossiers.process import diagram, persist
from dienhong.dossiers.queries.drafts import form_of
from dienhong.exchange import queries as exchange
from dienhong.exchange.models import Verdict
from dienhong.journal import queries as journal
from dienhong.journal.models import Event
from dienhong.payments import queries as bills
from dienhong.payments.models import Bill
from dienhong.payments.sentences import tag

MOST = 200


@dataclass(frozen=True, slots=True)
class Money:
    """The latest assessment with its lines; what is unconfirmed in the law it rests on; the bill and its state."""

    assessment: Assessment | None
    lines: list[dict[str, Any]]
    open: list[tuple[str, str]]  # article, remark
    earlier: list[Assessment]
    bill: Bill | None
    bill_state: str
    bill_tone: str


def money_of(dossier: Dossier) -> Money:
    rows = list(dossier.assessments.order_by("-pk"))
    latest = rows[0] if rows else None
    computation: Mapping[str, Any] = latest.computation if latest else {}
    asked = [one["row"] for one in computation.get("asked", []) if one.get("row")]
    remarks = [(str(row["article"]), str(row["remark"])) for row in asked if "(unconfirmed)" in row.get("remark", "")]
    bill = money.of(dossier).order_by("-pk").first()
    said = tag(bills.facts_of(bill)) if bill else ("", "")
    return Money(
        latest, list(computation.get("lines", [])), list(dict.fromkeys(remarks)), rows[1:], bill, *said,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """`at` by the business clock."""

    at: dt.datetime
    partner: str
    purpose: str
    verdict: str
    tone: str


TONE = {"slow": "late", "down": "bad", "refused": "bad", "mismatch": "late", "": "late"}


def heard(dossier: Dossier) -> list[Heard]:
    """What registers were asked and what other agencies were sent about this dossier, the latest first: since it was
    filed, and while its form was being filled in."""
    found = []
    for one in exchange.asked_about("dossier", dossier.pk):
        partner = (one.partner_en if language() == "en" else "") or one.partner_vi
        found.append(_heard(clock.business_at(one.at), partner, purpose_said(dossier, one.purpose), one.verdict))
    return sorted([*found, *_heard_while_filling(dossier)], key=lambda each: each.at, reverse=True)


def purpose_said(dossier: Dossier, purpose: str) -> str:
    """The exchange's log keeps Vietnamese; what the service's sheet says in both languages is told in the reader's."""
    sheet = dossier.version.sheet
    known = [sheet[name]["purpose"] for name in ("question", "send") if "purpose" in (sheet.get(name) or {})]
    return next((say(each, language()) for each in known if each["vi"] == purpose), purpose)


def _heard(at: dt.datetime, partner: str, purpose: str, verdict: str) -> Heard:
    said = str(Verdict(verdict).label) if verdict in Verdict.values else _("chưa có trả lời")
    return Heard(at, partner, purpose, said, TONE.get(verdict, ""))


def _heard_while_filling(dossier: Dossier) -> list[Heard]:
    """From the origins kept with each version of the content; one answer stands in several."""
    form, lang = form_of(dossier.version), language()
    purpose = _("Lấy dữ liệu cho tờ khai “%(form)s”") % {"form": say(form.title, lang)}
    found: dict[str, Heard] = {}
    for content in dossier.contents.order_by("number"):
        for key, register in form.registers.items():
            if origin := content.origins.get(state_name(key)):
                at, holder = dt.datetime.fromisoformat(origin["at"]), say(register.holder or register.name, lang)
                named = f"{holder}: {say(register.name, lang)}"
                found.setdefault(str(origin["message"]), _heard(at, named, purpose, str(origin["state"])))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Told:
    at: dt.datetime
    words: str
    basis: str


FOLLOWS = {
    ClockEvent.Kind.START: DueChange.Cause.ACCEPTED,
    ClockEvent.Kind.RESUME: DueChange.Cause.PAUSE,
    ClockEvent.Kind.RESTART: DueChange.Cause.AGAIN,
}


def clock_of(dossier: Dossier) -> list[Told]:
    """Starts, pauses and new dates in the order they came. Two tables hold them and a step can write several at one
    moment: there a new date stands behind what moved it, and the end of the clock last."""
    moves = deque(dossier.dues.order_by("pk"))
    told = []

    def before(moment: dt.datetime, *, with_it: bool) -> None:
        while moves and (moves[0].at < moment or (with_it and moves[0].at == moment)):
            told.append(_moved(moves.popleft()))

    for tick in dossier.clock.order_by("pk"):
        kind = ClockEvent.Kind(tick.kind)
        before(tick.at, with_it=kind == ClockEvent.Kind.END)
        told.append(Told(tick.at, words.ticked(tick), ""))
        if moves and moves[0].at == tick.at and moves[0].cause == FOLLOWS.get(kind):
            told.append(_moved(moves.popleft()))
    return [*told, *map(_moved, moves)]


def _moved(change: DueChange) -> Told:
    return Told(change.at, words.moved(change), _ground(change.basis))


def _ground(basis: str) -> str:
    """Its text; a number is that of a row."""
    return "" if basis.isdigit() else basis


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    at: dt.datetime
    who: str
    words: str
    reason: str


def history(dossier: Dossier) -> tuple[list[Entry], set[str]]:
    """The journal in words, the newest first, and the elements of the process that were passed."""
    process = persist.process_of(dossier)
    rows = journal.search(object_kind="dossier", object_id=dossier.pk, limit=MOST).rows
    passed: set[str] = set()
    found = []
    for row in rows:
        data = row.event.data
        passed |= {*data.get("left", []), *data.get("ran", [])}
        said = _said(row.event, process, dossier.version.sheet)
        if said:
            found.append(Entry(row.event.business_at, _who(row), said, row.event.reason))
    return found, passed & set(process.nodes)


def _who(row: journal.Row) -> str:
    kind = row.event.actor.partition(":")[0]
    return row.label or {"job": pgettext("actor", "máy"), "partner": _("cơ quan khác")}.get(kind, _("đã xóa tên"))


def _said(event: Event, process: Any, sheet: Mapping[str, Any]) -> str:
    if event.verb == "dossiers.step":
        return _step(event, process)
    said = str(words.VERBS.get(event.verb, event.verb))
    if event.verb == "dossiers.decide":
        place = tasks.name_in(process, str(event.data.get("place", "")))
        return f"{said}: {words.outcome(event.data, sheet)} ({place})"
    if event.verb in ("dossiers.claim", "dossiers.release"):
        return f"{said}: {tasks.name_in(process, str(event.data.get('place', '')))}"
    return said


def _step(event: Event, process: Any) -> str:
    """The status it came to, or the places it entered; "" for a step that nobody has to know of."""
    if event.to_state and event.to_state != event.from_state:
        return _("trạng thái: %(status)s") % {"status": words.status(int(event.to_state))}
    names = [tasks.name_in(process, each) for each in event.data.get("entered", []) if each in process.nodes]
    return _("sang: %(places)s") % {"places": "; ".join(names)} if names else ""


def drawing(dossier: Dossier, passed: set[str]) -> str:
    """The process with the present place; "" where the file is lost."""
    try:
        xml = store.get(dossier.version.drawing)
    except store.StoreError:
        return ""
    return diagram.render(xml, here=list(persist.tokens(dossier)), passed=passed, lang=language())
