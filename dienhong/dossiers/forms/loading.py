"""Reading `form.yaml`. What is wrong with it is said all at once: file, page, field, what, and the mend."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from dienhong.dossiers.forms import references
from dienhong.dossiers.forms.kinds import GROUP, KINDS
from dienhong.dossiers.forms.shapes import LANGUAGES, Choice, Field, Form, FormFault, Page, Register, Source
from dienhong.rules.conditions import Condition, ConditionError, parse

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
TOP = {"form", "title", "official", "registers", "pages"}
OF_PAGE = {"key", "title", "lead", "shown-if", "asks", "fields"}
OF_REGISTER = {"name", "holder", "asks"}
OF_CHOICE = {"value", "label", "hint", "from", "until"}
OF_FIELD = {"key", "kind", "label", "hint", "help", "required", "required-if", "shown-if", "prefilled-from", "prefill",
            "prefill-map", "wrong-if", "wrong",
            "earlier", "official", "autocomplete"}  # fmt: skip
WITH_CHOICES = {"choice", "several"}
OF_GROUP: dict[str, tuple[type, ...]] = {"min": (int,), "max": (int,), "one": (dict,)}


def load(path: Path) -> Form:
    file = path / "form.yaml" if path.is_dir() else path
    name = f"{file.parent.name}/{file.name}"
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FormFault(f"{name}: the file is missing; write the pages of the form into it") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FormFault(f"{name}: is not YAML in UTF-8: {error}") from error
    return build(_plain(raw), name)


def build(raw: Any, name: str) -> Form:
    """The form of what stands in the file. Raises FormFault with every fault, a line each."""
    reading = _Reading(name)
    form = reading.form(raw)
    if not reading.faults:
        reading.faults += [f"{name}, {each}" for each in references.faults(form)]
    if reading.faults:
        raise FormFault("\n".join(reading.faults))
    return form


def _plain(value: Any) -> Any:
    """As JSON: YAML reads 2020-08-20 as a day, JSON has none."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


