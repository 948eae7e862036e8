"""Pieces that leaf and total share. Everything is plain JSON: numbers as text, moments as ISO."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.base import clock, periods
from dienhong.base.numbers import Empty, empty_label, format_number
from dienhong.indicators import definition, evidence, legal, places, queries
from dienhong.indicators.models import Batch, Entry, Evidence, Indicator, Measure, Period, Stage
from dienhong.indicators.queries import Moment, SeriesKey, kept
from dienhong.journal.models import Event
from dienhong.organizations import queries as organizations

SCHEMA = "dienhong.passport/1"
MOST_VERSIONS = 6  # beside the figure; all of them stand on pages of their own
Json = dict[str, Any]


@dataclass
class Context:
    """One passport being made: the key resolved, what the catalogue said then, names looked up once."""

    key: SeriesKey
    at: Moment
    lang: str
    indicator: Indicator
    entry: Entry | None
    period: Period
    _names: dict[int, str] = field(default_factory=dict)
    _codes: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, key: SeriesKey, as_of: queries.AsOf, lang: str) -> "Context":
        at = queries.moment(as_of)
        indicator = queries.indicator_of(key.indicator_id)
        entry = queries.entry(indicator.pk, at)
        return cls(key, at, lang, indicator, entry, kept.period_by_id(key.period_id))

    @property
    def decimals(self) -> int | None:
        return self.entry.decimals if self.entry else None

    def learn(self, unit_ids: Iterable[int]) -> None:
        """Look up names and codes of these units at once."""
        fresh = [unit for unit in dict.fromkeys(unit_ids) if unit not in self._names]
        if fresh:
            self._names |= organizations.names(fresh, self.period.last, self.lang)
            self._codes |= places.codes(fresh, self.period.last)

    def unit(self, unit_id: int) -> Json:
        self.learn([unit_id])
        return {"id": unit_id, "code": self._codes[unit_id], "name": self._names.get(unit_id, f"#{unit_id}")}

    def text(self, value: Decimal | None, empty: int | None = None, *, sign: bool = False) -> str:
        """The value as people read it, the words of its empty, or "chưa có"."""
        if value is not None:
            return format_number(value, self.decimals, self.lang, sign=sign)
        if empty:
            return empty_label(Empty(empty), self.lang)
        return _("chưa có")

    def url(self, unit_id: int, name: str = "figure", as_of: dt.datetime | None = None) -> str:
        """The address of the unit's figure, or of another view of it; as it was known at a moment of record time."""
        self.learn([unit_id])
        then = clock.business_at(as_of).isoformat() if as_of else ""
        code, known = self._codes[unit_id], self.indicator.code
        return places.figure_url(known, self.period, code, key=self.key, name=name, as_of=then)


def number(value: Decimal | None) -> str | None:
    """A decimal as text without an exponent and without zeros that say nothing."""
    if value is None:
        return None
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def when(moment: dt.datetime | None) -> Json | None:
    """A moment of record time with the business time it was then."""
    if moment is None:
        return None
    return {"record": moment.isoformat(), "business": clock.business_at(moment).isoformat()}


def head(c: Context, kind: str) -> Json:
    """What it is about and as of when."""
    en = c.lang == "en"
    entry, plain = c.entry, queries.plain(c.period)
    name_of_indicator = (entry.name_en if en else entry.name_vi) if entry else c.indicator.code
    breakdown, broken_words = broken_down(c)
    measure = str(Measure(c.key.measure).label)
    said = [name_of_indicator, broken_words, measure if c.key.measure else ""]
    return {
        "schema": SCHEMA,
        "kind": kind,
        "lang": c.lang,
        "indicator": {
            "code": c.indicator.code,
            "name": name_of_indicator,
            "unit": (entry.unit_en if en else entry.unit_vi) if entry else "",
            "decimals": c.decimals,
            "nature": str(entry.get_nature_display()) if entry else "",
            "field": c.indicator.field.name_en if en else c.indicator.field.name_vi,
        },
        "unit": c.unit(c.key.unit_id),
        "period": {
            "calendar": c.period.calendar,
            "kind": c.period.kind,
            "key": c.period.key,
            "label": periods.label(plain, c.lang),
            "days": periods.days_text(plain, c.lang),
            "first": c.period.first.isoformat(),
            "last": c.period.last.isoformat(),
            "open": c.period.last >= clock.business_today(),
        },
        "heading": ", ".join([*filter(None, said), periods.label(plain, c.lang), c.unit(c.key.unit_id)["name"]]),
        "breakdown": breakdown,
        "breakdown_words": broken_words,
        "measure": {"code": c.key.measure, "words": measure},
        "as_of": {**(when(c.at.at) or {}), "past": c.at.past},
    }


def broken_down(c: Context) -> tuple[str, str]:
    """The breakdown's key and its members in words: "Trực tuyến"; both "" for the total."""
    if not c.key.breakdown_id:
        return "", ""
    return kept.breakdown_text(c.key.breakdown_id), definition.part_words(c.key.breakdown_id, c.lang)


def source_of(source_id: int | None, lang: str) -> Json | None:
    if source_id is None:
        return None
    source = kept.source(source_id)
    name = (source.name_en if lang == "en" else "") or source.name_vi
    return {"id": source.pk, "key": source.key, "kind": source.kind, "name": name, "demo": source.demo}


