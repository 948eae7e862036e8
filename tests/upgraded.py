"""What a site says of itself, in words that no later schema may change: compared before and after an upgrade."""

from typing import Any


def told() -> dict[str, Any]:
    from dienhong.indicators import passports
    from dienhong.indicators.models import Observation
    from dienhong.indicators.queries import SeriesKey
    from dienhong.journal.models import Event
    from dienhong.reporting.models import Duty, Version

    figures = {}
    rows = Observation.objects.filter(batch__publication__isnull=False).order_by("unit", "indicator", "breakdown")
    for row in rows.select_related("indicator", "period", "breakdown"):
        key = SeriesKey(row.indicator_id, row.period_id, row.unit_id, row.breakdown_id, row.measure)
        made = passports.passport(key)
        name = f"{row.indicator.code} {row.period.key} {made['unit']['code']} {row.breakdown.key}"
        again = passports.recompute(key)
        proofs = sorted(f"{one['kind']} {one.get('sheet')} {one.get('cell')}" for one in made["evidence"])
        figures[name] = [made["figure"]["text"], made["figure"]["stage"], again["verdict"], *proofs]
    return {
        "figures": figures,
        "duties": Duty.objects.count(),
        "versions": sorted(Version.objects.values_list("number", "submission__duty_id")),
        "events": Event.objects.count(),
    }
