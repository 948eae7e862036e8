"""From what was typed to what is filed: read, see which fields are shown, judge, bring into canonical form.

`values` are JSON: text, whole numbers, true and false, ISO days, lists; decimals as text. A register's state stands
among them as `<register>.state`. Hidden fields keep their values in the draft; they are not judged, not filed, and a
condition that asks about one finds nothing.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dienhong.base.clock import HANOI
from dienhong.base.refusal import Fault
from dienhong.dossiers.forms import computed
from dienhong.dossiers.forms.kinds import KINDS, At, Places
from dienhong.dossiers.forms.problems import Wrong, language, sentence
from dienhong.dossiers.forms.references import ON, state_name
from dienhong.dossiers.forms.shapes import STATES, Field, Form, Page, say
from dienhong.rules.conditions import holds, is_given

Values = Mapping[str, Any]
Moment = dt.datetime | dt.date


@dataclass(slots=True)
class Reading:
    """What was typed, read. A field that cannot be read has a fault and no value; its text stays in `typed`."""

    typed: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)


def day_of(moment: Moment) -> dt.date:
    """The day in Hà Nội."""
    return moment.astimezone(HANOI).date() if isinstance(moment, dt.datetime) else moment


def at(moment: Moment, places: Places | None = None) -> At:
    return At(day_of(moment), places)


# -- reading -----------------------------------------------------------------------------------------------------------


def read(
    form: Form, typed: Mapping[str, Any], lang: str = "vi", files: Mapping[str, list[Any]] | None = None
) -> Reading:
    """Typed text to values. `files`: field -> what Document takes. Blank is no answer, and no fault here."""
    reading = Reading(typed)
    for one in form.fields:
        if one.is_file:
            if found := (files or {}).get(one.key):
                reading.values[one.key] = list(found)
        elif one.is_group:
            _read_group(one, typed.get(one.key), lang, reading)
        elif not one.is_derived:
            _read_one(one, typed.get(one.key), lang, one.key, reading.values, reading.faults)
    for register in form.registers:
        if (said := typed.get(state_name(register))) in STATES:
            reading.values[state_name(register)] = said
    return reading


def _read_group(group: Field, typed: Any, lang: str, reading: Reading) -> None:
    rows = []
    for number, row in enumerate(typed if isinstance(typed, list) else []):
        values: dict[str, Any] = {}
        for one in group.fields:
            said = row.get(one.key) if isinstance(row, Mapping) else None
            _read_one(one, said, lang, f"{group.key}.{number}.{one.key}", values, reading.faults)
        rows.append(values)
    if rows:
        reading.values[group.key] = rows


def _read_one(one: Field, said: Any, lang: str, where: str, values: dict[str, Any], faults: dict[str, Fault]) -> None:
    kind = KINDS[one.kind]
    if kind.many:
        said = [each for each in said if isinstance(each, str)] if isinstance(said, list) else []
    elif not isinstance(said, str) or not said.strip():
        return
    try:
        value = kind.read(said, one, lang)
    except Wrong as wrong:
        faults[where] = _fault(wrong, one, where, said)
    else:
        if is_given(value):
            values[one.key] = value


# -- what is shown -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Seen:
    """The answers that count: those of fields that are shown, with `on` and the registers' states."""

    facts: dict[str, Any]
    shown: set[str] = field(default_factory=set)  # keys of pages as "page:<key>" and of fields


def see(form: Form, values: Values, day: dt.date) -> Seen:
    """Walk the form once, top to bottom: a condition may ask only about what stands above it."""
    seen = Seen({ON: day, **{name: values[name] for key in form.registers if (name := state_name(key)) in values}})
    for page in form.pages:
        if page.shown_if is not None and not holds(page.shown_if, seen.facts):
            continue
        seen.shown.add(f"page:{page.key}")
        for one in page.fields:
            if one.shown_if is not None and not holds(one.shown_if, seen.facts):
                continue
            seen.shown.add(one.key)
            if one.key in values and is_given(values[one.key]):
                seen.facts[one.key] = values[one.key]
    return seen


def pages_shown(form: Form, values: Values, moment: Moment) -> list[Page]:
    """Pages that have something to ask, in order."""
    shown = see(form, values, day_of(moment)).shown
    return [
        page
        for page in form.pages
        if f"page:{page.key}" in shown and any(one.key in shown and not one.is_derived for one in page.fields)
    ]


def row_shown(group: Field, row: Values, day: dt.date) -> Iterator[Field]:
    """Fields of a group that are shown in this row; a row's condition sees its own answers and the day."""
    own: dict[str, Any] = {ON: day}
    for one in group.fields:
        if one.shown_if is None or holds(one.shown_if, own):
            if is_given(row.get(one.key)):
                own[one.key] = row[one.key]
            yield one


# -- judging -----------------------------------------------------------------------------------------------------------


