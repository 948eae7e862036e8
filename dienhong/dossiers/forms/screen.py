"""A page of a form as a screen: what the templates need, field by field. No HTML here, and no judging.

Names of inputs are `field`, or `group.row.field`; their ids `f-field`, `f-group-row-field`. An object of these passes
for a form of Django in `base/errors.html`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from django.utils.translation import gettext as _

from dienhong.base.money import SIGN
from dienhong.base.refusal import Fault
from dienhong.dossiers.forms.answers import row_shown, see
from dienhong.dossiers.forms.kinds import KINDS, At
from dienhong.dossiers.forms.kinds.files import MEDIA, MEGABYTE, Document
from dienhong.dossiers.forms.problems import language
from dienhong.dossiers.forms.scripted import as_json
from dienhong.dossiers.forms.shapes import Field, Form, Page, say
from dienhong.rules.conditions import holds, names

TYPES = {"phone": "tel", "email": "email"}
NUMERIC = {"whole", "money", "identity", "tax_code", "date"}
CAPITALS = {"plate", "chassis", "engine"}
MOST_RADIOS = 9


def identifier(name: str) -> str:
    return "f-" + name.replace(".", "-").replace("_", "-")


@dataclass(slots=True)
class Option:
    value: str
    label: str
    hint: str
    chosen: bool
    id: str


@dataclass
class Shown:
    """One field on the screen."""

    field: Field
    name: str
    typed: Any
    lang: str
    required: bool
    errors: list[str] = default(default_factory=list)
    options: list[Option] = default(default_factory=list)
    origin: Mapping[str, Any] = default(default_factory=dict)
    value: Any = None
    at: At | None = None
    hidden: bool = False
    condition: str = ""  # JSON for the script; empty where the field is always shown
    rows: "list[Row]" = default(default_factory=list)
    files: list[Any] = default(default_factory=list)
    wanted: list[Any] = default(default_factory=list)  # what an officer asks about it: `what`, `reason`, `basis`

    @property
    def id(self) -> str:
        return identifier(self.name)

    @property
    def id_for_label(self) -> str:
        """Where the list of errors jumps to: the first input of the field."""
        if self.widget in {"radios", "boxes"} and self.options and not self.locked:
            return self.options[0].id
        return self.id

    @property
    def label(self) -> str:
        return say(self.field.label, self.lang)

    @property
    def hint(self) -> str:
        return say(self.field.hint, self.lang)

    @property
    def help(self) -> str:
        return say(self.field.help, self.lang)

    @property
    def official(self) -> str:
        return self.field.official

    @property
    def locked(self) -> bool:
        return bool(self.origin.get("locked"))

    @property
    def widget(self) -> str:
        """Which part of the template draws it."""
        kind = self.field.kind
        if kind in {"province", "district", "commune"}:
            return "select"
        if kind == "choice":
            return "select" if self.field.limits.get("as") == "select" or len(self.options) > MOST_RADIOS else "radios"
        return {
            "long_text": "lines", "several": "boxes", "yes_no": "radios", "statement": "statement", "document": "files",
            "group": "group", "computed": "computed",
        }.get(kind, "line")  # fmt: skip

    @property
    def text(self) -> str:
        return self.typed if isinstance(self.typed, str) else ""

    @property
    def reading(self) -> str:
        """The value for reading: what a locked field and the last check show."""
        if self.value is None or self.at is None:
            return ""
        return KINDS[self.field.kind].show(self.value, self.field, self.lang, self.at)

    @property
    def input_type(self) -> str:
        return TYPES.get(self.field.kind, "text")

    @property
    def input_mode(self) -> str:
        return "numeric" if self.field.kind in NUMERIC else "decimal" if self.field.kind == "decimal" else ""

    @property
    def capitals(self) -> bool:
        return self.field.kind in CAPITALS

    @property
    def unit(self) -> str:
        return SIGN[self.lang] if self.field.kind == "money" else say(self.field.limits.get("unit", {}), self.lang)

    @property
    def short(self) -> bool:
        return self.field.kind in {*NUMERIC, "decimal", "plate", "phone"}

    @property
    def described(self) -> str:
        """ids for aria-describedby."""
        parts = [(self.hint, "hint"), (self.errors, "error"), (self.origin, "origin")]
        return " ".join(f"{self.id}-{name}" for there, name in parts if there)

    @property
    def accept(self) -> str:
        return ",".join(Document().types(self.field))

    @property
    def taken(self) -> str:
        """As PDF, JPG, PNG."""
        names = [name.upper() for name, media in MEDIA.items() if media in Document().types(self.field)]
        return ", ".join(names)

    @property
    def megabytes(self) -> int:
        return Document().largest(self.field) // MEGABYTE

    @property
    def most(self) -> int:
        return int(self.field.limits.get("max", 50 if self.field.is_group else 1))

    @property
    def room(self) -> bool:
        """Whether one more row or file fits."""
        return len(self.rows if self.field.is_group else self.files) < self.most

    @property
    def one(self) -> str:
        return say(self.field.limits.get("one", self.field.label), self.lang)


@dataclass
class Row:
    """One row of a group; `number` counts from 0."""

    number: int
    fields: list[Shown]

    @property
    def spoken(self) -> int:
        return self.number + 1


@dataclass
class Screen:
    """A page with its faults. `seen`: the fields that stand open, told back by the form when it is sent."""

    form: Form
    page: Page
    fields: list[Shown]
    non_field_errors: list[str]
    facts: str

    @property
    def seen(self) -> str:
        return " ".join(one.name for one in self.open)

    @property
    def open(self) -> list[Shown]:
        """What one can answer now."""
        return [one for one in self.fields if not one.hidden and not one.locked]

    @property
    def given(self) -> "list[tuple[Mapping[str, Any], list[Shown]]]":
        """What registers filled and locked, by register: an origin and its fields."""
        found: dict[str, list[Shown]] = {}
        for one in self.fields:
            if one.locked and not one.hidden:
                found.setdefault(str(one.origin["register"]), []).append(one)
        return [(fields[0].origin, fields) for fields in found.values()]

    @property
    def asked(self) -> list[Shown]:
        """Everything that has an input, hidden ones too."""
        return [one for one in self.fields if not one.locked]

    @property
    def multipart(self) -> bool:
        return any(one.field.is_file for one in self.fields)

    @property
    def errors(self) -> list[str]:
        return [*self.non_field_errors, *(error for one in self for error in one.errors)]

    def __iter__(self) -> Iterator[Shown]:
        """Every field, those of groups after their group: in the order they are read."""
        for one in self.fields:
            yield one
            for row in one.rows:
                yield from row.fields


def screen(
    form: Form,
    page: Page,
    typed: Mapping[str, Any],
    *,
    at: At,
    origins: Mapping[str, Any] | None = None,
    faults: list[Fault] | None = None,
    files: Mapping[str, list[Any]] | None = None,
    attached: Mapping[str, list[Any]] | None = None,
) -> Screen:
    """`files`: as `read` takes them; `attached`: rows to be listed; `faults`: those to be shown."""
    lang = language()
    reading = form.read(typed, lang, files)
    seen = see(form, reading.values, at.day)
    said: dict[str, list[str]] = {}
    for fault in faults or []:
        said.setdefault(fault.where, []).append(fault.sentence)
    making = _Making(lang, at, seen.facts, said, origins or {})
    fields = []
    for one in page.fields:
        if one.is_derived:
            continue
        shown = making.field(one, one.key, typed.get(one.key), reading.values.get(one.key))
        shown.hidden = one.key not in seen.shown
        shown.files = list((attached or {}).get(one.key, []))
        fields.append(shown)
    there = {one.name for shown in fields for one in [shown, *(each for row in shown.rows for each in row.fields)]}
    rest = [sentence for where, sentences in said.items() if where not in there for sentence in sentences]
    asked = {one.name for one in fields if not one.locked}
    return Screen(form, page, fields, rest, _facts(page, asked, seen.facts))


def _facts(page: Page, asked: set[str], facts: Mapping[str, Any]) -> str:
    """Answers that this page's conditions ask for and that no input of it holds."""
    wanted = {name for one in page.fields if one.shown_if is not None for name in names(one.shown_if)}
    return json.dumps({key: facts[key] for key in sorted(wanted - asked) if key in facts}, default=str)


