"""What a regime folder must say, and must not say against itself, before it loads. Each refusal is a sentence.

The sheet: the elements of Article 7 of Decree 09/2019/NĐ-CP, tiers in order, a working day between the end of the
window and each deadline (Article 8(5)). The form: addresses, keys, languages, formulas. The checks: keys, expressions,
sentences. Nothing here reads the database: days off are those bundled with the units.
"""

import datetime as dt
import re
from collections.abc import Iterable
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from dienhong.base import periods
from dienhong.organizations import bundle
from dienhong.reporting import due
from dienhong.reporting.regime_shapes import KINDS, NUMERIC, Cell, Check, fault
from dienhong.rules import expressions
from dienhong.rules.expressions.nodes import COMPARISONS, Op
from dienhong.rules.workdays import Calendar

# Article 7: name, content, reporters, receiver, channels, deadline, frequency, cut-off, outline, data form.
REQUIRED = (
    *("code", "name", "kind", "calendar", "frequency", "content", "valid_from", "lead_agency", "legal_basis"),
    *("tiers", "cutoff", "channels"),
)
REGIME_KINDS = ("periodic", "thematic", "ad_hoc")
SIGNERS = ("people_committee", "market_department")
CONTENTS = ("figures", "narrative", "both")
CHANNELS = ("grid", "upload", "api", "fallback")
CUTOFFS = {"decree_default": ("decree09",), "calendar": ("calendar", "day", "week_thu"), "event": ("event",)}
POLICIES = ("keep", "next", "previous")
SEVERITIES = ("error", "warning")
MEASURES = ("value", "to_cutoff", "full_estimate")
EARLIER = ("", "prev", "year_before")
OWN_WORDS = ("label", "value", "previous", "year_before", "change")
WORDS = (*OWN_WORDS, "difference", "narrative")
NARRATIVE = "narrative.differences"
"""What the texts of a report say otherwise than its form: how many such figures. A check may ask for it."""
_AT = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,5}")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,39}")
_SECTION = re.compile(r"[a-z][a-z0-9_]{0,39}")


def both(text: Any) -> bool:
    """Whether a text stands in Vietnamese and English."""
    return isinstance(text, dict) and all(isinstance(text.get(lang), str) and text[lang] for lang in ("vi", "en"))


def judge_sheet(path: Path, sheet: dict[str, Any]) -> None:
    """Elements 1 to 9 of Article 7."""
    for name in REQUIRED:
        if not sheet.get(name):
            raise fault(path, "regime.yaml", name, "is empty; Article 7 of Decree 09/2019 asks for it")
    if sheet.get("secrecy"):
        raise fault(path, "regime.yaml", "secrecy", "a regime on state secrets does not belong in this system")
    if not both(sheet["name"]):
        raise fault(path, "regime.yaml", "name", "needs a text in vi and en")
    _one_of(path, "kind", sheet["kind"], REGIME_KINDS)
    _one_of(path, "calendar", sheet["calendar"], tuple(periods.CALENDARS))
    _one_of(path, "content", sheet["content"], CONTENTS)
    for kind in sheet["frequency"]:
        _one_of(path, "frequency", kind, periods.CALENDARS[sheet["calendar"]])
    for channel in sheet["channels"]:
        _one_of(path, "channels", channel, CHANNELS)
    if not isinstance(sheet["valid_from"], dt.date):
        raise fault(path, "regime.yaml", "valid_from", f"{sheet['valid_from']!r} is not a day; write 2020-01-01")
    _judge_cutoff(path, sheet)
    if sheet.get("reconstructed") and not both(sheet.get("reconstructed_from")):
        raise fault(path, "regime.yaml", "reconstructed_from", "says in vi and en from what the form was reconstructed")
    _judge_outline(path, sheet)
    _judge_tiers(path, sheet)


def _one_of(path: Path, place: str, said: Any, known: Iterable[str], file: str = "regime.yaml") -> None:
    if said not in tuple(known):
        raise fault(path, file, place, f"{said!r} is unknown; write one of {', '.join(known)}")


def _judge_cutoff(path: Path, sheet: dict[str, Any]) -> None:
    cutoff = sheet["cutoff"]
    if not both(cutoff):
        raise fault(path, "regime.yaml", "cutoff", "says in vi and en from which day to which day figures are taken")
    _one_of(path, "cutoff.rule", cutoff.get("rule"), CUTOFFS)
    if sheet["calendar"] not in CUTOFFS[cutoff["rule"]]:
        raise fault(path, "regime.yaml", "cutoff.rule", f"{cutoff['rule']} contradicts calendar {sheet['calendar']}")


