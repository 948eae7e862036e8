"""One of a list, several of a list, yes or no, a statement to accept; places; what the form works out itself."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from dienhong.dossiers.forms.kinds.base import LIST, PLACE, TEXT, TRUTH, At, Kind, Schema, expect, whole
from dienhong.dossiers.forms.problems import Wrong, language
from dienhong.dossiers.forms.shapes import Choice, Field, say


def _chosen(value: Any, field: Field, at: At) -> Choice:
    choice = field.by_value.get(value) if isinstance(value, str) else None
    if choice is None:
        raise Wrong("not_offered", typed=value)
    if not choice.open_on(at.day):
        raise Wrong("not_open", choice=say(choice.label, language()), day=f"{at.day:%d/%m/%Y}")
    return choice


def open_values(field: Field, at: At) -> list[str]:
    return [each.value for each in field.choices if each.open_on(at.day)]


class OneOf(Kind):
    """`as: select` shows a list that opens; otherwise radio buttons up to seven choices."""

    name = "choice"
    limits: ClassVar = {"as": (str,)}

    def read(self, typed: str, field: Field, lang: str) -> str:
        return typed.strip()

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        expect(value, str, TEXT)
        _chosen(value, field, at)

    def schema(self, field: Field, at: At) -> Schema:
        return {"enum": open_values(field, at)}

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        choice = field.by_value.get(value)
        return say(choice.label, lang) if choice else str(value)

    def typed(self, value: Any, field: Field, lang: str) -> str:
        return str(value)


class SomeOf(Kind):
    name, literal, many = "several", "list", True
    limits: ClassVar = {"min": (int,), "max": (int,)}

    def read(self, typed: Any, field: Field, lang: str) -> list[str]:
        return [each.strip() for each in typed if each.strip()]

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        expect(value, list, LIST)
        for place, each in enumerate(value):
            _chosen(each, field, at)
            if each in value[:place]:
                raise Wrong("twice", typed=each)
        least, most = field.limits.get("min", 0), field.limits.get("max", len(field.choices))
        if len(value) < least:
            raise Wrong("too_few", number=len(value), least=least)
        if len(value) > most:
            raise Wrong("too_many", number=len(value), most=most)

    def schema(self, field: Field, at: At) -> Schema:
        return {
            "type": "array",
            "items": {"enum": open_values(field, at)},
            "uniqueItems": True,
            "minItems": field.limits.get("min", 0),
            "maxItems": field.limits.get("max", len(field.choices)),
        }

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        return "; ".join(say(field.by_value[each].label, lang) for each in value if each in field.by_value)

    def typed(self, value: Any, field: Field, lang: str) -> list[str]:
        return list(value)


class YesNo(Kind):
    name, literal = "yes_no", "truth"

    def read(self, typed: str, field: Field, lang: str) -> bool:
        if typed.strip() not in {"yes", "no"}:
            raise Wrong("not_yes_no")
        return typed.strip() == "yes"

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        expect(value, bool, TRUTH)

    def schema(self, field: Field, at: At) -> Schema:
        return {"type": "boolean"}

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        return _("Có") if value else _("Không")

    def typed(self, value: Any, field: Field, lang: str) -> str:
        return "yes" if value else "no"


class Statement(Kind):
    """Something to accept; only yes is an answer."""

    name, literal = "statement", "truth"

    def read(self, typed: str, field: Field, lang: str) -> bool:
        return typed.strip() == "yes"

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        if value is not True:
            raise Wrong("statement")

    def schema(self, field: Field, at: At) -> Schema:
        return {"const": True}

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        return _("Đã đồng ý") if value else _("Chưa đồng ý")

    def typed(self, value: Any, field: Field, lang: str) -> str:
        return "yes" if value else ""


class Place(Kind):
    """A unit by its statistics code on the day; `within` names the field that holds the unit above."""

    limits: ClassVar = {"within": (str,)}
    digits: ClassVar[int]

    def read(self, typed: str, field: Field, lang: str) -> str:
        return typed.strip()

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        expect(value, str, PLACE)
        day = f"{at.day:%d/%m/%Y}"
        if not (len(value) == self.digits and value.isascii() and value.isdigit()):
            raise Wrong("no_such_place", typed=value, day=day)
        if at.places is None:
            return
        if not at.places.exists(self.name, value, "", at.day):
            raise Wrong("no_such_place", typed=value, day=day)
        above = values.get(field.limits.get("within", ""), "")
        if above and not at.places.exists(self.name, value, above, at.day):
            raise Wrong("not_within", typed=at.places.name(self.name, value, at.day))

    def schema(self, field: Field, at: At) -> Schema:
        said: Schema = {"type": "string", "pattern": whole(f"[0-9]{{{self.digits}}}")}
        if at.places is not None and self.name == "province":
            said["enum"] = [code for code, _name in at.places.options("province", "", at.day)]
        elif within := field.limits.get("within"):
            said["$comment"] = f"a unit below that of {within!r} on the day: judged, not said here"
        return said

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        return at.places.name(self.name, value, at.day) if at.places else str(value)

    def typed(self, value: Any, field: Field, lang: str) -> str:
        return str(value)


class Province(Place):
    name, digits = "province", 2


class District(Place):
    name, digits = "district", 3


class Commune(Place):
    name, digits = "commune", 5


class Computed(Kind):
    """What the form works out: `text` with {fields} in it, or `expression` over whole numbers. Never asked for."""

    name, literal = "computed", "none"
    limits: ClassVar = {"text": (str,), "expression": (str,), "unit": (dict,)}

    def read(self, typed: str, field: Field, lang: str) -> Any:
        return None

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        """Whatever came is not looked at: it is computed again when filed."""

    def schema(self, field: Field, at: At) -> Schema:
        return {"readOnly": True}

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        if isinstance(value, int):
            from dienhong.dossiers.forms.kinds.numbers import group

            unit = field.limits.get("unit", {})
            return f"{group(value, lang)} {unit.get(lang) or unit.get('vi', '')}".strip()
        return str(value)