@dataclass
class _Making:
    lang: str
    at: At
    facts: Mapping[str, Any]
    said: Mapping[str, list[str]]
    origins: Mapping[str, Any]

    def field(self, one: Field, name: str, typed: Any, value: Any) -> Shown:
        origin = self.origins.get(one.key) or {} if name == one.key else {}
        shown = Shown(
            field=one,
            name=name,
            typed=typed,
            lang=self.lang,
            required=one.required or (one.required_if is not None and holds(one.required_if, self.facts)),
            errors=self.said.get(name, []),
            origin=origin,
            value=value,
            at=self.at,
            condition=json.dumps(as_json(one.shown_if)) if one.shown_if is not None else "",
        )
        shown.options = self.options(one, name, typed)
        if one.is_group:
            shown.rows = self.rows(one, typed, value)
        return shown

    def options(self, one: Field, name: str, typed: Any) -> list[Option]:
        pairs: list[tuple[str, str, str]] = []
        if one.choices:
            pairs = [
                (each.value, say(each.label, self.lang), say(each.hint, self.lang))
                for each in one.choices
                if each.open_on(self.at.day) or each.value == typed
            ]
        elif one.kind == "yes_no":
            pairs = [("yes", _("Có"), ""), ("no", _("Không"), "")]
        elif one.kind in {"province", "district", "commune"} and self.at.places is not None:
            within = str(self.facts.get(one.limits.get("within", ""), ""))
            pairs = [(code, label, "") for code, label in self.at.places.options(one.kind, within, self.at.day)]
        chosen = (
            set(typed) if isinstance(typed, list) and not one.is_group else {typed} if isinstance(typed, str) else set()
        )
        return [
            Option(value, label, hint, value in chosen, f"{identifier(name)}-{number}")
            for number, (value, label, hint) in enumerate(pairs)
        ]

    def rows(self, group: Field, typed: Any, values: Any) -> list[Row]:
        """Rows as typed; an obligatory group stands open with as many as it needs."""
        rows = [row for row in typed if isinstance(row, Mapping)] if isinstance(typed, list) else []
        least = int(group.limits.get("min", 1 if group.required else 0))
        rows += [{} for _each in range(least - len(rows))] if group.required else []
        found = []
        for number, row in enumerate(rows):
            read = values[number] if isinstance(values, list) and number < len(values) else {}
            open_here = {one.key for one in row_shown(group, read, self.at.day)}
            fields = []
            for one in group.fields:
                shown = self.field(one, f"{group.key}.{number}.{one.key}", row.get(one.key), read.get(one.key))
                shown.hidden = one.key not in open_here
                fields.append(shown)
            found.append(Row(number, fields))
        return found


