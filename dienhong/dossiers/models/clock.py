"""The clock of a dossier: a function of status and cause, kept as events so that a due date can be explained."""

from django.db import models

from dienhong.dossiers.models.cases import Dossier


class ClockEvent(models.Model):
    """Starts, pauses with a cause, resumes, ends."""

    class Kind(models.TextChoices):
        START = "start"
        PAUSE = "pause"
        RESUME = "resume"
        RESTART = "restart"
        END = "end"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="clock")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(help_text="business time")
    cause = models.CharField(max_length=40, blank=True, help_text="of a pause: the status waited in, 5, 6 or 7")


class DueChange(models.Model):
    """Why the due date is what it is: set at acceptance, moved by a pause, a holiday declared late, by leave."""

    class Cause(models.TextChoices):
        ACCEPTED = "accepted"
        PAUSE = "pause"
        HOLIDAY = "holiday"
        APOLOGY = "apology"
        AGAIN = "again"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="dues")
    before = models.DateTimeField(null=True)
    after = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, choices=Cause)
    basis = models.CharField(max_length=300, blank=True, help_text="the decision or rule that moved it")
    at = models.DateTimeField(help_text="business time")
