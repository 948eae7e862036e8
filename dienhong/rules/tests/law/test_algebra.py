"""One case and arrays: the same formula, exact on both, refused rather than wrapped or guessed."""

import datetime as dt
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dienhong.rules.law import Algebra, Coded, FactMissing, FactWrong, Law, Many, NoLaw, Single, TooLarge
from dienhong.rules.law.many import Ratio
from dienhong.rules.law.results import FromLaw
from dienhong.rules.law.words import amount, article, day, expression, percent
from dienhong.rules.tests.law.test_parameters import GOOD

THEN = dt.date(2020, 8, 19)


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Law:
    path = tmp_path_factory.mktemp("law") / "parameters.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return Law.load(path)


def formula(c: Algebra) -> Any:
    """Price less years, by place, cut and rounded: everything an algebra can say."""
    place = c.label("place")
    old = c.number("age") < c.count(3)
    left = c.step("left", c.scale("left", c.number("age")))
    base = c.step("base", (c.number("price") + c.number("extra")) * left - c.number("extra"))
    rate = c.either(
        place.among("01", "02") | ~c.in_force("kept"),
        lambda: c.parameter("fee", place),
        lambda: c.count(Fraction(1, 3)),
    )
    full = c.either(c.flag("free") & old, lambda: c.count(0), lambda: base * rate)
    return c.step("paid", c.rounded(c.least(full, c.parameter("amount")), c.count(1)))


cases = st.fixed_dictionaries(
    {
        "price": st.integers(0, 10**8),
        "extra": st.integers(0, 10**6),
        "age": st.integers(0, 30),
        "place": st.sampled_from(["01", "02", "79"]),
        "free": st.booleans(),
        "on": st.dates(dt.date(2017, 1, 1), dt.date(2021, 1, 1)),
    }
)


def columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {name: np.array([row[name] for row in rows]) for name in ("price", "extra", "age", "free")}
    return made | {"place": Coded.of([row["place"] for row in rows])}


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(cases, min_size=1, max_size=12))
def test_arrays_equal_single_cases(law: Law, rows: list[dict[str, Any]]) -> None:
    singly = [int(formula(Single(FromLaw(law), row, row["on"])).value) for row in rows]
    days = np.array([row["on"] for row in rows], dtype="datetime64[D]")
    assert formula(Many(law, columns(rows), days)).num.tolist() == singly
    one = rows[0]["on"]
    singly = [int(formula(Single(FromLaw(law), row, one)).value) for row in rows]
    made = formula(Many(law, columns(rows), one))
    assert np.broadcast_to(made.num, (len(rows),)).tolist() == singly


def test_a_case_keeps_why(law: Law) -> None:
    facts = {"price": 1_000_000, "extra": 0, "age": 5, "place": "02"}
    single = Single(FromLaw(law), facts, THEN)
    made = formula(single)
    assert made.value == 60_000
    assert [step.key for step in single.steps] == ["left", "base", "paid"]
    assert [row.id for row in single.steps[0].rows] == ["left.1.amount@2019-01-01"]
    assert [row.parameter for row in single.steps[2].rows] == ["kept", "fee.*", "amount"]
    assert expression(single.steps[1].expression, "vi") == "(1.000.000 + 0) × 60 % − 0"


def test_missing_and_wrong_facts(law: Law) -> None:
    with pytest.raises(FactMissing) as missing:
        formula(Single(FromLaw(law), {"price": 5, "extra": 0}, THEN))
    assert missing.value.fact == "age"
    with pytest.raises(FactMissing):
        formula(Many(law, {"price": np.array([5])}, THEN))
    with pytest.raises(FactWrong, match="số nguyên"):
        Single(FromLaw(law), {"price": 1.5}, THEN).number("price")
    with pytest.raises(FactWrong):
        Single(FromLaw(law), {"price": True}, THEN).number("price")


def test_no_law_on_the_day(law: Law) -> None:
    early = dt.date(2016, 12, 31)
    with pytest.raises(NoLaw, match="31/12/2016"):
        formula(Single(FromLaw(law), {"price": 1, "extra": 0, "age": 1, "place": "01"}, early))
    made = formula(Many(law, columns([{"price": 1, "extra": 0, "age": 1, "place": "01", "free": False}]), early))
    assert made.gaps.all()


def test_a_gap_in_a_branch_not_taken_does_no_harm(law: Law) -> None:
    many = Many(law, {"place": Coded.of(["01", "x"]), "age": np.array([1, -1])}, THEN)
    made = many.either(
        many.label("place").among("01"), lambda: many.scale("left", many.number("age")), lambda: many.count(1)
    )
    assert not made.gaps.any()
    assert (made.num / made.den).tolist() == [0.9, 1.0]


def test_too_large_is_refused_not_wrapped() -> None:
    big = Ratio(np.array([2**40, 1]), 1)
    with pytest.raises(TooLarge):
        big * big
    mixed = Ratio(np.array([2**40, 1]), 1) * Ratio(np.array([1, 2**40]), 1)
    assert mixed.num.tolist() == [2**40, 2**40], "no pair is too large"
    with pytest.raises(TooLarge):
        Ratio(np.array([2**62]), 1) + Ratio(np.array([2**62]), 1)
    with pytest.raises(TooLarge):
        Ratio(np.array([2**62]), 1) + Ratio(np.array([1]), 7)
    edge = Ratio(np.array([2**31]), 1) * Ratio(np.array([2**32 - 1]), 1)
    assert edge.num.tolist() == [2**31 * (2**32 - 1)]


@given(
    st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20), st.sampled_from([1, 3, 1000]), st.integers(1, 7)
)
def test_rounding_is_half_away_from_zero(numbers: list[int], unit: int, den: int) -> None:
    made = _bare().rounded(Ratio(np.array(numbers), den), Ratio(np.array(unit), 1))
    for number, rounded in zip(numbers, made.num.tolist(), strict=True):
        distance = Fraction(number, den) - rounded
        assert rounded % unit == 0
        assert abs(distance) <= Fraction(unit, 2)
        if abs(distance) == Fraction(unit, 2):
            assert abs(rounded) > abs(Fraction(number, den))


def _bare() -> Many:
    from dienhong.rules.law.parameters import Node

    return Many(Law(Node("", {})), {}, THEN)


def test_single_rounding_is_the_same() -> None:
    single = Single(FromLaw(_bare().law), {}, THEN)
    rounded = [int(single.rounded(single.count(Fraction(n, 2)), single.count(1)).value) for n in (-3, -1, 1, 3, 5)]
    assert rounded == [-2, -1, 1, 2, 3]
    assert single.rounded(single.count(1_500), single.count(1_000)).value == 2_000


def test_words() -> None:
    assert (amount(549_000_000, "vi"), amount(549_000_000, "en")) == ("549.000.000", "549,000,000")
    assert (amount(Fraction("86419752.3"), "vi"), amount(-5, "en")) == ("86.419.752,3", "−5")
    assert (percent(Fraction("0.072"), "vi"), percent(Fraction("0.072"), "en")) == ("7,2 %", "7.2%")
    assert (day(THEN, "vi"), day(THEN, "en")) == ("19/08/2020", "19 August 2020")
    assert (
        article("Nghị định 140/2016/NĐ-CP, Điều 7 khoản 5 điểm a", "en")
        == "Decree 140/2016/NĐ-CP, Article 7 clause 5 point a"
    )
    assert article("Nghị quyết của HĐND Hà Nội", "en") == "Resolution of the People's Council of Hà Nội"
