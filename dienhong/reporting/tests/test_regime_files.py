"""What a regime folder is refused for, each with file, place and sentence; and what the real folders hold to."""

import copy
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dienhong.reporting import checks_system, examples, regime_files
from dienhong.reporting.narratives import REFERENCE
from dienhong.reporting.regime_files import RegimeFault

FOLDERS = regime_files.folders()
SHEET: dict[str, Any] = yaml.safe_load("""
code: RR99
name: {vi: Thử, en: Trial}
kind: periodic
calendar: decree09
frequency: [month]
content: both
valid_from: 2020-01-01
lead_agency: OOG
legal_basis: [Nghị định 09/2019/NĐ-CP]
tiers:
  - {key: team, opens: later, reporters: {kinds: [team]}, receiver: {tier: province}, due: {day: 17, basis: Điều 12}}
  - key: province
    reporters: {kinds: [province]}
    receiver: {scheme: agency, code: OOG}
    due: {day: 20, basis: Điều 12}
cutoff: {rule: decree_default, vi: từ 15 đến 14, en: 15th to 14th}
channels: [grid]
outline: [{key: first, required: true, title: {vi: Mục, en: Section}}]
""")
FORM: dict[str, Any] = yaml.safe_load("""
forms:
  - key: main
    sheet: Biểu
    title: {vi: Biểu, en: Form}
    unit: {vi: vụ, en: cases}
    first_row: 5
    columns: [{key: v, letter: C, label: {vi: Kỳ, en: Period}}]
    rows:
      - {key: r1, label: {vi: Tổng, en: Total}, indicator: S.04.101, formula: "[r2] + [r3]"}
      - {key: r2, label: {vi: Một, en: One}, indicator: S.04.101, breakdown: {inspection_kind: planned}}
      - {key: r3, label: {vi: Hai, en: Two}, indicator: S.04.101, breakdown: {inspection_kind: unplanned}}
      - {key: r4, label: {vi: Lời, en: Words}, kind: text}
""")
CHECKS: dict[str, Any] = yaml.safe_load("""
checks:
  - key: order
    severity: error
    expression: "[r2] <= [r1]"
    cells: [r2]
    sentence: {vi: "{label}: {value} vượt {r1} là {difference}", en: "{label}: {value} exceeds {r1} by {difference}"}
""")
_numbers = itertools.count()
Change = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Change], Path]:
    """Write the small folder with one change made to (sheet, form, checks)."""

    def write(change: Change = lambda sheet, form, checks: None) -> Path:
        parts = [copy.deepcopy(one) for one in (SHEET, FORM, CHECKS)]
        change(*parts)
        path = tmp_path / f"rr99_{next(_numbers)}"  # reading is remembered by path
        path.mkdir()
        for name, part in zip(regime_files.FILES, parts, strict=True):
            (path / name).write_text(yaml.safe_dump(part, allow_unicode=True), encoding="utf-8")
        return path

    return write


def refused(path: Path) -> str:
    with pytest.raises(RegimeFault) as found:
        regime_files.read(path)
    return str(found.value).removeprefix(f"regimes/{path.name}/")


def test_the_small_folder_is_read(folder: Callable[..., Path]) -> None:
    read = regime_files.read(folder())
    assert [(cell.key, cell.kind, cell.address, cell.required) for cell in read.cells] == [
        ("r1", "computed", "C5", True),
        ("r2", "number", "C6", True),
        ("r3", "number", "C7", True),
        ("r4", "text", "C8", False),
    ]


def _tier(number: int, **said: Any) -> Change:
    return lambda sheet, form, checks: sheet["tiers"][number].update(said)


def _due(number: int, **said: Any) -> Change:
    return lambda sheet, form, checks: sheet["tiers"][number].update(due={"basis": "Điều 12", **said})


def _row(number: int, **said: Any) -> Change:
    return lambda sheet, form, checks: form["forms"][0]["rows"][number].update(said)


def _rule(**said: Any) -> Change:
    return lambda sheet, form, checks: checks["checks"][0].update(said)


def _say(**said: Any) -> Change:
    return lambda sheet, form, checks: sheet.update(said)


