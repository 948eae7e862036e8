"""Alert rules as they stand: the newest version of each."""

from django.db.models import QuerySet

from dienhong.watch.models import AlertRuleVersion


def newest_versions() -> QuerySet[AlertRuleVersion]:
    """One row for each rule, the newest."""
    newest = AlertRuleVersion.objects.order_by("rule", "-number").distinct("rule")
    return AlertRuleVersion.objects.filter(pk__in=newest.values("pk"))


def standing_rules() -> list[AlertRuleVersion]:
    """Those that are switched on."""
    return list(newest_versions().filter(active=True).order_by("rule"))
