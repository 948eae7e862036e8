"""What people really typed: without tones, with the marks of an input method left over, by ear, with slips.

Plain Python. Words here are folded syllables ("giấy phép" -> "giay", "phep").
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from dienhong.base.text import fold

WORD = re.compile(r"[a-z0-9]+")
TELEX_TONES = "sfrxj"
TELEX_PAIRS = (("dd", "d"), ("aa", "a"), ("ee", "e"), ("oo", "o"), ("uow", "uo"), ("uw", "u"), ("ow", "o"), ("aw", "a"))
VOWEL = re.compile("[aeiouy]")
VNI = re.compile(r"(?<=[a-z])[0-9]+")
LONGEST_QUERY = 200
LONGEST_WORD = 24
MOST_WORDS = 24
# Words that ask and name nothing. Whole phrases only: "lam" alone is also to have something made ("làm căn cước"),
# "can" also "căn".
QUESTIONS = tuple(
    tuple(phrase.split())
    for phrase in (
        "can phai lam nhung gi", "can phai lam gi", "can lam nhung gi", "can lam gi", "phai lam nhung gi",
        "phai lam gi", "thi lam gi", "lam nhung gi", "lam gi", "can nhung giay to gi", "can giay to gi",
        "gom nhung giay to gi", "can nhung gi", "can gi", "nhu the nao", "the nao", "lam sao", "ra sao", "o dau",
        "cho nao", "bao lau", "khi nao", "mat bao nhieu tien", "het bao nhieu tien", "bao nhieu tien", "toi muon",
        "toi can", "em muon", "lam the nao de", "lam sao de", "cho hoi", "xin hoi",
    )
)  # fmt: skip


def words(text: str) -> list[str]:
    """Folded words of a text, all of them."""
    return WORD.findall(fold(text))


def query_words(text: str) -> list[str]:
    """Folded words of a query, cut to what a person types; the rest of a hostile one is not looked at."""
    return [word[:LONGEST_WORD] for word in words(text[:LONGEST_QUERY])][:MOST_WORDS]


def asked(typed: list[str]) -> list[str]:
    """The query without the words that only make it a question; the query itself where nothing else was said."""
    rest: list[str] = []
    at = 0
    while at < len(typed):
        many = max((len(one) for one in QUESTIONS if tuple(typed[at : at + len(one)]) == one), default=0)
        if not many:
            rest.append(typed[at])
        at += many or 1
    return rest or typed


@lru_cache(8192)
def decoded(word: str) -> tuple[str, ...]:
    """What the word is if marks of Telex or VNI were left in it: "giaays" -> "giay", "d9ang" -> "dang"."""
    found = []
    if (plain := VNI.sub("", word)) != word and not word.isdigit():
        found.append(plain)
    telex = word
    for pair, letter in TELEX_PAIRS:
        telex = telex.replace(pair, letter)
    telex = re.sub("w(?=[a-z]|$)", "u", telex) if not VOWEL.search(telex) else telex.replace("w", "")
    if telex != word:
        found.append(telex)
    # The tone's key stands at the end or behind its vowel: "phesp", "truwowcs".
    for base in (word, telex):
        for place in range(len(base) - 1, 0, -1):
            if base[place] in TELEX_TONES and VOWEL.search(base[:place]):
                found.append(base[:place] + base[place + 1 :])
    return tuple(dict.fromkeys(each for each in found if each and each != word))


ONSETS = (("ngh", "ng"), ("gh", "g"), ("tr", "ch"), ("gi", "d"), ("qu", "q"), ("ph", "f"), ("k", "c"), ("s", "x"),
          ("r", "d"), ("z", "d"), ("l", "n"))  # fmt: skip
ENDS = (("ng", "n"), ("nh", "n"), ("c", "t"), ("ch", "t"), ("y", "i"), ("o", "u"))


@lru_cache(8192)
def sound(word: str) -> str:
    """One key for what is heard alike in some part of the country: tr/ch, s/x, d/gi/r, l/n, final n/ng, t/c, i/y."""
    for begins, one in ONSETS:
        if word.startswith(begins):
            word = one + word[len(begins) :]
            break
    for ends, one in ENDS:
        if word.endswith(ends) and len(word) > len(ends) + 1:
            word = word[: -len(ends)] + one
            break
    return word.replace("y", "i")


def shortened(word: str) -> Iterator[str]:
    """The word with one letter left out, each way."""
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def near(one: str, other: str) -> bool:
    """Whether one slip of the finger lies between them: a letter too many, too few, wrong, or two swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    if len(one) == len(other):
        wrong = [place for place in range(len(one)) if one[place] != other[place]]
        if len(wrong) == 1:
            return True
        first = wrong[0]
        return (
            len(wrong) == 2
            and wrong[1] == first + 1
            and one[first] == other[first + 1]
            and one[first + 1] == other[first]
        )
    long, short = (one, other) if len(one) > len(other) else (other, one)
    return any(each == short for each in shortened(long))


def divided(word: str, known: Iterable[str] | dict[str, int]) -> list[str]:
    """The word as syllables that are known, when the blanks between them were left out; [] if it cannot be."""
    best: list[list[str] | None] = [[], *[None] * len(word)]
    for until in range(1, len(word) + 1):
        for since in range(max(0, until - 7), until):
            head, part = best[since], word[since:until]
            if head is None or part not in known or len(part) < 2:
                continue
            held = best[until]
            if held is None or len(head) + 1 < len(held):
                best[until] = [*head, part]
    found = best[len(word)]
    return found if found and len(found) > 1 else []
