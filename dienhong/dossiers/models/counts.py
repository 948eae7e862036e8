"""What counting needs and leaves: past statuses, the sets that were counted, how far counting came."""

from django.db import models
from django.db.models import Q

from dienhong.dossiers.models.cases import CLOSED, Dossier, Status
from dienhong.indicators.models import Batch, Indicator, Period
from dienhong.organizations.models import Unit


class Stay(models.Model):
    """A dossier stood in a status and left it. Appended by the trigger `dossiers_count`; the present status is the
    dossier's own (`status`, `status_since`)."""

    # Without a constraint: only the trigger writes here, about the row at hand; checking it took a tenth of a step.
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="stays", db_constraint=False)
    status = models.PositiveSmallIntegerField(choices=Status)
    since = models.DateTimeField(help_text="business time")
    until = models.DateTimeField(help_text="business time, no longer inside")

    class Meta:
        indexes = [
            # Who stood where at a past moment: those that left later, and that is few for a moment not long past.
            models.Index(fields=["until"], condition=~Q(status__in=CLOSED), name="stay_open_until"),
        ]


class CountedSet(models.Model):
    """A figure that was counted: its definition, how many, and the digest of who they were. Never changed.

    The members follow from the definition (counting.sets); they are not copied.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", db_index=False)
    place = models.PositiveIntegerField(help_text="within the batch: what its observation refers to")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", db_index=False)
    what = models.CharField(max_length=20, help_text="key of counting.measures")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text="with all units below it")
    service = models.CharField(max_length=60, blank=True, help_text="empty: every service")
    status = models.PositiveSmallIntegerField(choices=Status, null=True, help_text="of what is open; empty: any")
    as_of = models.DateTimeField(help_text="business time: what was true then")
    trees_at = models.DateTimeField(help_text="record time: which units lay below which, as known then")
    official = models.BooleanField(help_text="the period was over")
    number = models.BigIntegerField(help_text="of dossiers, or of movements of money")
    amount = models.BigIntegerField(null=True, help_text="whole đồng, where it is money")
    digest = models.CharField(max_length=64, help_text="SHA-256 over the members in order")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "place"], name="counted_place")]
        indexes = [
            # The last word on each set of a period.
            models.Index(fields=["period", "unit", "indicator", "service", "status", "-id"], name="counted_last"),
        ]


class Counting(models.Model):
    """How far counting came with a period. `as_of` beyond its last day: it is settled."""

    period = models.OneToOneField(Period, models.CASCADE, primary_key=True, related_name="+")
    as_of = models.DateTimeField(help_text="business time")
    written = models.IntegerField(help_text="how many figures the last time changed")
    at = models.DateTimeField(help_text="record time")
