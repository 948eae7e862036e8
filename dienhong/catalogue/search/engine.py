"""Asking the index: as typed and by synonyms; all places scored at once, the best looked at again closely."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from dienhong.base.text import fold
from dienhong.catalogue.reading import codes
from dienhong.catalogue.search.index import Entry, Floats, Held, Index, Word, toned_words
from dienhong.catalogue.search.thesaurus import Thesaurus, Turn
from dienhong.catalogue.search.typed import LONGEST_QUERY, asked, query_words

PAIR = 0.45  # of two words that stand together as typed
WHOLE = 0.1  # for a name of which every word was said
AGAIN = 40  # so many of the best are looked at closely
FALL = 0.55  # of the best score: below it nothing is shown
TURNED = 0.97
MOST_VARIANTS = 6
INITIALS = 0.8
KEPT = 256  # words whose weights at every place are kept
CODE_WORDS = {"ma", "thu", "tuc", "tthc", "so"}


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer. `marks` is the name in pieces, True where it matched; `via` the synonym that led here, if one did."""

    entry: Entry
    score: float
    marks: tuple[tuple[str, bool], ...] = ()
    via: tuple[str, str] | None = None
    by_code: bool = False


@dataclass(slots=True)
class Variant:
    """One reading of the query: the words that were said, each as the index takes it, and the synonyms that made it."""

    said: list[Word]
    turns: tuple[Turn, ...] = ()
    likely: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for candidates, _weight, _worth in self.said:
            for word, sure in candidates.items():
                if sure > self.likely.get(word, 0.0):
                    self.likely[word] = sure


def search(index: Index, thesaurus: Thesaurus, text: str, limit: int = 20) -> list[Hit]:
    """The best answers, best first; none for a query without a word."""
    text = text[:LONGEST_QUERY]
    if hit := by_code(index, text):
        return [hit]
    typed = asked(query_words(text))
    if not typed or not len(index):
        return []
    toned = {word for word in toned_words(text) if fold(word) in typed} - set(typed)
    best: dict[int, tuple[float, Variant]] = {}
    for variant in variants(index, thesaurus, typed):
        for place, score in _best_places(index, variant):
            held = index.held[place]
            if held is None:
                continue
            score += _closely(held, variant, toned)
            score = score * (TURNED if variant.turns else 1.0) + float(index.prior[place])
            if place not in best or best[place][0] < score:
                best[place] = (score, variant)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
    return [_hit(index, place, score, variant) for place, (score, variant) in _shown(ranked, limit)]


def _shown(ranked: list[tuple[int, tuple[float, Variant]]], limit: int) -> Iterator[tuple[int, tuple[float, Variant]]]:
    top = ranked[0][1][0] if ranked else 0.0
    for place, (score, variant) in ranked[:limit]:
        if score >= top * FALL:
            yield place, (score, variant)


def by_code(index: Index, text: str) -> Hit | None:
    """The procedure whose code was typed, in any writing, perhaps after "mã thủ tục"."""
    for part in (text, text.split()[-1] if text.split() else ""):
        read = codes.read(part)
        if read is None:
            continue
        if part is not text and not set(query_words(text.rsplit(None, 1)[0])) <= CODE_WORDS:
            continue
        for code in (read.short(), read.base):
            place = index.code_of.get(code)
            if place is not None and (held := index.held[place]) is not None:
                return Hit(held.entry, 9.0, ((held.entry.name, False),), by_code=True)
    return None


def variants(index: Index, thesaurus: Thesaurus, typed: list[str]) -> list[Variant]:
    """The query as typed, with run-together words divided, and with each synonym in place of what was said."""
    apart: list[str] = []
    for word in typed:
        apart += index.divide(word) or [word]
    found = [(apart, ())] if apart == typed else [(apart, ()), (typed, ())]
    turns = thesaurus.turns(apart)
    readings: list[tuple[list[str], tuple[Turn, ...]]] = [*found]
    together = _apart(turns)
    if len(together) > 1:
        readings.append((_turned(apart, together), tuple(together)))
    readings += [(_turned(apart, [turn]), (turn,)) for turn in turns]
    # What a wider word made sayable: "đăng ký xe máy mới" is "đăng ký xe mới", and that is a saying.
    readings += [
        (_turned(spoken, [turn]), (*by, turn))
        for spoken, by in readings[len(found) :]
        for turn in thesaurus.turns(spoken)[:1]
        if turn not in by
    ]
    made: list[Variant] = []
    seen: set[tuple[str, ...]] = set()
    for spoken, by in readings:
        if tuple(spoken) in seen or len(made) >= MOST_VARIANTS:
            continue
        seen.add(tuple(spoken))
        # A half word is one that was typed last, not the end of a synonym.
        half = not by or max(turn.until for turn in by) < len(apart)
        made.append(Variant([_asked(index, word, half and word is spoken[-1]) for word in spoken], by))
    return made


