"""Kinds of papers: title, number of the form by date, what data they need, what of it the public may see.

The common kinds stand in data/forms.yaml; a service or a room above adds its own with `register`.

Data of a kind is a mapping of texts, whole numbers (đồng), dates, lists and mappings. Common keys: `dossier_code`,
`procedure`, `applicant` or `payer` ({name, address, phone, email, number}), `place` (of issue), `note`. Lists:
`papers` [{name, copies}], `items` [{what, why}], `steps` [{from, to, at, result, note}],
`lines` [{label, amount, law}], `asset` [{label, value}], `law` [text].
docs/how-to/documents-and-signatures.md lists them by kind.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dienhong.base.money import money_said
from dienhong.documents import masking

FORMS = Path(__file__).parent / "data" / "forms.yaml"
LANGUAGES = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Regime:
    """The circular whose forms hold from a day to a day; `remark` is what is not confirmed about them."""

    key: str
    name: Mapping[str, str]
    starts: dt.date
    ends: dt.date | None = None
    remark: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line that the public page shows of a paper. `key` may lead into a mapping with a dot."""

    key: str
    vi: str
    en: str
    how: str = ""  # name and tail are masked, money is written out


@dataclass(frozen=True, slots=True)
class Kind:
    key: str
    title: Mapping[str, str]
    symbol: str  # part of the number: 12/2020/TN
    forms: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    public: tuple[Fact, ...] = ()
    template: str = ""  # papers/<key>.typ unless named

    def title_under(self, regime: str) -> Mapping[str, str]:
        return self.titles.get(regime, self.title)

    def missing(self, data: Mapping[str, Any]) -> list[str]:
        """Needed keys that are absent or blank. 0 is a value."""
        return [key for key in self.needs if (value := data.get(key)) is None or value in ("", [], {})]


_added: dict[str, Kind] = {}


@cache
def _file() -> tuple[tuple[Regime, ...], dict[str, Kind]]:
    told = yaml.safe_load(FORMS.read_text(encoding="utf-8"))
    regimes = tuple(
        Regime(one["key"], one["name"], one["from"], one.get("until"), one.get("remark", {})) for one in told["regimes"]
    )
    return regimes, {key: read(key, said) for key, said in told["kinds"].items()}


def read(key: str, said: Mapping[str, Any]) -> Kind:
    """A kind as data/forms.yaml and the sheets of services write it."""
    return Kind(
        key=key,
        title=said["title"],
        symbol=said["symbol"],
        forms=said.get("forms", {}),
        titles=said.get("titles", {}),
        needs=tuple(said.get("needs", ())),
        public=tuple(Fact(**fact) for fact in said.get("public", ())),
        template=said.get("template", ""),
    )


def register(kind: Kind) -> None:
    """Add the kind of a room above or of a service. ValueError when the key is taken by another."""
    standing = _file()[1].get(kind.key) or _added.get(kind.key)
    if standing is not None and standing != kind:
        raise ValueError(f"kind of paper {kind.key} is registered twice")
    _added[kind.key] = kind


def get(key: str) -> Kind:
    """Raises KeyError naming the key."""
    found = _file()[1].get(key) or _added.get(key)
    if found is None:
        raise KeyError(f"no kind of paper {key!r}: register it with documents.kinds.register")
    return found


def common() -> list[Kind]:
    """Those of data/forms.yaml; services and rooms above add theirs."""
    return list(_file()[1].values())


def every() -> list[Kind]:
    return [*_file()[1].values(), *_added.values()]


def regime_on(kind: Kind, on: dt.date) -> Regime | None:
    """The regime whose form the kind follows on that day; None where no numbered form is known."""
    for regime in _file()[0]:
        if regime.key in kind.forms and regime.starts <= on and (regime.ends is None or on <= regime.ends):
            return regime
    return None


def regime(key: str) -> Regime | None:
    return next((one for one in _file()[0] if one.key == key), None)


def facts(kind: Kind, data: Mapping[str, Any]) -> list[dict[str, str]]:
    """The public lines of a paper as kept with it: {vi, en, value}, and value_en where English writes it otherwise;
    lines without a value are left out."""
    found = []
    for fact in kind.public:
        value: Any = data
        for step in fact.key.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if value not in (None, ""):
            found.append({"vi": fact.vi, "en": fact.en, **_public(fact.how, value)})
    return found


def said(line: Mapping[str, str], lang: str) -> tuple[str, str]:
    """Label and value of a line that `facts` made, in the reader's language."""
    return line[lang], line.get(f"value_{lang}", line["value"])


def _public(how: str, value: Any) -> dict[str, str]:
    if how == "money":
        said = {lang: money_said(int(value), lang) for lang in LANGUAGES}
        return {"value": said["vi"], "value_en": said["en"]}
    shown: str = {"name": masking.name, "tail": masking.tail}.get(how, str)(str(value))
    return {"value": shown}
