"""The directive and what it asks of whom."""

from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from dienhong.indicators.models import Breakdown, Indicator, Measure, Period
from dienhong.organizations.models import Person, Unit


class ClockTimestamp(Func):
    """The moment of the row, not the start of its transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Origin(models.TextChoices):
    DOCUMENT = "document", _("văn bản")
    FIGURE = "figure", _("con số")
    CHECK = "check", _("kết quả đối chiếu")


class Directive(models.Model):
    """What a leader orders. It was born from a document, from one version of a figure, or from a cross-check.

    A cross-check lies in a room above, so it is named by its id as text.
    """

    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(help_text="the how many-th of the issuer in that year")
    title = models.CharField(max_length=300)
    origin = models.CharField(max_length=10, choices=Origin)
    document_number = models.CharField(max_length=60, blank=True)
    document_date = models.DateField(null=True)
    document_issuer = models.CharField(max_length=200, blank=True, help_text="who signed the document")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", help_text="whom the figure is about")
    breakdown = models.ForeignKey(Breakdown, models.PROTECT, null=True, related_name="+")
    measure = models.SmallIntegerField(choices=Measure, null=True)
    seen_at = models.DateTimeField(null=True, help_text="as of which moment the figure was seen, record time")
    check_id = models.CharField(max_length=80, blank=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()
    demo = models.BooleanField(default=False, help_text="played by the demo")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year", "number"], name="directive_number"),
            models.CheckConstraint(name="directive_says_what", condition=~Q(title="")),
            models.CheckConstraint(
                name="directive_origin_whole",
                condition=(
                    Q(origin=Origin.DOCUMENT, document_date__isnull=False)
                    & ~Q(document_number="")
                    & ~Q(document_issuer="")
                )
                | Q(
                    origin=Origin.FIGURE,
                    indicator__isnull=False,
                    period__isnull=False,
                    unit__isnull=False,
                    breakdown__isnull=False,
                    measure__isnull=False,
                    seen_at__isnull=False,
                )
                | (Q(origin=Origin.CHECK) & ~Q(check_id="")),
            ),
        ]
        indexes = [models.Index(fields=["indicator", "unit"], name="directive_figure")]

    @property
    def code(self) -> str:
        """As people write it: 12/2020."""
        return f"{self.number}/{self.year}"


class Assignment(models.Model):
    """What one unit must do of a directive, until the end of a day. Where it stands follows from its state rows.

    `issuer` is who assigned it and closes it: the directive's, or for a sub-assignment the unit that handed a part of
    its own on. So each assignment has one issuer, and an issuer's board counts nothing twice.
    """

    directive = models.ForeignKey(Directive, models.PROTECT, related_name="assignments")
    number = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    content = models.TextField()
    due = models.DateField(null=True, help_text="as issued; extensions are rows. Empty: no day was set")
    key = models.BooleanField(default=False, help_text="a key assignment")
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["directive", "number"], name="assignment_number"),
            models.CheckConstraint(name="assignment_says_what", condition=~Q(content="")),
            models.CheckConstraint(name="assignment_to_another", condition=~Q(issuer=models.F("lead"))),
            models.CheckConstraint(name="assignment_not_of_itself", condition=~Q(parent=models.F("pk"))),
        ]
        indexes = [
            models.Index(fields=["lead", "due"], name="assignment_lead"),
            models.Index(fields=["issuer", "due"], name="assignment_issuer"),
        ]

    @property
    def code(self) -> str:
        """12/2020-3: the third assignment of directive 12/2020. Needs `directive`."""
        return f"{self.directive.code}-{self.number}"


class AssignmentUnit(models.Model):
    """A unit that co-operates; the lead unit answers for the whole."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="with_units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assignment", "unit"], name="assignment_unit_once")]
        indexes = [models.Index(fields=["unit"], name="assignment_with")]
