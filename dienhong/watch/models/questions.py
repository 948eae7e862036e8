"""Asked of one version of one figure, addressed to its reporter; the answer stays with that version."""

from django.db import models
from django.db.models import Q

from dienhong.indicators.models import Batch, Breakdown, Indicator, Measure, Period, Source
from dienhong.journal.models import ClockTimestamp
from dienhong.organizations.models import Person, Unit


class Question(models.Model):
    """`batch` names the version that was asked about, `reporter` the unit that sent it, `asker` for which unit."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    breakdown = models.ForeignKey(Breakdown, models.PROTECT, related_name="+")
    measure = models.SmallIntegerField(choices=Measure, default=Measure.VALUE)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    reporter = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    asker = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    text = models.TextField()
    due = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="question_says_what", condition=~Q(text=""))]
        indexes = [
            models.Index(fields=["indicator", "unit", "period"], name="question_figure"),
            models.Index(fields=["reporter"], name="question_reporter"),
            models.Index(fields=["asker"], name="question_asker"),
        ]


class Answer(models.Model):
    """The reporter's word on that version. Once: what is still open is asked anew."""

    question = models.OneToOneField(Question, models.PROTECT, related_name="answer")
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="answer_says_what", condition=~Q(text=""))]
