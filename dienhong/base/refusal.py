"""What an action says when it will not do something: a sentence for a person, a code for a machine."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where (cell key, or empty), the text as typed, and what to do about it."""

    code: str
    sentence: str
    where: str = ""
    typed: str = ""


class Refused(Exception):
    """The action did not happen, and nothing was saved. `faults` holds every reason, never only the first."""

    def __init__(self, code: str, sentence: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.faults = tuple(faults) or (Fault(code, sentence),)


class NotPermitted(Refused):
    """The person may not; the sentence is the administrative reason."""
