"""Conditions as JSON for the small script that shows a field at once; the server decides all the same."""

import datetime as dt
from typing import Any

from dienhong.rules.conditions import Both, Compare, Condition, Count, Either, Given, Has, In, Not


def as_json(condition: Condition) -> list[Any]:
    """[operator, …]: and, or, not, =, <, in, given, has, count."""
    match condition:
        case Both(parts):
            return ["and", *(as_json(part) for part in parts)]
        case Either(parts):
            return ["or", *(as_json(part) for part in parts)]
        case Not(part):
            return ["not", as_json(part)]
        case Given(name):
            return ["given", name]
        case Has(name, value):
            return ["has", name, _plain(value)]
        case In(name, values):
            return ["in", name, [_plain(value) for value in values]]
        case Count(name, sign, number):
            return ["count", name, sign, number]
        case Compare(name, sign, value):
            return ["is", name, sign, _plain(value)]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, str | bool | int) else float(value)