REFUSALS: list[tuple[str, Change, str]] = [
    ("no name", _say(name=None), "regime.yaml, name: is empty; Article 7"),
    ("name in one language", _say(name={"vi": "Thử"}), "regime.yaml, name: needs a text in vi and en"),
    ("secret", _say(secrecy="mật"), "regime.yaml, secrecy: a regime on state secrets does not belong"),
    ("unknown kind", _say(kind="sometimes"), "regime.yaml, kind: 'sometimes' is unknown"),
    ("unknown calendar", _say(calendar="lunar"), "regime.yaml, calendar: 'lunar' is unknown"),
    ("frequency of another calendar", _say(frequency=["week"]), "regime.yaml, frequency: 'week' is unknown"),
    ("unknown channel", _say(channels=["pigeon"]), "regime.yaml, channels: 'pigeon' is unknown"),
    ("valid_from no day", _say(valid_from="2020"), "regime.yaml, valid_from: '2020' is not a day"),
    (
        "cut-off against calendar",
        _say(cutoff={"rule": "calendar", "vi": "tháng", "en": "month"}),
        "regime.yaml, cutoff.rule: calendar contradicts calendar decree09",
    ),
    ("reconstructed from nothing", _say(reconstructed=True), "regime.yaml, reconstructed_from: says in vi and en"),
    ("narrative without outline", _say(outline=[]), "regime.yaml, outline: is empty, but the content has narrative"),
    ("outline without narrative", _say(content="figures"), "regime.yaml, outline: has sections, but the content is"),
    (
        "section in one language",
        _say(outline=[{"key": "first", "required": True, "title": {"vi": "Mục"}}]),
        "regime.yaml, outline.first: needs a title in vi and en",
    ),
    (
        "section twice",
        lambda sheet, form, checks: sheet["outline"].append(copy.deepcopy(sheet["outline"][0])),
        "regime.yaml, outline.first: a section needs a key of its own",
    ),
    ("tier without receiver", _tier(1, receiver=None), "regime.yaml, tiers.province: has no receiver"),
    ("tier without due", _tier(0, due=None), "regime.yaml, tiers.team: has no due: each tier states its own"),
    ("tier twice", _tier(0, key="province"), "regime.yaml, tiers: a tier is named twice"),
    ("received by no tier", _tier(0, receiver={"tier": "nation"}), "tiers.team.receiver: 'nation' is no tier above"),
    ("lower tier opens now", _tier(0, opens=None), "regime.yaml, tiers.team.opens: must be later"),
    ("nobody owes", _tier(1, opens="later"), "regime.yaml, tiers: every tier opens later: nobody would owe"),
    ("tiers on one day", _due(0, day=20), "regime.yaml, tiers.province.due: is not after that of team"),
    ("tiers the wrong way", _due(0, day=21), "regime.yaml, tiers.province.due: is not after that of team"),
    ("no hour", _due(1, day=20, at="5pm"), "regime.yaml, tiers.province.due: at '5pm' is no time of day"),
    ("unknown policy", _due(1, day=20, policy="soon"), "regime.yaml, tiers.province.due: 'soon' is unknown"),
    ("no day of due", _due(1, at="17:00"), "regime.yaml, tiers.province.due: names no day"),
    ("two days of due", _due(1, day=20, after_days=3), "regime.yaml, tiers.province.due: names its day twice or half"),
    ("30 February", _due(1, day=30), "regime.yaml, tiers.province.due: gives no day in every period"),
    ("due without basis", _tier(1, due={"day": 20}), "regime.yaml, tiers.province.due: has no basis"),
    (
        "no working day before the deadline",
        _due(0, day=15, policy="keep"),
        "regime.yaml, tiers.team.due: no working day lies between the end of 2020-M02 (14/02/2020) and 15/02/2020",
    ),
    (
        "exception without basis",
        _due(0, day=15, policy="keep", exception=True),
        "regime.yaml, tiers.team.due.exception: has no basis",
    ),
    ("row in one language", _row(1, label={"vi": "Một"}), "form.yaml, r2: needs a key and a label in vi and en"),
    ("row without key", _row(1, key=""), "form.yaml, row 2 of main: needs a key and a label"),
    ("key twice", _row(2, key="r2"), "form.yaml, r2: this key or address is used twice"),
    ("unknown cell kind", _row(3, kind="picture"), "form.yaml, r4: 'picture' is unknown"),
    ("choice without choices", _row(3, kind="choice"), "form.yaml, r4: is a choice without choices"),
    ("decimals in words", _row(1, decimals="two"), "form.yaml, r2: decimals 'two'; write a whole number"),
    (
        "no unit",
        lambda sheet, form, checks: form["forms"][0].pop("unit"),
        "form.yaml, r1: has no unit in vi and en",
    ),
    ("formula of nothing", _row(0, formula="[r2] + [r9]"), "form.yaml, r1: refers to [r9], which no cell"),
    ("formula of a text", _row(0, formula="[r2] + [r4]"), "form.yaml, r1: adds [r4]: a formula reads figures"),
    ("formula of last period", _row(0, formula="[r2]@prev"), "form.yaml, r1: adds [r2]@prev: a formula reads figures"),
    ("formula that is a condition", _row(0, formula="[r2] = 1"), "form.yaml, r1:"),
    ("computed from itself", _row(0, formula="[r1] + [r2]"), "form.yaml, r1: is computed from itself"),
    ("computed in a circle", _row(1, formula="[r1] - [r3]"), "is computed from itself: r1 ← r2 ← r1"),
    ("check without sentence", _rule(sentence=None), "checks.yaml, order: has no sentence"),
    ("sentence in one language", _rule(sentence={"vi": "Sai"}), "checks.yaml, order: needs its sentence in vi and en"),
    (
        "unknown severity",
        _rule(severity="fatal"),
        "checks.yaml, order: 'fatal' is unknown; write one of error, warning",
    ),
    ("check of no cell", _rule(expression="[r8] >= 0"), "checks.yaml, order: refers to [r8], which no cell"),
    ("check of another time", _rule(expression="[r2] >= [r2]@tet"), "checks.yaml, order: @tet is no period"),
    ("check that is a number", _rule(expression="[r2] + 1"), "checks.yaml, order:"),
    ("check not readable", _rule(expression="[r2] >="), "checks.yaml, order:"),
    ("points at nothing", _rule(cells=["r8"]), "checks.yaml, order: points at r8, which no cell"),
    ("points nowhere", _rule(cells=[]), "checks.yaml, order: points at no cell"),
    (
        "unknown placeholder",
        _rule(sentence={"vi": "{label} {valeu}", "en": "{label}"}),
        "checks.yaml, order: {valeu} in the sentence (vi) is no cell and none of label, value",
    ),
    (
        "difference of a condition",
        _rule(expression="[r2] > 0 and [r1] > 0"),
        "checks.yaml, order: {difference} (vi) needs two sides",
    ),
    (
        "pattern that fits nothing",
        _rule(each=["x*"], expression="[{cell}] >= 0"),
        "checks.yaml, order: 'x*' fits no cell or row of the form",
    ),
    (
        "check twice",
        lambda sheet, form, checks: checks["checks"].append(copy.deepcopy(checks["checks"][0])),
        "checks.yaml, order: this key is used twice",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS])