def _apart(turns: list[Turn]) -> list[Turn]:
    """The longest sayings that do not overlap."""
    chosen: list[Turn] = []
    for turn in turns:
        if all(turn.until <= other.since or turn.since >= other.until for other in chosen):
            chosen.append(turn)
    return chosen


def _turned(typed: list[str], turns: Sequence[Turn]) -> list[str]:
    spoken, at = [], 0
    for turn in sorted(turns, key=lambda each: each.since):
        spoken += [*typed[at : turn.since], *turn.target]
        at = turn.until
    spoken += typed[at:]
    # "lái xe" for "lái" before "xe máy" must not ask for "xe" twice.
    return [word for place, word in enumerate(spoken) if not place or word != spoken[place - 1]]


def _asked(index: Index, word: str, last: bool) -> Word:
    """Candidates of a typed word, its weight at every place, and what a full match would be worth; kept for a while."""
    kept = index.kept.get((word, last))
    if kept is not None:
        return kept
    candidates = index.candidates(word, last)
    weight = np.zeros(len(index.held), np.float32)
    for candidate, likely in candidates.items():
        places, where = index.posting(candidate)
        weight[places] = np.maximum(weight[places], where * np.float32(likely))
    if not candidates and 2 < len(word) < 7:
        weight[index.with_initials(word)] = INITIALS
    # What a word is worth: how rare the likeliest reading of it is. One that nothing matches says little.
    sure = max(candidates, key=lambda each: (candidates[each], -index.rarity(each)), default="")
    worth = index.rarity(sure) if sure else (6.0 if weight.any() else 1.0)
    if len(index.kept) >= KEPT:
        index.kept.clear()
    made = index.kept[word, last] = (candidates, weight, worth)
    return made


def _best_places(index: Index, variant: Variant) -> Iterator[tuple[int, float]]:
    """Places with their share of the query's worth that they match, pairs of words counted, from 0 to about 1.4."""
    total = sum(worth for _candidates, _weight, worth in variant.said) or 1.0
    score = np.zeros(len(index.held), np.float32)
    for _candidates, weight, worth in variant.said:
        score += weight * np.float32(worth / total)
    for one, other in pairwise(variant.said):
        _add_pairs(index, score, one[0], other[0], PAIR * (one[2] + other[2]) / (2 * total))
    score *= index.live
    ranked = score + index.prior * index.live
    many = min(AGAIN, len(score))
    for place in np.argpartition(-ranked, many - 1)[:many]:
        if score[place] > 0.2:
            yield int(place), float(score[place])


def _add_pairs(index: Index, score: Floats, firsts: dict[str, float], seconds: dict[str, float], bonus: float) -> None:
    best: Floats | None = None
    for one, likely in firsts.items():
        behind = index.behind(one)
        # The shorter side is walked: a frequent word has hundreds behind it, a half word dozens of readings.
        for other in seconds if len(seconds) < len(behind) else behind:
            too = seconds.get(other)
            if too is not None and other in behind and likely * too > 0.3:
                places = index.pair(one, other)
                best = np.zeros(len(score), np.float32) if best is None else best
                best[places] = np.maximum(best[places], np.float32(bonus * likely * too))
    if best is not None:
        score += best


def _closely(held: Held, variant: Variant, toned: set[str]) -> float:
    """What arrays do not see: tones as typed, the name beginning with it, all of it in a row."""
    better = 0.0
    if toned:
        same = len(toned & held.toned)
        other = sum(1 for word in toned - held.toned if fold(word) in held.words)
        better += (0.08 * same - 0.1 * other) / len(toned)
    begins = held.words[2:] if held.words[:2] == ["thu", "tuc"] else held.words
    first = variant.said[0][0]
    if begins and begins[0] in first:
        better += 0.05 * first[begins[0]]
    said = [variant.likely.get(word, 0.0) for word in begins]
    # How much of the name was said: "Đăng ký kết hôn" for dang ky ket hon is all of it.
    better += 0.12 * sum(said) / max(len(begins), 4)
    if len(begins) > 1 and min(said) >= 0.5:
        better += WHOLE
    return better


def _hit(index: Index, place: int, score: float, variant: Variant) -> Hit:
    held = index.held[place]
    assert held is not None
    pieces: list[tuple[str, bool]] = []
    for part, spoken in held.parts():
        hit = any(variant.likely.get(word, 0.0) >= 0.5 for word in spoken)
        if pieces and pieces[-1][1] == hit:
            pieces[-1] = (f"{pieces[-1][0]} {part}", hit)
        else:
            pieces.append((part, hit))
    via = (variant.turns[0].said, variant.turns[0].means) if variant.turns else None
    return Hit(held.entry, score, tuple(pieces), via)
