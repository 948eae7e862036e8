"""Administrative procedures in dated versions, what leads to them, and how often they are asked for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Field(models.Model):
    """A field of administration (lĩnh vực). Sources give the name alone; the national catalogue has codes too."""

    name = models.CharField(max_length=300, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    sort_key = models.TextField(db_collation="C")
    code = models.CharField(max_length=40, blank=True, help_text="MALINHVUC; empty: the source has none")
    ministry_code = models.CharField(max_length=20, blank=True, help_text="MANGANH")


class Agency(models.Model):
    """Who promulgates or carries out. `code` is the identification code, levels highest first: G09.20."""

    name = models.CharField(max_length=300, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    sort_key = models.TextField(db_collation="C")
    code = models.CharField(max_length=40, blank=True)


class Decision(models.Model):
    """A promulgation decision (quyết định công bố) adds, amends or repeals many procedures at once."""

    number = models.CharField(max_length=60, unique=True)
    on = models.DateField(null=True, help_text="empty: the source does not say")


class Procedure(models.Model):
    """What the State does on request. The code is opaque; the name is not a key: two codes may share one."""

    code = models.CharField(max_length=40, unique=True, help_text="1.001234, or with the levels of an agency behind")
    base = models.CharField(max_length=8, db_index=True, help_text="the ministry's code: the first eight characters")
    synchronised_with = models.CharField(
        max_length=60, blank=True, help_text="key of the partner whose dossiers of it are synchronised; empty: none"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="procedure_code_shape",
                condition=Q(code__regex=r"^\d\.\d{6}(\.[GH]\d{2}(\.[0-9A-Z]{2,3})*)?$"),
            ),
            models.CheckConstraint(name="procedure_code_begins_with_base", condition=Q(code__startswith=F("base"))),
        ]

    def __str__(self) -> str:
        return self.code


class Alias(models.Model):
    """Another writing of a code: both spellings with an agency behind, and codes older than the national database."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="aliases")
    code = models.CharField(max_length=40, unique=True)


class State(models.TextChoices):
    PUBLISHED = "published", _("Đang công khai")
    AMENDED = "amended", _("Đang công khai, có sửa đổi, bổ sung")
    REPEALED = "repealed", _("Đã bãi bỏ")
    WAITING = "waiting", _("Chờ công khai")


class Version(models.Model):
    """A procedure as one promulgation has it. Texts are as published; lists beside them are what was read.

    Flags are empty where the source has no such column: "not stated" is not "no". `valid_from` is empty where the
    source gives no date; the versions of one procedure are in order of `number`.
    """

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    current = models.BooleanField(help_text="the newest one; held by a constraint to one a procedure")
    stamp = models.BigIntegerField(help_text="the catalogue's stamp at which this became current")
    known_at = models.DateTimeField(auto_now_add=True, help_text="record time")
    valid_from = models.DateField(null=True)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="versions")
    source = models.CharField(max_length=300, help_text="where this was read")
    source_page = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content; equal: nothing changed")
    facts_only = models.BooleanField(default=False, help_text="code, name, field and agency, nothing else")
    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED)

    name = models.TextField()
    sort_key = models.TextField(db_collation="C")
    search_key = models.TextField(help_text="the name folded: base.text.fold")
    field = models.ForeignKey(Field, models.PROTECT, related_name="versions")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="versions", help_text="the one that promulgated")
    kind = models.CharField(max_length=120, blank=True)
    levels = ArrayField(models.CharField(max_length=10), default=list, help_text="ministry, province, district…")
    subjects = ArrayField(models.CharField(max_length=120), default=list)
    executing_agencies = models.TextField(blank=True, help_text="text: names contain commas")
    competent_agency = models.TextField(blank=True)
    by_counter = models.BooleanField(null=True)
    online = models.BooleanField(null=True)
    by_post = models.BooleanField(null=True)
    channels_text = models.TextField(blank=True)
    steps = models.TextField(blank=True)
    documents_text = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    results_text = models.TextField(blank=True)
    basis_text = models.TextField(blank=True)
    receiving_address = models.TextField(blank=True)
    sets = models.PositiveSmallIntegerField(null=True, help_text="sets of documents; lost in the sample")
    keywords = ArrayField(models.CharField(max_length=120), default=list)
    related = ArrayField(models.CharField(max_length=40), default=list, help_text="codes of related procedures")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="procedure_version_number"),
            models.UniqueConstraint(fields=["procedure"], condition=Q(current=True), name="procedure_one_current"),
            models.CheckConstraint(name="procedure_has_a_name", condition=~Q(name="")),
        ]
        indexes = [
            models.Index(fields=["stamp"], condition=Q(current=True), name="procedure_changed"),
            models.Index(fields=["field", "sort_key"], condition=Q(current=True), name="procedure_by_field"),
            models.Index(fields=["agency", "sort_key"], condition=Q(current=True), name="procedure_by_agency"),
            models.Index(fields=["sort_key"], condition=Q(current=True), name="procedure_by_name"),
        ]


class Case(models.Model):
    """Steps, documents and often time limits differ by case (trường hợp). A procedure without named cases has one."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="cases")
    place = models.PositiveSmallIntegerField()
    name = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "place"], name="procedure_case_place")]


class Document(models.Model):
    """A paper to bring. 0 originals and 1 copy: a copy only. `doubtful`: the number was glued to the name."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="documents")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, blank=True, help_text="MAGIAYTO")
    name = models.TextField()
    form = models.TextField(blank=True)
    form_file = models.CharField(max_length=300, blank=True)
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    doubtful = models.BooleanField(default=False)


