"""What follows an act on a difference, a question or an alert: who has to know. Which act: config/reactions.py.

Each takes the journal's event and may run again: the event's key keeps a person from hearing twice.
"""

from typing import Any

from dienhong.indicators.models import Target
from dienhong.journal.models import Event
from dienhong.notices import audience
from dienhong.notices.actions import notify
from dienhong.notices.reactions import actor_id
from dienhong.watch import definitions, telling
from dienhong.watch import notice_kinds as kinds
from dienhong.watch.alerting.evaluate import evaluate
from dienhong.watch.alerting.telling import tell
from dienhong.watch.checking.settle import check
from dienhong.watch.models import Alert, Comparison, Difference, Kind, Question
from dienhong.watch.permissions import LEADING, RECEIVING
from dienhong.watch.queries.rules import standing_rules

JUDGED = {
    "watch.agree": {"vi": "Đã thống nhất", "en": "Agreed"},
    "watch.disagree": {"vi": "Giải trình chưa được chấp nhận", "en": "The explanation was not taken"},
}


def difference_answered(event: Event) -> None:
    row = _difference(event)
    said = telling.about(row) | {"text": telling.shortened(event.reason)}
    _tell(event, telling.judges(row), kinds.ANSWERED, said, f"/watch/differences/{row.pk}/")


def difference_judged(event: Event) -> None:
    row = _difference(event)
    said = telling.about(row) | {"answer": JUDGED[event.verb], "text": telling.shortened(event.reason)}
    _tell(event, telling.owners(row), kinds.JUDGED, said, f"/watch/differences/{row.pk}/")


def asked(event: Event) -> None:
    row = _question(event)
    _tell(event, telling.reporters(row), kinds.ASKED, telling.about_question(row), f"/watch/questions/{row.pk}/")


def question_answered(event: Event) -> None:
    row = _question(event)
    said = telling.about_question(row) | {"answer": telling.shortened(row.answer.text)}
    _tell(event, telling.askers(row), kinds.TOLD, said, f"/watch/questions/{row.pk}/")


def rule_written(event: Event) -> None:
    """A new wording is held to the figures at once, and its alerts are told."""
    if evaluate(rule=int(event.object_id)):
        tell()


def target_set(event: Event) -> None:
    """Results that are there already are held to it at once: as a difference, and by the rules that look at targets."""
    row = Target.objects.get(pk=event.object_id)
    for key, found in definitions.every().items():
        if found.kind == Kind.PLAN:
            check(key=key, periods=[row.period_id])
    rules = [each for each in standing_rules() if each.comparison == Comparison.TARGET]
    if sum([evaluate(rule=each.rule_id) for each in rules if each.indicator_id == row.indicator_id]):
        tell()


def alert_explained(event: Event) -> None:
    """To the leaders of who laid the rule down: they close."""
    row = _alert(event)
    owner = row.rule.owner_id
    _tell(event, audience.holders_of(LEADING, [owner])[owner], kinds.EXPLAINED, _of_alert(row, event), _url(row))


def alert_closed(event: Event) -> None:
    row = _alert(event)
    units = {*row.version.receivers.values_list("unit", flat=True), *([row.unit_id] if row.version.to_reporter else [])}
    people = set().union(*audience.holders_of(RECEIVING, units).values())
    _tell(event, people, kinds.ENDED, _of_alert(row, event), _url(row))


def _of_alert(row: Alert, event: Event) -> dict[str, Any]:
    text = telling.shortened(event.reason)
    return {
        "title": telling.titled(row.version.title, [row.period]),
        "unit": telling.unit_name(row.unit_id),
        "text": text,
    }


def _url(row: Alert) -> str:
    return f"/watch/alerts/{row.pk}/"


def _difference(event: Event) -> Difference:
    return Difference.objects.select_related("period").get(pk=event.object_id)


def _question(event: Event) -> Question:
    return Question.objects.select_related("period").get(pk=event.object_id)


def _alert(event: Event) -> Alert:
    return Alert.objects.select_related("rule", "version", "period").get(pk=event.object_id)


def _tell(event: Event, to: set[int], kind: str, said: dict[str, Any], url: str) -> None:
    notify(
        by="job:reactions", to=to - {actor_id(event)}, kind=kind, subject=(event.object_kind, event.object_id),
        params=said, url=url, dedupe=f"{kind}:event:{event.pk}",
    )  # fmt: skip
