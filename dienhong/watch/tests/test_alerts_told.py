"""One person hears of one rule once at a time, with units and period; per cent of per cent is said in points."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import override

from dienhong.base import playing
from dienhong.indicators import queries
from dienhong.indicators.models import Target
from dienhong.notices import kinds as words
from dienhong.notices.models import Notice
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Role
from dienhong.watch import notice_kinds as kinds
from dienhong.watch.alerting.evaluate import evaluate, evaluate_all
from dienhong.watch.alerting.telling import tell
from dienhong.watch.models import Alert, AlertEscalation, AlertRuleVersion, Comparison
from dienhong.watch.queries.lists import alerts, stated
from dienhong.watch.tests.conftest import DAY, Ground, move, person
from dienhong.watch.tests.test_questions_and_alerts import ruled
from dienhong.watch.words import alert_lines, difference_lines, rule_sentence

SHARE = "S.08.007"  # overdue of those that are open


def heard(username: str, lang: str = "vi", kind: str = kinds.ALERT) -> list[words.Words]:
    rows = Notice.objects.filter(person__username=username, kind=kind).order_by("pk")
    return [words.words(row.kind, row.params, lang) for row in rows]


def test_one_moment_is_one_notice_that_names_units_and_period(ground: Ground) -> None:
    nation = organizations.unit_by_code("iso3166", "VN", DAY)
    person("theo-doi", Role.VIEWER, nation, subtree=True)
    rule = ruled(ground, unit=nation, below=True, receivers=(), escalate_after=4)
    move(8, 17, 22)
    for unit in (ground.province, ground.other):
        ground.say(80, unit=unit)
    assert evaluate(rule=rule.pk) == 2
    assert len(set(Alert.objects.values_list("business_at", flat=True))) == 1
    assert tell() == 0, "quiet hours"
    move(8, 18, 7, 30)
    assert tell() == 4 + 1, "two of Lao Cai, one of Ha Noi, whoever follows both; and one level up"
    assert tell() == 0
    [said] = heard("theo-doi")
    assert said.title == "Cảnh báo: Hồ sơ quá hạn nhiều, Quý II/2020"
    assert said.body == "2 đơn vị: Thành phố Hà Nội; Tỉnh Lào Cai" or said.body == (
        "2 đơn vị: Tỉnh Lào Cai; Thành phố Hà Nội"
    )
    [mine] = heard("chu-tich", "en")
    assert (mine.title, mine.body) == ("Warning: Hồ sơ quá hạn nhiều, Q2 2020", "Units (1): Lao Cai Province")
    [up] = heard("lanh-dao-vp", kind=kinds.ESCALATED)
    assert up.title.endswith("Hồ sơ quá hạn nhiều, Quý II/2020")
    assert AlertEscalation.objects.count() == 2
    third = organizations.unit_by_code("gso", "02", dt.date(2020, 8, 18))
    ground.say(70, "2020-Q1", unit=third)
    assert evaluate(rule=rule.pk) == 1
    tell()
    assert [each.title for each in heard("theo-doi")][1:] == ["Cảnh báo: Hồ sơ quá hạn nhiều, Quý I/2020"]
    assert heard("theo-doi")[1].body.startswith("1 đơn vị: "), "what was told is not told again"
    assert len(heard("chu-tich")) == 1


def test_how_far_a_rate_is_from_its_target_is_said_in_points(ground: Ground) -> None:
    share, period = queries.indicator(SHARE), ground.period("2020-Q2")
    Target.objects.create(indicator=share, unit=ground.province, period=period, operator="≤", bound=Decimal(40),
                          legal_basis="Kế hoạch 2020")  # fmt: skip
    ground.say(60, code="S.08.005")
    ground.say(40, code="S.08.004")
    far = ruled(ground, indicator=share, comparison=Comparison.TARGET, side="", bound=Decimal(22))
    assert evaluate(rule=far.pk) == 0, "half of 40 are 20 points"
    near = ruled(ground, indicator=share, comparison=Comparison.TARGET, side="", bound=Decimal(19))
    assert evaluate(rule=near.pk) == 1
    [line] = alert_lines(alerts(Alert.objects.filter(rule=near)))
    assert line.what == "60,00 %, lệch chỉ tiêu 20,0 điểm phần trăm"
    version = AlertRuleVersion.objects.get(rule=near)
    assert rule_sentence(version).endswith("kém chỉ tiêu kế hoạch quá 19 điểm phần trăm")
    with override("en"):
        assert alert_lines(alerts(Alert.objects.filter(rule=near)))[0].what.endswith(
            "20.0 percentage points short of the target"
        )
    assert ground.check("plan_targets") == 1
    [apart] = difference_lines(stated())
    assert (apart.measured, apart.apart_in) == ("%", "điểm phần trăm")


def test_silence_does_not_begin_while_the_demo_plays_older_periods(
    ground: Ground, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    nation = organizations.unit_by_code("iso3166", "VN", DAY)
    prices = ruled(ground, indicator=queries.indicator("S.03.302"), period_kind="month", unit=nation,
                   comparison=Comparison.SILENCE, side="", bound=None, duration=0)  # fmt: skip
    level = ruled(ground)
    ground.say(80)
    with playing.told():
        playing.tell(playing.Progress("Một cửa", "One-stop", 3, 20))
        assert evaluate_all() == 1
        assert Alert.objects.get().rule == level
    assert evaluate_all() == 1
    assert Alert.objects.latest("pk").rule == prices
    ground.say(40)
    with playing.told():
        playing.tell(playing.Progress("Một cửa", "One-stop", 4, 20))
        assert evaluate_all() == 1, "what is over ends"
