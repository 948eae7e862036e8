"""Two figures that should agree and do not: what was compared, what each reading of it said, where it stands."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dienhong.indicators.models import Breakdown, Indicator, Measure, Period, Source
from dienhong.journal.models import ClockTimestamp
from dienhong.organizations.models import Person, Unit


class Kind(models.TextChoices):
    """How two figures are set side by side."""

    SOURCE = "source", _("hai nguồn")
    COUNTED = "counted", _("báo cáo và đếm được")
    VERTICAL = "vertical", _("dọc: cấp dưới cộng lại")
    HORIZONTAL = "horizontal", _("ngang: biểu với biểu")
    TEMPORAL = "temporal", _("kỳ này với kỳ trước")
    PLAN = "plan", _("kết quả với kế hoạch")


class Stand(models.TextChoices):
    """Where a difference stands. The journal takes a state of up to ten characters."""

    OPEN = "open", _("đang lệch, chờ giải trình")
    ANSWERED = "answered", _("đã giải trình, chờ bên kia")
    AGREED = "agreed", _("hai bên đã thống nhất")
    CLOSED = "closed", _("số đã khớp")
    REOPENED = "reopened", _("lệch lại")


STANDING = (Stand.OPEN, Stand.ANSWERED, Stand.REOPENED)
WAITING = (Stand.OPEN, Stand.REOPENED)


class Difference(models.Model):
    """One place at which a cross-check of the closed list found two figures apart. It stays one row, however often.

    `indicator`, `period`, `unit`, `breakdown`, `measure` name the left figure. `source` and `other_source` are there
    where two sources speak of that very figure; elsewhere the right side is what `checks.yaml` says under `check`.
    `owner` answers: the unit whose figure is not that of the agency responsible. `counterpart` judges the answer.
    """

    check_key = models.CharField(max_length=40, help_text="of data/checks.yaml")
    kind = models.CharField(max_length=10, choices=Kind)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    breakdown = models.ForeignKey(Breakdown, models.PROTECT, related_name="+")
    measure = models.SmallIntegerField(choices=Measure, default=Measure.VALUE)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+")
    other_source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    counterpart = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_key", "indicator", "period", "unit", "breakdown", "measure", "source", "other_source"],
                nulls_distinct=False,
                name="watch_difference_once",
            ),
            models.CheckConstraint(
                name="watch_difference_two_sources",
                condition=Q(source=None, other_source=None)
                | (Q(source__isnull=False, other_source__isnull=False) & ~Q(source=models.F("other_source"))),
            ),
        ]
        indexes = [
            models.Index(fields=["indicator", "unit", "period"], name="watch_difference_figure"),
            models.Index(fields=["owner"], name="watch_difference_owner"),
            models.Index(fields=["counterpart"], name="watch_difference_counterpart"),
        ]

    @property
    def code(self) -> str:
        """How people and a directive name it: DC-12."""
        return f"DC-{self.pk}"


class Reading(models.Model):
    """What both sides said when it was last looked at and one of them had changed. The newest one holds.

    A batch names the version of its side; of a sum or a formula, the newest it is made from; none where the plan says.
    """

    difference = models.ForeignKey(Difference, models.PROTECT, related_name="readings")
    left = models.DecimalField(max_digits=30, decimal_places=10)
    right = models.DecimalField(max_digits=30, decimal_places=10)
    left_batch = models.BigIntegerField()
    right_batch = models.BigIntegerField(null=True)
    agrees = models.BooleanField()
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["difference", "-id"], name="reading_latest")]


class DifferenceState(models.Model):
    """It entered a state; the latest row is where it stands.

    `by` is empty where the figures decided, and then `reading` names what they said. `due` is the day of the answer.
    """

    difference = models.ForeignKey(Difference, models.PROTECT, related_name="states")
    state = models.CharField(max_length=10, choices=Stand)
    reading = models.ForeignKey(Reading, models.PROTECT, related_name="+", help_text="on which it was said")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    due = models.DateField(null=True)
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="watch_difference_state_by",
                condition=Q(by__isnull=True, state__in=[Stand.OPEN, Stand.CLOSED, Stand.REOPENED])
                | Q(by__isnull=False, state__in=[Stand.ANSWERED, Stand.AGREED, Stand.REOPENED]),
            ),
            models.CheckConstraint(
                name="watch_difference_state_says_what",
                condition=Q(by__isnull=True) | Q(state=Stand.AGREED) | ~Q(text=""),
            ),
            models.CheckConstraint(
                name="watch_difference_state_due",
                condition=Q(state__in=[Stand.OPEN, Stand.REOPENED], due__isnull=False)
                | (~Q(state__in=[Stand.OPEN, Stand.REOPENED]) & Q(due__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["difference", "-id"], name="watch_difference_state_latest")]