def _judge_outline(path: Path, sheet: dict[str, Any]) -> None:
    """Element 9: sections with a key, a title, and whether the report may go without them."""
    outline = sheet.get("outline") or []
    if sheet["content"] != "figures" and not outline:
        raise fault(path, "regime.yaml", "outline", "is empty, but the content has narrative")
    if sheet["content"] == "figures" and outline:
        raise fault(path, "regime.yaml", "outline", "has sections, but the content is figures only")
    seen: set[str] = set()
    for section in outline:
        key = str(section.get("key", ""))
        if not _SECTION.fullmatch(key) or key in seen:
            raise fault(path, "regime.yaml", f"outline.{key}", "a section needs a key of its own in a-z, 0-9 and _")
        seen.add(key)
        if not both(section.get("title")) or not isinstance(section.get("required"), bool):
            raise fault(
                path, "regime.yaml", f"outline.{key}", "needs a title in vi and en, and required: true or false"
            )
        if section.get("guide") and not both(section["guide"]):
            raise fault(path, "regime.yaml", f"outline.{key}", "has a guide in one language; write it in vi and en")


def _judge_tiers(path: Path, sheet: dict[str, Any]) -> None:
    keys = [str(tier.get("key", "?")) for tier in sheet["tiers"]]
    if len(set(keys)) < len(keys):
        raise fault(path, "regime.yaml", "tiers", f"a tier is named twice: {', '.join(keys)}")
    for place, tier in enumerate(sheet["tiers"]):
        for name in ("key", "reporters", "receiver", "due"):
            if not tier.get(name):
                raise fault(path, "regime.yaml", f"tiers.{keys[place]}", f"has no {name}: each tier states its own")
        _judge_tier(path, sheet, tier, keys[place + 1 :])
    if all(tier.get("opens") == "later" for tier in sheet["tiers"]):
        raise fault(path, "regime.yaml", "tiers", "every tier opens later: nobody would owe the report")
    samples = _samples(sheet)
    for lower, upper in zip(sheet["tiers"], sheet["tiers"][1:], strict=False):
        for sample in samples:
            if due.nominal(lower["due"], sample) >= due.nominal(upper["due"], sample):
                raise fault(
                    path,
                    "regime.yaml",
                    f"tiers.{upper['key']}.due",
                    f"is not after that of {lower['key']} ({sample.key}): a tier needs the reports of the one below",
                )
    if sheet["kind"] == "periodic":
        for tier in sheet["tiers"]:
            _judge_working_day(path, tier, samples)


def _judge_tier(path: Path, sheet: dict[str, Any], tier: dict[str, Any], above: list[str]) -> None:
    place = f"tiers.{tier['key']}"
    if not tier["reporters"].get("kinds"):
        raise fault(path, "regime.yaml", f"{place}.reporters", "names no kinds of unit")
    receiver = tier["receiver"]
    if receiver.get("tier"):
        if receiver["tier"] not in above:
            raise fault(path, "regime.yaml", f"{place}.receiver", f"{receiver['tier']!r} is no tier above this one")
        if tier.get("opens") != "later":
            raise fault(
                path,
                "regime.yaml",
                f"{place}.opens",
                "must be later: reports are not yet added up through tiers, so only a tier received by an agency opens",
            )
    elif not (receiver.get("scheme") and receiver.get("code")):
        raise fault(path, "regime.yaml", f"{place}.receiver", "needs scheme and code of an agency, or a tier above")
    if tier.get("opens", "later") != "later":
        raise fault(path, "regime.yaml", f"{place}.opens", f"{tier['opens']!r} is unknown; write later or leave it out")
    if tier.get("signs", SIGNERS[0]) not in SIGNERS:
        raise fault(path, "regime.yaml", f"{place}.signs", f"{tier['signs']!r} is unknown; known: {', '.join(SIGNERS)}")
    if tier.get("note") and not both(tier["note"]):
        raise fault(path, "regime.yaml", f"{place}.note", "stands in one language; write it in vi and en")
    _judge_due(path, sheet, f"{place}.due", tier["due"])


