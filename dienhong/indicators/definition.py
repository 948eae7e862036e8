"""The catalogue's word on one indicator, in sentences: how often, how it adds, what it is made from, by which law."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dienhong.indicators import legal, queries
from dienhong.indicators.models import CodeList, Entry, Indicator
from dienhong.indicators.queries import Moment, kept
from dienhong.rules.expressions import Ref, describe, label, parse

Line = tuple[str, str]


def kind_words(kind: str) -> str:
    words = {
        "day": _("ngày"), "week": _("tuần"), "month": _("tháng"), "quarter": _("quý"), "half_year": _("nửa năm"),
        "nine_month": _("9 tháng"), "year": _("năm"), "event": _("đợt"),
    }  # fmt: skip
    return words.get(kind, kind)


def part_words(breakdown_id: int, lang: str) -> str:
    """The members of a combination by their names: "Trực tuyến"; nothing for the total."""
    return ", ".join(row.name_en if lang == "en" else row.name_vi for row in kept.members_of(breakdown_id))


def lines(found: Indicator, entry: Entry, at: Moment, lang: str) -> list[Line]:
    """(what, words) of everything the catalogue says, in the active language."""
    said = [
        (_("Tính chất"), str(entry.get_nature_display())),
        (_("Kỳ báo cáo"), ", ".join(kind_words(kind) for kind in entry.frequency)),
        (_("Gộp các đơn vị"), over_units(entry, at, lang)),
        (_("Gộp các kỳ"), over_periods(entry, at, lang)),
        (_("Phân tổ"), _breakdowns(entry, lang)),
        (_("Độ chính xác"), precision(entry)),
        (_("Căn cứ"), legal.words(entry.legal_basis, lang)),
    ]
    return [(name, words) for name, words in said if words]


def precision(entry: Entry) -> str:
    if not entry.decimals:
        return _("số nguyên")
    return ngettext("%(n)d chữ số thập phân", "%(n)d chữ số thập phân", entry.decimals) % {"n": entry.decimals}


def over_units(entry: Entry, at: Moment, lang: str) -> str:
    if entry.agg_units == "sum":
        return _("cộng")
    if entry.agg_units == "ratio":
        return _("%(top)s chia %(bottom)s, cộng riêng từng vế trước") % _sides(entry, at, lang)
    if entry.agg_units == "weighted":
        return _("bình quân có trọng số theo %(weight)s") % {"weight": name_of(entry.weight, at, lang)}
    return _("không cộng; chỉ hiện số mà chính đơn vị công bố")


def over_periods(entry: Entry, at: Moment, lang: str) -> str:
    if entry.agg_periods == "ratio" and entry.numerator and entry.denominator:
        return _("%(top)s chia %(bottom)s, gộp riêng từng vế trước") % _sides(entry, at, lang)
    words = {
        "sum": _("cộng các kỳ con"),
        "last": _("lấy kỳ con cuối cùng"),
        "first": _("lấy kỳ con đầu tiên"),
        "average": _("bình quân các kỳ con"),
        "max": _("lấy kỳ con cao nhất"),
    }
    return words.get(entry.agg_periods, _("không gộp; mỗi kỳ một số riêng"))


def _sides(entry: Entry, at: Moment, lang: str) -> dict[str, str]:
    return {"top": name_of(entry.numerator, at, lang), "bottom": name_of(entry.denominator, at, lang)}


def _breakdowns(entry: Entry, lang: str) -> str:
    rows = {row.key: row for row in CodeList.objects.filter(key__in=entry.breakdowns)}
    names = [(rows[key].name_en if lang == "en" else rows[key].name_vi) for key in entry.breakdowns if key in rows]
    return ", ".join(names) or _("không phân tổ")


def methods(found: Indicator, at: Moment, lang: str) -> list[dict[str, Any]]:
    """Each version of the method: its number, its formula in words, since when, whether it compares with the last."""
    entry = queries.entry(found.pk, at)
    derived = derived_words(entry, at, lang) if entry else ""
    return [
        {
            "number": method.number,
            "formula": method.formula,
            "words": formula_words(method.formula, at, lang) if method.formula else derived,
            "valid_from": method.valid_from,
            "comparable": method.comparable,
            "note": method.note_en if lang == "en" else method.note_vi,
        }
        for method in queries.methods(found.pk, at)
    ]


def derived_words(entry: Entry, at: Moment, lang: str) -> str:
    """How a figure that nobody reports is made where the method has no formula: numerator ÷ denominator × scale."""
    if entry.agg_units == "ratio":
        times = f" * {entry.scale.normalize():f}" if entry.scale != 1 else ""
        return formula_words(f"[{entry.numerator}] / [{entry.denominator}]{times}", at, lang)
    if entry.agg_units == "weighted":
        return over_units(entry, at, lang)
    return ""


def formula_words(text: str, at: Moment, lang: str) -> str:
    """The formula with the names of what it is made from."""
    names: dict[str, str] = {}

    def named(ref: Ref) -> str:
        if ref.code not in names:
            said = name_of(ref.code, at, lang)
            names[ref.code] = f"[{ref.code}]" if said == ref.code else said
        return label(ref, names, "en" if lang == "en" else "vi")

    return describe(parse(text, expects="number"), named, "en" if lang == "en" else "vi")


def name_of(code: str, at: Moment, lang: str) -> str:
    """The indicator's name; its code where the catalogue does not know it."""
    there = Indicator.objects.filter(code=code).first()
    entry = queries.entry(there.pk, at) if there else None
    return (entry.name_en if lang == "en" else entry.name_vi) if entry else code
