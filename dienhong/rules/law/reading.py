"""YAML read exactly: a rate stays the decimal fraction that was written, a key written twice is a fault."""

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from dienhong.rules.law.faults import LawFault

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without libyaml: slower, the same


class _Exact(_Base):  # type: ignore[misc]
    """A safe loader with fractions for floats."""


def _fraction(loader: Any, node: yaml.ScalarNode) -> Fraction | str:
    text = str(loader.construct_scalar(node))
    try:
        return Fraction(text.replace("_", ""))
    except ValueError:  # .inf and .nan: no amount of law; the reader of values refuses the text
        return text


_Exact.add_constructor("tag:yaml.org,2002:float", _fraction)


def read(path: Path) -> Any:
    """The file's content. LawFault where it is not YAML, or a key (a date, a province) stands twice in one place."""
    loader = _Exact(path.read_text(encoding="utf-8"))
    try:
        node = loader.get_single_node()
        return None if node is None else _built(loader, node, path.name, "")
    except yaml.YAMLError as fault:
        raise LawFault(path.name, "", None, f"not YAML: {fault}.", "Mend the line that is named.") from None
    finally:
        loader.dispose()


def _built(loader: Any, node: yaml.Node, file: str, at: str) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_built(loader, one, file, at) for one in node.value]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node, deep=True)
    made: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in made:
            since = key if isinstance(key, dt.date) else None
            where = at.removesuffix(".values") if since else f"{at}.{key}".lstrip(".")
            raise LawFault(file, where, since, f"written twice (line {key_node.start_mark.line + 1}).", "Keep one.")
        made[key] = _built(loader, value_node, file, f"{at}.{key}".lstrip("."))
    return made
