"""Where a dossier waits: rows, so that a queue of a million is one index scan. The dossier's `marking` is the truth of
the process; these rows repeat it for lists, claims and the clock."""

from django.db import models
from django.db.models import Q

from dienhong.dossiers.models.cases import Dossier, Status
from dienhong.organizations.models import Person, Unit


class Place(models.Model):
    """A dossier waits at an element of its process. One that has run on has no row any more; the journal tells."""

    class Kind(models.IntegerChoices):
        TASK = 1
        MESSAGE = 2
        TIMER = 3

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="places", db_index=False)
    element = models.CharField(max_length=60, help_text="id in the drawing")
    kind = models.PositiveSmallIntegerField(choices=Kind)
    role = models.CharField(max_length=20, blank=True, help_text="who does the task; empty: nobody has to act here")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    status = models.PositiveSmallIntegerField(choices=Status, null=True, help_text="empty: a timer at a task's edge")
    due_at = models.DateTimeField(null=True, help_text="the step's own limit; without one, the dossier's")
    since = models.DateTimeField(help_text="business time")
    message = models.CharField(max_length=60, blank=True, help_text="the message it waits for")
    timer_at = models.DateTimeField(null=True, help_text="business time at which the timer fires")
    claimed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    claimed_at = models.DateTimeField(null=True, help_text="business time")
    sequence = models.PositiveIntegerField(help_text="number of the dossier's step that came here")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "element"], name="place_once")]
        indexes = [
            models.Index(fields=["unit", "role", "due_at", "id"], condition=~Q(role=""), name="place_queue"),
            models.Index(fields=["timer_at"], condition=Q(timer_at__isnull=False), name="place_timer"),
            models.Index(fields=["claimed_by", "due_at"], condition=Q(claimed_by__isnull=False), name="place_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}:{self.element}"


class TakenEvent(models.Model):
    """An event from outside that a dossier has taken: sent again, it moves nothing."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="taken_events", db_index=False)
    key = models.CharField(max_length=80, help_text="the sender's id of the event")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "key"], name="taken_event_once")]
