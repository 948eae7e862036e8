"""The SQL compiler: one set-based PostgreSQL expression over columns, for tens of thousands of rows at once.

numeric is not rational, so each number is carried as numerator and denominator and divided once, at the end, in whole
numbers. What is kept true of every node, and why the parts can be so plain:
  - the denominator is above 0, so nothing here can raise division_by_zero, whichever branch a CASE takes;
  - a number that is empty for nothing_arose or not_applicable has numerator 0, since these may still be added;
  - beside any other reason the numerator is arbitrary and never used, since that reason prevails.
Sub-expressions that grow long become columns of a LATERAL subquery; its OFFSET 0 keeps the planner from copying them
back into every place of use, which would grow exponentially.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dienhong.rules.expressions.empties import DECIMALS, INTEGER_DIGITS, Reason
from dienhong.rules.expressions.kinds import kind_of, places
from dienhong.rules.expressions.nodes import COMPARISONS, Call, Kind, Node, Number, Op, Ref, references
from dienhong.rules.expressions.rounding import MODES, Rounding

LONG: Final = 300
_BOUND = f"1{'0' * INTEGER_DIGITS}::numeric"


@dataclass(frozen=True, slots=True)
class SqlResult:
    """Write it as  SELECT {result.rounded(0)}, {result.empty} FROM t {result.joins}.

    num, den: exact fraction, meaningful where empty = 0 (kind number; otherwise "NULL"). truth: boolean, NULL where it
    cannot be told (kind truth; otherwise "NULL"). empty: code of Reason, 0 where there is a number or a truth.
    joins: what to append to the FROM clause, possibly "".
    """

    kind: Kind
    num: str
    den: str
    empty: str
    truth: str
    joins: str

    def rounded(self, decimals: int, mode: Rounding = "half_away") -> str:
        """numeric at that precision, NULL where empty."""
        if self.kind != "number":
            raise ValueError("a truth cannot be rounded; take .truth")
        number = _round(self.num, self.den, decimals, mode)
        return number if self.empty == "0" else f"CASE WHEN {self.empty} = 0 THEN {number} END"


@dataclass(frozen=True, slots=True)
class _Amount:
    num: str
    den: str
    empty: str


@dataclass(frozen=True, slots=True)
class _Verdict:
    truth: str
    empty: str


def compile_sql(node: Node, columns: Mapping[str, tuple[str, str]], alias: str = "x") -> SqlResult:
    """Compile over `columns`: canonical reference -> (SQL of a numeric, SQL of an integer code of Reason).

    These two come from the programmer, never from users; nothing of the expression's own text is interpolated but its
    literals, which the lexer admits as digits and one point only. A NULL code, or a NULL value beside code 0, counts
    as not entered. `alias` prefixes the names of the joined columns. Raises KeyError for a reference without columns.
    """
    compiler = _Compiler(alias)
    compiler.leaves(references(node), columns)
    made = compiler.node(node)
    joins = "".join(compiler.joins)
    if isinstance(made, _Verdict):
        return SqlResult("truth", "NULL", "NULL", made.empty, made.truth, joins)
    return SqlResult("number", made.num, made.den, made.empty, "NULL", joins)


class _Compiler:
    def __init__(self, alias: str) -> None:
        if not alias.isidentifier() or not alias.isascii():
            raise ValueError(f"{alias!r} cannot prefix SQL names: use letters and digits.")
        self.alias = alias
        self.joins: list[str] = []
        self.known: dict[str, _Amount] = {}

    def join(self, columns: Sequence[str]) -> list[str]:
        """Fence expressions as columns of one lateral subquery; gives their names."""
        name = f"{self.alias}{len(self.joins)}"
        listed = ", ".join(f"{sql} AS c{index}" for index, sql in enumerate(columns))
        self.joins.append(f" CROSS JOIN LATERAL (SELECT {listed} OFFSET 0) AS {name}")
        return [f"{name}.c{index}" for index in range(len(columns))]

    def leaves(self, refs: Sequence[Ref], columns: Mapping[str, tuple[str, str]]) -> None:
        """Read each column once, judged: a value within bounds, or 0 and a code from 1 to 7."""
        if not refs:
            return
        made: list[str] = []
        for ref in refs:
            value, code = (f"({sql})" for sql in columns[ref.key])
            fits = f"{value} > -{_BOUND} AND {value} < {_BOUND} AND {value} = round({value}, {DECIMALS})"
            judged = f"WHEN {fits} THEN 0 WHEN {value} IS NOT NULL THEN {Reason.TOO_LONG:d} ELSE {Reason.NOT_ENTERED:d}"
            made.append(f"CASE WHEN {code} = 0 AND {fits} THEN {value} ELSE 0::numeric END")
            made.append(
                f"CASE WHEN {code} = 0 THEN CASE {judged} END"
                f" WHEN {code} BETWEEN 1 AND 7 THEN {code}::integer ELSE {Reason.NOT_ENTERED:d} END"
            )
        names = self.join(made)
        for index, ref in enumerate(refs):
            self.known[ref.key] = _Amount(names[2 * index], "1", names[2 * index + 1])

    def node(self, node: Node) -> _Amount | _Verdict:
        if isinstance(node, Number):
            return _Amount(f"{node.text}::numeric", "1", "0")
        if isinstance(node, Ref):
            return self.known[node.key]
        return self.short(self.made(node))

    def short(self, made: _Amount | _Verdict) -> _Amount | _Verdict:
        """Fence what has grown long, so that parents repeat a name and not the text."""
        if isinstance(made, _Verdict):
            if len(made.truth) + len(made.empty) <= LONG:
                return made
            return _Verdict(*self.join([made.truth, made.empty]))
        parts = [made.num, made.den, made.empty]
        if sum(map(len, parts)) <= LONG:
            return made
        movable = [part for part in parts if part not in ("0", "1")]
        names = dict(zip(movable, self.join(movable), strict=True))
        return _Amount(*(names.get(part, part) for part in parts))

    def made(self, node: Op | Call) -> _Amount | _Verdict:
        if node.name == "if":
            return self.choice(node)
        if node.name in ("and", "or", "not"):
            return _logic(node.name, [self.verdict(arg) for arg in node.args])
        if isinstance(node, Call) and node.name == "round":
            part = self.amount(node.args[0])
            return _Amount(_round(part.num, part.den, places(node), "half_away"), "1", part.empty)
        amounts = [self.amount(arg) for arg in node.args]
        if node.name in COMPARISONS:
            return _compare(node.name, *amounts)
        if node.name == "is_empty":
            return _Verdict(f"({amounts[0].empty} <> 0)", "0")
        if node.name == "given":
            return _Verdict(f"({amounts[0].empty} <= {Reason.NOT_APPLICABLE:d})", "0")
        if node.name in ("min", "max"):
            return self.extreme(node.name, amounts)
        return _NUMBERS[node.name](amounts)

    def extreme(self, name: str, amounts: list[_Amount]) -> _Amount:
        """min, max: of plain columns at once, of fractions pair by pair."""
        if all(part.den == "1" for part in amounts):
            function = {"min": "LEAST", "max": "GREATEST"}[name]
            empty = _calculating(amounts)
            picked = f"{function}({', '.join(part.num for part in amounts)})"
            return _Amount(_unless_empty(picked, empty), "1", empty)
        best = amounts[0]
        for other in amounts[1:]:
            first = f"{_times(best.num, other.den)} {'<=' if name == 'min' else '>='} {_times(other.num, best.den)}"
            empty = _calculating([best, other])
            num = _unless_empty(f"CASE WHEN {first} THEN {best.num} ELSE {other.num} END", empty)
            den = f"CASE WHEN {first} THEN {best.den} ELSE {other.den} END"
            made = self.short(_Amount(num, den, empty))
            assert isinstance(made, _Amount)
            best = made
        return best

    def choice(self, node: Op | Call) -> _Amount | _Verdict:
        condition = self.verdict(node.args[0])

        def pick(first: str, second: str, neither: str) -> str:
            if first == second == neither:
                return first
            return (
                f"CASE WHEN {condition.truth} THEN {first} WHEN NOT {condition.truth} THEN {second} ELSE {neither} END"
            )

        if kind_of(node.args[1]) == "truth":
            yes, no = self.verdict(node.args[1]), self.verdict(node.args[2])
            return _Verdict(_wrap(pick(yes.truth, no.truth, "NULL")), pick(yes.empty, no.empty, condition.empty))
        then, other = self.amount(node.args[1]), self.amount(node.args[2])
        return _Amount(
            pick(then.num, other.num, "0::numeric"),
            pick(then.den, other.den, "1"),
            pick(then.empty, other.empty, condition.empty),
        )

    def amount(self, node: Node) -> _Amount:
        made = self.node(node)
        assert isinstance(made, _Amount), "parse() refuses a truth where a number is needed"
        return made

    def verdict(self, node: Node) -> _Verdict:
        made = self.node(node)
        assert isinstance(made, _Verdict), "parse() refuses a number where a truth is needed"
        return made


def _wrap(sql: str) -> str:
    return f"({sql})"


def _times(first: str, second: str) -> str:
    if first == "1":
        return second
    return first if second == "1" else f"({first} * {second})"


def _unless_empty(number: str, empty: str) -> str:
    return number if empty == "0" else f"CASE WHEN {empty} <= 1 THEN {number} ELSE 0 END"


def _counts(amounts: Sequence[_Amount]) -> str:
    """SQL that is true where every part is a number or nothing arose; "" where that is always so."""
    return " AND ".join(f"{part.empty} <= 1" for part in amounts if part.empty != "0")


def _adding(amounts: Sequence[_Amount]) -> str:
    """The matrix `adding`: not applicable (3) takes no part; of 0, 1, 3 the lowest prevails, of others the highest."""
    codes = list(dict.fromkeys(part.empty for part in amounts))
    if len(codes) == 1:
        return codes[0]
    real = [code for code in codes if code != "0"]
    calm = " AND ".join(f"{code} IN (0, 1, 3)" for code in real)
    worst = ", ".join(f"NULLIF({code}, 3)" for code in real)
    lowest = "0" if "0" in codes else f"LEAST({', '.join(codes)})"
    return f"CASE WHEN {calm} THEN {lowest} ELSE GREATEST({worst}) END"


def _calculating(amounts: Sequence[_Amount]) -> str:
    """The matrix `calculating`: of numbers and nothing arose the lower prevails, otherwise the highest code."""
    codes = list(dict.fromkeys(part.empty for part in amounts))
    if len(codes) == 1:
        return codes[0]
    lowest = "0" if "0" in codes else f"LEAST({', '.join(codes)})"
    return f"CASE WHEN {_counts(amounts)} THEN {lowest} ELSE GREATEST({', '.join(codes)}) END"


def _sum(amounts: Sequence[_Amount]) -> _Amount:
    num, den = amounts[0].num, amounts[0].den
    for part in amounts[1:]:
        num = f"({_times(num, part.den)} + {_times(part.num, den)})"
        den = _times(den, part.den)
    return _Amount(num, den, _adding(amounts))


def _multiply(amounts: Sequence[_Amount]) -> _Amount:
    first, second = amounts
    return _Amount(_times(first.num, second.num), _times(first.den, second.den), _calculating(amounts))


def _negate(part: _Amount) -> _Amount:
    return _Amount(f"(- {part.num})", part.den, part.empty)


def _zero_divisor(amounts: Sequence[_Amount]) -> str:
    codes = ", ".join(dict.fromkeys(part.empty for part in amounts))
    fine = f"CASE WHEN {amounts[1].num} = 0 THEN {Reason.DIVISION_BY_ZERO:d} ELSE 0 END"
    counts = _counts(amounts)
    return f"CASE WHEN {counts} THEN {fine} ELSE GREATEST({codes}) END" if counts else fine


def _divide(amounts: Sequence[_Amount]) -> _Amount:
    top, bottom = amounts
    num = f"({_times(top.num, bottom.den)} * sign({bottom.num}))"
    den = f"CASE WHEN {bottom.num} = 0 THEN 1 ELSE {_times(top.den, f'abs({bottom.num})')} END"
    return _Amount(num, den, _zero_divisor(amounts))


def _change(amounts: Sequence[_Amount]) -> _Amount:
    """(new - old) / |old| * 100: the denominators of old cancel."""
    new, old = amounts
    empty = _zero_divisor(amounts)
    num = f"(({_times(new.num, old.den)} - {_times(old.num, new.den)}) * 100)"
    den = f"CASE WHEN {old.num} = 0 THEN 1 ELSE {_times(new.den, f'abs({old.num})')} END"
    return _Amount(f"CASE WHEN {empty} = 0 THEN {num} ELSE 0 END", den, empty)


def _coalesce(amounts: Sequence[_Amount]) -> _Amount:
    def pick(parts: list[str]) -> str:
        if len(set(parts)) == 1:
            return parts[0]
        tried = zip(amounts[:-1], parts[:-1], strict=True)
        return f"CASE {' '.join(f'WHEN {a.empty} <= 1 THEN {sql}' for a, sql in tried)} ELSE {parts[-1]} END"

    return _Amount(
        pick([part.num for part in amounts]),
        pick([part.den for part in amounts]),
        pick([part.empty for part in amounts]),
    )


def _compare(name: str, left: _Amount, right: _Amount) -> _Verdict:
    sql = f"{_times(left.num, right.den)} {'<>' if name == '!=' else name} {_times(right.num, left.den)}"
    counts = _counts([left, right])
    if not counts:
        return _Verdict(f"({sql})", "0")
    worst = ", ".join(dict.fromkeys([left.empty, right.empty]))
    return _Verdict(f"(CASE WHEN {counts} THEN {sql} END)", f"CASE WHEN {counts} THEN 0 ELSE GREATEST({worst}) END")


def _logic(name: str, verdicts: Sequence[_Verdict]) -> _Verdict:
    """PostgreSQL's own three truths; the reason is asked for only where the outcome is NULL."""
    if name == "not":
        return _Verdict(f"(NOT {verdicts[0].truth})", verdicts[0].empty)
    truth = f"({f' {name.upper()} '.join(part.truth for part in verdicts)})"
    codes = list(dict.fromkeys(part.empty for part in verdicts))
    if codes == ["0"]:
        return _Verdict(truth, "0")
    return _Verdict(truth, f"CASE WHEN {truth} IS NULL THEN GREATEST({', '.join(codes)}) ELSE 0 END")


