"""The form as JSON Schema 2020-12, for machines that file: it accepts exactly what `judge` accepts on that day.

Two things are judged and cannot be said in a schema: that a commune lies in the district chosen above it (a $comment
stands there), and the check digit of a tax code (`format: vn-tax-code`, in `FORMATS`).
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from dienhong.dossiers.forms.kinds import KINDS, At, Places
from dienhong.dossiers.forms.kinds.base import at_least, at_most, whole
from dienhong.dossiers.forms.kinds.words import is_tax_code
from dienhong.dossiers.forms.references import ON, state_name
from dienhong.dossiers.forms.shapes import STATES, Field, Form
from dienhong.rules import conditions
from dienhong.rules.conditions import Both, Compare, Condition, Count, Either, Given, Has, In, Not, holds

Schema = dict[str, Any]
Visible = Callable[[str], Any]  # the schema that says a field is shown; True where it always is
DIALECT = "https://json-schema.org/draft/2020-12/schema"
BLANK: list[Any] = [None, "", []]
NEVER: Schema = {"not": {}}
# What a reader of the schema checks by itself beside `date`; each takes any JSON value, only text can be wrong.
FORMATS: Mapping[str, Callable[[Any], bool]] = {
    "vn-tax-code": lambda value: not isinstance(value, str) or is_tax_code(value),
}


def schema(form: Form, at: At) -> Schema:
    """Definitions say when a page or field is shown; `allOf` says what is asked of it then."""
    defs: Schema = {}

    def visible(name: str) -> Any:
        return {"$ref": f"#/$defs/{name}"} if name in defs else True

    parts: list[Any] = []
    for page in form.pages:
        page_shown = _condition(page.shown_if, at, visible)
        if page_shown is not True:
            defs[f"page:{page.key}"] = page_shown
        for field in page.fields:
            shown = _all([visible(f"page:{page.key}"), _condition(field.shown_if, at, visible)])
            if shown is not True:
                defs[field.key] = shown
            parts += _field(field, at, visible)
    return {
        "$schema": DIALECT,
        "title": form.title["vi"],
        "type": "object",
        "properties": {
            **{field.key: {"title": field.label["vi"]} for field in form.fields},
            **{state_name(key): {"enum": list(STATES)} for key in form.registers},
        },
        "additionalProperties": False,
        "allOf": parts,
        "$defs": defs,
    }


def _field(field: Field, at: At, visible: Visible) -> list[Any]:
    """What is asked of a field while it is shown."""
    if field.is_derived:
        return []
    value = _group(field, at) if field.is_group else KINDS[field.kind].schema(field, at)
    asked: list[Any] = [{"properties": {field.key: {"anyOf": [{"enum": BLANK}, value]}}}]
    if field.required and not (field.is_group and not field.limits.get("min", 1)):
        asked.append(_given(field.key))
    elif field.required_if is not None:
        asked.append(_if(_condition(field.required_if, at, visible), _given(field.key)))
    if field.wrong_if is not None:
        asked.append(_if(_given(field.key), _not(_condition(field.wrong_if, at, visible))))
    found = _if(visible(field.key), _all(asked))
    return [] if found is True else [found]


def _group(group: Field, at: At) -> Schema:
    """Rows: what a row's conditions ask stands in the same row, so nothing is looked up outside."""
    shown: dict[str, Any] = {}
    parts: list[Any] = []
    for field in group.fields:
        shown[field.key] = _condition(field.shown_if, at, lambda name: shown.get(name, True))
        parts += _field(field, at, lambda name: shown.get(name, True))
    row = {
        "type": "object",
        "properties": {field.key: {"title": field.label["vi"]} for field in group.fields},
        "additionalProperties": False,
        "allOf": parts,
    }
    return {
        "type": "array",
        "items": row if parts else {**row, "allOf": [True]},
        "minItems": group.limits.get("min", 0),
        "maxItems": group.limits.get("max", 50),
    }


def _all(parts: list[Any]) -> Any:
    """Both of two, without what says nothing."""
    real = [part for part in parts if part is not True]
    return True if not real else real[0] if len(real) == 1 else {"allOf": real}


def _if(condition: Any, then: Any) -> Any:
    if condition is True or then is True:
        return then
    return {"if": condition, "then": then}


def _given(name: str) -> Schema:
    return {"required": [name], "properties": {name: {"not": {"enum": BLANK}}}}


def _not(part: Any) -> Any:
    return NEVER if part is True else True if part == NEVER else {"not": part}


def _condition(condition: Condition | None, at: At, visible: Visible) -> Any:
    """True, or a schema of the whole object that is valid exactly where the condition holds."""
    match condition:
        case None:
            return True
        case Not(part):
            return _not(_condition(part, at, visible))
        case Both(parts):
            return _all([_condition(part, at, visible) for part in parts])
        case Either(parts):
            found = [_condition(part, at, visible) for part in parts]
            return True if True in [each is True for each in found] else {"anyOf": found}
    if condition.name == ON:
        return True if holds(condition, {ON: at.day}) else NEVER
    return _leaf(condition, visible(condition.name))


def _leaf(leaf: conditions.Compare | In | Given | Has | Count, shown: Any) -> Any:
    name = leaf.name
    match leaf:
        case Given():
            return _all([shown, _given(name)])
        case Has(_, value):
            return _all([shown, _property(name, {"type": "array", "contains": {"const": _json(value)}})])
        case In(_, values):
            return _all([shown, _property(name, {"enum": [_json(value) for value in values]})])
        case Count(_, sign, number):
            return _count(name, sign, number, shown)
        case Compare(_, sign, value):
            if sign == "!=":
                return _not(_all([shown, _property(name, {"const": _json(value)})]))
            said = {"const": _json(value)} if sign == "=" else _ordered(sign, value)
            return _all([shown, _property(name, said)])


def _property(name: str, said: Schema) -> Schema:
    return {"required": [name], "properties": {name: said}}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _ordered(sign: str, value: Any) -> Schema:
    if not isinstance(value, dt.date):
        word = {"<": "exclusiveMaximum", "<=": "maximum", ">": "exclusiveMinimum", ">=": "minimum"}[sign]
        return {"type": "number", word: value if isinstance(value, int) else float(value)}
    step = dt.timedelta({"<": -1, ">": 1}.get(sign, 0))
    bounded = (at_most if sign in {"<", "<="} else at_least)((value + step).isoformat())
    return {
        "type": "string",
        "format": "date",
        "allOf": [{"pattern": whole("[0-9]{4}-[0-9]{2}-[0-9]{2}")}, {"pattern": whole(bounded)}],
    }


def _count(name: str, sign: str, number: int, shown: Any) -> Any:
    """No list is a list of none."""

    def least(count: int) -> Any:
        if count <= 0:
            return True
        return _all([shown, _property(name, {"type": "array", "minItems": count})])

    exactly = _all([least(number), _not(least(number + 1))]) if number >= 0 else NEVER
    return {
        "=": exactly,
        "!=": _not(exactly),
        ">": least(number + 1),
        ">=": least(number),
        "<": _not(least(number)),
        "<=": _not(least(number + 1)),
    }[sign]


def of(form: Form, day: dt.date, places: Places | None = None) -> Schema:
    return schema(form, At(day, places))
