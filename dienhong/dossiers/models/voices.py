"""What the applicant thinks of it. The officer of a dossier does not see who rated."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dienhong.dossiers.models.cases import Dossier
from dienhong.organizations.models import Person


class Rating(models.Model):
    """One a dossier, within thirty days of its end."""

    class Grade(models.IntegerChoices):
        UNSATISFIED = 1, _("Chưa hài lòng")
        SATISFIED = 2, _("Hài lòng")
        VERY_SATISFIED = 3, _("Rất hài lòng")

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="rating")
    grade = models.PositiveSmallIntegerField(choices=Grade)
    comment = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()


class Complaint(models.Model):
    """Feedback (phản ánh, kiến nghị) about how a dossier is handled; answered by the unit's leader."""

    class About(models.TextChoices):
        RULE = "rule", _("Quy định, thủ tục")
        CONDUCT = "conduct", _("Cách cán bộ làm việc")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="complaints")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    about = models.CharField(max_length=10, choices=About)
    text = models.TextField()
    business_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    attachment = models.CharField(max_length=64, blank=True)
