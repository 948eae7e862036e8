"""Drafts and dossiers. Personal data stands in Party and Content; a dossier's row has none."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dienhong.dossiers.models.services import ServiceVersion
from dienhong.organizations.models import Person, Unit


class Status(models.IntegerChoices):
    """The ten national statuses: a projection of the places of the process."""

    NEW = 1
    ACCEPTED = 2
    NOT_ACCEPTED = 3
    IN_PROCESS = 4
    SUPPLEMENT = 5
    TO_PAY = 6
    WITHDRAWAL = 7
    STOPPED = 8
    DONE = 9
    HANDED_OVER = 10


CLOSED = (Status.NOT_ACCEPTED, Status.STOPPED, Status.HANDED_OVER)


class Draft(models.Model):
    """What somebody is filling in: not a dossier yet, or not yet handed in to one. Nobody else's business."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts")
    version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="+")
    data = models.JSONField(default=dict, help_text="field -> what was typed, as typed")
    origins = models.JSONField(default=dict, help_text="field -> where a prefilled value came from")
    page = models.CharField(max_length=60, blank=True, help_text="the page to go on with")
    token = models.UUIDField(unique=True, help_text="filing twice with one token files once")
    dossier = models.ForeignKey(
        "Dossier", models.CASCADE, null=True, blank=True, related_name="answers",
        help_text="the dossier it supplements; empty: it becomes a dossier of its own",
    )  # fmt: skip
    made_at = models.DateTimeField(db_default=Now())
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["person", "-saved_at"], name="draft_of_person")]
        constraints = [models.UniqueConstraint(fields=["person", "dossier"], name="draft_answer_once")]


class Dossier(models.Model):
    """One case. `status`, `due_at` and `place` columns repeat what places and clock say, for lists of a million."""

    class Channel(models.TextChoices):
        ONLINE = "online"
        COUNTER = "counter"
        POST = "post"

    code = models.CharField(max_length=40, unique=True)
    secret = models.CharField(max_length=12, help_text="asked beside the code where nobody is signed in")
    version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="dossiers")
    service = models.CharField(max_length=60, help_text="code of the service, for lists")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text="the competent unit")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    applicant = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="dossiers")
    submitter = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.ONLINE)
    status = models.PositiveSmallIntegerField(choices=Status)
    before = models.PositiveSmallIntegerField(
        choices=Status, null=True, help_text="the status that 5, 6 or 7 came from"
    )
    status_since = models.DateTimeField(help_text="business time; what stood before is in models.counts.Stay")
    declared_on = models.DateField(help_text="amounts follow the law of this day")
    submitted_at = models.DateTimeField(help_text="chooses the version of form and process")
    accepted_at = models.DateTimeField(null=True, help_text="chooses time limit and documents")
    due_at = models.DateTimeField(null=True, help_text="empty: not accepted yet, or no limit")
    finished_at = models.DateTimeField(null=True, help_text="the clock ended: moment of 9, else 8 or 3")
    closed_at = models.DateTimeField(null=True)
    assigned = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    marking = models.JSONField(default=dict, help_text="the process's tokens, compact")
    facts = models.JSONField(default=dict, help_text="what gateways ask; no personal data")
    token = models.UUIDField(unique=True, help_text="of the draft or the message that brought it")
    demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dossier_before_where_asked", condition=Q(before__isnull=False) | ~Q(status=Status.WITHDRAWAL)
            )
        ]
        indexes = [
            # A queue by urgency: one index scan per unit, see queries.lists.
            models.Index(
                fields=["unit", "due_at", "id"],
                condition=~Q(status__in=CLOSED),
                include=["service", "status"],
                name="dossier_open_by_unit",
            ),
            models.Index(fields=["unit", "-id"], include=["service", "status"], name="dossier_by_unit"),
            models.Index(fields=["due_at", "id"], condition=~Q(status__in=CLOSED), name="dossier_open"),
            models.Index(fields=["applicant", "-id"], name="dossier_of_applicant"),
            # What was filed and what ended on a day, for counting.
            models.Index(fields=["submitted_at"], name="dossier_submitted"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="dossier_finished"),
        ]

    def __str__(self) -> str:
        return self.code


class Party(models.Model):
    """Applicant, submitter and agent are apart (shapes.md, 28). Erasable; a citizen number is never an id."""

    class Part(models.TextChoices):
        APPLICANT = "applicant"
        SUBMITTER = "submitter"
        AGENT = "agent"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="parties")
    part = models.CharField(max_length=10, choices=Part)
    name = models.CharField(max_length=200)
    search_key = models.CharField(max_length=200, help_text="without tones, computed by base.text.fold")
    identity_number = models.CharField(max_length=20, blank=True)
    tax_code = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "part"], name="party_once")]
        indexes = [models.Index(fields=["search_key"], opclasses=["text_pattern_ops"], name="party_name")]


class Content(models.Model):
    """What was declared, one row a version: filing makes the first, each supplement the next."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="contents")
    number = models.PositiveSmallIntegerField()
    data = models.JSONField(help_text="as form.filed() gives it")
    origins = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    about = models.BigIntegerField(null=True, help_text="hash of what the sheet's `unique` field says; sending.about")
    changed = ArrayField(models.CharField(max_length=60), default=list)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "number"], name="content_number")]
        indexes = [models.Index(fields=["about"], condition=Q(about__isnull=False), name="content_about")]


class Assessment(models.Model):
    """What is to be paid, one row a time it was worked out: at filing, after a supplement, when an officer fixed it."""

    class Cause(models.TextChoices):
        FILED = "filed"
        SUPPLEMENT = "supplement"
        OFFICER = "officer"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="assessments")
    content_number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=10, choices=Cause)
    amount = models.BigIntegerField(null=True, help_text="whole đồng; empty: an officer has to fix something first")
    exempt = models.BooleanField(default=False)
    computation = models.JSONField(help_text="the rules' result: inputs, parameter rows, steps; or why there is none")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", help_text="empty: the machine")
    business_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Attachment(models.Model):
    """A file that was handed in: with a draft first, with the dossier once it is filed."""

    class Verdict(models.TextChoices):
        CLEAN = "clean"
        NOT_SCANNED = "not_scanned"

    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, blank=True, related_name="attachments")
    dossier = models.ForeignKey(Dossier, models.CASCADE, null=True, blank=True, related_name="attachments")
    field = models.CharField(max_length=60)
    name = models.CharField(max_length=200, help_text="cleaned; shown, never used as a path")
    kind = models.CharField(max_length=80, help_text="media type by content")
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    verdict = models.CharField(max_length=12, choices=Verdict)
    content_number = models.PositiveSmallIntegerField(default=1, help_text="the content version it came with")
    removed_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["dossier"], name="attachment_dossier"),
            models.Index(fields=["draft"], name="attachment_draft"),
        ]


class Tally(models.Model):
    """How many dossiers there are, as differences: a trigger appends, a job sums up, a list reads the sum.

    Appending locks nothing; counting a million rows for each page would take longer than the page.
    """

    unit_id = models.BigIntegerField()
    service = models.CharField(max_length=60)
    status = models.PositiveSmallIntegerField()
    number = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["unit_id"], include=["service", "status", "number"], name="tally_unit")]


class CodeBook(models.Model):
    """The last number reserved for a unit's day."""

    pk = models.CompositePrimaryKey("unit_id", "day")
    unit_id = models.BigIntegerField()
    day = models.DateField()
    last = models.IntegerField()