class Channel(models.IntegerChoices):
    """Numbers of the national interface."""

    COUNTER = 1, _("Trực tiếp")
    ONLINE = 2, _("Trực tuyến")
    POST = 3, _("Bưu chính công ích")


class LimitVerdict(models.TextChoices):
    UNDERSTOOD = "understood", _("đọc được")
    NO_UNIT = "no_unit", _("thiếu đơn vị")
    UNKNOWN = "unknown", _("không có thông tin")
    RUN_TOGETHER = "run_together", _("dính với số khác")
    WORDS = "words", _("bằng lời")


class FeeVerdict(models.TextChoices):
    FREE = "free", _("miễn phí")
    AMOUNT = "amount", _("có mức thu")
    UNKNOWN = "unknown", _("không có thông tin")
    ASK = "ask", _("hỏi cơ quan giải quyết")
    RUN_TOGETHER = "run_together", _("dính với số khác")
    LOST_THOUSANDS = "lost_thousands", _("mất phần nghìn")
    WORDS = "words", _("bằng lời")


class Line(models.Model):
    """One way of filing with its time limit and fee, as read (catalogue.reading.channels); `text` is as published."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="lines")
    place = models.PositiveSmallIntegerField()
    channel = models.PositiveSmallIntegerField(choices=Channel)
    text = models.TextField()
    limit = models.CharField(max_length=14, choices=LimitVerdict)
    value = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    unit = models.CharField(max_length=14, blank=True, help_text="working_day, day, working_hour, hour, month, year")
    fee = models.CharField(max_length=14, choices=FeeVerdict)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    note = models.TextField(blank=True)
    about = models.TextField(blank=True)

    class Meta:
        constraints = [
            # A value and its unit only where the cell was understood; an amount only where it is certain.
            models.CheckConstraint(
                name="line_limit_certain",
                condition=Q(limit="understood", value__isnull=False) & ~Q(unit="")
                | Q(limit="no_unit", value__isnull=False, unit="")
                | Q(limit__in=("unknown", "run_together", "words"), value__isnull=True, unit=""),
            ),
            models.CheckConstraint(
                name="line_fee_certain",
                condition=Q(fee="amount", amount__gt=0, currency__in=("VND", "USD"))
                | Q(fee="free", amount=0)
                | Q(fee__in=("unknown", "ask", "run_together", "lost_thousands", "words"), amount__isnull=True),
            ),
        ]


class ResultLine(models.Model):
    """What comes out; `code` is the national one, or empty with what stood there in `code_text`."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="results")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True, db_index=True)
    code_text = models.CharField(max_length=60, blank=True)
    name = models.TextField()


class BasisLine(models.Model):
    version = models.ForeignKey(Version, models.CASCADE, related_name="basis")
    place = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=80, blank=True)
    title = models.TextField()


class OnlineLevel(models.TextChoices):
    """Until 14 August 2022 four levels (Decree 43/2011), since then whole or part (Decree 42/2022)."""

    ONE = "1", _("Mức độ 1")
    TWO = "2", _("Mức độ 2")
    THREE = "3", _("Mức độ 3")
    FOUR = "4", _("Mức độ 4")
    WHOLE = "whole", _("Toàn trình")
    PART = "part", _("Một phần")
    INFORMATION = "information", _("Chỉ cung cấp thông tin")


class Level(models.Model):
    """At which level a service of the procedure is online, from a day on, as a source states it. None: not stated."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="online_levels")
    service = models.CharField(max_length=60, blank=True, help_text="code of the online service if it has its own")
    level = models.CharField(max_length=12, choices=OnlineLevel)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    source = models.CharField(max_length=300)
    whole_eligible = models.BooleanField(null=True, help_text="flag of the national database; empty: not stated")

    class Meta:
        constraints = [models.CheckConstraint(name="level_names_its_source", condition=~Q(source=""))]


class Audience(models.TextChoices):
    CITIZEN = "citizen", _("Công dân")
    BUSINESS = "business", _("Doanh nghiệp")


class LifeEvent(models.Model):
    audience = models.CharField(max_length=10, choices=Audience)
    order = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=30, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)


class LifeEventProcedure(models.Model):
    event = models.ForeignKey(LifeEvent, models.CASCADE, related_name="links")
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="life_events")
    order = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "procedure"], name="life_event_once")]


class Synonym(models.Model):
    """What people say, and what procedures call it: bằng lái → giấy phép lái xe."""

    said = models.CharField(max_length=120)
    means = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["said", "means"], name="synonym_once")]


class Counted(models.TextChoices):
    VIEW = "view", _("Lượt xem")
    FILING = "filing", _("Hồ sơ nộp")


class Usage(models.Model):
    """How often on a day. A view is one page that told us so; the page itself never writes."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="usage")
    day = models.DateField()
    kind = models.CharField(max_length=6, choices=Counted)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "day", "kind"], name="usage_once")]


class Stamp(models.Model):
    """One row: goes up with every change that a reader of the catalogue could see."""

    value = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="stamp_is_one_row", condition=Q(id=1))]
