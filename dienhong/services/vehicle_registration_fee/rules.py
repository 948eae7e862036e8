"""The registration fee: plain functions of facts and a date. Numbers of the law stand in parameters.yaml.

compute(facts, on) -> Result           one case with its reasons; FactMissing / FactWrong / NoLaw / Undecided
compute_many(columns, on) -> array     the same formula for millions
recheck(stored) -> Recheck             facts and rows of a stored result computed again
jurist_view() -> JuristView            every parameter with its article and what is unconfirmed
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dienhong.rules.law import Coded, Law, LawFault, Many, NoLaw, Single, Undecided, words
from dienhong.rules.law import jurist as jurists
from dienhong.rules.law.faults import FactMissing
from dienhong.rules.law.parameters import Node, Series
from dienhong.rules.law.results import FromLaw, Line, Recheck, Result
from dienhong.rules.law.results import recheck as recheck_stored
from dienhong.services.vehicle_registration_fee import facts as given
from dienhong.services.vehicle_registration_fee import formula, preparing, said
from dienhong.services.vehicle_registration_fee.prices import Decision, PriceRow, PriceTable, bundled, provinces

NAME = "vehicle_registration_fee"
FILE = Path(__file__).resolve().parent / "parameters.yaml"
CHUNK = 1 << 16  # cases at a time: the columns of one part stay in the processor's cache


def check_ceiling(law: Law) -> None:
    """No province may set a first rate of cars above the ceiling of that day: LawFault names the row."""
    node = law["rate.car_le9.first"]
    assert isinstance(node, Node)
    for series in node.children.values():
        for row in series.rows if isinstance(series, Series) else ():
            most = law.row("ceiling.car_first", on=row.since)
            if row.value is not None and (most is None or row.value > most.value):  # type: ignore[operator]
                remedy = f"A province may go up to {most.value if most else 'nothing'}; mend the rate."
                raise LawFault(law.file, row.parameter, row.since, f"{row.value} is above the ceiling.", remedy)


@lru_cache(maxsize=1)
def law() -> Law:
    """The parameters of this folder, read once; LawFault where they break the ceiling."""
    made = Law.load(FILE)
    check_ceiling(made)
    return made


def compute(
    facts: Mapping[str, Any], on: dt.date, *, table: PriceTable | None = None, under: Law | None = None
) -> Result:
    """The fee on the day of declaration `on` (an aware moment counts as its day in Hà Nội).

    A missing fact raises FactMissing naming it; several matching rows of the price table raise Undecided with choices.
    """
    day, used = given.declared_day(on), under or law()
    inputs = preparing.prepare(facts, day, used, table or bundled())
    return reckon(Single(FromLaw(used), inputs, day))


def reckon(single: Single) -> Result:
    """The formula over prepared facts, and its words."""
    try:
        amount = formula.fee(single)
    except FactMissing as gap:
        raise (given.missing(gap.fact) if gap.fact in given.FACTS else gap) from None
    if single.facts.get("exemption"):
        return _exempt(single)
    more = {
        "price_explanation": single.facts["price_explanation"],
        "kind": next(str(step.value) for step in single.steps if step.key == "kind"),
        "warnings": preparing.warnings(single),
        "budget_line": preparing.budget_line(single),
    }
    return Result(NAME, single.on, single.facts, int(amount.value), tuple(single.steps), tuple(single.asked),
                  said.lines(single), said.explanation(single), said.heading(single), more=more)  # fmt: skip


def _exempt(single: Single) -> Result:
    """Nothing to pay by exemption: not a zero rate, and the next owner who is not exempt pays the first rate."""
    step = single.steps[0]
    row = step.rows[0]
    ground = preparing.exemption_words(law(), str(single.facts["exemption"]))
    still = preparing.still_declares(single)
    text = said.both(
        f"Được miễn lệ phí trước bạ: {ground['vi']}.", f"Exempt from the registration fee: {ground['en']}."
    )
    if still:
        text = said.both(f"{text['vi']} Vẫn phải khai.", f"{text['en']} A declaration is still filed.")
    lines = (Line("exempt", said.both("Miễn lệ phí trước bạ", "Exempt from the fee"), said.each(words.money, 0),
                  ground, said.references((row,)), total=True),)  # fmt: skip
    more = {"exemption": single.facts["exemption"], "declares": still, "next_owner": "first", "warnings": []}
    return Result(NAME, single.on, single.facts, 0, tuple(single.steps), tuple(single.asked), lines, text,
                  said.heading(single), exempt=True, more=more)  # fmt: skip


def recheck(stored: Mapping[str, Any]) -> Recheck:
    """Stored facts and rows computed again; a changed amount, row, fact or line shows in `differences`."""
    return recheck_stored(stored, law(), reckon)


def choice_words(fact: str, choice: str, on: dt.date) -> dict[str, str]:
    """One answer that Undecided offers, for the officer who chooses: a row of the price table with its price."""
    row = bundled().row(choice, on) if fact in ("table_row", "equivalent_row") else None
    if row is None:
        return said.both(choice, choice)
    about = " · ".join(each for each in (row.brand, row.model, row.model_code, row.country) if each)
    return said.each(lambda language: f"{about} · {words.money(row.price, language)}")


def jurist_view() -> jurists.JuristView:
    """Every parameter with article, remark and dates; `.json()` for a screen, `.unconfirmed` for what is open."""
    return jurists.view(law())


def tables() -> list[jurists.Table]:
    """The price table of every decision, row by row, for whoever wants to see the row that counted."""
    by_decision: dict[Decision, list[PriceRow]] = {}
    for row in bundled().rows.values():
        by_decision.setdefault(row.decision, []).append(row)
    return [said.price_table(decision, rows) for decision, rows in by_decision.items()]


def worked() -> list[jurists.Worked]:
    """Every case of examples.yaml, computed now."""
    from dienhong.services.vehicle_registration_fee.examples import examples

    found = []
    for one in examples():
        result = compute(one.facts, one.on)
        amount = f"{result.amount:,}".replace(",", ".")
        expected = f"{int(one.expect['amount']):,}".replace(",", ".")
        differences = tuple(one.differences(result))
        found.append(jurists.Worked(one.key, one.say, one.on.isoformat(), expected, amount, differences))
    return found


def declaration_void_on(declared: dt.date) -> dt.date | None:
    """The first day on which an unpaid electronic declaration is void and must be filed again; None: no rule."""
    row = law().row("declaration.unpaid_days", on=declared)
    return None if row is None else declared + dt.timedelta(days=int(row.value or 0) + 1)


def law_day(declared: dt.date, paid: dt.date) -> dt.date:
    """Which day's law the amount follows: the declaration's, or the payment's when the declaration was void by then."""
    void = declaration_void_on(declared)
    return paid if void is not None and paid >= void else declared


