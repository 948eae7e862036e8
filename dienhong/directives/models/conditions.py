"""The condition on a number: what a later value must be for the assignment to close by itself."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dienhong.directives.models.ordered import Assignment, ClockTimestamp
from dienhong.indicators.models import Batch, Breakdown, Indicator, Measure, Period
from dienhong.organizations.models import Person, Unit


class Comparison(models.TextChoices):
    AT_LEAST = "≥", _("từ … trở lên")
    ABOVE = ">", _("cao hơn")
    AT_MOST = "≤", _("từ … trở xuống")
    BELOW = "<", _("thấp hơn")
    EQUAL = "=", _("đúng bằng")


class Direction(models.TextChoices):
    """Which way the figure has to move from its baseline."""

    UP = "up", _("tăng")
    DOWN = "down", _("giảm")
    EITHER = "either", _("tăng hoặc giảm")


class Scope(models.TextChoices):
    """About which periods a value may be that meets it."""

    SAME = "same", _("chính kỳ này, khi nơi báo cáo đính chính")
    LATER = "later", _("một kỳ sau")


class Condition(models.Model):
    """Indicator, measure, unit, breakdown; the baseline version it was given under; what a later value must be.

    It is never changed: what is said anew (after a freeze or a reopening) is the next number, which then holds.
    `basis` is what the figure was made of when it was given (conditions.basis): if that is another one day, the two
    figures are not the same thing, and the issuer is asked.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="conditions")
    number = models.PositiveSmallIntegerField()
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    breakdown = models.ForeignKey(Breakdown, models.PROTECT, related_name="+")
    measure = models.SmallIntegerField(choices=Measure)
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", help_text="of the baseline")
    scope = models.CharField(max_length=5, choices=Scope)
    baseline = models.DecimalField(max_digits=30, decimal_places=10, null=True, help_text="empty: none was known")
    baseline_batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")
    comparison = models.CharField(max_length=1, choices=Comparison)
    target = models.DecimalField(max_digits=30, decimal_places=10)
    direction = models.CharField(max_length=6, choices=Direction)
    last_day = models.DateField(help_text="the assignment's day as issued; an extension moves both")
    since = models.DateTimeField(help_text="business time: only a value sent after it counts")
    known_from = models.DateTimeField(help_text="record time: what was known by then is not looked at")
    inputs = ArrayField(models.BigIntegerField(), help_text="ids of the indicators it is made from, and its own")
    basis = models.JSONField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="condition_number"),
            models.CheckConstraint(
                name="condition_direction",
                condition=Q(comparison__in=["≥", ">"], direction="up")
                | Q(comparison__in=["≤", "<"], direction="down")
                | Q(comparison="="),
            ),
            models.CheckConstraint(
                name="condition_target_bounded", condition=Q(target__gt=-(10**20), target__lt=10**20)
            ),
        ]


class ConditionVerdict(models.Model):
    """What one published version of the figure says: `batch` made it what it was from `known_at` on.

    `later`: it was sent after the condition was given, so it may meet it. `sent_at` is its sending (state 50), business
    time, by which lateness is judged. One row for each version, whoever asks how often.
    """

    condition = models.ForeignKey(Condition, models.PROTECT, related_name="verdicts")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    meets = models.BooleanField()
    later = models.BooleanField()
    sent_at = models.DateTimeField()
    known_at = models.DateTimeField()
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["condition", "period", "batch"], name="verdict_once"),
            models.CheckConstraint(name="verdict_needs_a_value", condition=Q(meets=False) | Q(value__isnull=False)),
        ]

    @property
    def counts(self) -> bool:
        return self.meets and self.later


class ConditionFreeze(models.Model):
    """The figure is no longer made as it was when the condition was given: nothing decides until the issuer says anew.

    `changed` names what: formula, unit, scope.
    """

    condition = models.OneToOneField(Condition, models.PROTECT, related_name="freeze")
    changed = ArrayField(models.CharField(max_length=10))
    basis = models.JSONField(help_text="what it is made of now")
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+", help_text="with which it showed")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="freeze_says_what", condition=Q(changed__len__gt=0))]


# The newest condition of an assignment holds.
NEWEST = F("number").desc()
