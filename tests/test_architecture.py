"""The house keeps its shape: layers, keys, sizes, dependencies, words that must not stand in the tree."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, Model

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LAYERS = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]  # top first
LONGEST_FILE, LONGEST_FUNCTION, MOST_DEPENDENCIES = 400, 50, 29


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in names.decode().split("\0") if name and (path := ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


def rank(model: type[Model]) -> int:
    """0 is the top layer. Rooms on one line share a rank."""
    for number, line in enumerate(LAYERS):
        if any(model.__module__.startswith(f"{room}.") for room in re.findall(r"dienhong\.\w+", line)):
            return number
    raise AssertionError(f"{model.__module__} belongs to no layer of pyproject.toml")


def points_wrong(model: type[Model], target: type[Model]) -> bool:
    """Whether a key from `model` to `target` points up, or sideways to another room."""
    same_room = model._meta.app_label == target._meta.app_label
    return not same_room and rank(target) <= rank(model)


def keys() -> Iterator[tuple[type[Model], Field, type[Model]]]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if isinstance(field, Field) and isinstance(target, type) and model.__module__.startswith("dienhong."):
                yield model, field, target


def test_imports_go_down_only() -> None:
    command = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_every_room_stands_in_the_layers() -> None:
    rooms = {path.parent.name for path in (ROOT / "dienhong").glob("*/__init__.py")}
    assert rooms <= set(re.findall(r"dienhong\.(\w+)", " ".join(LAYERS)))


def test_foreign_keys_go_down_only() -> None:
    wrong = [
        f"{model.__name__}.{field.name} -> {target.__name__}"
        for model, field, target in keys()
        if target.__module__.startswith("dienhong.") and points_wrong(model, target)
    ]
    assert not wrong, "Foreign keys follow the order of the rooms: keep the id as text instead, or move the table"


def test_the_direction_test_can_fail() -> None:
    unit, event = apps.get_model("organizations.Unit"), apps.get_model("journal.Event")
    assert points_wrong(event, unit)
    assert not points_wrong(unit, event)


def test_no_key_hides_behind_a_content_type() -> None:
    hidden = [f"{model.__name__}.{field.name}" for model, field, target in keys() if target is ContentType]
    assert not hidden, "A generic key can point up without being seen"


def test_files_are_short() -> None:
    long = {str(path.relative_to(ROOT)): count for path in python_files() if (count := lines(path)) > LONGEST_FILE}
    assert not long, f"over {LONGEST_FILE} lines: split where a noun or a verb shows"


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions() -> Iterator[tuple[int, str]]:
    """Lines and place of each function. Tests aside: a journey told in one piece reads better."""
    for path in (path for path in python_files() if "tests" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or 0) - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


def test_functions_are_short() -> None:
    sizes = sorted(functions(), reverse=True)
    assert not [f"{place}: {size} lines" for size, place in sizes if size > LONGEST_FUNCTION]
    p95 = sizes[len(sizes) // 20][0]
    assert p95 <= 25, f"one function in twenty has more than 25 lines: {sizes[: len(sizes) // 20]}"


def test_each_dependency_has_its_sentence() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("]\n", text.index("dependencies = ["))]
    entries = [line for line in block.splitlines() if line.strip().startswith('"')]
    silent = [line for line in entries if len(line.partition("#")[2].split()) < 4]
    assert not silent, "say in one sentence what the package is for"
    assert len(entries) == len(PROJECT["project"]["dependencies"]) <= MOST_DEPENDENCIES


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements-dev.lock", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_the_lock_holds_every_dependency_and_no_address(lock: str, wanted: list[str]) -> None:
    text = (ROOT / lock).read_text()
    pinned = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
    missing = {name for line in wanted if (name := re.split(r"[\[<>=]", line)[0].strip().lower()) not in pinned}
    assert not missing, "run `make lock`"
    assert not re.search(r"://|--(?:extra-)?index|--find-links", text)
    assert text.count("--hash=sha256:") >= len(pinned)


# Written apart so that this file does not find itself.
FORBIDDEN = ["/wo" + "rk/", "/ro" + "ot/", "/home" + "/user", "pypi" + ".org", "registry.npm" + "js"]


def test_no_path_of_this_machine_and_no_registry_in_the_tree() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue  # a picture or a workbook
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word in text]
    assert not found


def test_decisions_are_numbered_one_by_one() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name) for name in names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_rules_import_no_django() -> None:
    code = "import sys, pkgutil, importlib, dienhong.rules as r\n"
    code += "[importlib.import_module(m.name) for m in pkgutil.walk_packages(r.__path__, 'dienhong.rules.')"
    code += " if '.tests' not in m.name]\nsys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
