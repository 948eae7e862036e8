"""Questions stay with their version; alerts are raised once, told at the right hour, and end."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.indicators import queries
from dienhong.indicators.models import Target
from dienhong.journal.models import Event
from dienhong.notices.models import Notice
from dienhong.organizations import queries as organizations
from dienhong.reporting.models import Duty, Regime
from dienhong.watch import actions, offering, reactions, reminders
from dienhong.watch import notice_kinds as kinds
from dienhong.watch.actions import Wording
from dienhong.watch.alerting.evaluate import evaluate
from dienhong.watch.alerting.telling import quiet, tell
from dienhong.watch.models import Alert, AlertRule, AlertRuleVersion, AlertState, Comparison, Question, Severity
from dienhong.watch.tests.conftest import DAY, LATE, Ground, move


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


def beside(ground: Ground, day: str = "") -> list[tuple[str, str]]:
    request = RequestFactory().get("/", {"as_of": day} if day else {})
    request.user = ground.stranger
    return [
        (line.name, line.said) for line in offering.questions(request, ground.key(), ground.period("2020-Q2")).lines
    ]


def test_a_question_stays_with_its_version(ground: Ground) -> None:
    first = ground.say(80)
    asked = {"asker": ground.office, "key": ground.key(), "batch": first.pk}
    with pytest.raises(Refused, match="câu hỏi"):
        actions.ask(by=ground.boss, text="?", **asked)
    with pytest.raises(NotPermitted):
        actions.ask(by=ground.chief, text="Vì sao 80 hồ sơ?", **asked)
    with pytest.raises(Refused, match="bản số liệu"):
        actions.ask(by=ground.boss, text="Vì sao 80 hồ sơ?", **asked | {"batch": first.pk + 999})
    made = actions.ask(by=ground.boss, text="Vì sao 80 hồ sơ?", **asked)
    assert (made.reporter, made.due) == (ground.province, dt.date(2020, 8, 20))
    reactions.asked(Event.objects.get(verb="watch.ask"))
    assert told(kinds.ASKED) == {"chu-tich", "chuyen-vien"}
    move(8, 20)
    assert reminders.remind() == 2
    assert reminders.remind() == 0
    with pytest.raises(NotPermitted):
        actions.answer_question(by=ground.boss, question=made, text="Tự trả lời.")
    move(8, 21)
    second = ground.say(75)
    move(8, 24)
    actions.answer_question(by=ground.officer, question=made, text="Gồm cả hồ sơ đất đai.")
    reactions.question_answered(Event.objects.get(verb="watch.answer_question"))
    assert told(kinds.TOLD) == {"lanh-dao-vp"}
    both = "Vì sao 80 hồ sơ? — Gồm cả hồ sơ đất đai."
    assert beside(ground) == [(f"Bản 1: {both}", "đã trả lời")], "the version of today was not asked about"
    client = Client()
    client.force_login(ground.boss, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/watch/questions/{made.pk}/").content.decode()
    assert "Đã có bản 2, từ 09:00, 21/08/2020:" in page
    assert ">75</a>" in page
    then = re.search(r'href="([^"]*as_of=[^"]*)">80</a>', page)
    assert then
    passport = client.get(unescape(then[1])).content.decode()
    assert both in passport
    assert f"Bản 1: {both}" not in passport, "there it is asked of the version that is shown"
    mine = actions.ask(by=ground.boss, text="Vì sao giảm?", **asked | {"batch": second.pk})
    assert [name for name, _said in beside(ground)] == ["Vì sao giảm?", f"Bản 1: {both}"]
    assert "Đã có bản" not in client.get(f"/watch/questions/{mine.pk}/").content.decode()
    assert beside(ground, "2020-08-20") == [(both, "đã trả lời")], "answered later, shown with it"
    with pytest.raises(Refused, match="đã có câu trả lời"):
        actions.answer_question(by=ground.chief, question=Question.objects.get(pk=made.pk), text="Thêm một câu.")


def wording(ground: Ground, **more: Any) -> Wording:
    said = Wording(
        "Hồ sơ quá hạn nhiều", queries.indicator(LATE), "quarter", ground.province, Comparison.LEVEL, side=">",
        bound=Decimal(50), receivers=(ground.office,),
    )  # fmt: skip
    return replace(said, **more)


def ruled(ground: Ground, **more: Any) -> AlertRule:
    return actions.write_rule(by=ground.boss, owner=ground.office, wording=wording(ground, **more))


def test_a_level_is_raised_once_taken_on_explained_and_ends_by_itself(ground: Ground) -> None:
    rule = ruled(ground)
    assert evaluate(rule=rule.pk) == 0, "no figure: it cannot be told"
    ground.say(80)
    assert (evaluate(rule=rule.pk), evaluate(rule=rule.pk)) == (1, 0)
    row = Alert.objects.get()
    assert (row.unit, row.value, row.closed_at) == (ground.province, 80, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(rule=rule, version=row.version, unit=row.unit, period=row.period, batch=row.batch,
                             value=80, business_at=row.business_at)  # fmt: skip
    assert tell() == 3
    assert tell() == 0
    assert told(kinds.ALERT) == {"lanh-dao-vp", "chu-tich", "chuyen-vien"}
    with pytest.raises(NotPermitted):
        actions.acknowledge(by=ground.stranger, alert=row)
    actions.acknowledge(by=ground.officer, alert=row)
    with pytest.raises(Refused, match="đã tiếp nhận"):
        actions.acknowledge(by=ground.chief, alert=row)
    actions.explain(by=ground.chief, alert=row, text="Hồ sơ đất đai tồn từ 2019.")
    reactions.alert_explained(Event.objects.get(verb="watch.explain"))
    assert told(kinds.EXPLAINED) == {"lanh-dao-vp"}
    with pytest.raises(NotPermitted):
        actions.close_alert(by=ground.chief, alert=row, text="Chúng tôi tự đóng.")
    ground.say(40)
    assert evaluate(rule=rule.pk) == 1
    assert list(AlertState.objects.order_by("pk").values_list("state", flat=True)) == [
        "raised", "known", "explained", "closed"]  # fmt: skip
    ground.say(90)
    assert evaluate(rule=rule.pk) == 1, "another figure raises anew"
    again = Alert.objects.get(closed_at=None)
    actions.close_alert(by=ground.boss, alert=again, text="Đã biết, đang xử lý.")
    reactions.alert_closed(Event.objects.get(verb="watch.close_alert"))
    assert told(kinds.ENDED) == {"chu-tich", "chuyen-vien"}
    assert evaluate(rule=rule.pk) == 0, "what people closed is not raised by the same figure"
    ground.say(91)
    assert evaluate(rule=rule.pk) == 1


def test_change_duration_and_distance_to_target(ground: Ground) -> None:
    rule = ruled(ground, comparison=Comparison.CHANGE, bound=Decimal(10), duration=2)
    for key, value in (("2019-Q4", 100), ("2020-Q1", 120), ("2020-Q2", 130)):
        ground.say(value, key)
    assert evaluate(rule=rule.pk) == 0, "8.3% in the last period: not two in a row"
    ground.say(140)
    assert evaluate(rule=rule.pk) == 1
    assert round(Alert.objects.get().measured or 0, 1) == Decimal("16.7")
    target = Target.objects.create(
        indicator=queries.indicator(LATE), unit=ground.province, period=ground.period("2020-Q2"), operator="≤",
        bound=Decimal(100), legal_basis="Kế hoạch 2020",
    )  # fmt: skip
    far = ruled(ground, comparison=Comparison.TARGET, side="", bound=Decimal(50))
    assert evaluate(rule=far.pk) == 0, "40% beyond"
    near = ruled(ground, comparison=Comparison.TARGET, side="", bound=Decimal(30))
    assert evaluate(rule=near.pk) == 1
    assert ground.check("plan_targets") == 1
    assert target.bound == 100


def test_silence_by_duties_and_by_release_days(ground: Ground) -> None:
    period = ground.period("2020-Q2")
    regime = Regime.objects.create(code="RR22")
    due = dt.datetime(2020, 8, 14, 17, tzinfo=clock.HANOI)
    for unit in (ground.province, ground.other):
        Duty.objects.create(unit=unit, regime=regime, period=period, receiver=ground.office, tier="province",
                            opens_at=due - dt.timedelta(days=9), due_at=due)  # fmt: skip
    ground.say(3, unit=ground.other)
    nation = organizations.unit_by_code("iso3166", "VN", DAY)
    rule = ruled(ground, comparison=Comparison.SILENCE, side="", bound=None, unit=nation, below=True, duration=2)
    assert evaluate(rule=rule.pk) == 0, "Friday evening to Monday morning: one working day"
    move(8, 18)
    assert evaluate(rule=rule.pk) == 1
    assert list(Alert.objects.values_list("unit", "due")) == [(ground.province.pk, due)]
    ground.say(5)
    assert evaluate(rule=rule.pk) == 1
    assert not Alert.objects.filter(closed_at=None).exists()
    prices = ruled(ground, indicator=queries.indicator("S.03.302"), period_kind="month", unit=nation,
                   comparison=Comparison.SILENCE, side="", bound=None, duration=0)  # fmt: skip
    assert evaluate(rule=prices.pk) == 1
    [row] = Alert.objects.filter(rule=prices).select_related("period")
    assert (row.period.key, row.due) == ("2020-M07", dt.datetime(2020, 7, 28, 17, tzinfo=clock.HANOI))


def test_quiet_hours_and_one_level_up(ground: Ground) -> None:
    rule = ruled(ground, receivers=(), to_reporter=True, escalate_after=4)
    version = AlertRuleVersion.objects.get(rule=rule)
    hours = [hour for hour in range(24) if quiet(version, dt.datetime(2020, 8, 17, hour, tzinfo=clock.HANOI))]
    assert hours == [*range(7), 21, 22, 23]
    version.severity = Severity.URGENT
    assert not quiet(version, dt.datetime(2020, 8, 17, 23, tzinfo=clock.HANOI))
    move(8, 17, 22)
    ground.say(80)
    evaluate(rule=rule.pk)
    assert tell() == 0
    move(8, 18, 7, 30)
    assert tell() == 3, "two of the province, and nobody took it on in four hours: the Office's leader"
    assert tell() == 0
    assert told(kinds.ESCALATED) == {"lanh-dao-vp"}
    assert Alert.objects.get().escalation.business_at.astimezone(clock.HANOI).day == 18


def test_a_rule_is_versioned_and_reaches_no_further_than_its_owner(ground: Ground) -> None:
    rule = ruled(ground)
    actions.rewrite_rule(by=ground.boss, rule=rule, wording=wording(ground, active=False), seen=1)
    ground.say(80)
    assert evaluate(rule=rule.pk) == 0, "switched off"
    with pytest.raises(Refused, match="bản 2"):
        actions.rewrite_rule(by=ground.boss, rule=rule, wording=wording(ground), seen=1)
    with pytest.raises(NotPermitted, match="không báo cho"):
        actions.write_rule(by=ground.chief, owner=ground.province, wording=wording(ground, receivers=(ground.other,)))
    with pytest.raises(Refused, match="đến với ai"):
        ruled(ground, receivers=(), to_reporter=False)
    with pytest.raises(Refused, match="Im lặng"):
        ruled(ground, comparison=Comparison.SILENCE)