def _judge_due(path: Path, sheet: dict[str, Any], place: str, rule: dict[str, Any]) -> None:
    if not _AT.fullmatch(str(rule.get("at", due.DEFAULT_HOUR))):
        raise fault(path, "regime.yaml", place, f'at {rule["at"]!r} is no time of day; write "17:00"')
    _one_of(path, place, rule.get("policy", due.DEFAULT_POLICY), POLICIES)
    named = [name for name in ("after_days", "day") if name in rule]
    if len(named) > 1 or ("month" in rule and "day" not in rule):
        raise fault(path, "regime.yaml", place, "names its day twice or half: day, or month and day, or after_days")
    if not named and sheet["kind"] == "periodic":
        raise fault(path, "regime.yaml", place, "names no day: write day, or month and day, or after_days")
    if not rule.get("basis"):
        raise fault(
            path, "regime.yaml", place, "has no basis: name the article, and (unconfirmed) where it was inferred"
        )
    try:
        for sample in _samples(sheet):
            due.nominal(rule, sample)
    except (ValueError, TypeError) as error:
        raise fault(path, "regime.yaml", place, f"gives no day in every period: {error}") from error


def _judge_working_day(path: Path, tier: dict[str, Any], samples: list[periods.Period]) -> None:
    """Article 8(5): at least one working day between the window's end and the deadline; exceptions say their basis."""
    rule = tier["due"]
    exception = rule.get("exception")
    if exception:
        if not (isinstance(exception, dict) and exception.get("basis")):
            raise fault(path, "regime.yaml", f"tiers.{tier['key']}.due.exception", "has no basis: name the article")
        return
    for sample in samples:
        day = due.due_time(rule, sample, _bundled_holidays()).date()
        if _bundled_holidays().working_days_between(sample.last, day) < 1:
            raise fault(
                path,
                "regime.yaml",
                f"tiers.{tier['key']}.due",
                f"no working day lies between the end of {sample.key} ({sample.last:%d/%m/%Y}) and {day:%d/%m/%Y}; "
                "Article 8(5) of Decree 09/2019 asks for one: move the day or name the basis of an exception",
            )


@cache
def _bundled_holidays() -> Calendar:
    return Calendar({dt.date.fromisoformat(row["date"]): row["kind"] for row in bundle.table("holidays.csv")})


def _samples(sheet: dict[str, Any]) -> list[periods.Period]:
    """The regime's periods in the years whose days off are known, or its first ones; for events one of three days."""
    if sheet["calendar"] == "event":
        return [periods.event("sample", 1, dt.date(2020, 10, 6), dt.date(2020, 10, 8))]
    years = sorted({int(row["date"][:4]) for row in bundle.table("holidays.csv")})
    first, last = max(sheet["valid_from"], dt.date(years[0] + 1, 1, 1)), dt.date(years[-1], 12, 1)
    if first > last:
        first, last = sheet["valid_from"], sheet["valid_from"] + dt.timedelta(days=400)
    found = [p for kind in sheet["frequency"] for p in periods.periods(sheet["calendar"], kind, first, last)]
    return [p for p in found if p.last <= last]


def judge_forms(path: Path, sheet: dict[str, Any], forms: list[dict[str, Any]]) -> None:
    """Element 10: what the reader of cells relies on, in both languages."""
    if sheet["content"] != "narrative" and not forms:
        raise fault(path, "form.yaml", "forms", "is empty, but the content has figures")
    for form in forms:
        place = str(form.get("key", "?"))
        for name in ("key", "sheet", "title", "first_row", "rows"):
            if not form.get(name):
                raise fault(path, "form.yaml", place, f"has no {name}")
        if not both(form["title"]):
            raise fault(path, "form.yaml", place, "needs a title in vi and en")
        if len(form["sheet"]) > 31:
            raise fault(path, "form.yaml", form["sheet"], "a sheet name has at most 31 characters")
        for column in form.get("columns") or []:
            if not (column.get("key") and column.get("letter") and both(column.get("label"))):
                raise fault(path, "form.yaml", f"column of {place}", "needs a key, a letter and a label in vi and en")
        for index, row in enumerate(form["rows"]):
            named = row.get("heading") or _KEY.fullmatch(str(row.get("key", "")))
            if not named or not both(row.get("label")):
                where = row.get("key") or f"row {index + 1} of {place}"
                raise fault(path, "form.yaml", str(where), "needs a key and a label in vi and en")


