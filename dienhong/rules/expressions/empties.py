"""Why there is no number: the kinds of empty and the truth table that all three evaluators follow (empties.json).

The table is data so that the Python evaluator reads it, the browser's copy is compared with it, and the SQL that is
generated is tested against every cell of it. README.md says the same in sentences.
"""

import json
from enum import IntEnum
from importlib.resources import files
from typing import Any, Literal

Lang = Literal["vi", "en"]

TABLE: dict[str, Any] = json.loads((files(__package__) / "empties.json").read_text(encoding="utf-8"))


class Reason(IntEnum):
    """Why there is no number. 0 to 4 are the codes of base.numbers.Empty; of several reasons the highest is named."""

    NONE = 0
    NOTHING_AROSE = 1
    UNKNOWN = 2
    NOT_APPLICABLE = 3
    SOURCE_DOWN = 4
    DIVISION_BY_ZERO = 5
    TOO_LONG = 6
    NOT_ENTERED = 7

    @property
    def counts_as_number(self) -> bool:
        """A number, or nothing arose, which counts as 0."""
        return _COUNTS[self]

    @property
    def given(self) -> bool:
        """Whether the reporter has answered: a number, nothing arose, unknown or not applicable."""
        return _GIVEN[self]

    def words(self, lang: Lang = "vi") -> str:
        return str(TABLE["words"][lang][self])

    @classmethod
    def read(cls, code: int | None) -> "Reason":
        """A stored code; anything that isn't one (none at all, a retracted version) is no figure."""
        return cls(code) if code is not None and 0 <= code <= cls.NOT_ENTERED else cls.NOT_ENTERED


_COUNTS: list[bool] = TABLE["counts_as_number"]
_GIVEN: list[bool] = TABLE["given"]
ADDING = tuple(tuple(Reason(code) for code in row) for row in TABLE["adding"])
CALCULATING = tuple(tuple(Reason(code) for code in row) for row in TABLE["calculating"])
INTEGER_DIGITS: int = TABLE["limits"]["integer_digits"]
DECIMALS: int = TABLE["limits"]["decimals"]
