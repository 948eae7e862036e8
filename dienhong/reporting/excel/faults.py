"""What is wrong with an uploaded file, said once in each language: stored beside the upload, shown in the reader's."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop, override

LANGUAGES = ("vi", "en")
Words = dict[str, str]
"""A sentence by language: {"vi": …, "en": …}."""


def both(text: str, **values: Any) -> Words:
    """The sentence in each language. `text` is a msgid marked by gettext_noop; a value may itself be Words."""
    out = {}
    for lang in LANGUAGES:
        with override(lang):
            said = gettext(text)
        out[lang] = said % {name: each[lang] if isinstance(each, dict) else each for name, each in values.items()}
    return out


def say(text: str) -> str:
    """Now, in the reader's language."""
    return gettext(text)


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing wrong. `sheet` and `address` are empty where it is the whole file; `key` is the form's cell, if any."""

    code: str
    sentence: Words
    sheet: str = ""
    address: str = ""
    key: str = ""
    label: Words = field(default_factory=dict)
    value: str = ""
    expected: Words = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "FileFault":
        return cls(**stored)


class BadFile(Exception):
    """The file as a whole cannot be read; nothing of it was."""

    def __init__(self, code: str, text: str, **values: Any) -> None:
        self.fault = FileFault(code, both(text, **values))
        super().__init__(self.fault.sentence["vi"])


__all__ = ["LANGUAGES", "BadFile", "FileFault", "Words", "both", "gettext_noop", "say"]