@dataclass(frozen=True)
class _Columns:
    columns: Mapping[str, Any]
    on: dt.date | npt.NDArray[np.datetime64]
    size: int

    def part(self, start: int) -> Many:
        cut = slice(start, start + CHUNK)
        made = {key: self._cut(value, cut) for key, value in self.columns.items()}
        return Many(law(), made, self.on if isinstance(self.on, dt.date) else self.on[cut])

    @staticmethod
    def _cut(value: Any, cut: slice) -> Any:
        if isinstance(value, Coded):
            return Coded(value.codes[cut], value.names)
        return value[cut] if isinstance(value, np.ndarray) and value.ndim else value


def compute_many(
    columns: Mapping[str, Any], on: dt.date | npt.NDArray[np.datetime64], *, size: int | None = None
) -> npt.NDArray[np.int64]:
    """The fee of every case in đồng, from columns named like the prepared facts.

    Needs `price`, `price_path`, `vehicle_type`, `province_code`, `origin`, `condition`, `history`, `powertrain` and,
    where a case of the array needs them, `seats`, `payload_kg`, `year_counted`, `area`, `last_area`, `paid_high_rate`,
    `exemption`, `part` (fill the others with 0 or ""). Words are Coded or arrays of text, or one value for all.
    Refuses the whole array when one case has no law on its day or leaves 64 bits: the sentence says which.
    """
    whole = {key: _coded(value) for key, value in columns.items()}
    count = size if size is not None else len(np.asarray(columns["price"]).reshape(-1))
    _check_provinces(whole.get("province_code"), on)
    fees = np.empty(count, dtype=np.int64)
    parts = _Columns(whole, on, count)
    for start in range(0, count, CHUNK):
        made: Any = formula.fee(parts.part(start))
        if made.gaps is not None and made.gaps.any():
            _refuse_gap(start + int(np.argmax(made.gaps)), on)
        if made.den != 1:
            raise AssertionError("an amount of law is whole")
        fees[start : start + CHUNK] = made.num
    return fees


def _coded(value: Any) -> Any:
    return Coded.of(value) if isinstance(value, np.ndarray) and value.dtype.kind in "US" else value


def _refuse_gap(case: int, on: Any) -> None:
    day = on if isinstance(on, dt.date) else on[case].astype(object)
    raise NoLaw(f"case {case}", day)


def _check_provinces(column: Any, on: dt.date | npt.NDArray[np.datetime64]) -> None:
    """An unknown code would fall to the national rate in silence: refused, with its place and day."""
    if not isinstance(column, Coded) or not column.codes.size:
        return
    days = None if isinstance(on, dt.date) else on.astype("datetime64[D]")
    first, last = (on, on) if isinstance(on, dt.date) else (days.min().astype(object), days.max().astype(object))  # type: ignore[union-attr]
    used = np.bincount(column.codes, minlength=len(column.names))
    for place in np.nonzero(used)[0]:
        code = column.names[int(place)]
        if not _names_one(code, first, last):
            for row in np.nonzero(column.codes == place)[0]:
                _check_one(code, int(row), first if days is None else days[row].astype(object))


def _check_one(code: str, row: int, day: dt.date) -> None:
    if not _names_one(code, day, day):
        vi = f"Trường hợp {row}: ngày {day:%d/%m/%Y} không có tỉnh mang mã “{code}”."
        en = f"Case {row}: on {day:%d/%m/%Y} there was no province with code “{code}”."
        raise Undecided("no_province", said.both(vi, en), fact="province_code")


@lru_cache(maxsize=4096)
def _names_one(code: str, first: dt.date, last: dt.date) -> bool:
    """Whether the code names a province on every day of the span."""
    spans = sorted((one.since, one.until) for one in provinces() if one.code == code)
    joined = all(one[1] == two[0] for one, two in pairwise(spans))
    return bool(spans) and spans[0][0] <= first and (spans[-1][1] is None or last < spans[-1][1]) and joined


def fees_before_sign_in(partial: Mapping[str, Any], on: dt.date) -> Any:
    """A range or a formula in a sentence, from the answers so far: preview.Preview."""
    from dienhong.services.vehicle_registration_fee import preview

    return preview.fees_before_sign_in(partial, given.declared_day(on))
