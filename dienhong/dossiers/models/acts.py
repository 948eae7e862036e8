"""What people did with a dossier: each a row, with its reason and its paper."""

from django.db import models
from django.db.models.functions import Now

from dienhong.documents.models import Issued
from dienhong.dossiers.models.cases import Attachment, Dossier
from dienhong.organizations.models import Person


class Act(models.Model):
    """By whom and when; `paper` is the slip that told the applicant."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="%(class)s_rows")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", help_text="empty: the machine")
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()
    paper = models.ForeignKey(Issued, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["pk"]


class SupplementRequest(Act):
    """Slip 02: everything that is missing, at once, with a limit."""

    before_acceptance = models.BooleanField()
    limit_on = models.DateField(help_text="the last day to answer")
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, help_text="business time")


class SupplementItem(models.Model):
    request = models.ForeignKey(SupplementRequest, models.CASCADE, related_name="items")
    field = models.CharField(max_length=60, blank=True, help_text="field of the form; empty: something else")
    what = models.CharField(max_length=300)
    reason = models.CharField(max_length=500)
    basis = models.CharField(max_length=300, blank=True)


class Refusal(Act):
    """Slip 03, before acceptance: with its legal ground, or the form refuses it."""

    reason = models.TextField()
    basis = models.CharField(max_length=300)


class Stop(Act):
    """Status 8."""

    class Code(models.TextChoices):
        WITHDRAWN = "withdrawn"
        NO_SUPPLEMENT = "no_supplement"
        NOT_PAID = "not_paid"
        INELIGIBLE = "ineligible"
        TRANSFERRED = "transferred"

    code = models.CharField(max_length=15, choices=Code)
    reason = models.TextField()
    basis = models.CharField(max_length=300, blank=True)


class Withdrawal(Act):
    """A request, not an end: an officer grants it, or the applicant takes it back."""

    class Outcome(models.TextChoices):
        ASKED = "asked"
        GRANTED = "granted"
        REFUSED = "refused"
        TAKEN_BACK = "taken_back"

    reason = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.ASKED)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, help_text="business time")


class Decision(Act):
    """What an officer decided at a place: the chosen outcome, what was fixed, and why."""

    place = models.CharField(max_length=80, help_text="element of the process")
    outcome = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    reason = models.TextField(blank=True)


class Lapse(Act):
    """A limit of the applicant passed: to pay, to supplement."""

    limit = models.CharField(max_length=40)


class ReturnOfResult(Act):
    """Handed over: how and to whom (book 06)."""

    how = models.CharField(max_length=20)
    receiver = models.CharField(max_length=200, blank=True)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
