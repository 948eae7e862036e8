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

    # In this order a row has no gaps: eight bytes, four, two, then texts.
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="places", db_index=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        help_text="the dossier's, repeated for lists",
    )  # fmt: skip
    since = models.DateTimeField(help_text="business time")
    due_at = models.DateTimeField(null=True, help_text="the step's own limit; without one, the dossier's")
    timer_at = models.DateTimeField(null=True, help_text="business time at which the timer fires")
    claimed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    claimed_at = models.DateTimeField(null=True, help_text="business time")
    sequence = models.PositiveIntegerField(help_text="number of the dossier's step that came here")
    kind = models.PositiveSmallIntegerField(choices=Kind)
    status = models.PositiveSmallIntegerField(choices=Status, null=True, help_text="empty: a timer at a task's edge")
    element = models.CharField(max_length=60, help_text="id in the drawing")
    role = models.CharField(max_length=20, blank=True, help_text="who does the task; empty: nobody has to act here")
    message = models.CharField(max_length=60, blank=True, help_text="the message it waits for")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "element"], name="place_once")]
        indexes = [
            models.Index(fields=["unit", "role", "due_at", "id"], condition=~Q(role=""), name="place_queue"),
            models.Index(fields=["timer_at"], condition=Q(timer_at__isnull=False), name="place_timer"),
            models.Index(fields=["claimed_by", "due_at"], condition=Q(claimed_by__isnull=False), name="place_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}:{self.element}"
