"""What a form is made of once `form.yaml` is read: pages, fields, choices, registers. No database, no request."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dienhong.base.refusal import Fault
from dienhong.rules.conditions import Condition

if TYPE_CHECKING:
    from dienhong.dossiers.forms.answers import Moment, Reading

Words = Mapping[str, str]  # {"vi": …, "en": …}
LANGUAGES = ("vi", "en")
STATES = ("found", "missing", "mismatch", "slow", "down")  # what a register may answer; exchange says the same


class FormFault(ValueError):
    """A form file that cannot be used. The text names file, page, field, what is wrong and the mend."""


def say(words: Words, lang: str) -> str:
    """In that language; English falls back to Vietnamese."""
    return words.get(lang) or words.get("vi", "")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. With dates, it can be chosen only on a day from `first` to before `until`."""

    value: str
    label: Words
    hint: Words = field(default_factory=dict)
    first: dt.date | None = None
    until: dt.date | None = None

    def open_on(self, day: dt.date) -> bool:
        return (self.first is None or self.first <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Source:
    """`prefilled-from: register.field`. Locked: the register's word counts, not what is typed."""

    register: str
    name: str
    locked: bool
    values: Mapping[str, str] = field(default_factory=dict)  # the register's word -> ours; empty: the same


@dataclass(frozen=True, slots=True)
class Register:
    """A register that the form asks: `asks` maps its question's names to fields of the form."""

    key: str
    name: Words
    asks: Mapping[str, str]
    holder: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """One question. `limits` holds what only its kind knows (max, decimals, within, types …)."""

    key: str
    kind: str
    label: Words
    page: str
    hint: Words = field(default_factory=dict)
    help: Words = field(default_factory=dict)
    required: bool = True
    required_if: Condition | None = None
    shown_if: Condition | None = None
    wrong_if: Condition | None = None  # an answer that can be read and is refused all the same, with these words:
    wrong: Words = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    source: Source | None = None
    earlier: bool = False  # may be taken from the applicant's earlier dossiers
    limits: Mapping[str, Any] = field(default_factory=dict)
    fields: "tuple[Field, ...]" = ()  # of a group
    official: str = ""  # its number on the paper form
    autocomplete: str = ""

    @property
    def is_group(self) -> bool:
        return self.kind == "group"

    @property
    def is_file(self) -> bool:
        return self.kind == "document"

    @property
    def is_derived(self) -> bool:
        return self.kind == "computed"

    @cached_property
    def by_value(self) -> dict[str, Choice]:
        return {each.value: each for each in self.choices}


@dataclass(frozen=True, slots=True)
class Page:
    """A step: what is asked at one time on a phone."""

    key: str
    title: Words
    fields: tuple[Field, ...]
    lead: Words = field(default_factory=dict)
    shown_if: Condition | None = None
    asks: tuple[str, ...] = ()  # registers that are asked once the page is filled


@dataclass(frozen=True)
class Form:
    """A whole form, already judged. `raw` is the file as JSON: what a service's version keeps."""

    key: str
    title: Words
    pages: tuple[Page, ...]
    registers: Mapping[str, Register]
    raw: Mapping[str, Any]
    official: str = ""  # name of the paper form and the text that sets it

    @classmethod
    def load(cls, path: Path) -> "Form":
        """Read `form.yaml` (the file, or the folder that holds it). Raises FormFault with every fault it found."""
        from dienhong.dossiers.forms.loading import load

        return load(path)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], name: str = "form") -> "Form":
        """The form that `json()` gave; what a stored version holds."""
        from dienhong.dossiers.forms.loading import build

        return build(raw, name)

    def json(self) -> dict[str, Any]:
        return dict(self.raw)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Top-level fields in order; fields of groups are inside their group."""
        return tuple(each for page in self.pages for each in page.fields)

    @cached_property
    def by_key(self) -> dict[str, Field]:
        return {each.key: each for each in self.fields}

    @cached_property
    def page_keys(self) -> tuple[str, ...]:
        return tuple(page.key for page in self.pages)

    def page(self, key: str) -> Page:
        """KeyError when the form has no such page."""
        return next((each for each in self.pages if each.key == key), None) or _no_page(key)

    def read(
        self, typed: Mapping[str, Any], lang: str = "vi", files: Mapping[str, list[Any]] | None = None
    ) -> "Reading":
        """answers.read"""
        from dienhong.dossiers.forms import answers

        return answers.read(self, typed, lang, files)

    def judge(self, data: Mapping[str, Any], now: "Moment", **how: Any) -> list[Fault]:
        """answers.judge"""
        from dienhong.dossiers.forms import answers

        return answers.judge(self, data, now, **how)

    def filed(self, data: Mapping[str, Any], now: "Moment") -> dict[str, Any]:
        """answers.filed"""
        from dienhong.dossiers.forms import answers

        return answers.filed(self, data, now)

    def schema(self, day: dt.date, places: Any = None) -> dict[str, Any]:
        """JSON Schema 2020-12 of the content on that day."""
        from dienhong.dossiers.forms import schema

        return schema.of(self, day, places)

    def files(self) -> Iterator[Field]:
        return (each for each in self.fields if each.is_file)


def _no_page(key: str) -> Page:
    raise KeyError(key)