def judge_cells(path: Path, cells: list[Cell]) -> None:
    """Keys and addresses once, kinds known, formulas readable and in no circle."""
    seen: set[str] = set()
    for cell in cells:
        place = f"{cell.sheet}!{cell.address}"
        if cell.key in seen or place in seen:
            raise fault(path, "form.yaml", cell.key, "this key or address is used twice")
        seen |= {cell.key, place}
        if not _ADDRESS.fullmatch(cell.address):
            raise fault(path, "form.yaml", cell.key, f"{cell.address} is no address of a sheet")
        _one_of(path, cell.key, cell.kind, KINDS, "form.yaml")
        _one_of(path, cell.key, cell.measure, MEASURES, "form.yaml")
        if cell.kind == "choice" and not cell.choices:
            raise fault(path, "form.yaml", cell.key, "is a choice without choices")
        if cell.kind in NUMERIC and not both(cell.unit):
            raise fault(path, "form.yaml", cell.key, "has no unit in vi and en")
        if len(cell.key) > 60 or len(cell.formula) > 500:
            raise fault(path, "form.yaml", cell.key, "a key has at most 60 characters, a formula at most 500")
    _judge_formulas(path, cells)


def _judge_formulas(path: Path, cells: list[Cell]) -> None:
    known = {cell.key: cell for cell in cells}
    inputs: dict[str, set[str]] = {}
    for cell in cells:
        if not cell.formula:
            continue
        for reference in _references(path, "form.yaml", cell.key, cell.formula, "number"):
            if reference.code not in known:
                raise fault(
                    path, "form.yaml", cell.key, f"refers to [{reference.code}], which no cell of the form is called"
                )
            if reference.period or known[reference.code].kind not in NUMERIC:
                raise fault(
                    path, "form.yaml", cell.key, f"adds {reference.key}: a formula reads figures of the same report"
                )
            inputs.setdefault(cell.key, set()).add(reference.code)
    try:
        TopologicalSorter(inputs).prepare()
    except CycleError as error:
        raise fault(
            path, "form.yaml", str(error.args[1][0]), f"is computed from itself: {' ← '.join(error.args[1])}"
        ) from error


def _references(path: Path, file: str, place: str, text: str, expects: expressions.Kind) -> list[expressions.Ref]:
    try:
        return list(expressions.references(expressions.parse(text, expects)))
    except expressions.ExpressionError as error:
        raise fault(path, file, place, str(error)) from error


def judge_checks(path: Path, sheet: dict[str, Any], cells: list[Cell], checks: list[Check]) -> None:
    """Keys once, severities known, expressions over cells that exist, sentences that can be filled."""
    known = {cell.key for cell in cells}
    if sheet["content"] != "figures":
        known.add(NARRATIVE)
    seen: set[str] = set()
    for check in checks:
        if check.key in seen or len(check.key) > 60:
            raise fault(path, "checks.yaml", check.key, "this key is used twice, or longer than 60 characters")
        seen.add(check.key)
        _one_of(path, check.key, check.severity, SEVERITIES, "checks.yaml")
        for reference in _references(path, "checks.yaml", check.key, check.expression, "truth"):
            if reference.code not in known:
                raise fault(
                    path, "checks.yaml", check.key, f"refers to [{reference.code}], which no cell of the form is called"
                )
            if reference.period not in EARLIER:
                raise fault(
                    path, "checks.yaml", check.key, f"@{reference.period} is no period; write @prev, @year_before"
                )
        if not check.cells:
            raise fault(path, "checks.yaml", check.key, "points at no cell: write cells, so that a person finds it")
        for cell_key in check.cells:
            if cell_key not in known or cell_key == NARRATIVE:
                raise fault(
                    path, "checks.yaml", check.key, f"points at {cell_key}, which no cell of the form is called"
                )
        _judge_sentence(path, check, known)


def _judge_sentence(path: Path, check: Check, known: set[str]) -> None:
    if not both(check.sentence):
        raise fault(path, "checks.yaml", check.key, "needs its sentence in vi and en")
    for lang in ("vi", "en"):
        for found in re.findall(r"\{([^{}]*)\}", check.sentence[lang]):
            name, _, period = found.partition("@")
            if (name not in WORDS and name not in known) or period not in EARLIER or (period and name in WORDS):
                raise fault(
                    path,
                    "checks.yaml",
                    check.key,
                    f"{{{found}}} in the sentence ({lang}) is no cell and none of {', '.join(WORDS)}",
                )
            if name == "difference" and not _compares(check.expression):
                raise fault(
                    path, "checks.yaml", check.key, f"{{difference}} ({lang}) needs two sides: a comparison, unwrapped"
                )


def _compares(text: str) -> bool:
    node = expressions.parse(text)
    return isinstance(node, Op) and node.name in COMPARISONS