def typed_of(page: Page, post: Any) -> dict[str, Any]:
    """What was typed on a page out of a QueryDict: text, lists, rows.

    Boxes that nobody ticked are not sent: they are blank where the page told that it showed them. What was neither
    sent nor shown is left out, so that it stays as it lies in the draft.
    """
    seen = set(str(post.get("seen", "")).split())
    found: dict[str, Any] = {}
    for one in page.fields:
        if one.is_group:
            if f"{one.key}.rows" in post:
                found[one.key] = _typed_rows(one, post)
        elif not one.is_file and not one.is_derived and (one.key in post or one.key in seen):
            found[one.key] = _typed_one(one, one.key, post)
    return found


def _typed_one(one: Field, name: str, post: Any) -> Any:
    return list(post.getlist(name)) if KINDS[one.kind].many else str(post.get(name, ""))


def _typed_rows(group: Field, post: Any) -> list[dict[str, Any]]:
    """Rows by the count that the page told; names are taken only where they are of the form."""
    told = str(post.get(f"{group.key}.rows", ""))
    count = min(int(told), 50) if told.isascii() and told.isdigit() and len(told) < 4 else 0
    return [
        {one.key: _typed_one(one, f"{group.key}.{number}.{one.key}", post) for one in group.fields}
        for number in range(count)
    ]


def answers_of(
    form: Form, page: Page, typed: Mapping[str, Any], at: At, origins: Mapping[str, Any], files: Mapping[str, list[Any]]
) -> list[Shown]:
    """The page's shown fields for the last check, in order."""
    made = screen(form, page, typed, at=at, origins=origins, files=files)
    return [one for one in made.fields if not one.hidden]


def origin_word(form: Form, origin: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whose word a prefilled value is: {"holder": …}, {"dossier": …} or {"account": …}."""
    if "account" in origin:
        return {"account": origin["account"]}
    if "register" in origin:
        register = form.registers[origin["register"]]
        return {"holder": say(register.holder or register.name, language()), "at": origin.get("at", "")}
    return {"dossier": origin.get("dossier", "")}
