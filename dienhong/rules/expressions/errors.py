"""An expression that is refused: where, what stands there, what was expected, what to do. In both languages."""

from typing import Final, NamedTuple

from dienhong.rules.expressions.empties import Lang


class Words(NamedTuple):
    vi: str
    en: str

    def get(self, lang: Lang) -> str:
        return self.vi if lang == "vi" else self.en


OPERAND: Final = Words("một số, một ô như [r1], một hàm hoặc “(”", "a number, a cell such as [r1], a function or “(”")


class ExpressionError(ValueError):
    """`position` counts characters from 1; `found` is the text that stands there ("" at the end)."""

    def __init__(self, position: int, found: str, expected: Words, remedy: Words) -> None:
        self.position = position
        self.found = found
        self.expected = expected
        self.remedy = remedy
        super().__init__(self.sentence("en"))

    def sentence(self, lang: Lang = "vi") -> str:
        if lang == "vi":
            met = f"gặp “{self.found}”" if self.found else "biểu thức đã hết"
            return f"Ký tự thứ {self.position}: {met}, cần {self.expected.vi}. {self.remedy.vi}"
        met = f"“{self.found}” stands here" if self.found else "the expression ends"
        return f"Character {self.position}: {met}; expected {self.expected.en}. {self.remedy.en}"
