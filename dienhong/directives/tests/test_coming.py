"""A condition on a later period is due no earlier than that period's report."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.directives.conditions.coming import coming
from dienhong.directives.models import Assignment
from dienhong.directives.tests.conftest import Ground, move
from dienhong.directives.tests.test_pages import client_of, text
from dienhong.indicators import queries
from dienhong.reporting.models import Duty, Regime, RegimeVersion

FIGURE = {"indicator": "08.003", "calendar": "decree09", "period": "2020-Q2", "unit": "10"}


def lay_down(due: dict[str, object]) -> Regime:
    regime = Regime.objects.create(code="RR22")
    RegimeVersion.objects.create(
        regime=regime, number=1, digest="0" * 64, name_vi="RR22", name_en="RR22", kind="periodic", calendar="decree09",
        frequency=["quarter"], valid_from=dt.date(2018, 1, 1), spec={"tiers": [{"key": "province", "due": due}]},
    )  # fmt: skip
    return regime


def test_without_a_report_the_period_has_to_be_over(ground: Ground) -> None:
    with pytest.raises(Refused, match=r"hết ngày 14/09/2020 mới kết thúc.*Chọn hạn từ ngày 15/09/2020"):
        ground.conditioned(due=dt.date(2020, 9, 14))
    assert ground.conditioned(due=dt.date(2020, 9, 15)).due
    assert ground.conditioned(due=dt.date(2020, 8, 20), scope="same").due, "a correction can come any day"


def test_a_report_has_to_be_due(ground: Ground) -> None:
    regime = lay_down({"day": 25, "at": "17:00", "policy": "keep"})
    with pytest.raises(Refused, match="báo cáo đến hạn lúc 17:00, 25/09/2020"):
        ground.conditioned(due=dt.date(2020, 9, 24))
    assert ground.conditioned(due=dt.date(2020, 9, 25)).due
    Duty.objects.create(
        unit=ground.province, regime=regime, period=ground.period("2020-Q3"), receiver=ground.office, tier="province",
        opens_at=dt.datetime(2020, 6, 15, tzinfo=clock.HANOI), due_at=dt.datetime(2020, 9, 28, 17, tzinfo=clock.HANOI),
    )  # fmt: skip
    with pytest.raises(Refused, match="28/09/2020"):
        ground.conditioned(due=dt.date(2020, 9, 27))


def test_what_is_known_already_is_not_what_will_come(ground: Ground) -> None:
    move(9, 16)
    ground.say(80)
    found = coming(ground.asked(), ground.period("2020-Q2"), queries.moment())
    assert found is not None
    assert (found.period.key, found.day) == ("2020-Q4", dt.date(2020, 12, 15))


def test_the_form_says_so_first_and_keeps_what_was_typed(ground: Ground) -> None:
    lay_down({"day": 25, "at": "17:00", "policy": "keep"})
    client, where = client_of(ground.boss), f"{reverse('directives:new')}?{urlencode(FIGURE)}"
    assert "Hạn của nhiệm vụ khi ấy từ ngày 25/09/2020." in text(client.get(where))
    typed = {"issuer": ground.office.pk, "title": "Giảm hồ sơ quá hạn", "content": "Rà soát từng hồ sơ.",
             "lead": "Lào Cai", "due": "2020-09-01", "scope": "later", "comparison": "≤", "target": "50"}  # fmt: skip
    refused = client.post(where, typed)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["due"]
    assert "Chọn hạn từ ngày 25/09/2020, hoặc xét ở chính kỳ này." in text(refused)
    assert "Rà soát từng hồ sơ." in text(refused)
    assert not Assignment.objects.exists()
    client.post(where, typed | {"due": "2020-09-25"})
    assert Assignment.objects.get().conditions.count() == 1
