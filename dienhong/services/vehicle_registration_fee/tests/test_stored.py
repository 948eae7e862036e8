"""What is kept: a result computed again, what was altered in it, and the law as a jurist reads it."""

import json
from typing import Any

import pytest

from dienhong.rules.law.results import digest
from dienhong.services.vehicle_registration_fee import rules
from dienhong.services.vehicle_registration_fee.rules import compute
from dienhong.services.vehicle_registration_fee.tests.cases import THEN, USED


def test_the_jurist_sees_every_row_with_its_article() -> None:
    view = rules.jurist_view()
    plain = json.loads(json.dumps(view.json()))
    assert plain["unconfirmed"] == len(view.unconfirmed) > 40
    assert all(row.article["vi"] for one in view.parameters for row in one.rows if row.value is not None)
    assert all(one.description["vi"] != one.id and one.description["en"] for one in view.parameters)
    hanoi = next(one for one in view.parameters if one.id == "rate.car_le9.first.01")
    assert (hanoi.rows[0].shown["vi"], hanoi.unconfirmed) == ("12 %", 1)


class TestStored:
    def stored(self) -> dict[str, Any]:
        return json.loads(json.dumps(compute(USED | {"year_made": 2018}, THEN).json()))

    def test_computes_the_same_again(self) -> None:
        assert rules.recheck(self.stored()).same

    @pytest.mark.parametrize("seal", [False, True])
    def test_a_changed_amount_is_found(self, seal: bool) -> None:
        stored = self.stored() | {"amount": 1}
        stored["digest"] = digest(stored) if seal else stored["digest"]
        found = rules.recheck(stored)
        assert "amount" in found.differences
        assert ("digest" in found.differences) is not seal
        assert found.amount == 1_400_000

    def test_a_changed_row_is_found(self) -> None:
        stored = self.stored()
        asked = next(one for one in stored["asked"] if one["path"] == "rate.car_le9.later")
        asked["row"]["value"] = "1/100"
        stored["digest"] = digest(stored)
        found = rules.recheck(stored)
        assert {"amount", "steps"} <= set(found.differences)
        assert found.law_moved == ("rate.car_le9.later@2019-04-10",)

    def test_a_changed_fact_is_found(self) -> None:
        stored = self.stored()
        stored["inputs"]["year_counted"] = 2010
        stored["digest"] = digest(stored)
        assert not rules.recheck(stored).same

    def test_another_format_is_not_read(self) -> None:
        assert rules.recheck(self.stored() | {"format": 2}).differences == ("format 2",)
