"""A service as its folder says it, one row a version: a dossier keeps the version it was submitted under."""

from django.db import models
from django.db.models.functions import Now

from dienhong.organizations.models import Person


class Service(models.Model):
    """Identity of a service. What is said of it stands in its versions."""

    code = models.SlugField(max_length=60, unique=True, help_text="name of its folder under services/")
    procedure = models.CharField(max_length=60, blank=True, help_text="code of the administrative procedure it serves")

    def __str__(self) -> str:
        return self.code


class ServiceVersion(models.Model):
    """The folder as it was loaded. A folder that changed makes the next number; nothing is overwritten."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 over all files of the folder that say the service")
    sheet = models.JSONField(help_text="service.yaml")
    form = models.JSONField(help_text="form.yaml, compiled")
    process = models.JSONField(help_text="process.bpmn as a transition table")
    drawing = models.CharField(max_length=64, help_text="digest of process.bpmn in the store")
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="service_version_number"),
        ]


class Signature(models.Model):
    """A jurist has read rules, parameters and examples of a version, remarks included, and stands for them."""

    version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="signatures")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()
    unconfirmed = models.PositiveIntegerField(help_text="how many parameters carried a remark when it was signed")
    note = models.CharField(max_length=500, blank=True)
