"""What follows an act of reporting: whose turn it is now, who has to know. Which act: config/reactions.py.

Each takes the journal's event. They may run again: the key of the event keeps a person from hearing twice.
"""

import datetime as dt
from collections.abc import Iterable

from dienhong.base import clock, periods
from dienhong.journal.models import Event
from dienhong.notices import audience
from dienhong.notices.actions import notify
from dienhong.notices.reactions import actor_id
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role
from dienhong.reporting import notice_kinds as kinds
from dienhong.reporting import queries
from dienhong.reporting.actions.duties import effective_due, period_of
from dienhong.reporting.models import Duty, Version

OWN = (Role.ENTRY_OFFICER, Role.LEADER, Role.CLERK)
LANGS = ("vi", "en")


def report_words(duties: Iterable[Duty]) -> dict[int, dict[str, str]]:
    """duty id -> "RR22 Quý II/2020, Tỉnh Lào Cai" in both languages, in a constant number of queries for a period."""
    found: dict[int, dict[str, str]] = {}
    rows = list(duties)
    names = {
        (day, lang): organizations.full_names({each.unit_id for each in rows}, day, lang)
        for day in {each.period.last for each in rows}
        for lang in LANGS
    }
    for duty in rows:
        label = {lang: periods.label(period_of(duty.period), lang) for lang in LANGS}
        found[duty.pk] = {
            lang: f"{duty.regime.code} {label[lang]}, {names[duty.period.last, lang].get(duty.unit_id, '?')}"
            for lang in LANGS
        }
    return found


def moment(at: dt.datetime) -> str:
    """17:00, 25/06/2020: the same in both languages."""
    return f"{at.astimezone(clock.HANOI):%H:%M, %d/%m/%Y}"


def duty_url(duty: Duty) -> str:
    return f"/duties/{duty.pk}/"


def submitted(event: Event) -> None:
    """To each leader, with how many wait for them by now; not to whoever entered it: they cannot approve it."""
    duty = _duty_of(event)
    authors = set(Version.objects.filter(pk=event.object_id).values_list("edits__by", flat=True))
    for leader in Person.objects.filter(pk__in=_held(duty, Role.LEADER) - authors - {actor_id(event)}):
        params = _params(duty) | {"count": queries.to_sign(leader).count() or 1}
        _tell(event, duty, [leader.pk], kinds.TO_SIGN, params, url="/sign/")


def sent_back(event: Event) -> None:
    duty = _duty_of(event)
    _tell(event, duty, _held(duty, Role.ENTRY_OFFICER), kinds.SENT_BACK, _params(duty) | {"reason": event.reason})


def approved(event: Event) -> None:
    duty = _duty_of(event)
    _tell(event, duty, _held(duty, Role.CLERK), kinds.TO_SEND, _params(duty))


def sent(event: Event) -> None:
    duty = _duty_of(event)
    params = _params(duty) | {"at": moment(event.business_at), "number": event.data["number"]}
    _tell(event, duty, _receivers(duty), kinds.ARRIVED, params)


def received(event: Event) -> None:
    duty = _duty_of(event)
    _tell(event, duty, _held(duty, Role.ENTRY_OFFICER), kinds.RECEIVED, _params(duty))


def returned(event: Event) -> None:
    """To all who worked on it, with the reason: the entry officer mends it, the leader approves it again."""
    duty = _duty_of(event)
    _tell(event, duty, _held(duty, OWN), kinds.RETURNED, _params(duty) | {"reason": event.reason})


def withdrawn(event: Event) -> None:
    duty = _duty_of(event)
    _tell(event, duty, _receivers(duty), kinds.WITHDRAWN, _params(duty) | {"reason": event.reason})


def correction(event: Event) -> None:
    duty = _duty_of(event)
    _tell(event, duty, _receivers(duty), kinds.CORRECTION, _params(duty) | {"reason": event.reason})


def extended(event: Event) -> None:
    duty = _duty(event.object_id)
    due = moment(dt.datetime.fromisoformat(event.data["due_at"]))
    _tell(event, duty, _held(duty, OWN), kinds.EXTENDED, _params(duty) | {"due": due, "reason": event.reason})


def exempted(event: Event) -> None:
    duty = _duty(event.object_id)
    kind = kinds.EXEMPT if event.to_state == "90" else kinds.OWED_AGAIN
    _tell(event, duty, _held(duty, OWN), kind, _params(duty) | {"reason": event.reason})


def reminded(event: Event) -> None:
    """To all who work on it: the receiver asks."""
    duty = _duty(event.object_id)
    _tell(event, duty, _held(duty, OWN), kinds.REMINDED, _params(duty))


def opened(event: Event) -> None:
    """To the entry officers of every unit that owes; nothing for a period whose time is over when it is opened."""
    rows = Duty.objects.filter(regime__code=event.object_id, period__key=event.data["period"])
    duties = list(rows.filter(due_at__gt=clock.business_now()).select_related("regime", "period", "receiver"))
    people = audience.holders_of(Role.ENTRY_OFFICER, {each.unit_id for each in duties}, event.object_id)
    words = report_words(duties)
    for duty in duties:
        notify(
            by="job:reactions",
            to=people[duty.unit_id],
            kind=kinds.OPENED,
            subject=("duty", duty.pk),
            params={"report": words[duty.pk], "due": moment(duty.due_at)},
            url=duty_url(duty),
            dedupe=f"{kinds.OPENED}:{duty.pk}",
        )


def _duty_of(event: Event) -> Duty:
    return _duty(Version.objects.values_list("submission__duty", flat=True).get(pk=event.object_id))


def _duty(pk: int | str) -> Duty:
    return Duty.objects.select_related("unit", "regime", "period", "receiver").get(pk=pk)


def _held(duty: Duty, roles: Role | Iterable[Role]) -> set[int]:
    return audience.holders_of(roles, [duty.unit_id], duty.regime.code)[duty.unit_id]


def _receivers(duty: Duty) -> set[int]:
    return audience.holders_of(Role.RECEIVER, [duty.receiver_id], duty.regime.code)[duty.receiver_id]


def _params(duty: Duty) -> dict[str, object]:
    receiver = {lang: organizations.full_name(duty.receiver, duty.period.last, lang) for lang in LANGS}
    return {"report": report_words([duty])[duty.pk], "due": moment(effective_due(duty)), "receiver": receiver}


def _tell(event: Event, duty: Duty, to: Iterable[int], kind: str, params: dict[str, object], *, url: str = "") -> None:
    notify(
        by="job:reactions",
        to=set(to) - {actor_id(event)},
        kind=kind,
        subject=("duty", duty.pk),
        params=params,
        url=url or duty_url(duty),
        dedupe=f"{kind}:event:{event.pk}",
    )
