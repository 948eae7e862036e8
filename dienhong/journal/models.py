"""Append-only: who did what to what, when and why. Points to no other room: ids are text."""

from django.db import models
from django.db.models import Func


class ClockTimestamp(Func):
    """`clock_timestamp()`: the moment of the row, not the start of its transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Event(models.Model):
    """One change of state. Written unchained in the action's own transaction; sealed afterwards."""

    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField(help_text="business time of the actor, see base.clock")
    verb = models.CharField(max_length=60)
    actor = models.CharField(max_length=60, help_text="person:<id>, job:<name>, partner:<key>")
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    unit_id = models.CharField(max_length=30, blank=True)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_kind", "object_id"]),
            models.Index(fields=["actor", "-id"]),
            models.Index(fields=["unit_id", "-id"]),
        ]
