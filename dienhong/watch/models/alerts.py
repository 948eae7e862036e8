"""When to alert whom, versioned; and what became of each alert."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dienhong.indicators.models import Breakdown, Indicator, Measure, Period
from dienhong.journal.models import ClockTimestamp
from dienhong.organizations.models import Person, Unit


class Comparison(models.TextChoices):
    SILENCE = "silence", _("im lặng: đến hạn mà chưa có số")
    LEVEL = "level", _("mức của con số")
    CHANGE = "change", _("thay đổi so với kỳ trước, %")
    TARGET = "target", _("lệch xấu so với chỉ tiêu kế hoạch, %")


class Side(models.TextChoices):
    ABOVE = ">", _("cao hơn")
    BELOW = "<", _("thấp hơn")


class Severity(models.IntegerChoices):
    """An urgent alert goes out in the quiet hours too."""

    NOTICE = 1, _("lưu ý")
    WARNING = 2, _("cảnh báo")
    URGENT = 3, _("khẩn")


class AlertRule(models.Model):
    """Identity; what it says stands in its versions. `owner` wrote it, closes its alerts and may write it anew."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    demo = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=ClockTimestamp())


class AlertRuleVersion(models.Model):
    """The newest version holds; one that is not `active` raises nothing.

    Scope: the `unit`'s own figure, or those of all units right below it (`below`). Duration: for silence, working days
    after the figure was due; for the others, so many periods in a row. Quiet from hour to hour, Hanoi, over midnight
    where the first is later; equal means never.
    """

    rule = models.ForeignKey(AlertRule, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    breakdown = models.ForeignKey(Breakdown, models.PROTECT, related_name="+")
    measure = models.SmallIntegerField(choices=Measure, default=Measure.VALUE)
    calendar = models.CharField(max_length=20)
    period_kind = models.CharField(max_length=12)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    below = models.BooleanField(default=False)
    comparison = models.CharField(max_length=8, choices=Comparison)
    side = models.CharField(max_length=1, choices=Side, blank=True)
    bound = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    duration = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(0), MaxValueValidator(60)])
    severity = models.SmallIntegerField(choices=Severity, default=Severity.WARNING)
    to_reporter = models.BooleanField(default=True, help_text="the unit the figure is about hears too")
    quiet_from = models.PositiveSmallIntegerField(default=21, validators=[MaxValueValidator(23)])
    quiet_to = models.PositiveSmallIntegerField(default=7, validators=[MaxValueValidator(23)])
    escalate_after = models.PositiveSmallIntegerField(default=24, help_text="hours; 0: never")
    active = models.BooleanField(default=True)
    inputs = ArrayField(models.BigIntegerField(), help_text="ids of the indicators it is made from, and its own")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="alert_rule_number"),
            models.CheckConstraint(name="alert_rule_called", condition=~Q(title="")),
            models.CheckConstraint(
                name="alert_rule_compares",
                condition=Q(comparison=Comparison.SILENCE, side="", bound=None)
                | Q(comparison__in=[Comparison.LEVEL, Comparison.CHANGE], side__in=["<", ">"], bound__isnull=False)
                | Q(comparison=Comparison.TARGET, side="", bound__gte=0),
            ),
            models.CheckConstraint(
                name="alert_rule_lasts", condition=Q(comparison=Comparison.SILENCE) | Q(duration__gte=1)
            ),
            models.CheckConstraint(name="alert_rule_hours", condition=Q(quiet_from__lt=24, quiet_to__lt=24)),
        ]


class AlertReceiver(models.Model):
    """A unit whose people hear of the alerts of that version."""

    version = models.ForeignKey(AlertRuleVersion, models.PROTECT, related_name="receivers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "unit"], name="alert_receiver_once")]


class AlertStand(models.TextChoices):
    RAISED = "raised", _("mới nổi lên")
    ACKNOWLEDGED = "known", pgettext_lazy("watch", "đã tiếp nhận")
    EXPLAINED = "explained", _("đã giải trình")
    CLOSED = "closed", _("đã đóng")


class Alert(models.Model):
    """One rule about one unit, because of one figure, or because of a period that has none.

    One open alert for each rule and unit, held by an index: two evaluators cannot raise it twice. `closed_at` is set
    together with the state row that closes it, once, and is there for that index.
    """

    rule = models.ForeignKey(AlertRule, models.PROTECT, related_name="alerts")
    version = models.ForeignKey(AlertRuleVersion, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    batch = models.BigIntegerField(null=True, help_text="the version that raised it; empty: silence")
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True, help_text="the figure itself")
    measured = models.DecimalField(max_digits=30, decimal_places=10, null=True, help_text="what was held to the bound")
    due = models.DateTimeField(null=True, help_text="silence: when the figure was due")
    closed_at = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "unit"], condition=Q(closed_at=None), name="alert_one_open"),
            models.CheckConstraint(
                name="alert_figure_or_silence",
                condition=Q(batch__isnull=True, value__isnull=True, due__isnull=False)
                | Q(batch__isnull=False, value__isnull=False, due__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "unit", "-id"], name="alert_latest"),
            models.Index(fields=["unit", "period"], name="alert_unit"),
        ]


class AlertState(models.Model):
    """It entered a state; the latest row is where it stands. `by` is empty where a figure raised or ended it."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="states")
    state = models.CharField(max_length=10, choices=AlertStand)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert"], condition=Q(state=AlertStand.RAISED), name="alert_raised_once"),
            models.UniqueConstraint(fields=["alert"], condition=Q(state=AlertStand.CLOSED), name="alert_closed_once"),
            models.CheckConstraint(
                name="alert_state_by",
                condition=Q(by__isnull=False) | Q(state__in=[AlertStand.RAISED, AlertStand.CLOSED]),
            ),
            models.CheckConstraint(
                name="alert_state_says_what",
                condition=Q(state__in=[AlertStand.RAISED, AlertStand.ACKNOWLEDGED]) | Q(by=None) | ~Q(text=""),
            ),
        ]
        indexes = [models.Index(fields=["alert", "-id"], name="alert_state_latest")]


class AlertEscalation(models.Model):
    """Nobody took it on in time: it went one level up, once."""

    alert = models.OneToOneField(Alert, models.PROTECT, related_name="escalation")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()
