"""Laying down when to alert whom. What is laid down anew is the next version; alerts raised keep theirs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Indicator
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.registry import action
from dienhong.watch.actions.states import needed
from dienhong.watch.inputs import inputs_of
from dienhong.watch.models import AlertReceiver, AlertRule, AlertRuleVersion, Comparison, Severity
from dienhong.watch.permissions import require_rule_owner, require_within_reach

MOST_RECEIVERS = 20
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version says; fields as in AlertRuleVersion. `bound` and `side` where the comparison has them."""

    title: str
    indicator: Indicator
    period_kind: str
    unit: Unit
    comparison: str
    below: bool = False
    side: str = ""
    bound: Decimal | None = None
    duration: int = 1
    severity: int = Severity.WARNING
    receivers: Sequence[Unit] = field(default=())
    to_reporter: bool = True
    quiet_from: int = 21
    quiet_to: int = 7
    escalate_after: int = 24
    active: bool = True


@action("watch.write_rule")
@transaction.atomic
def write_rule(*, by: Person, owner: Unit, wording: Wording, demo: bool = False) -> AlertRule:
    """A rule of the unit, with its first version. A leader of it may."""
    require_rule_owner(by, owner)
    rule = AlertRule.objects.create(owner=owner, demo=demo)
    _write(by, rule, wording, 1, "watch.write_rule")
    return rule


@action("watch.rewrite_rule")
@transaction.atomic
def rewrite_rule(*, by: Person, rule: AlertRule, wording: Wording, seen: int) -> AlertRuleVersion:
    """The next version. `seen`: the number it was written from; Refused where somebody else wrote meanwhile."""
    rule = AlertRule.objects.select_for_update(of=("self",)).select_related("owner").get(pk=rule.pk)
    require_rule_owner(by, rule.owner)
    newest = rule.versions.order_by("-number").values_list("number", flat=True)[:1].get()
    if newest != seen:
        raise Refused(
            "written_meanwhile",
            _("Quy tắc đã có bản %(n)d do người khác ghi khi bạn đang sửa. Mở lại để sửa từ bản mới.") % {"n": newest},
        )
    return _write(by, rule, wording, newest + 1, "watch.rewrite_rule")


def _write(by: Person, rule: AlertRule, said: Wording, number: int, verb: str) -> AlertRuleVersion:
    entry = indicators.entry(said.indicator.pk)
    if entry is None:
        raise Refused("no_entry", _("Chỉ tiêu này chưa có trong danh mục đang dùng."))
    title = needed(said.title, _("Đặt tên cho quy tắc: cảnh báo điều gì."))[:200]
    _fits(said)
    require_within_reach(rule.owner, said.receivers)
    made = AlertRuleVersion.objects.create(
        rule=rule,
        number=number,
        title=title,
        indicator=said.indicator,
        breakdown_id=indicators.total_breakdown(),
        calendar=entry.calendar,
        period_kind=said.period_kind,
        unit=said.unit,
        below=said.below,
        comparison=said.comparison,
        side=said.side,
        bound=said.bound,
        duration=said.duration,
        severity=said.severity,
        to_reporter=said.to_reporter,
        quiet_from=said.quiet_from,
        quiet_to=said.quiet_to,
        escalate_after=said.escalate_after,
        active=said.active,
        inputs=inputs_of(said.indicator),
        by=by,
        business_at=clock.business_now(),
    )
    AlertReceiver.objects.bulk_create(AlertReceiver(version=made, unit=unit) for unit in said.receivers)
    record(
        by=by.actor,
        verb=verb,
        object_kind="alert_rule",
        object_id=rule.pk,
        unit_id=rule.owner_id,
        to_state="active" if said.active else "off",
        data={"version": number, "indicator": said.indicator.pk, "comparison": said.comparison,
              "bound": None if said.bound is None else str(said.bound), "unit": said.unit.pk, "below": said.below},
    )  # fmt: skip
    return made


def _fits(said: Wording) -> None:
    """What the database would refuse with words for nobody."""
    levelled = said.comparison in (Comparison.LEVEL, Comparison.CHANGE)
    if levelled and (not said.side or said.bound is None):
        raise Refused("no_bound", _("Chọn cao hơn hay thấp hơn, và ghi mức."))
    if said.comparison == Comparison.TARGET and (said.bound is None or said.bound < 0):
        raise Refused("no_distance", _("Ghi lệch bao nhiêu thì cảnh báo, từ 0 trở lên."))
    if said.comparison == Comparison.SILENCE and (said.side or said.bound is not None):
        raise Refused("silent_bound", _("Im lặng thì không có mức để so; để trống hai ô ấy."))
    least = 0 if said.comparison == Comparison.SILENCE else 1
    if not least <= said.duration <= LONGEST:
        raise Refused("duration", _("Kéo dài từ %(a)d đến %(b)d.") % {"a": least, "b": LONGEST})
    if not said.receivers and not said.to_reporter:
        raise Refused("nobody", _("Cảnh báo phải đến với ai đó: chọn đơn vị nhận, hoặc báo cho chính đơn vị của số."))
    if len({unit.pk for unit in said.receivers}) < len(said.receivers):
        raise Refused("unit_twice", _("Một đơn vị nhận chỉ đứng một lần."))
    if len(said.receivers) > MOST_RECEIVERS:
        raise Refused("too_many", _("Nhiều nhất %(n)d đơn vị nhận.") % {"n": MOST_RECEIVERS})