class _Reading:
    """Goes on after a fault, so that one reading names them all."""

    def __init__(self, name: str) -> None:
        self.name, self.faults = name, cast(list[str], [])
        self.at = ""

    def fault(self, sentence: str) -> None:
        self.faults.append(f"{self.name}, {self.at or 'file'}: {sentence}")

    def mapping(self, value: Any, known: set[str], what: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fault(f"{what} must be a mapping of names to values")
            return {}
        for key in sorted(set(value) - known):
            self.fault(f"{what} has {key!r}, which nobody reads; known are {', '.join(sorted(known))}")
        return value

    def words(self, value: Any, what: str, needed: bool = True) -> dict[str, str]:
        if value is None and not needed:
            return {}
        if (
            not isinstance(value, dict)
            or set(value) != set(LANGUAGES)
            or not all(_said(each) for each in value.values())
        ):
            self.fault(f"{what} is {value!r}; write it as {{vi: …, en: …}}")
            return {"vi": "?"}
        return {lang: value[lang].strip() for lang in LANGUAGES}

    def listing(self, value: Any, what: str) -> list[Any]:
        if not isinstance(value, list) or not value:
            self.fault(f"{what} must be a list with at least one entry")
            return []
        return value

    def key(self, value: Any, what: str) -> str:
        if not isinstance(value, str) or not KEY.fullmatch(value):
            self.fault(f"the key of {what} is {value!r}; write small letters, digits and _, at most 60")
            return "?"
        return value

    def condition(self, value: Any, what: str) -> Condition | None:
        if value is None:
            return None
        try:
            return parse(value if isinstance(value, str) else repr(value))
        except ConditionError as error:
            self.fault(f"{what}: {error}")
            return None

    def form(self, raw: Any) -> Form:
        said = self.mapping(raw, TOP, "the form")
        registers = {key: self.register(key, each) for key, each in (said.get("registers") or {}).items()}
        pages = tuple(self.page(each) for each in self.listing(said.get("pages"), "pages"))
        self.at = ""
        return Form(
            key=self.key(said.get("form"), "the form"),
            title=self.words(said.get("title"), "title"),
            pages=pages,
            registers=registers,
            raw=said,
            official=str(said.get("official", "")),
        )

    def register(self, key: str, raw: Any) -> Register:
        self.at = f"register {key}"
        said = self.mapping(raw, OF_REGISTER, "the register")
        asks = said.get("asks")
        if not isinstance(asks, dict) or not asks:
            self.fault("asks must map each part of the question to a field of the form")
            asks = {}
        holder = self.words(said.get("holder"), "holder", needed=False)
        return Register(self.key(key, "the register"), self.words(said.get("name"), "name"), asks, holder)

    def page(self, raw: Any) -> Page:
        self.at = "page ?"
        said = self.mapping(raw, OF_PAGE, "the page")
        key = self.key(said.get("key"), "the page")
        here = self.at = f"page {key}"
        fields = []
        for each in self.listing(said.get("fields"), "fields"):
            fields.append(self.field(each, key, here))
            self.at = here
        asks = said.get("asks") or []
        return Page(
            key=key,
            title=self.words(said.get("title"), "title"),
            fields=tuple(fields),
            lead=self.words(said.get("lead"), "lead", needed=False),
            shown_if=self.condition(said.get("shown-if"), "shown-if"),
            asks=tuple([asks] if isinstance(asks, str) else asks),
        )

    def field(self, raw: Any, page: str, here: str, inside: bool = False) -> Field:
        self.at = f"{here}, field ?"
        key = self.key(raw.get("key") if isinstance(raw, dict) else None, "the field")
        self.at = f"{here}, field {key}"
        kind = raw.get("kind") if isinstance(raw, dict) else None
        if kind not in {*KINDS, GROUP}:
            self.fault(f"kind {kind!r} is not known; one of {', '.join(sorted([*KINDS, GROUP]))}")
            return Field(key, "text", {"vi": "?"}, page)
        if inside and kind in {GROUP, "document", "computed"}:
            self.fault(f"a {kind} cannot stand inside a group; put it on the page")
        own = OF_GROUP if kind == GROUP else KINDS[kind].limits
        known = OF_FIELD | set(own) | ({"choices"} if kind in WITH_CHOICES else set())
        said = self.mapping(raw, known | ({"fields"} if kind == GROUP else set()), f"a field of kind {kind}")
        label = self.words(said.get("label"), "label")
        return Field(
            key=key,
            kind=str(kind),
            label=label,
            page=page,
            hint=self.words(said.get("hint"), "hint", needed=False),
            help=self.words(said.get("help"), "help", needed=False),
            required=self.flag(said, "required", "required-if" not in said and kind != "computed"),
            required_if=self.condition(said.get("required-if"), "required-if"),
            shown_if=self.condition(said.get("shown-if"), "shown-if"),
            wrong_if=self.condition(said.get("wrong-if"), "wrong-if"),
            wrong=self.words(said.get("wrong"), "wrong", needed="wrong-if" in said),
            choices=self.choices(said) if kind in WITH_CHOICES else (),
            source=self.source(said),
            earlier=self.flag(said, "earlier", False),
            limits=self.limits(said, own, str(kind)),
            fields=self.inner(said, page) if kind == GROUP else (),
            official=str(said.get("official", "")),
            autocomplete=str(said.get("autocomplete", "")),
        )

    def inner(self, said: dict[str, Any], page: str) -> tuple[Field, ...]:
        here = self.at
        found = tuple(self.field(each, page, here, inside=True) for each in self.listing(said.get("fields"), "fields"))
        self.at = here
        return found

    def flag(self, said: dict[str, Any], name: str, default: bool) -> bool:
        value = said.get(name, default)
        if not isinstance(value, bool):
            self.fault(f"{name} is {value!r}; write true or false (a condition goes into {name}-if)")
            return default
        return value

    def limits(self, said: dict[str, Any], own: Mapping[str, tuple[type, ...]], kind: str) -> dict[str, Any]:
        found = {name: said[name] for name in own if name in said}
        for name, value in found.items():
            right = isinstance(value, own[name]) and not (isinstance(value, bool) and bool not in own[name])
            if not right:
                self.fault(f"{name} is {value!r}; expected {' or '.join(each.__name__ for each in own[name])}")
        self.faults += [f"{self.name}, {self.at}: {each}" for each in _limits_that_clash(kind, found)]
        return found

    def choices(self, said: dict[str, Any]) -> tuple[Choice, ...]:
        found: list[Choice] = []
        for each in self.listing(said.get("choices"), "choices"):
            one = self.mapping(each, OF_CHOICE, "a choice")
            value = str(one.get("value", ""))
            if not re.fullmatch(r"[A-Za-z0-9_.\-]{1,60}", value):
                self.fault(f"a choice has the value {one.get('value')!r}; write letters, digits, _ . -")
            if any(value == other.value for other in found):
                self.fault(f"the choice {value!r} stands twice; keep one")
            label, hint = self.words(one.get("label"), "label"), self.words(one.get("hint"), "hint", needed=False)
            found.append(Choice(value, label, hint, self.day(one, "from"), self.day(one, "until")))
        return tuple(found)

    def day(self, said: dict[str, Any], name: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(said[name]) if name in said else None
        except (TypeError, ValueError):
            self.fault(f"{name} is {said[name]!r}; write a day as 2022-03-01")
            return None

    def source(self, said: dict[str, Any]) -> Source | None:
        text, how = said.get("prefilled-from"), said.get("prefill", "locked")
        if text is None:
            return None
        if how not in {"locked", "editable"}:
            self.fault(f"prefill is {how!r}; write locked or editable")
        register, _, name = str(text).partition(".")
        if not register or not name:
            self.fault(f"prefilled-from is {text!r}; write register.field")
        values = said.get("prefill-map") or {}
        if not isinstance(values, dict):
            self.fault("prefill-map must map the register's words to ours")
            values = {}
        return Source(register, name, how == "locked", {str(key): str(each) for key, each in values.items()})


def _said(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _limits_that_clash(kind: str, found: Mapping[str, Any]) -> Iterator[str]:
    least, most = found.get("min"), found.get("max")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield f"min {least} is greater than max {most}; exchange them"
    if kind == "text" and "pattern" in found:
        try:
            re.compile(found["pattern"])
        except re.error as error:
            yield f"pattern {found['pattern']!r} is no regular expression: {error}"
        if set(found.get("example") or {}) != set(LANGUAGES):
            yield "a pattern needs example: {vi: …, en: …}, so that the error can say what is expected"
    if kind == "document":
        from dienhong.dossiers.forms.kinds.files import MEDIA

        for each in set(map(str, found.get("types") or [])) - set(MEDIA):
            yield f"type {each!r} is not taken; one of {', '.join(MEDIA)}"
    if kind == "date":
        for name in {"min", "max"} & set(found):
            if found[name] != "today" and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(found[name])):
                yield f"{name} is {found[name]!r}; write a day as 2020-08-20, or today"
