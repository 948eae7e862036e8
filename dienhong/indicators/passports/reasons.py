"""Why a figure has a new version: who came, who corrected, what was taken back or given back, and for which reason."""

from collections.abc import Container, Iterable, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dienhong.indicators import evidence, queries
from dienhong.indicators.evidence import Happened
from dienhong.indicators.passports import parts
from dienhong.indicators.passports.parts import Context, Json

NAMED = 3  # units of one kind of event; more are counted


def learn(c: Context, rows: Iterable[queries.SumVersion]) -> None:
    """Ask once for all versions that are shown: names, and what their batches did."""
    shown = list(rows)
    c.learn(unit for row in shown for unit in (*row.first[:NAMED], *row.changed[:NAMED]))
    happened(c, [batch for row in shown for batch in row.batches])


def happened(c: Context, batch_ids: Iterable[int]) -> dict[int, Happened]:
    """batch id -> what it did, read once a passport; batches of which no room above says anything are left out."""
    told: dict[int, Happened | None] = c.at.read.setdefault(("happened", 0), {})
    wanted = list(batch_ids)
    unread = [batch for batch in wanted if batch not in told]
    told.update(dict.fromkeys(unread) | dict(evidence.happened(unread)))
    return {batch: what for batch in wanted if (what := told[batch]) is not None}


def of_sum(c: Context, row: queries.SumVersion) -> dict[str, Any]:
    """What made this version of a sum: `events`, and the same as one text under `reason`."""
    told = happened(c, row.batches)
    units: dict[tuple[str, str], list[int]] = {}
    for unit, batch in zip(row.changed, row.batches, strict=True):
        what = told.get(batch) or Happened("corrected", _plain_reason(c, row, batch))
        units.setdefault((what.act, what.reason if len(row.changed) <= NAMED else ""), []).append(unit)
    events = [_event(c, act, tuple(those), reason) for (act, reason), those in units.items()]
    if row.first:
        events.append(_event(c, "first", row.first, ""))
    return _said(events)


def _plain_reason(c: Context, row: queries.SumVersion, batch: int) -> str:
    """What the evidence itself says, where one unit alone changed."""
    return str(parts.first(parts.proofs_of(c, batch), "reason") or "") if len(row.changed) == 1 else ""


def _event(c: Context, act: str, units: tuple[int, ...], reason: str) -> Json:
    words = {
        "first": _("Thêm %(who)s"), "resent": _("%(who)s gửi lại"), "withdrawn": _("%(who)s thu hồi báo cáo"),
        "returned": _("Trả lại %(who)s"),
    }.get(act) or _("%(who)s đính chính")  # fmt: skip
    few = len(units) <= NAMED
    names = [c.unit(unit)["name"] for unit in units] if few else []
    who = ", ".join(names) if few else ngettext("%(n)d đơn vị", "%(n)d đơn vị", len(units)) % {"n": len(units)}
    return {"act": act, "said": words % {"who": who}, "names": names, "reason": reason}


def unchanged(versions: Sequence[queries.Version]) -> set[int]:
    """Of a figure's versions in their order, the batches that say the same as the version before: what was corrected
    in that report is another figure of it."""
    return {
        after.figure.batch_id
        for before, after in pairwise(versions)
        if (before.figure.value, before.figure.empty) == (after.figure.value, after.figure.empty)
    }


def of_leaf(c: Context, batch_id: int, answers: Iterable[Json], same: Container[int] = ()) -> dict[str, Any]:
    """The same of one unit's own figure; nothing for its first sending. `same`: as `unchanged`."""
    what = happened(c, [batch_id]).get(batch_id) or Happened("", parts.first(answers, "reason") or "")
    words = {
        "resent": _("Đã gửi lại"), "corrected": _("Đính chính"), "withdrawn": _("Đã thu hồi báo cáo"),
        "returned": _("Bị trả lại"),
    }.get(what.act, "")  # fmt: skip
    if not words and not what.reason:
        return _said([])
    events = [{"act": what.act, "said": words, "names": [], "reason": what.reason}]
    if batch_id in same:
        events.append({"act": "unchanged", "said": _("Con số này không đổi"), "names": [], "reason": ""})
    return _said(events)


def _said(events: list[Json]) -> dict[str, Any]:
    texts = (": ".join(filter(None, [each["said"], each["reason"].strip()])) for each in events)
    return {
        "events": events,
        "reason": " ".join(text if text[-1:] in ".?!…" else f"{text}." for text in texts).rstrip("."),
    }