def test_refused(folder: Callable[..., Path], change: Change, sentence: str) -> None:
    said = refused(folder(change))
    assert sentence in said, said


def test_an_exception_with_its_basis_is_taken(folder: Callable[..., Path]) -> None:
    exception = {"basis": "Thông tư 99/2099/TT-XX, Điều 1"}
    assert regime_files.read(folder(_due(0, day=15, policy="keep", exception=exception)))


def test_a_missing_or_broken_file_is_named(folder: Callable[..., Path]) -> None:
    path = folder()
    (path / "checks.yaml").unlink()
    assert refused(path) == "checks.yaml, file: is missing; a regime folder holds regime.yaml, form.yaml, checks.yaml"
    path = folder()
    (path / "form.yaml").write_text("forms: [", encoding="utf-8")
    assert refused(path).startswith("form.yaml, file: is not YAML")


def test_patterns_stand_for_cells_typed_in(folder: Callable[..., Path]) -> None:
    sentence = {"vi": "{label}: {value}", "en": "{label}: {value}"}
    read = regime_files.read(folder(_rule(each=["r*", "r1"], expression="[{cell}] >= 0", sentence=sentence)))
    assert [check.key for check in read.checks] == ["order.r2", "order.r3", "order.r1"]


def test_the_system_check_says_the_folders_sentence(folder: Callable[..., Path]) -> None:
    good, broken = folder(), folder(_say(legal_basis=[]))
    [found] = checks_system.judged([good, broken])
    assert found.id == "reporting.E001"
    assert (
        found.msg
        == f"regimes/{broken.name}/regime.yaml, legal_basis: is empty; Article 7 of Decree 09/2019 asks for it"
    )


def test_the_system_check_finds_two_folders_of_one_code(folder: Callable[..., Path]) -> None:
    assert [one.id for one in checks_system.judged([folder(), folder()])] == ["reporting.E002"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_row(1, indicator="S.99.999"), "S.99.999 is no code of the catalogue"),
        (_row(1, indicator=""), "names no indicator of the catalogue"),
        (
            _row(1, decimals=1),
            "unit and decimals ('vụ', 'cases', 1), the catalogue says ('vụ', 'cases', 0) of S.04.101",
        ),
        (_row(1, breakdown={"sex": "female"}), "S.04.101 is not broken down by sex=female"),
        (_row(1, breakdown={"inspection_kind": "unplanned"}), "writes the same series as r2"),
        (
            _row(1, indicator="S.07.201", breakdown={}, unit={"vi": "xã", "en": "communes"}),
            "is not reported by ['month']",
        ),
    ],
)
def test_the_system_check_holds_cells_to_the_catalogue(
    folder: Callable[..., Path], change: Change, sentence: str
) -> None:
    found = checks_system.judged([folder(change)])
    assert [one.id for one in found] == ["reporting.E003"]
    assert sentence in found[0].msg


def test_every_bundled_folder_is_in_order() -> None:
    assert {path.name[:4] for path in FOLDERS} >= {"rr05", "rr07", "rr10", "rr22"}
    assert checks_system.judged(FOLDERS) == []


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_every_bundled_folder_is_whole(path: Path) -> None:
    """Reconstructed forms say so, and the folder has its worked cases, its page and its tests."""
    assert regime_files.read(path).sheet["reconstructed"] is True
    assert len(examples.read(path)) >= 5
    assert (path / "README.md").read_text(encoding="utf-8").startswith(f"# {path.name[:4].upper()}")
    assert list((path / "tests").glob("test_*.py"))


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_a_guide_cites_cells_that_the_form_has(path: Path) -> None:
    """Who copies the example of a guide into a text must not be refused for it."""
    folder = regime_files.read(path)
    cells = {cell.key for cell in folder.cells}
    guides = [section["guide"] for section in folder.sheet.get("outline") or [] if section.get("guide")]
    cited = {found[1] for guide in guides for text in guide.values() for found in REFERENCE.finditer(text)}
    assert cited <= cells
