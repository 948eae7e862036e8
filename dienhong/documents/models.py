"""Papers that were given, each a row that nobody changes; and the authorities and certificates that signed them.

A mistake is answered by a new paper that cites the old one (`replaces`) or by a `Revocation`. The database itself
refuses UPDATE and DELETE on both (migration 0002).
"""

from django.db import models
from django.db.models import Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dienhong.documents import codes
from dienhong.organizations.models import Person, Unit


def _now() -> Func:
    return Func(function="clock_timestamp")


class Authority(models.Model):
    """One that signs certificates: the root that readers trust, the one that issues below it. Its public half only."""

    class Level(models.TextChoices):
        ROOT = "root", _("gốc")
        ISSUING = "issuing", _("cấp chứng thư")

    level = models.CharField(max_length=10, choices=Level)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    pem = models.TextField()
    fingerprint = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the certificate, hex")
    demo = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()


class Certificate(models.Model):
    """Whose signature it is: a person for a unit, a unit's seal, or the time-stamp service. The key lies elsewhere."""

    class Purpose(models.TextChoices):
        SIGN = "sign", _("ký")
        TIME = "time", _("dấu thời gian")

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="certificates")
    purpose = models.CharField(max_length=10, choices=Purpose)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=300)
    serial = models.CharField(max_length=60, help_text="hex")
    fingerprint = models.CharField(max_length=64, unique=True)
    pem = models.TextField()
    key_name = models.CharField(max_length=80, help_text="where whoever keeps the key finds it")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "serial"], name="certificate_serial_once")]
        indexes = [models.Index(fields=["unit", "person", "-valid_until"], name="certificate_holder")]


class CertificateRevocation(models.Model):
    """The authority's word that a certificate counts no longer from that moment on."""

    certificate = models.OneToOneField(Certificate, models.PROTECT, related_name="revocation")
    at = models.DateTimeField(db_default=_now())
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")


class RevocationList(models.Model):
    """A signed list (CRL) as it was made; the newest of an authority is the one that goes into papers."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="lists")
    number = models.PositiveIntegerField()
    der = models.BinaryField()
    this_update = models.DateTimeField()
    next_update = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "number"], name="revocation_list_once")]


class Book(models.Model):
    """The last number given in a unit's book of one kind in one year. Its row is locked until the paper is committed,
    so numbers neither repeat nor leave a gap."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "kind", "year"], name="book_once")]


class Issued(models.Model):
    """A paper as it was given: number, data, file, signature. Never changed."""

    code = models.CharField(max_length=codes.LENGTH, unique=True, help_text="public, without dashes: documents.codes")
    kind = models.CharField(max_length=40)
    title_vi = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    regime = models.CharField(max_length=40, blank=True, help_text="the circular whose form it follows")
    form_no = models.CharField(max_length=10, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    symbol = models.CharField(max_length=20)
    service = models.CharField(max_length=80, blank=True, help_text="folder under services/ whose template it is")
    owner_kind = models.CharField(max_length=40)
    owner_id = models.CharField(max_length=60)
    data = models.JSONField(help_text="as typeset: dates are texts, đồng are whole numbers")
    public = models.JSONField(default=list, help_text="lines anyone with the code may see: vi, en, value")
    template = models.CharField(max_length=200)
    template_digest = models.CharField(max_length=64, help_text="SHA-256 over the template and what it includes")
    pdf_digest = models.CharField(max_length=64, unique=True, help_text="base.store")
    size = models.PositiveIntegerField(help_text="bytes")
    signer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    signed_as = models.CharField(max_length=300, help_text="subject of the certificate")
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="papers")
    dated = models.DateField(help_text="day on the paper, business time")
    signed_at = models.DateTimeField(help_text="record time")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "year", "number"], name="issued_number_once"),
            models.CheckConstraint(name="issued_not_for_itself", condition=~Q(replaces=models.F("pk"))),
        ]
        indexes = [models.Index(fields=["owner_kind", "owner_id", "-id"], name="issued_owner")]

    @property
    def number_text(self) -> str:
        return f"{self.number:02d}/{self.year}/{self.symbol}"

    @property
    def code_shown(self) -> str:
        return codes.shown(self.code)

    @property
    def title(self) -> str:
        return self.title_en if get_language() == "en" else self.title_vi

    @property
    def stands(self) -> bool:
        """Neither replaced nor revoked. Two queries unless the relations were selected."""
        return not (hasattr(self, "replaced_by") or hasattr(self, "revocation"))


class Revocation(models.Model):
    """A paper that counts no longer, and why; the paper itself stays as it is."""

    issued = models.OneToOneField(Issued, models.PROTECT, related_name="revocation")
    at = models.DateTimeField(db_default=_now())
    dated = models.DateField(help_text="business day")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    legal_basis = models.CharField(max_length=300, blank=True)
