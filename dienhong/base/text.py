"""Vietnamese text: folding for search, the key that sorts names the same on every server, slugs.

`fold` here and `dienhong_fold` in SQL (migration 0001 of base) do the same steps, held equal by a test.
Plain Python, no Django.
"""

import re
import string
import unicodedata

# Đ/đ do not decompose; Eth (Ð ð) is what old fonts typed for them.
_STROKE = str.maketrans("ĐđÐð", "dddd")
# Only A-Z: lower() of a server depends on its locale, and after folding Vietnamese is ASCII.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_MARKS = re.compile("[\u0300-\u036f]+")
_SPACES = re.compile("[ \t\n\r\f\v\u00a0\u2000-\u200a\u202f\u3000]+")


def fold(s: str) -> str:
    """Without tones and marks, đ as d, lower case, single spaces: "  Thừa Thiên  Huế" -> "thua thien hue"."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", s))
    return _SPACES.sub(" ", bare.translate(_STROKE).translate(_LOWER)).strip(" ")


def slug(s: str) -> str:
    """ASCII for keys and file names: "Bà Rịa - Vũng Tàu" -> "ba-ria-vung-tau"; "" when nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", fold(s)).strip("-")


_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"  # f, j, w, z stand where foreign names need them
_LETTER_KEY = {letter: chr(ord("A") + place) for place, letter in enumerate(_LETTERS)}
_SHAPED = {unicodedata.normalize("NFD", letter): letter for letter in _LETTERS}
# Below every letter and digit key, so that "ba" comes before "ban" and "bạ" before "bac".
_TONE_KEY = {"": "!", "\u0300": '"', "\u0309": "#", "\u0303": "$", "\u0301": "%", "\u0323": "&"}
_NUMBER = "("
_FOREIGN = "~"


def _syllable_key(syllable: str) -> str:
    """Letters, then the tone; Hòa and Hoà are one syllable written two ways and get one key."""
    letters: list[str] = []
    tone = ""
    for char in unicodedata.normalize("NFD", syllable):
        if char in _TONE_KEY:
            tone = tone or char
        elif char in (_BREVE, _CIRCUMFLEX, _HORN) and letters and letters[-1] + char in _SHAPED:
            letters[-1] = _SHAPED[letters[-1] + char]
        elif not _MARKS.fullmatch(char):
            letters.append(char)
    key = "".join(_LETTER_KEY.get(c) or f"{_FOREIGN}{ord(c):06X}" for c in letters)
    return key + _TONE_KEY[tone]


def _number_key(digits: str) -> str:
    """Numbers by size, so that Phường 2 stands before Phường 10."""
    bare = digits.lstrip("0") or "0"
    return f"{_NUMBER}{len(bare):04d}{bare}{_TONE_KEY['']}"


def sort_key(s: str) -> str:
    """Key whose plain byte order (Python's, or SQL COLLATE "C") is Vietnamese dictionary order. ASCII.

    Syllable by syllable: letters a ă â b c d đ e ê … y, then tone ngang huyền hỏi ngã sắc nặng. Case, punctuation
    and where in the syllable the tone is written do not count, so break ties by the name itself. Numbers sort by
    size before letters, other scripts after them.
    """
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFC", s).lower()).replace("ð", "đ")
    tokens = re.findall(r"[0-9]+|(?:[^\W\d_][\u0300-\u036f]*)+", text)
    return "".join(_number_key(token) if token[0] in string.digits else _syllable_key(token) for token in tokens)


_MARKED = re.compile(
    "[\u00c0-\u00c3\u00c8-\u00ca\u00cc\u00cd\u00d2-\u00d5\u00d9\u00da\u00dd\u00e0-\u00e3\u00e8-\u00ea\u00ec\u00ed\u00f2-\u00f5\u00f9\u00fa\u00fd\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u0300\u0301\u0303\u0309\u0323\u1ea0-\u1ef9]"
)


def is_vietnamese(s: str) -> bool:
    """Whether a letter stands in it that English does not write: ă, đ, ơ, a tone. "Nam" alone cannot be told."""
    return _MARKED.search(s) is not None
