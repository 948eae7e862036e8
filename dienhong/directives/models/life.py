"""What became of an assignment: states, progress with evidence, extensions, exceptions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dienhong.directives.models.conditions import Condition, ConditionVerdict
from dienhong.directives.models.ordered import Assignment, ClockTimestamp
from dienhong.organizations.models import Person, Unit
from dienhong.reporting.models import Approval


class State(models.TextChoices):
    """The journal takes a state of up to ten characters."""

    ISSUED = "issued", _("đã giao")
    ACKNOWLEDGED = "taken_on", _("đã nhận việc")
    IN_PROGRESS = "working", _("đang làm")
    MET = "met", _("đã xong, chờ bên giao xác nhận")
    CLOSED = "closed", _("đã đóng")
    REOPENED = "reopened", _("mở lại")
    CANCELLED = "cancelled", _("đã hủy")
    REPLACED = "replaced", _("đã thay bằng nhiệm vụ khác")


OPEN = (State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.MET, State.REOPENED)
APART = (State.CANCELLED, State.REPLACED)


class AssignmentState(models.Model):
    """The assignment entered a state; the latest row is where it stands. Business time never goes back within one.

    `done_at` stands on a closing: when the work was done, by which it is on time or late. That is when the unit said
    so, or when the value was sent that met the condition; never the click that closed it.
    `by` is empty where the number decided, and then `verdict` names the version that did.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="states")
    state = models.CharField(max_length=10, choices=State)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    verdict = models.ForeignKey(ConditionVerdict, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    replaced_by = models.OneToOneField(Assignment, models.PROTECT, null=True, related_name="replaces")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="state_done_when_closed",
                condition=Q(state=State.CLOSED, done_at__isnull=False)
                | (~Q(state=State.CLOSED) & Q(done_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="state_by_somebody_or_a_number",
                condition=Q(by__isnull=False, verdict__isnull=True)
                | Q(by__isnull=True, verdict__isnull=False, state__in=[State.CLOSED, State.REOPENED]),
            ),
            models.CheckConstraint(
                name="state_says_why",
                condition=~Q(state__in=[State.REOPENED, State.CANCELLED, State.REPLACED])
                | ~Q(reason="")
                | Q(verdict__isnull=False),
            ),
            models.CheckConstraint(
                name="state_replaced_by_one",
                condition=Q(state=State.REPLACED, replaced_by__isnull=False)
                | (~Q(state=State.REPLACED) & Q(replaced_by__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["assignment", "-id"], name="assignment_state_latest")]


class Progress(models.Model):
    """What the lead unit or one that co-operates reports: words, files, the answering document, whom it waits for."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="progress")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text="for which unit it was reported")
    text = models.TextField()
    waiting_for = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    document_number = models.CharField(max_length=60, blank=True)
    document_date = models.DateField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="progress_says_what", condition=~Q(text=""))]
        indexes = [models.Index(fields=["assignment", "-id"], name="progress_latest")]


class EvidenceFile(models.Model):
    """A file handed in with a report of progress; kept by its hash, served by the right to the assignment."""

    progress = models.ForeignKey(Progress, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200, help_text="cleaned; shown, never used as a path")
    kind = models.CharField(max_length=80, help_text="media type by content")
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    scanned = models.BooleanField()


class Extension(models.Model):
    """The lead unit asks for a later day, for the `number`-th time."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="extensions")
    number = models.PositiveSmallIntegerField()
    old_due = models.DateField()
    new_due = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="extension_number"),
            models.CheckConstraint(name="extension_later", condition=Q(new_due__gt=models.F("old_due"))),
            models.CheckConstraint(name="extension_says_why", condition=~Q(reason="")),
        ]


class ExtensionAnswer(models.Model):
    """The issuer allowed it, perhaps until an earlier day than was asked, or refused it with a reason."""

    extension = models.OneToOneField(Extension, models.PROTECT, related_name="answer")
    allowed = models.BooleanField()
    due = models.DateField(null=True, help_text="the day that holds from now on")
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="extension_answer_whole",
                condition=Q(allowed=True, due__isnull=False) | (Q(allowed=False, due__isnull=True) & ~Q(reason="")),
            )
        ]


class ClosingException(models.Model):
    """The issuer closed what its condition did not carry, and signed for it. Counted apart in every count."""

    change = models.OneToOneField(AssignmentState, models.PROTECT, related_name="exception")
    condition = models.ForeignKey(Condition, models.PROTECT, related_name="exceptions")
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True, help_text="the figure then")
    reason = models.TextField()
    kind = models.CharField(max_length=15, choices=Approval.Kind, help_text="how sure it is who signed")
    digest = models.CharField(max_length=64, help_text="sha256 over what was signed")

    class Meta:
        constraints = [models.CheckConstraint(name="exception_says_why", condition=~Q(reason=""))]
