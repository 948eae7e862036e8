"""Words of the population database: it compares, and says which fields differ, never what it holds instead."""

import unicodedata
from collections.abc import Mapping
from typing import Any


def question(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """identity_no (12 digits), name as written, birth_date ISO; residence, where given, is compared too."""
    content = {
        "identity_no": "".join(str(asked["identity_no"]).split()),
        "name": _name(asked["name"]),
        "birth_date": str(asked["birth_date"]),
    }
    return content | ({"residence": _name(asked["residence"])} if asked.get("residence") else {})


def answer(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """PersonData: identity_no, name, birth_date, sex, residence; given only where all that was asked fits."""
    return dict(content)


def _name(text: object) -> str:
    """Composed letters, one space between words: the same name typed on two keyboards is the same name."""
    return unicodedata.normalize("NFC", " ".join(str(text).split()))
