"""What a passport says of the checks of a report: those of a figure's cell and of the cells it is made from; whose
figures passed because somebody explained them."""

from collections.abc import Collection, Iterable
from typing import Any

from dienhong.base.brief import brief
from dienhong.indicators.models import Evidence
from dienhong.reporting.checks import in_words, row_names
from dienhong.reporting.explanations import counting
from dienhong.reporting.figures import SECONDS, checks_of, form_of
from dienhong.reporting.models import CheckResult, CheckRule, Explanation, FormCell, Version
from dienhong.rules import expressions

Outcome, Severity = CheckResult.Outcome, CheckRule.Severity


def cells_at(regime_version: int, ref: str) -> list[FormCell]:
    """The cells of the form that stand in that place of the workbook."""
    sheet, _bang, address = ref.rpartition("!")
    return [cell for cell in form_of(regime_version) if (cell.sheet, cell.address) == (sheet, address)]


def parts_of(regime_version: int, keys: Collection[str]) -> set[str]:
    """The cells that computed cells of these keys are made from, down to what was typed; without the keys."""
    by_key = {cell.key: cell for cell in form_of(regime_version)}
    found: set[str] = set()
    waiting = set(keys)
    while waiting:
        cell = by_key.get(waiting.pop())
        if cell is not None and cell.kind == FormCell.Kind.COMPUTED and cell.formula:
            read = {each.code for each in expressions.reads(cell.formula) if not each.period}
            waiting |= read - found
            found |= read
    return found - set(keys)


@brief(SECONDS)
def _names(regime_version: int, lang: expressions.Lang) -> dict[str, str]:
    return row_names(form_of(regime_version), lang)


@brief(SECONDS)
def _asked(regime_version: int, lang: expressions.Lang) -> list[tuple[CheckRule, frozenset[str], str]]:
    """Each check of the form in its order: the cells it reads, and what it asks in words."""
    names = _names(regime_version, lang)
    return [(rule, frozenset(rule.cells), in_words(rule, names, lang)) for rule in checks_of(regime_version)]


def checks(version: Version, ref: str, lang: expressions.Lang) -> list[dict[str, Any]]:
    """The checks that name the figure's cell, then those of the cells it is computed from, each with `of`, whose it
    is; all of them where no check's cell stands there."""
    form = version.regime_version_id
    mine = {cell.key for cell in cells_at(form, ref)}
    behind = parts_of(form, mine)
    wanted = [one for one in _asked(form, lang) if not mine or one[1] & (mine | behind)]
    results = {row.rule_id: row for row in version.check_results.filter(rule__in=[rule.pk for rule, _, _ in wanted])}
    failed = any(row.outcome == Outcome.FAILED for row in results.values())
    explained, names = counting(version) if failed else {}, _names(form, lang)
    places = {cell.key: cell.address for cell in form_of(form)}
    own, theirs = [], []
    for rule, read, words in wanted:
        if rule.pk not in results:
            continue
        result = results[rule.pk]
        said = {
            "key": rule.key,
            "severity": rule.severity,
            "outcome": result.outcome,
            "expression": rule.expression,
            "sentence": getattr(result, f"sentence_{lang}") or words,
            "explanation": explained[rule.pk].text if rule.pk in explained else "",
            "explained_in": explained[rule.pk].since if rule.pk in explained else None,
            "of": "",
        }
        if not mine or mine & read:
            own.append(said)
        else:
            of = sorted(behind & read, key=lambda key: places[key])
            theirs.append(said | {"of": ", ".join(f"{places[key]} {names[key]}" for key in of)})
    return own + theirs


def explained(batch_ids: Collection[int], series: Iterable[tuple[int, int]]) -> set[int]:
    """Of the batches, those whose cell of one of these series, (indicator, breakdown), stands although a check warned,
    because the warning was explained; also where a cell that it is computed from was warned of."""
    rows = Evidence.objects.filter(batch__in=batch_ids, kind="submission_version").values_list("key", "batch")
    batches = {int(key): batch for key, batch in rows}
    warned = CheckResult.objects.filter(
        version__in=batches, outcome=Outcome.FAILED, rule__severity=Severity.WARNING
    ).values_list("version", "version__regime_version", "rule", "rule__cells")
    wanted, told = set(series), list(warned)
    if not told:
        return set()
    said = set(Explanation.objects.filter(version__in={row[0] for row in told}).values_list("version", "rule"))
    forms: dict[int, set[str]] = {}
    for form in {row[1] for row in told}:
        own = {cell.key for cell in form_of(form) if (cell.indicator_id, cell.breakdown_id) in wanted}
        forms[form] = own | parts_of(form, own)
    return {
        batches[version] for version, form, rule, cells in told if (version, rule) in said and forms[form] & set(cells)
    }


def computed(version_id: int, ref: str, lang: expressions.Lang) -> str:
    """How a computed cell is made from the cells beside it, "C7 + C8"; "" for one that somebody entered."""
    if not ref:
        return ""
    sheet = ref.rpartition("!")[0]
    form = Version.objects.values_list("regime_version", flat=True).get(pk=version_id)
    cell = next((each for each in cells_at(form, ref) if each.kind == FormCell.Kind.COMPUTED), None)
    if cell is None or not cell.formula:
        return ""
    places = {
        each.key: each.address if each.sheet == sheet else f"{each.sheet}!{each.address}" for each in form_of(form)
    }
    return expressions.describe(expressions.parse(cell.formula), places, lang)
