"""Append-only: who did what to what, when and why. Points to no other room: ids are text."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func


class ClockTimestamp(Func):
    """`clock_timestamp()`: the moment of the row, not the start of its transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Event(models.Model):
    """One change of state. Written unchained in the action's own transaction; sealed afterwards.

    A new column belongs into a new form of `canonical.COLUMNS`, or edits of it would go unseen; a test compares them.
    """

    at = models.DateTimeField(db_default=ClockTimestamp(), help_text="set by a trigger, whatever is given")
    business_at = models.DateTimeField(help_text="business time of the actor, see base.clock")
    verb = models.CharField(max_length=60)
    actor = models.CharField(max_length=60, help_text="person:<id>, job:<name>, partner:<key>")
    actor_commitment = models.CharField(
        max_length=64, blank=True, default="", help_text="hash of the person's label then, see PersonLabel"
    )
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
            models.Index(fields=["object_kind", "object_id", "-id"], name="journal_event_object"),
            models.Index(fields=["actor", "-id"], name="journal_event_actor"),
            models.Index(fields=["unit_id", "-id"], name="journal_event_unit"),
            models.Index(fields=["verb", "-id"], name="journal_event_verb"),
            models.Index(fields=["at"], name="journal_event_at"),
            # journal_event_words, GIN over the words of `reason` without tones, is SQL in the migration.
        ]


class Unsealed(models.Model):
    """Queue of the sealer: a trigger adds the id in the event's own transaction, the sealer takes it away.

    Ids commit out of order, so `id > last sealed` would lose events; an anti-join over all seals would read millions.
    """

    event_id = models.BigIntegerField(primary_key=True)


class Seal(models.Model):
    """Place of one event in the chain. No foreign key in the database: its lock would rewrite every event row."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.DO_NOTHING, db_constraint=False, related_name="seal")
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)


class SealBatch(models.Model):
    """What was sealed in one round, under one signature. Statement and root: `hashing.Statement`."""

    number = models.BigIntegerField(primary_key=True)
    first_position = models.BigIntegerField(unique=True)
    last_position = models.BigIntegerField(unique=True)
    chain = models.BinaryField(max_length=32, help_text="hash of its last seal")
    tree = models.BinaryField(max_length=32, help_text="Merkle root over its events")
    previous_root = models.BinaryField(max_length=32)
    root = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    key_id = models.CharField(max_length=16)
    form = models.SmallIntegerField(help_text="form of the canonical bytes")
    sealed_at = models.DateTimeField(db_default=ClockTimestamp())


class PersonLabel(models.Model):
    """What a person was called when acting. ERASABLE: label, salt and commitment go together, events stay.

    The newest row is the present label; older ones stay so that older events can be read.
    """

    person = models.CharField(max_length=60, help_text="person:<id>, as in Event.actor")
    label = models.CharField(max_length=300)
    salt = models.BinaryField(max_length=16, help_text="128 random bits; stand here and nowhere else")
    commitment = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="journal_label_person")]


class Access(models.Model):
    """One look at personal data by an official: an opened case, a list, a search, a file, an export.

    A list is one row with all the objects it showed, so that it appears to each of the people concerned.
    """

    class Kind(models.TextChoices):
        OPEN = "open"
        LIST = "list"
        SEARCH = "search"
        FILE = "file"
        EXPORT = "export"

    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    object_kind = models.CharField(max_length=40)
    object_ids = ArrayField(models.BigIntegerField())
    unit_id = models.CharField(max_length=30, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            GinIndex(fields=["object_ids"], name="journal_access_objects"),
            models.Index(fields=["actor", "-id"], name="journal_access_actor"),
        ]
