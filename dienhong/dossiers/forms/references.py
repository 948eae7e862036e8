"""What the parts of a form say of one another: names that exist, in order, of a kind that can be compared."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import cast

from dienhong.dossiers.forms.kinds import KINDS
from dienhong.dossiers.forms.shapes import STATES, Field, Form
from dienhong.rules.conditions import Compare, Condition, Count, Given, Has, In, Literal, leaves
from dienhong.rules.expressions import ExpressionError, parse

ON = "on"  # the day whose law holds
PLACE_ABOVE = {"district": ("province",), "commune": ("district", "province")}


def state_name(register: str) -> str:
    """How a condition asks what a register answered: `slip.state = "found"`."""
    return f"{register}.state"


def literal_of(field: Field) -> str:
    return "group" if field.is_group else KINDS[field.kind].literal


def faults(form: Form) -> Iterator[str]:
    """One sentence each: page, field, what is wrong, the mend."""
    yield from _doubles([page.key for page in form.pages], "page", "page")
    yield from _doubles([field.key for field in form.fields], "field", "field")
    known: dict[str, str] = {ON: "date", **{state_name(key): "state" for key in form.registers}}
    by_key: dict[str, Field] = {}
    for page in form.pages:
        yield from _condition(page.shown_if, f"page {page.key}, shown-if", known, by_key)
        for register in page.asks:
            if register not in form.registers:
                yield f"page {page.key}: asks {register!r}, which is no register of this form; add it under registers"
        for field in page.fields:
            where = f"page {page.key}, field {field.key}"
            yield from _field(form, field, where, known, by_key)
            known[field.key] = literal_of(field)
            by_key[field.key] = field
    yield from _registers(form)


def _doubles(keys: list[str], what: str, word: str) -> Iterator[str]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"{what} {key}: stands twice; give one {word} another key"


def _field(
    form: Form, field: Field, where: str, known: Mapping[str, str], by_key: Mapping[str, Field]
) -> Iterator[str]:
    yield from _condition(field.shown_if, f"{where}, shown-if", known, by_key)
    yield from _condition(field.required_if, f"{where}, required-if", known, by_key)
    own = {**known, field.key: literal_of(field)}
    yield from _condition(field.wrong_if, f"{where}, wrong-if", own, {**by_key, field.key: field})
    if field.source and field.choices:
        for value in sorted(set(field.source.values.values()) - set(field.by_value)):
            yield f"{where}: prefill-map leads to {value!r}, which is no choice"
    if field.source and field.source.register not in form.registers:
        yield f"{where}: prefilled from {field.source.register!r}, which is no register; add it under registers"
    if within := field.limits.get("within"):
        above = by_key.get(within)
        if above is None or above.kind not in PLACE_ABOVE.get(field.kind, ()):
            wanted = " or ".join(PLACE_ABOVE.get(field.kind, ("nothing",)))
            yield f"{where}: within {within!r} must be an earlier field of kind {wanted}"
    if field.is_derived:
        yield from _derived(field, where, by_key)
    if field.is_group:
        yield from _doubles([each.key for each in field.fields], f"{where}, field", "field")
        # A row asks about itself only: JSON Schema cannot look out of an item.
        inside, fields = {ON: "date"}, cast(dict[str, Field], {})
        for each in field.fields:
            yield from _field(form, each, f"{where}, field {each.key}", inside, fields)
            inside[each.key] = literal_of(each)
            fields[each.key] = each


def _derived(field: Field, where: str, by_key: Mapping[str, Field]) -> Iterator[str]:
    text, expression = field.limits.get("text"), field.limits.get("expression")
    if (text is None) == (expression is None):
        yield f"{where}: a computed field says either text or expression"
    if expression is not None:
        try:
            parse(expression, "number")
        except ExpressionError as error:
            yield f"{where}: {error}"
            return
    pattern = r"\{([^}]*)\}" if text is not None else r"\[([^\]]*)\]"
    for name in re.findall(pattern, str(text or expression or "")):
        if name not in by_key:
            yield f"{where}: uses {name!r}, which is no earlier field"
        elif expression is not None and by_key[name].kind not in {"whole", "money"}:
            yield f"{where}: reckons with {name!r}, which is no whole number or money"


def _condition(
    condition: Condition | None, where: str, known: Mapping[str, str], by_key: Mapping[str, Field]
) -> Iterator[str]:
    if condition is None:
        return
    for leaf in leaves(condition):
        kind = known.get(leaf.name)
        if kind is None:
            yield f"{where}: asks about {leaf.name!r}, which is no earlier field, register state or {ON!r}; move it up"
        else:
            yield from _leaf(leaf, where, kind, by_key.get(leaf.name))


def _leaf(leaf: Compare | In | Given | Has | Count, where: str, kind: str, field: Field | None) -> Iterator[str]:
    if isinstance(leaf, Given):
        return
    if isinstance(leaf, Count):
        if kind != "group":
            yield f"{where}: counts {leaf.name!r}, which is no group"
        return
    if isinstance(leaf, Has):
        if kind != "list":
            yield f"{where}: has({leaf.name}, …) is for a field of several choices"
        elif field and leaf.value not in field.by_value:
            yield f"{where}: {leaf.name!r} has no choice {leaf.value!r}"
        return
    for value in leaf.values if isinstance(leaf, In) else (leaf.value,):
        if value == "":
            yield f"{where}: compares {leaf.name!r} with nothing; write not given({leaf.name})"
        yield from _literal(leaf.name, value, where, kind, field)


def _literal(name: str, value: Literal, where: str, kind: str, field: Field | None) -> Iterator[str]:
    found = _kind_of(value)
    wanted = "text" if kind == "state" else kind
    if found != wanted:
        yield f"{where}: compares {name!r} ({kind}) with {value!r}; only given({name}) or its own kind can be asked"
    elif kind == "state" and value not in STATES:
        yield f"{where}: a register answers {', '.join(STATES)}, never {value!r}"
    elif field and field.choices and value not in field.by_value:
        yield f"{where}: {name!r} has no choice {value!r}"


def _kind_of(value: Literal) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | Decimal):
        return "number"
    return "date" if isinstance(value, dt.date) else "text"


def _registers(form: Form) -> Iterator[str]:
    asked = {register for page in form.pages for register in page.asks}
    for register in form.registers.values():
        if register.key not in asked:
            yield f"register {register.key}: no page asks it; write asks: {register.key} on the page of its question"
        for name in register.asks.values():
            if name not in form.by_key:
                yield f"register {register.key}: its question needs {name!r}, which is no field"
