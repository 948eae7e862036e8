"""Fields that the form works out: words put together, or whole numbers reckoned exactly."""

import re
from collections.abc import Mapping
from typing import Any

from dienhong.dossiers.forms.kinds import KINDS, At
from dienhong.dossiers.forms.shapes import Field, Form
from dienhong.rules.expressions import evaluate, parse, rounded


def value(one: Field, form: Form, answers: Mapping[str, Any], at: At) -> str | int | None:
    """None where something that a reckoning needs was not answered. Rounded to a whole, half away from zero."""
    if (text := one.limits.get("text")) is not None:
        said = re.sub(r"\{([^}]*)\}", lambda found: _words(form, answers, found[1], at), text)
        return re.sub(r"\s+", " ", said).strip() or None
    tree = parse(one.limits["expression"], "number")
    inputs = {f"[{key}]": each for key, each in answers.items() if isinstance(each, int) and not isinstance(each, bool)}
    number = evaluate(tree, inputs).number
    return None if number is None else int(rounded(number, 0))


def _words(form: Form, answers: Mapping[str, Any], name: str, at: At) -> str:
    field = form.by_key[name]
    return KINDS[field.kind].show(answers[name], field, "vi", at) if name in answers else ""
