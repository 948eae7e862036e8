"""What people say, and what procedures call it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dienhong.catalogue.search.typed import decoded, near, sound, words

LONGEST_SAID = 8
KEPT = 2048


@dataclass(frozen=True, slots=True)
class Turn:
    """A part of a query that means something else: words from `since` up to `until` become `target`."""

    since: int
    until: int
    target: tuple[str, ...]
    said: str
    means: str


Row = tuple[str, str, tuple[str, ...]]


@dataclass(slots=True)
class Thesaurus:
    rows: dict[tuple[str, ...], list[Row]] = field(default_factory=dict)
    _words: set[str] = field(default_factory=set)
    _heard: dict[tuple[str, bool], set[str]] = field(default_factory=dict)
    _long: dict[int, list[tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Thesaurus":
        made = cls()
        for said, means in pairs:
            key, target = tuple(words(said)), tuple(words(means))
            if key and target and len(key) <= LONGEST_SAID:
                if key not in made.rows:
                    made._long.setdefault(len(key), []).append(key)
                made.rows.setdefault(key, []).append((said, means, target))
                made._words.update(key)
        return made

    def turns(self, typed: list[str]) -> list[Turn]:
        """Every saying that stands in the query, the longest first; words heard alike or slipped still count."""
        alike = [self._alike(word, place == len(typed) - 1) for place, word in enumerate(typed)]
        found = []
        for since in range(len(typed)):
            if not alike[since]:
                continue
            for until in range(min(len(typed), since + LONGEST_SAID), since, -1):
                for key in self._sayings(typed[since:until], alike[since:until]):
                    found += [Turn(since, until, target, said, means) for said, means, target in self.rows[key]]
        return sorted(found, key=lambda turn: (turn.since - turn.until, turn.since, turn.means))

    def _alike(self, typed: str, last: bool) -> set[str]:
        """Words of sayings that this may be."""
        found = self._heard.get((typed, last))
        if found is None:
            if len(self._heard) >= KEPT:
                self._heard.clear()
            found = self._heard[typed, last] = {said for said in self._words if _same(typed, said, last)}
        return found

    def _sayings(self, part: list[str], alike: list[set[str]]) -> Iterator[tuple[str, ...]]:
        if tuple(part) in self.rows:
            yield tuple(part)
            return
        if not all(alike) or (len(part) < 2 and len(part[0]) < 4):
            return
        for key in self._long.get(len(part), ()):
            if all(word in heard for word, heard in zip(key, alike, strict=True)):
                yield key


def _same(typed: str, said: str, last: bool) -> bool:
    if typed == said:
        return True
    if last and len(typed) > 1 and said.startswith(typed):
        return True
    if len(said) < 3 or abs(len(typed) - len(said)) > 3:
        return False
    return sound(typed) == sound(said) or said in decoded(typed) or (len(said) > 4 and near(typed, said))
