"""YAML read exactly: a rate stays the decimal fraction that was written, a key written twice is a fault."""

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from dienhong.rules.law.faults import LawFault

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


class _Exact(_Loader):
    """SafeLoader with fractions for floats and no silent duplicates."""


class _Twice(Exception):
    def __init__(self, key: object, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


def _fraction(loader: Any, node: yaml.ScalarNode) -> Fraction | str:
    try:
        return Fraction(loader.construct_scalar(node).replace("_", ""))
    except ValueError:  # .inf and .nan: no amount of law; the reader of values refuses the text
        return str(loader.construct_scalar(node))


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    made: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in made:
            raise _Twice(key, key_node.start_mark.line + 1)
        made[key] = loader.construct_object(value_node, deep=True)
    return made


_Exact.add_constructor("tag:yaml.org,2002:float", _fraction)
_Exact.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(path: Path) -> Any:
    """The file's content. LawFault where it is not YAML, or a key (a date, a province) stands twice in one place."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Exact)  # noqa: S506 (a safe loader)
    except _Twice as twice:
        since = twice.key if isinstance(twice.key, dt.date) else None
        problem = f"{twice.key} is written twice (line {twice.line})."
        raise LawFault(path.name, "" if since else str(twice.key), since, problem, "Keep one of them.") from None
    except yaml.YAMLError as fault:
        raise LawFault(path.name, "", None, f"not YAML: {fault}.", "Mend the line that is named.") from None
