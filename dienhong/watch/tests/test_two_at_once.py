"""Two workers at the same check and the same rule: one difference, one alert; a death in the middle leaves nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from dienhong.notices.models import Notice
from dienhong.watch.alerting import evaluate as evaluating
from dienhong.watch.alerting.evaluate import evaluate
from dienhong.watch.alerting.telling import tell
from dienhong.watch.models import Alert, AlertState, Difference, DifferenceState
from dienhong.watch.tests.conftest import Ground
from dienhong.watch.tests.test_questions_and_alerts import ruled


@pytest.mark.django_db(transaction=True)
def test_two_at_once_and_a_death_in_the_middle(ground: Ground, monkeypatch: Any) -> None:
    rule = ruled(ground)
    ground.say(80)
    ground.say(95, counted=True)
    real = evaluating.enter_alert

    def dies(**given: Any) -> None:
        real(**given)
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluating, "enter_alert", dies)
    with pytest.raises(KeyboardInterrupt):
        evaluate(rule=rule.pk)
    assert not Alert.objects.exists(), "the run left nothing half done"
    monkeypatch.undo()

    def one(what: int) -> int:
        try:
            return ground.check() if what % 2 else evaluate(rule=rule.pk)
        finally:
            connection.close()

    ground.period("2020-Q2")
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(8))) == [0] * 6 + [1, 1]
        list(pool.map(lambda _n: (tell(), connection.close()), range(4)))
    assert (Alert.objects.count(), AlertState.objects.count()) == (1, 1)
    assert (Difference.objects.count(), DifferenceState.objects.count()) == (1, 1)
    assert Notice.objects.filter(kind="watch.alert").count() == 3
