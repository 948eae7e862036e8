"""Indicators and their observations: every value with every version it ever had, and what proves it.

Series key = indicator x measure x unit x period x breakdown x source (docs/architecture.md, "Numbers").
An observation is never changed: a later batch supersedes it, and a batch counts from the moment a
publication row names it. "As of T" reads the batches published up to T.
"""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dienhong.organizations.models import Unit, no_overlap


class Field(models.Model):
    """One of the nine fields of Decision 293/QĐ-TTg."""

    key = models.SlugField(unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()


class Indicator(models.Model):
    """Identity of an indicator. What is said of it stands in its published entries."""

    code = models.CharField(max_length=20, unique=True)
    field = models.ForeignKey(Field, models.PROTECT, related_name="indicators")
    supporting = models.BooleanField(default=False, help_text=_("outside the list of 164, feeds its formulas"))

    def __str__(self) -> str:
        return self.code


class Nature(models.TextChoices):
    FLOW = "flow", _("phát sinh trong kỳ")
    STOCK = "stock", _("thời điểm")
    CUMULATIVE = "cumulative", _("lũy kế")
    RATIO = "ratio", _("tỷ lệ")
    INDEX = "index", _("chỉ số")
    GROWTH = "growth", _("tốc độ tăng")
    RANK = "rank", _("thứ hạng")
    AVERAGE = "average", _("bình quân")


class Entry(models.Model):
    """The catalogue's word on one indicator, one row per wording; the latest known on a day holds on that day."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="entries")
    known_at = models.DateTimeField(null=True, help_text=_("set by the publisher; empty: not yet published"))
    name_vi = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    search_key = models.CharField(max_length=700)
    unit_vi = models.CharField(max_length=60)
    unit_en = models.CharField(max_length=60)
    decimals = models.PositiveSmallIntegerField()
    frequency = ArrayField(models.CharField(max_length=20))
    calendar = models.CharField(max_length=20)
    nature = models.CharField(max_length=12, choices=Nature)
    agg_units = models.CharField(max_length=12)
    agg_periods = models.CharField(max_length=12)
    numerator = models.CharField(max_length=20, blank=True)
    denominator = models.CharField(max_length=20, blank=True)
    scale = models.DecimalField(max_digits=12, decimal_places=2, default=1)
    weight = models.CharField(max_length=20, blank=True)
    breakdowns = ArrayField(models.CharField(max_length=40), default=list)
    levels = ArrayField(models.CharField(max_length=20), default=list)
    minimum = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    maximum = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    change_threshold = models.DecimalField(max_digits=8, decimal_places=2, default=30)
    legal_basis = models.TextField()
    note_vi = models.TextField(blank=True)
    note_en = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["indicator", "-known_at"]),
            models.Index(fields=["id"], condition=Q(known_at=None), name="entry_unpublished"),
            models.Index(fields=["-known_at"], name="entry_known"),
            # entry_words, GIN over the words of `search_key`, is SQL in migration 0003.
        ]

    @property
    def in_percent(self) -> bool:
        """A figure that is itself in per cent: how far two of them lie apart is said in percentage points."""
        return self.unit_vi.startswith("%")


class Method(models.Model):
    """A version of how an indicator is made. `comparable=False` is a break in the series, drawn as such."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="methods")
    number = models.PositiveSmallIntegerField()
    valid_from = models.DateField(null=True, help_text=_("empty: since the series began"))
    known_at = models.DateTimeField(null=True, help_text=_("set by the publisher; empty: not yet published"))
    comparable = models.BooleanField(default=True)
    formula = models.TextField(blank=True, help_text=_("in the expression language; empty: reported, not computed"))
    legal_basis = models.TextField()
    note_vi = models.TextField(blank=True)
    note_en = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "number"], name="method_number")]
        indexes = [
            models.Index(fields=["id"], condition=Q(known_at=None), name="method_unpublished"),
            models.Index(fields=["-known_at"], name="method_known"),
        ]


class Responsible(models.Model):
    """The agency that answers for an indicator, by date."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="responsibles")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    validity = DateRangeField()
    basis = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [no_overlap("responsible_no_overlap", "indicator_id")]


class Source(models.Model):
    """Where values come from: a regime (`regime:RR22`), a publisher's feed (`feed:gso`), a computation, or records of
    this very site that were counted (`count:dossiers`)."""

    class Kind(models.TextChoices):
        REGIME = "regime"
        FEED = "feed"
        FORMULA = "formula"
        COUNT = "count"

    key = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    name_vi = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    publisher = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    licence = models.CharField(max_length=200, blank=True)
    demo = models.BooleanField(default=False, help_text=_("figures generated for the demo: every screen says so"))


class Voice(models.Model):
    """That a source has ever spoken of an indicator; kept by the publisher. Where two have, they can be compared."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="voices")
    source = models.ForeignKey(Source, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "source"], name="voice_once")]