def _round(num: str, den: str, decimals: int, mode: Rounding) -> str:
    """Exact: div() of numerics gives the whole part of the quotient, whereas / would round before we do."""
    if mode not in MODES:
        raise ValueError(f"rounding {mode!r} is not known; write one of {', '.join(MODES)}.")
    if mode == "half_away" and den == "1":
        return f"round({num}, {decimals:d})"
    top = f"abs({num})" if decimals == 0 else f"(abs({num}) * {_power(decimals)})"
    whole = f"div({top}, {den})"
    if mode == "half_away":
        whole = f"div(2 * {top} + {den}, 2 * {den})"
    elif mode == "up":
        whole = f"({whole} + CASE WHEN mod({top}, {den}) > 0 THEN 1 ELSE 0 END)"
    elif mode == "half_even":
        rest = f"2 * mod({top}, {den})"
        up = f"{rest} > {den} OR ({rest} = {den} AND mod({whole}, 2) = 1)"
        whole = f"({whole} + CASE WHEN {up} THEN 1 ELSE 0 END)"
    return f"round(sign({num}) * {whole} * {_power(-decimals)}, {decimals:d})"


def _power(exponent: int) -> str:
    """10 ** exponent, written out."""
    digits = "1" + "0" * exponent if exponent >= 0 else "0." + "0" * (-exponent - 1) + "1"
    return f"{digits}::numeric"


_NUMBERS: dict[str, Callable[[Sequence[_Amount]], _Amount]] = {
    "+": _sum,
    "sum": _sum,
    "-": lambda parts: _sum([parts[0], _negate(parts[1])]),
    "*": _multiply,
    "/": _divide,
    "change": _change,
    "neg": lambda parts: _negate(parts[0]),
    "abs": lambda parts: _Amount(f"abs({parts[0].num})", parts[0].den, parts[0].empty),
    "coalesce": _coalesce,
}
