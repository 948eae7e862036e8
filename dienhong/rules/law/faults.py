"""What the law's machinery says when it will not answer: a fault of a file, or a case it cannot decide."""

import datetime as dt
from collections.abc import Sequence

from dienhong.base.refusal import Refused

Said = dict[str, str]  # language -> sentence; "vi" and "en" are always there


class LawFault(Exception):
    """A parameter file is wrong. The sentence names file, parameter and date, and says what to do."""

    def __init__(self, file: str, parameter: str, since: dt.date | None, problem: str, remedy: str) -> None:
        place = ", ".join(part for part in (file, parameter, f"{since:%Y-%m-%d}" if since else "") if part)
        super().__init__(f"{place}: {problem} {remedy}")
        self.file, self.parameter, self.since = file, parameter, since
        self.problem, self.remedy = problem, remedy


class Undecided(Refused):
    """No amount was computed. `said` has the sentence in vi and en; `fact` is the fact to give, or empty.

    `choices` are the answers that would settle it, where they can be listed.
    """

    def __init__(self, code: str, said: Said, *, fact: str = "", choices: Sequence[str] = ()) -> None:
        super().__init__(code, said["vi"])
        self.said, self.fact, self.choices = said, fact, tuple(choices)


class FactMissing(Undecided):
    """A fact that the formula needs was not given."""

    def __init__(self, fact: str, said: Said | None = None, choices: Sequence[str] = ()) -> None:
        vi, en = f"Còn thiếu thông tin “{fact}” để tính.", f"The fact “{fact}” is missing, so nothing was computed."
        super().__init__("fact_missing", said or {"vi": vi, "en": en}, fact=fact, choices=choices)


class FactWrong(Undecided):
    """A fact is written in a way that cannot be read, or contradicts another."""

    def __init__(self, fact: str, said: Said, choices: Sequence[str] = ()) -> None:
        super().__init__("fact_wrong", said, fact=fact, choices=choices)


class NoLaw(Undecided):
    """No parameter was in force on the day: nothing is guessed."""

    def __init__(self, parameter: str, on: dt.date | None) -> None:
        day = f"{on:%d/%m/%Y}" if on else ""
        vi = f"Không có quy định “{parameter}” có hiệu lực ngày {day}, nên chưa tính được."
        en = f"No rule “{parameter}” was in force on {day}, so nothing was computed."
        super().__init__("no_law", {"vi": vi, "en": en}, fact="")
        self.parameter, self.on = parameter, on


class TooLarge(Undecided):
    """The figures go beyond 64 bits: refused, because wrapping would give a wrong amount in silence."""

    def __init__(self, where: str) -> None:
        vi = f"Con số quá lớn để tính chính xác trên mảng ({where}); hãy tính từng trường hợp."
        en = f"The figures are too large to be exact in an array ({where}); compute the cases one by one."
        super().__init__("too_large", {"vi": vi, "en": en})