class Authority(models.Model):
    """The source whose value is the indicator's, by period date. Totals use only it; others stand beside it."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="authorities")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    validity = DateRangeField(help_text=_("first days of the periods it holds for"))
    known_at = models.DateTimeField(null=True, help_text=_("set by the publisher; empty: not yet published"))

    class Meta:
        indexes = [
            models.Index(fields=["indicator", "-known_at"]),
            models.Index(fields=["id"], condition=Q(known_at=None), name="authority_unpublished"),
            models.Index(fields=["-known_at"], name="authority_known"),
        ]


class Period(models.Model):
    """Calendar + kind + key with its own first and last day (base.periods)."""

    calendar = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=40)
    first = models.DateField()
    last = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "key"], name="period_key")]
        indexes = [models.Index(fields=["calendar", "kind", "first"])]


class CodeList(models.Model):
    key = models.SlugField(unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)


class Member(models.Model):
    """One member of a code list. `partition`: belongs to the members that add up to the total."""

    code_list = models.ForeignKey(CodeList, models.CASCADE, related_name="members")
    key = models.SlugField()
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    partition = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code_list", "key"], name="member_key")]


class Breakdown(models.Model):
    """A combination of members, such as `area=urban;sex=female`. The total is the row with the empty key."""

    key = models.CharField(max_length=300, unique=True)
    members = models.ManyToManyField(Member, related_name="breakdowns")


class Measure(models.IntegerChoices):
    """To the cut-off day and estimate of the full period are two measures, not two stages."""

    VALUE = 0, _("trong kỳ")
    TO_CUTOFF = 1, _("đến ngày chốt số liệu")
    FULL_ESTIMATE = 2, _("ước cả kỳ")


class Stage(models.IntegerChoices):
    ESTIMATE = 1, _("ước tính")
    PRELIMINARY = 2, _("sơ bộ")
    OFFICIAL = 3, _("chính thức")


class Batch(models.Model):
    """What came in together: one sent version of a submission, one file of a feed.

    Batches of one source and reporter are written one after the other (advisory lock in
    `actions.write_batch`), so that a later id is a later word on the same series key.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="batches")
    reporter = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text=_("the unit that reports"))
    approved_by = models.CharField(max_length=60, blank=True, help_text=_("person:<id>"))
    created_at = models.DateTimeField(db_default=Now())
    not_before = models.DateField(null=True, help_text=_("business day on which its data may be published"))
    demo = models.BooleanField(default=False)
    played_at = models.DateTimeField(null=True, help_text=_("business time at which the demo played it; else empty"))

    class Meta:
        indexes = [models.Index(fields=["source", "reporter"])]


class Pending(models.Model):
    """Queue of the publisher: a trigger adds the batch in its own transaction, the publisher takes it away.

    Ids commit out of order, so `batch > last published` would lose batches; an anti-join over all of them would
    read millions. What waits for its business day stays here.
    """

    batch = models.OneToOneField(Batch, models.CASCADE, primary_key=True, related_name="+")
    not_before = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["not_before"])]


class Publication(models.Model):
    """From `known_at` on, the batch is known. Written by one publisher, after the batch's commit, in sequence."""

    batch = models.OneToOneField(Batch, models.PROTECT, primary_key=True, related_name="publication")
    seq = models.BigIntegerField(unique=True)
    known_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["known_at"])]


class Evidence(models.Model):
    """What proves a batch: kind, key, label, digest. Upper rooms register resolvers that turn it into pages."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="evidence")
    kind = models.CharField(
        max_length=40, help_text=_("submission_version, canonical_workbook, original_file, message")
    )
    key = models.CharField(max_length=200)
    label = models.CharField(max_length=300)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "key"])]


class Observation(models.Model):
    """One value, or one kind of empty, of one series key, as one batch said it.

    The covering index `observation_series` (migration 0002) is the series key with the batch last and
    descending, so that as-of reads need no heap. The key has no row id: a version is named by its batch.
    """

    pk = models.CompositePrimaryKey("indicator", "period", "unit", "breakdown", "measure", "source", "batch")
    indicator = models.ForeignKey(Indicator, models.PROTECT, db_index=False, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, db_index=False, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="+")
    breakdown = models.ForeignKey(Breakdown, models.PROTECT, db_index=False, related_name="+")
    measure = models.SmallIntegerField(choices=Measure, default=Measure.VALUE)
    source = models.ForeignKey(Source, models.PROTECT, db_index=False, related_name="+")
    batch = models.ForeignKey(Batch, models.PROTECT, db_index=False, related_name="observations")
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    empty = models.SmallIntegerField(default=0, help_text=_("base.numbers.Empty; 9 = retracted"))
    stage = models.SmallIntegerField(choices=Stage, default=Stage.OFFICIAL)
    ref = models.CharField(max_length=80, blank=True, help_text=_("sheet!cell of the batch's file, or message pointer"))
    typed = models.CharField(max_length=80, blank=True, help_text=_("text of the cell as typed"))
    factor = models.DecimalField(max_digits=30, decimal_places=10, null=True, help_text=_("empty means 1"))

    class Meta:
        managed = False
        db_table = "indicators_observation"


class Target(models.Model):
    """What a plan asks of an indicator. A version of its own, never an observation."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    operator = models.CharField(max_length=6, help_text=_("≥, ≤, <, >, range, about"))
    bound = models.DecimalField(max_digits=30, decimal_places=10)
    upper = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    stretch = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    legal_basis = models.CharField(max_length=300)
    known_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(operator__in=["≥", "≤", "<", ">", "range", "about"]), name="target_operator"
            )
        ]