def figure(
    c: Context,
    value: Decimal | None,
    empty: int | None,
    stage: int | None,
    known_at: dt.datetime | None,
    how: str,
    **more: Any,
) -> Json:
    return {
        "value": number(value),
        "empty": empty or 0,
        "text": c.text(value, empty),
        "known": value is not None or bool(empty),
        "stage": stage,
        # The stage of a retracted version is that of the figure it took back.
        "stage_words": str(Stage(stage).label) if stage and empty != Empty.RETRACTED else "",
        "official": stage == Stage.OFFICIAL and empty != Empty.RETRACTED,
        "how": how,
        "known_at": when(known_at),
        "not_received": 0,
        **more,
    }


def formula(c: Context) -> Json:
    """How the indicator is made: in words, with method, legal basis and whether it compares with what was before."""
    method = queries.method(c.indicator.pk, c.period, c.at)
    text = method.formula if method else ""
    return {
        "text": text,
        "came": "",
        "words": definition.formula_words(text, c.at, c.lang) if text else _rule(c),
        "method": method.number if method else None,
        "comparable": method.comparable if method else True,
        "valid_from": method.valid_from.isoformat() if method and method.valid_from else None,
        "legal_basis": legal.words(method.legal_basis, c.lang) if method else "",
        "note": (method.note_en if c.lang == "en" else method.note_vi) if method else "",
    }


def _rule(c: Context) -> str:
    """The catalogue's rule in a sentence, where there is no formula."""
    entry = c.entry
    if entry is None:
        return ""
    if entry.agg_units == "sum":
        return _("Cộng số của các đơn vị; không phát sinh tính là 0, chỗ thiếu không ước lượng.")
    if entry.agg_units == "ratio":
        names = [definition.name_of(code, c.at, c.lang) for code in (entry.numerator, entry.denominator)]
        return _("%(top)s chia %(bottom)s, nhân %(scale)s, trên cùng những đơn vị có cả hai.") % {
            "top": names[0],
            "bottom": names[1],
            "scale": number(entry.scale),
        }
    if entry.agg_units == "weighted":
        return _("Bình quân có trọng số theo %(weight)s.") % {"weight": definition.name_of(entry.weight, c.at, c.lang)}
    return queries.refusal(entry).get(c.lang)


def check(said: Json) -> Json:
    """A check with its `state`, also as a word. `of`: the cell whose check it is, where that is a part of the
    figure's own."""
    state = _state(said)
    words = {
        "passed": _("đạt"),
        "explained": _("cảnh báo, đã giải trình"),
        "warning": _("cảnh báo"),
        "error": _("lỗi"),
        "untold": _("chưa xét được vì thiếu số để so"),
    }
    return {"of": "", **said, "state": state, "state_words": words[state]}


def _state(said: Json) -> str:
    if said["outcome"] == "passed":
        return "passed"
    if said["outcome"] != "failed":
        return "untold"
    if said["severity"] == "error":
        return "error"
    return "explained" if said["explanation"] else "warning"


def proofs(batch_id: int, ref: str, lang: str) -> list[Json]:
    """What the rooms above say of the batch's evidence."""
    rows = Evidence.objects.filter(batch=batch_id).order_by("pk")
    return [evidence.resolve(row, ref, lang) for row in rows]


def proofs_of(c: Context, batch_id: int) -> list[Json]:
    """The same of the batch as a whole, read once a passport."""
    asked = ("proofs", batch_id, c.lang)
    if asked not in c.at.read:
        c.at.read[asked] = proofs(batch_id, "", c.lang)
    found: list[Json] = c.at.read[asked]
    return found


def not_received(c: Context, batch_ids: Iterable[int]) -> set[int]:
    """Of the batches, those that were sent and that nobody had received by the moment of the passport."""
    return evidence.not_received(set(batch_ids), c.at.business if c.at.past else None)


def first(answers: Iterable[Json], name: str) -> Any:
    """The first answer that has something under that name."""
    return next((answer[name] for answer in answers if answer.get(name)), None)


def journal(batch_id: int, answers: Iterable[Json]) -> list[Json]:
    """Journal entries of the batch and of what the evidence names, oldest first, each with its place in the chain."""
    named = [(entry["object_kind"], str(entry["object_id"])) for entry in (a.get("journal") for a in answers) if entry]
    things = dict.fromkeys([("batch", str(batch_id)), *named])
    about = reduce(or_, (Q(object_kind=object_kind, object_id=object_id) for object_kind, object_id in things))
    found = []
    for event in Event.objects.filter(about).select_related("seal").order_by("pk"):
        seal = getattr(event, "seal", None)
        found.append(
            {
                "id": event.pk,
                "verb": event.verb,
                "at": event.business_at.isoformat(),
                "position": seal.position if seal else None,
                "url": f"{batch_url(batch_id)}#e{event.pk}",
            }
        )
    return found


def batch_url(batch_id: int) -> str:
    """The page of what came in together: its people, its files, its journal."""
    return reverse("indicators:batch", args=[batch_id])


def batch_of(batch_id: int) -> Batch:
    return Batch.objects.select_related("source").get(pk=batch_id)
