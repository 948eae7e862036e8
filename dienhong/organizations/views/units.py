"""Units: searched without tones, and one unit's life: names, kinds, codes, parents, what it came from and became."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dienhong.base.clock import business_today
from dienhong.organizations import office, permissions, queries
from dienhong.organizations.models import Lineage, Link, Role, Unit
from dienhong.organizations.views.frame import administrators, lang, me, show

TAB = "office_units"
MOST = 60


@administrators
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """By name, with or without tones, of all times; without a word: the provinces of the business day."""
    text, on = request.GET.get("q", "").strip(), business_today()
    if text:
        found = [unit for unit, _name in queries.search_units(text, limit=MOST + 1)]
    else:
        rows = queries.name_rows(queries.provinces(on).values_list("pk", flat=True), on)
        by_id = Unit.objects.in_bulk(rows)
        found = [by_id[pk] for pk, _row in sorted(rows.items(), key=lambda each: each[1].sort_key)]
    more, found = len(found) > MOST and bool(text), found[: MOST if text else None]
    unique = list({unit.pk: unit for unit in found}.values())
    names = queries.full_names([unit.pk for unit in unique], on, lang())
    rows_shown = [{"unit": unit, "name": names[unit.pk], "days": days(unit.validity)} for unit in unique]
    return show(request, "organizations/office_units.html", TAB, rows=rows_shown, q=text, more=more, most=MOST)


@administrators
@require_GET
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Unit, pk=pk)
    on = business_today()
    links = list(
        Link.objects.filter(child=found, superseded_at=None)
        .select_related("hierarchy")
        .order_by("hierarchy", "validity")
    )
    before, after = list(queries.predecessors(found)), list(queries.successors(found))
    others = (
        {each.parent_id for each in links} | {each.before_id for each in before} | {each.after_id for each in after}
    )
    names = queries.full_names(others, on, lang())
    held = office.in_words(
        permissions.not_ended(found.grants.all(), on).select_related("person").order_by("role", "pk"), lang()
    )
    context: dict[str, Any] = {
        "unit": found, "name": queries.full_name(found, on, lang()), "days": days(found.validity),
        "there": on in found.validity,
        "names": [(each, days(each.validity)) for each in found.names.order_by("validity")],
        "kinds": [(queries.FULL[lang()].get(each.kind, each.kind), days(each.validity))
                  for each in found.kinds.order_by("validity")],
        "codes": [(each, days(each.validity))
                  for each in found.codes.select_related("scheme").order_by("scheme__key", "validity")],
        "links": [(each, names.get(each.parent_id, ""), days(each.validity)) for each in links],
        "below": queries.children("administrative", found, on).count(),
        "before": [(each, each.before_id, names.get(each.before_id, "")) for each in before],
        "after": [(each, each.after_id, names.get(each.after_id, "")) for each in after],
        "lineage": {Lineage.Kind.MERGE: _("sáp nhập"), Lineage.Kind.SPLIT: _("chia, tách"),
                    Lineage.Kind.CONTINUE: _("tiếp nối")},
        "held": held, "about": office.about_unit(pk),
        "mine": bool(permissions.may(me(request), Role.ADMINISTRATOR, found)),
    }  # fmt: skip
    return show(request, "organizations/office_unit.html", TAB, **context)


def days(validity: object) -> str:
    """A range of days in words; its end is written as the last day on which it held."""
    first, until = getattr(validity, "lower", None), getattr(validity, "upper", None)
    last = until - dt.timedelta(days=1) if until else None
    if first and last:
        return _("%(first)s đến %(last)s") % {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
    if first:
        return _("từ %(first)s") % {"first": f"{first:%d/%m/%Y}"}
    if last:
        return _("đến %(last)s") % {"last": f"{last:%d/%m/%Y}"}
    return _("mọi lúc đã biết")
