"""Judging a version as a whole: cells not understood or not filled, and every check. Nothing is written here."""

from dataclasses import dataclass, field, replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base.number_problems import MAX_INTEGER_DIGITS
from dienhong.base.numbers import parse_cell
from dienhong.base.refusal import Fault
from dienhong.reporting import checks, explanations, narratives
from dienhong.reporting.figures import Figure, cells_of, checks_of, earlier_figures, figures, word_problem
from dienhong.reporting.models import CheckResult, CheckRule, FormCell, Version
from dienhong.reporting.regime_judges import NARRATIVE
from dienhong.reporting.states import EDITABLE, state_of


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the entry screen, the leader's page and `submit` need to know of a version."""

    cells: list[FormCell]
    now: dict[str, Figure]
    prev: dict[str, Figure]
    year_before: dict[str, Figure]
    cell_faults: list[Fault]
    findings: list[checks.Finding]
    explained: dict[int, str]
    """Explanation by rule: the latest; one repeated from an earlier version only where its figures are unchanged."""
    narrative_faults: list[Fault] = field(default_factory=list)
    repeated: dict[int, int] = field(default_factory=dict)
    """Of the explanations, those repeated: rule -> number of the version in which it was written."""


def judge(version: Version) -> Review:
    """Read the version's figures and the earlier ones, and run every check of its regime version.

    Of a version that was handed on, the checks stand as they came out then, as in its passport: an earlier period that
    was corrected since makes no new warning that nobody was asked about, and takes none away that was explained.
    """
    cells = cells_of(version.regime_version)
    now = figures(version, cells)
    prev = earlier_figures(version, cells, "prev")
    year_before = earlier_figures(version, cells, "year_before")
    by_key = {cell.key: cell for cell in cells}
    by_period = {"": now, "prev": prev, "year_before": year_before}
    texts = {key: row.text for key, row in narratives.latest(version).items()} if narratives.outline(version) else {}
    differing = narratives.differences(texts, by_key, now)
    if texts:
        extra = narratives.for_checks(differing, narratives.outline(version))
        by_period |= {**extra, "": {**now, **extra[""]}}
    rules = list(checks_of(version.regime_version_id))
    findings = _as_handed_on(version, rules) or checks.run(rules, by_key, by_period)
    said = tuple(dict.fromkeys(one.cell.key for one in differing))
    findings = [replace(one, about=said) if said and NARRATIVE in one.rule.expression else one for one in findings]
    counting = explanations.counting(version, now)
    explained = {rule: one.text for rule, one in counting.items()}
    repeated = {rule: one.since for rule, one in counting.items() if one.since}
    faults = [fault for cell in cells if (fault := _cell_fault(cell, now[cell.key]))]
    lang = "en" if get_language() == "en" else "vi"
    unwritten = narratives.faults(version, texts, by_key, lang)
    return Review(cells, now, prev, year_before, faults, findings, explained, unwritten, repeated)


def _as_handed_on(version: Version, rules: list[CheckRule]) -> list[checks.Finding]:
    """How the checks came out when the version was handed to the leader; [] of one that is being entered."""
    kept = {row.rule_id: row for row in version.check_results.all()}
    if not kept or state_of(version) in EDITABLE:
        return []
    return [_as_kept(rule, kept[rule.pk]) for rule in rules if rule.pk in kept]


def _as_kept(rule: CheckRule, row: CheckResult) -> checks.Finding:
    failed = row.outcome == CheckResult.Outcome.FAILED
    sentences = {"vi": row.sentence_vi, "en": row.sentence_en} if failed else {}
    return checks.Finding(rule, CheckResult.Outcome(row.outcome), sentences)


def missing(cell: FormCell, figure: Figure) -> bool:
    """Whether the form asks for this cell and nothing stands in it."""
    return bool(cell.required and cell.kind != FormCell.Kind.COMPUTED and figure.empty is None and not figure.problem)


def _cell_fault(cell: FormCell, figure: Figure) -> Fault | None:
    if figure.problem:
        return Fault(figure.problem, problem_sentence(cell, figure), cell.key, figure.typed)
    if not missing(cell, figure):
        return None
    sentence = _("%(cell)s chưa nhập. Không phát sinh thì gõ dấu gạch ngang, chưa có số thì gõ ba chấm.")
    label = cell.label_en if get_language() == "en" else cell.label_vi
    return Fault("blank", sentence % {"cell": f"{cell.address}, {label}"}, cell.key)


def problem_sentence(cell: FormCell, figure: Figure) -> str:
    """Why the text of a cell is not understood, said again in the reader's language."""
    if cell.kind == FormCell.Kind.COMPUTED:
        label = cell.label_en if get_language() == "en" else cell.label_vi
        said = _("%(cell)s, %(label)s: kết quả dài hơn %(n)d chữ số, không ghi được; xem lại các ô cộng vào.")
        return said % {"cell": cell.address, "label": label, "n": MAX_INTEGER_DIGITS}
    if cell.kind == FormCell.Kind.NUMBER:
        ways = ("en", "vi") if get_language() == "en" else ("vi", "en")  # it may have been typed on the other's page
        read = (parse_cell(figure.typed, decimals=cell.decimals, locale=way).problem for way in ways)
        problem = next(filter(None, read), None)
    else:
        problem = word_problem(cell, figure.typed.strip())
    if problem:
        return problem.sentence("en" if get_language() == "en" else "vi")
    return _("“%(text)s” không đọc được cho ô này; xem lại rồi nhập lại.") % {"text": figure.typed[:40]}
