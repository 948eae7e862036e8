"""The index of one worker: words to procedures, pairs of words, and the ways to a word from what was typed.

NumPy arrays over places (0…n-1); a procedure that changed takes a new place and the old one is void. Plain Python
and NumPy, no Django.
"""

import math
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dienhong.base.text import fold
from dienhong.catalogue.search.typed import WORD, decoded, divided, near, shortened, sound, words

Floats = NDArray[np.float32]
Places = NDArray[np.int32]
IN_NAME, IN_FIELD, IN_EXTRA = 1.0, 0.3, 0.35
PREFIXES = 48  # at most so many words a half word is taken for
NEARS = 24
# A typed word: what it may be, its weight at every place, what a full match is worth.
Word = tuple[dict[str, float], Floats, float]
NONE: dict[str, list[int]] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One procedure as search sees it. `use` is its weight of use, `common` that it stands under a life event.

    `extra` holds words that lead to it besides its name.
    """

    key: int
    code: str
    name: str
    field: str
    agency: str
    standing: str = "described"
    use: int = 0
    common: bool = False
    extra: str = ""


@dataclass(slots=True)
class Held:
    """An entry with what was worked out of its name."""

    entry: Entry
    words: list[str]
    toned: set[str]
    initials: str
    use: int
    _parts: list[tuple[str, list[str]]] = field(default_factory=list)

    def parts(self) -> list[tuple[str, list[str]]]:
        """The name at its blanks, each piece with its folded words; worked out when it is first shown."""
        if not self._parts:
            self._parts = [(part, words(part)) for part in self.entry.name.split(" ")]
        return self._parts


@dataclass(slots=True)
class Index:
    held: list[Held | None] = field(default_factory=list)
    place_of: dict[int, int] = field(default_factory=dict)
    code_of: dict[str, int] = field(default_factory=dict)
    live: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    prior: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    kept: dict[tuple[str, bool], Word] = field(default_factory=dict)
    _initials: str = ""
    _postings: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    _pairs: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    _shortened: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _sounds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _sorted: list[str] = field(default_factory=list)
    _packed: dict[str, tuple[Places, Floats]] = field(default_factory=dict)
    _packed_pairs: dict[tuple[str, str], Places] = field(default_factory=dict)

    def put(self, entries: Iterable[Entry]) -> None:
        """Add or replace; an index in use stays readable, the caller holds other writers off."""
        for entry in entries:
            self._void(entry.key)
            place = len(self.held)
            toned = set(toned_words(entry.name))
            spoken = words(entry.name)
            self.held.append(Held(entry, spoken, toned, "".join(word[0] for word in spoken), entry.use))
            self.place_of[entry.key], self.code_of[entry.code] = place, place
            self._post(place, words(entry.extra), IN_EXTRA)
            self._post(place, words(entry.field), IN_FIELD)
            self._post(place, spoken, IN_NAME)
            for one, other in {*pairwise(spoken)}:
                self._pairs.setdefault(one, {}).setdefault(other, []).append(place)
                self._packed_pairs.pop((one, other), None)
        self._settle()

    def drop(self, keys: Iterable[int]) -> None:
        for key in keys:
            self._void(key)
        self._settle()

    def weigh(self, use: dict[int, int]) -> None:
        """New counts of use, by key; who is not in it has none."""
        for key, place in self.place_of.items():
            if (held := self.held[place]) is not None and held.use != use.get(key, 0):
                held.use = use.get(key, 0)
                self.prior[place] = _prior(held)

    def _void(self, key: int) -> None:
        place = self.place_of.pop(key, None)
        if place is not None and (held := self.held[place]) is not None:
            self.code_of.pop(held.entry.code, None)
            self.held[place] = None

    def _post(self, place: int, spoken: list[str], weight: float) -> None:
        for word in spoken:
            if word not in self._postings:
                for short in {word, *shortened(word)} if len(word) > 2 else {word}:
                    self._shortened[short].add(word)
                self._sounds[sound(word)].add(word)
            self._postings[word][place] = weight
            self._packed.pop(word, None)

    def _settle(self) -> None:
        many = len(self.held)
        live, prior = np.zeros(many, np.float32), np.zeros(many, np.float32)
        for place, held in enumerate(self.held):
            if held is not None:
                live[place] = 1
                prior[place] = _prior(held)
        self._sorted = sorted(self._postings)
        self._initials = "\n".join(held.initials if held is not None else "" for held in self.held)
        self.live, self.prior = live, prior
        self.kept.clear()

    def __len__(self) -> int:
        return len(self.place_of)

    def knows(self, word: str) -> bool:
        return word in self._postings

    @property
    def vocabulary(self) -> dict[str, dict[int, float]]:
        return self._postings

    def posting(self, word: str) -> tuple[Places, Floats]:
        """Places that hold the word, with where: name, field or extra words."""
        packed = self._packed.get(word)
        if packed is None:
            found = self._postings[word]
            packed = (
                np.fromiter(found.keys(), np.int32, len(found)),
                np.fromiter(found.values(), np.float32, len(found)),
            )
            self._packed[word] = packed
        return packed

    def behind(self, word: str) -> dict[str, list[int]]:
        """Words that stand right behind it in some name."""
        return self._pairs.get(word, NONE)

    def pair(self, one: str, other: str) -> Places:
        """Places where the two stand one behind the other in the name; `other` is in `behind(one)`."""
        packed = self._packed_pairs.get((one, other))
        if packed is None:
            packed = self._packed_pairs[one, other] = np.array(self._pairs[one][other], np.int32)
        return packed

    def rarity(self, word: str) -> float:
        return math.log(1 + len(self) / (1 + len(self._postings.get(word, ()))))

    def candidates(self, word: str, last: bool) -> dict[str, float]:
        """Words of the index that this typed word may be, each with how likely (1: exactly that)."""
        found: dict[str, float] = {}
        exact = word in self._postings
        if exact:
            found[word] = 1.0
        trust = 0.62 if exact else 0.85
        for plain in decoded(word):
            if plain in self._postings:
                found.setdefault(plain, 0.7 if exact else 0.96)
        if last or not exact:
            self._begun(word, found, exact)
        if len(word) > 1 and not word.isdigit():
            for alike in self._sounds.get(sound(word), ()):
                found[alike] = max(found.get(alike, 0.0), trust * 0.9)
        if len(word) > 2 and not word.isdigit():
            for slipped in self._slips(word):
                found[slipped] = max(found.get(slipped, 0.0), trust * (0.8 if len(word) > 3 else 0.6))
        return found

    def _begun(self, word: str, found: dict[str, float], exact: bool) -> None:
        since = bisect_left(self._sorted, word)
        begun = []
        for place in range(since, min(since + 400, len(self._sorted))):
            longer = self._sorted[place]
            if not longer.startswith(word):
                break
            if longer != word:
                begun.append(longer)
        begun.sort(key=lambda each: -len(self._postings[each]))
        for longer in begun[:PREFIXES]:
            weight = (0.55 if exact else 0.8) + 0.15 * len(word) / len(longer)
            found[longer] = max(found.get(longer, 0.0), weight)

    def _slips(self, word: str) -> list[str]:
        near_by: set[str] = set(self._shortened.get(word, ()))
        for short in shortened(word):
            near_by |= self._shortened.get(short, set())
        found = [each for each in near_by if each != word and near(word, each)]
        found.sort(key=lambda each: (each[0] != word[0], -len(self._postings[each])))
        return found[:NEARS]

    def divide(self, word: str) -> list[str]:
        return divided(word, self._postings) if len(word) > 4 and word not in self._postings else []

    def with_initials(self, word: str) -> list[int]:
        """Places whose name has these initials in a row: "hkd" in "đăng ký hộ kinh doanh"."""
        found: list[int] = []
        at = self._initials.find(word)
        place, counted = 0, 0
        while at >= 0:
            place += self._initials.count("\n", counted, at)
            counted = at
            if not found or found[-1] != place:
                found.append(place)
            at = self._initials.find(word, at + 1)
        return found


def _prior(held: Held) -> float:
    """Before anything is typed: short names, what is handled here, what is used."""
    length = 0.055 * math.log(max(len(held.words), 2))
    use = 0.03 * math.log1p(held.use)
    chosen = (0.06 if held.entry.standing == "here" else 0.0) + (0.07 if held.entry.common else 0.0)
    return min(use, 0.25) + chosen - length


def toned_words(text: str) -> list[str]:
    """Words with their tones, lower case, as one normal form."""
    return [
        word for word in unicodedata.normalize("NFC", text.lower()).replace("/", " ").split() if WORD.search(fold(word))
    ]
