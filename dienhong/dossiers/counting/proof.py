"""What proves a counted figure: the batch's sets by one digest, and each of them counted again on demand."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.base import periods
from dienhong.base.money import money
from dienhong.base.numbers import format_number
from dienhong.dossiers import words
from dienhong.dossiers.counting import sets
from dienhong.dossiers.counting.measures import MEASURES
from dienhong.dossiers.models import CountedSet, Counting, ServiceVersion
from dienhong.indicators import evidence, queries
from dienhong.indicators.models import Evidence
from dienhong.organizations import queries as organizations

KIND = "dossier_sets"


def register() -> None:
    """Called when the application is ready."""
    evidence.register(KIND, facts)
    evidence.register_reader(KIND, count_again)


def digest_of(rows: Iterable[CountedSet]) -> str:
    """SHA-256 over the definitions and results of a batch's sets, in their places. The journal names it."""
    digest = hashlib.sha256()
    for row in sorted(rows, key=lambda each: each.place):
        said = (
            row.place, row.indicator_id, row.what, row.period_id, row.unit_id, row.service, row.status or "",
            row.as_of.timestamp(), row.trees_at.timestamp(), row.official, row.number,
            "" if row.amount is None else row.amount, row.digest,
        )  # fmt: skip
        digest.update(("\x1f".join(map(str, said)) + "\n").encode())
    return digest.hexdigest()


def set_of(row: Evidence, ref: str) -> CountedSet | None:
    """The set behind an observation of the batch; None for a reference that is none."""
    if not (ref.isascii() and ref.isdigit()):
        return None
    found = CountedSet.objects.select_related("period", "unit")
    return found.filter(batch=row.batch_id, place=int(ref)).first()


def facts(row: Evidence, ref: str, lang: str) -> dict[str, Any]:
    """For the passport: what was counted, as of when, how many, their digest; the page that lists them."""
    found = set_of(row, ref)
    if found is None:
        return {"title": row.label, "digest": row.digest}
    known = _unchanged(found) or _("như đã biết lúc %(when)s") % {"when": words.moment(found.as_of)}
    return {
        "title": _("Đếm từ hồ sơ, %(known)s") % {"known": known},
        "url": reverse("dossiers:counted", args=[found.pk]),
        "digest": found.digest,
        "holds_cell": False,
        "facts": definition(found, lang),
        "set": as_data(found),
        "reason": known,
    }


def _unchanged(row: CountedSet) -> str:
    """What later counts of the period said: they write nothing where nothing changed. "" where none came after, or a
    later one gave another set."""
    later = Counting.objects.filter(period=row.period_id, as_of__gt=row.as_of).first()
    same = {
        "period": row.period_id,
        "what": row.what,
        "unit": row.unit_id,
        "service": row.service,
        "status": row.status,
    }
    if later is None or CountedSet.objects.filter(**same, pk__gt=row.pk).exists():
        return ""
    return _("như đã biết lúc %(when)s; đếm lại đến %(last)s, không đổi") % {
        "when": words.moment(row.as_of), "last": words.moment(later.as_of),
    }  # fmt: skip


def definition(row: CountedSet, lang: str) -> list[tuple[str, str]]:
    """The definition of the set and what it gave, in words."""
    found = [
        (_("Đếm gì"), indicator_name(row, lang)),
        (_("Cách đếm"), _note(row, lang)),
        (_("Kỳ"), periods.label(queries.plain(row.period), lang)),
        (_("Đơn vị, kể cả cấp dưới"), organizations.name(row.unit_id, row.period.last, lang)),
        (_("Dịch vụ"), service_name(row.service, lang) if row.service else _("mọi dịch vụ")),
    ]
    if row.status:
        found.append((_("Trạng thái"), words.status(row.status)))
    found.append((_("Như đã biết lúc"), words.moment(row.as_of)))
    if said := _unchanged(row):
        found.append((_("Đếm lại"), said))
    number = format_number(Decimal(row.number), 0, lang)
    if MEASURES[row.what].is_money:
        found.append((_("Số lần tiền vào hoặc ra"), number))
        found.append((_("Số tiền"), money(row.amount or 0, lang)))
    else:
        found.append((_("Số hồ sơ"), number))
    return found


def indicator_name(row: CountedSet, lang: str) -> str:
    entry = queries.entry(row.indicator_id)
    if entry is None:
        return row.what
    return entry.name_en if lang == "en" else entry.name_vi


def _note(row: CountedSet, lang: str) -> str:
    """The rule of the set in a sentence: that of the counted indicator, also where it stands under a reported one."""
    code = MEASURES[row.what].code
    entry = queries.entry(queries.indicator(code).pk if code else row.indicator_id)
    if entry is None:
        return row.what
    return entry.note_en if lang == "en" else entry.note_vi


def service_name(code: str, lang: str) -> str:
    name = ServiceVersion.objects.filter(service__code=code).order_by("-number").values_list("sheet__name", flat=True)
    said = name.first()
    if isinstance(said, dict):
        return str(said.get(lang) or said.get("vi") or code)
    return str(said or code)


def as_data(row: CountedSet) -> dict[str, Any]:
    """The set for machines; no member of it."""
    return {
        "what": row.what,
        "period": f"{row.period.calendar}/{row.period.key}",
        "unit": row.unit_id,
        "service": row.service,
        "status": row.status,
        "as_of": row.as_of.isoformat(),
        "official": row.official,
        "number": row.number,
        "amount": row.amount,
        "digest": row.digest,
        "digest_of": "sha256 over the members' codes, sorted by bytes, a line feed between two",
    }


def count_again(digest: str, refs: list[str]) -> dict[str, evidence.Raw]:
    """Each set counted again by its definition. ValueError where the definitions are no longer what the journal's
    digest says; a set with other members than then is said, even where it has as many."""
    row = Evidence.objects.filter(kind=KIND, digest=digest).first()
    if row is None:
        raise LookupError(digest)
    kept = list(CountedSet.objects.filter(batch=row.batch_id).select_related("period").order_by("place"))
    if digest_of(kept) != digest:
        raise ValueError(_("định nghĩa của lần đếm đã bị sửa"))
    by_ref = {str(each.place): each for each in kept}
    return {ref: _again(by_ref[ref]) for ref in refs if ref in by_ref}


def _again(row: CountedSet) -> evidence.Raw:
    number, amount, digest = sets.recount(row)
    value = Decimal(number if amount is None else amount)
    if digest == row.digest:
        return value, 0
    said = _("đếm lại được %(now)s hồ sơ, mã băm %(new)s…; lúc ấy %(then)s, mã băm %(old)s…") % {
        "now": number, "new": digest[:12], "then": row.number, "old": row.digest[:12],
    }  # fmt: skip
    return value, 0, said
