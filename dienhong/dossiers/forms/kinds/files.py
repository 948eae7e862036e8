"""Files handed in for one required document. The value is a list of what the store and the scanner said of each."""

from typing import Any, ClassVar

from dienhong.dossiers.forms.kinds.base import FILE, FILES, At, Kind, Schema, expect, whole
from dienhong.dossiers.forms.problems import Wrong
from dienhong.dossiers.forms.shapes import Field

MEDIA = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DIGEST = whole("[0-9a-f]{64}")
PARTS = {"digest", "name", "kind", "size"}
MEGABYTE = 2**20


def words_of_size(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB".replace(".", ",") if size >= MEGABYTE else f"{max(1, size // 1024)} kB"


class Document(Kind):
    """`types` of MEDIA, `megabytes` each, `min` and `max` files; `document`: its key in the service's sheet."""

    name, literal = "document", "none"
    limits: ClassVar = {"types": (list,), "megabytes": (int,), "min": (int,), "max": (int,), "document": (str,)}

    def types(self, field: Field) -> list[str]:
        return [MEDIA[each] for each in field.limits.get("types", ["pdf", "jpg", "png"])]

    def largest(self, field: Field) -> int:
        return int(field.limits.get("megabytes", 5)) * MEGABYTE

    def most(self, field: Field) -> int:
        return int(field.limits.get("max", 1))

    def read(self, typed: str, field: Field, lang: str) -> Any:
        return None

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        expect(value, list, FILES)
        for each in value:
            self._one(each, field)
        least, most = field.limits.get("min", 1), self.most(field)
        if len(value) < least:
            raise Wrong("too_few", number=len(value), least=least)
        if len(value) > most:
            raise Wrong("too_many", number=len(value), most=most)

    def _one(self, each: Any, field: Field) -> None:
        import re

        expect(each, dict, FILE)
        if set(each) != PARTS or not all(isinstance(each[part], str) for part in ("digest", "name", "kind")):
            raise Wrong("shape", expected="digest, name, kind, size")
        if not re.search(DIGEST, each["digest"]) or not 1 <= len(each["name"]) <= 200:
            raise Wrong("shape", expected="digest, name")
        size = each["size"]
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise Wrong("shape", expected="size")
        if each["kind"] not in self.types(field):
            expected = ", ".join(field.limits.get("types", ["pdf", "jpg", "png"]))
            raise Wrong("file_kind", typed=each["name"], expected=expected)
        if size > self.largest(field):
            most = words_of_size(self.largest(field))
            raise Wrong("file_large", typed=each["name"], size=words_of_size(size), most=most)

    def schema(self, field: Field, at: At) -> Schema:
        one = {
            "type": "object",
            "properties": {
                "digest": {"type": "string", "pattern": DIGEST},
                "name": {"type": "string", "minLength": 1, "maxLength": 200},
                "kind": {"enum": self.types(field)},
                "size": {"type": "integer", "minimum": 1, "maximum": self.largest(field)},
            },
            "required": sorted(PARTS),
            "additionalProperties": False,
        }
        return {
            "type": "array",
            "items": one,
            "minItems": field.limits.get("min", 1),
            "maxItems": self.most(field),
        }

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        return "; ".join(f"{each['name']} ({words_of_size(each['size'])})" for each in value)

    def typed(self, value: Any, field: Field, lang: str) -> str:
        return ""