def judge(
    form: Form,
    values: Values,
    now: Moment,
    *,
    places: Places | None = None,
    read_faults: Mapping[str, Fault] | None = None,
    only: str = "",
) -> list[Fault]:
    """Every fault of what is shown, in the form's order; of one page only if `only` names it. Empty: it can be filed.

    `read_faults` of `read` stand in for judging the fields they name. `Fault.where`: field, or `group.row.field`.
    """
    point = at(now, places)
    seen = see(form, values, point.day)
    earlier = read_faults or {}
    found: list[Fault] = []
    for page in form.pages:
        if f"page:{page.key}" not in seen.shown or (only and page.key != only):
            continue
        for one in page.fields:
            if one.key in seen.shown:
                found += _judge_field(one, values, seen.facts, point, earlier)
    for name in map(state_name, form.registers):
        if name in values and values[name] not in STATES:
            found.append(_odd("shape", name, expected=" / ".join(STATES)))
    known = {*form.by_key, *(state_name(key) for key in form.registers)}
    for key in [] if only else [each for each in values if each not in known]:
        found.append(_odd("unknown_field", str(key), key=key))
    return found


def _judge_field(
    one: Field, values: Values, facts: dict[str, Any], point: At, earlier: Mapping[str, Fault]
) -> list[Fault]:
    if one.key in earlier:
        return [earlier[one.key]]
    value = values.get(one.key)
    if one.is_group:
        return list(_judge_group(one, value, facts, point, earlier))
    fault = _judge_value(one, value, facts, point, one.key)
    return [fault] if fault else []


def _judge_group(
    group: Field, rows: Any, facts: dict[str, Any], point: At, earlier: Mapping[str, Fault]
) -> Iterator[Fault]:
    if not is_given(rows):
        if _required(group, facts) and group.limits.get("min", 1):
            yield _fault(Wrong("too_few", number=0, least=group.limits.get("min", 1)), group, group.key, "")
        return
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        yield _fault(Wrong("shape", expected="[{…}]"), group, group.key, "")
        return
    least, most = group.limits.get("min", 0), group.limits.get("max", 50)
    if len(rows) < least:
        yield _fault(Wrong("too_few", number=len(rows), least=least), group, group.key, "")
    if len(rows) > most:
        yield _fault(Wrong("too_many", number=len(rows), most=most), group, group.key, "")
    for number, row in enumerate(rows[:most]):
        own: dict[str, Any] = {ON: point.day}
        for one in row_shown(group, row, point.day):
            where = f"{group.key}.{number}.{one.key}"
            if where in earlier:
                yield earlier[where]
            elif fault := _judge_value(one, row.get(one.key), own, point, where):
                yield fault
            if is_given(row.get(one.key)):
                own[one.key] = row[one.key]
        for key in set(row) - {one.key for one in group.fields}:
            yield _odd("unknown_field", f"{group.key}.{number}.{key}", key=key)


def _judge_value(one: Field, value: Any, facts: dict[str, Any], point: At, where: str) -> Fault | None:
    if one.is_derived:
        return None
    if not is_given(value):
        return _fault(_missing(one), one, where, "") if _required(one, facts) else None
    try:
        KINDS[one.kind].judge(value, one, facts, point)
    except Wrong as wrong:
        return _fault(wrong, one, where, value if isinstance(value, str) else "")
    if one.wrong_if is not None and holds(one.wrong_if, {**facts, one.key: value}):
        return Fault("wrong", say(one.wrong, language()), where)
    return None


def _required(one: Field, facts: Mapping[str, Any]) -> bool:
    return one.required or (one.required_if is not None and holds(one.required_if, facts))


def _missing(one: Field) -> Wrong:
    code = {"choice": "choose_one", "several": "choose_some", "document": "no_file", "statement": "statement"}.get(
        one.kind
    )
    code = code or ("choose_one" if one.kind in {"yes_no", "province", "district", "commune"} else "required")
    return Wrong(code, least=max(1, int(one.limits.get("min", 1)) if one.kind == "several" else 1))


def _fault(wrong: Wrong, one: Field, where: str, typed: Any) -> Fault:
    return Fault(
        wrong.code, sentence(wrong, label=say(one.label, language())), where, typed if isinstance(typed, str) else ""
    )


def _odd(code: str, where: str, **facts: Any) -> Fault:
    return Fault(code, sentence(Wrong(code, **facts)), where)


# -- filing ------------------------------------------------------------------------------------------------------------


def filed(form: Form, values: Values, now: Moment) -> dict[str, Any]:
    """What goes into the dossier: shown answers only, canonical, in the form's order; computed fields worked out.

    The caller has judged `values`. The same answers give the same content, byte for byte, whatever was typed beside.
    """
    seen = see(form, values, day_of(now))
    found: dict[str, Any] = {}
    for one in form.fields:
        if one.key not in seen.shown:
            continue
        value: Any
        if one.is_derived:
            value = computed.value(one, form, found, at(now))
        elif one.key not in seen.facts:
            continue
        elif one.is_group:
            value = [_filed_row(one, row, day_of(now)) for row in values[one.key]]
        else:
            value = KINDS[one.kind].canonical(values[one.key], one)
        if is_given(value):
            found[one.key] = value
    for register in form.registers:
        if (name := state_name(register)) in values:
            found[name] = values[name]
    return found


def _filed_row(group: Field, row: Values, day: dt.date) -> dict[str, Any]:
    return {
        one.key: KINDS[one.kind].canonical(row[one.key], one)
        for one in row_shown(group, row, day)
        if is_given(row.get(one.key))
    }
