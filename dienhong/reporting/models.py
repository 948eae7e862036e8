"""Regimes, duties, submissions, versions. Every change of state is a row of its own noun.

Duty (unit x regime x period) -> Submission -> numbered Versions. The duty carries 10, 11 and 90 of the
state model, the version's state rows carry 20 to 80; missing and late follow from the due time.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dienhong.indicators.models import Batch, Breakdown, Indicator, Measure, Period
from dienhong.organizations.models import Person, Unit


class Regime(models.Model):
    """An obligation to report (chế độ báo cáo). What it asks stands in its versions."""

    code = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.code


class RegimeVersion(models.Model):
    """A regime folder as it was loaded, never changed in place. Art. 7 elements 1 to 10 of Decree 09/2019."""

    regime = models.ForeignKey(Regime, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, help_text=_("sha256 over the folder's files"))
    name_vi = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    kind = models.CharField(
        max_length=12, choices=[("periodic", _("định kỳ")), ("thematic", _("chuyên đề")), ("ad_hoc", _("đột xuất"))]
    )
    calendar = models.CharField(max_length=20)
    frequency = ArrayField(models.CharField(max_length=12))
    valid_from = models.DateField()
    reconstructed = models.BooleanField(default=False, help_text=_("the form was rebuilt from sources, not given"))
    spec = models.JSONField(help_text=_("the rest of regime.yaml: tiers, receiver, channels, outline, legal basis"))
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regime", "number"], name="regime_version_number"),
            models.UniqueConstraint(fields=["regime", "digest"], name="regime_version_digest"),
        ]


class FormCell(models.Model):
    """One place of a form: where it stands in the workbook, and which series it writes to."""

    class Kind(models.TextChoices):
        NUMBER = "number"
        COMPUTED = "computed"
        TEXT = "text"
        DATE = "date"
        CHOICE = "choice"

    regime_version = models.ForeignKey(RegimeVersion, models.CASCADE, related_name="cells")
    form = models.CharField(max_length=30)
    sheet = models.CharField(max_length=31)
    key = models.CharField(max_length=60, help_text=_("row.column, what checks refer to"))
    row = models.CharField(max_length=40)
    column = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=10, help_text=_("A1 address on the sheet"))
    number = models.CharField(max_length=20, blank=True, help_text=_("numbering printed before the label"))
    label_vi = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind)
    required = models.BooleanField(default=True)
    is_sum = models.BooleanField(default=False, help_text=_("drawn as a heading row of sums"))
    formula = models.CharField(max_length=500, blank=True)
    choices = ArrayField(models.CharField(max_length=100), default=list)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, related_name="+")
    breakdown = models.ForeignKey(Breakdown, models.PROTECT, null=True, related_name="+")
    measure = models.SmallIntegerField(choices=Measure, default=Measure.VALUE)
    decimals = models.PositiveSmallIntegerField(default=0)
    unit_vi = models.CharField(max_length=60, blank=True)
    unit_en = models.CharField(max_length=60, blank=True)
    factor = models.DecimalField(max_digits=30, decimal_places=10, null=True)

    class Meta:
        ordering = ["form", "position"]
        constraints = [
            models.UniqueConstraint(fields=["regime_version", "key"], name="form_cell_key"),
            models.UniqueConstraint(fields=["regime_version", "sheet", "address"], name="form_cell_address"),
        ]


class CheckRule(models.Model):
    """A check of a regime version: an expression over cells that must hold."""

    class Severity(models.TextChoices):
        ERROR = "error", _("lỗi")
        WARNING = "warning", _("cần giải trình")

    regime_version = models.ForeignKey(RegimeVersion, models.CASCADE, related_name="checks")
    key = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    severity = models.CharField(max_length=8, choices=Severity)
    expression = models.TextField()
    sentence_vi = models.TextField()
    sentence_en = models.TextField()
    cells = ArrayField(models.CharField(max_length=60), help_text=_("keys of the cells it points at"))
    basis = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["regime_version", "key"], name="check_rule_key")]


class Duty(models.Model):
    """A unit owes a regime's report for a period, by a due time. Subject unit and receiver are its columns."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duties")
    regime = models.ForeignKey(Regime, models.PROTECT, related_name="duties")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    tier = models.CharField(max_length=40)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text=_("first due time; extensions are rows"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "regime", "period"], name="duty_once")]
        indexes = [models.Index(fields=["regime", "period"]), models.Index(fields=["unit", "due_at"])]


class Extension(models.Model):
    """The receiver moved a due time, with a reason."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="extensions")
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()


class Exemption(models.Model):
    """The receiver freed a unit from one duty, with a reason (state 90); may be lifted by another row."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="exemptions")
    granted = models.BooleanField(default=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()


class Submission(models.Model):
    """One unit's report for one regime and one period: exists from the first entry."""

    duty = models.OneToOneField(Duty, models.PROTECT, related_name="submission")


class State(models.IntegerChoices):
    IN_ENTRY = 20, _("đang nhập")
    SUBMITTED = 30, _("trình duyệt")
    SENT_BACK = 31, _("trả lại nội bộ")
    APPROVED = 40, _("đã duyệt")
    SENT = 50, _("đã gửi")
    RETURNED = 51, _("trả lại")
    RECEIVED = 60, _("đã tiếp nhận")
    CORRECTION = 61, _("xin đính chính")
    CONSOLIDATED = 70, _("đã tổng hợp")
    WITHDRAWN = 80, _("thu hồi")


COUNTS = (State.SENT, State.RECEIVED, State.CORRECTION, State.CONSOLIDATED)


class Version(models.Model):
    """A numbered version of a submission. The earlier one holds while a correction is in entry."""

    class Channel(models.TextChoices):
        GRID = "grid", _("nhập trên lưới")
        UPLOAD = "upload", _("nộp tệp Excel")
        API = "api", _("máy gửi")
        FALLBACK = "fallback", _("văn bản, nhập sau")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    regime_version = models.ForeignKey(RegimeVersion, models.PROTECT, related_name="+")
    began_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.GRID)
    nothing_to_report = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True, help_text=_("why a correction was made"))
    started_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    original_name = models.CharField(max_length=200, blank=True)
    original_digest = models.CharField(max_length=64, blank=True)
    canonical_digest = models.CharField(max_length=64, blank=True, help_text=_("the workbook written on sending"))
    batch = models.OneToOneField(Batch, models.PROTECT, null=True, related_name="version")
    demo = models.BooleanField(default=False, help_text=_("played by the demo"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="version_number")]


class StateChange(models.Model):
    """The version entered a state. The latest row is its state; nothing is overwritten."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="states")
    state = models.SmallIntegerField(choices=State)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["version", "-id"])]


class Approval(models.Model):
    """A leader took responsibility for the figures. `kind` says how; every view shows which."""

    class Kind(models.TextChoices):
        PASSWORD = "password", _("xác nhận bằng phiên đăng nhập")
        SECOND_FACTOR = "second_factor", _("xác nhận bằng yếu tố thứ hai")
        DEMO = "demo", _("bản mẫu tự duyệt")
        SIGNATURE = "signature", _("chữ ký số")

    change = models.OneToOneField(StateChange, models.PROTECT, related_name="approval")
    kind = models.CharField(max_length=15, choices=Kind)
    digest = models.CharField(max_length=64, help_text=_("sha256 over the canonical content that was approved"))
    stands_in_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")


class Return(models.Model):
    """Sent back, inside the unit or by the receiver, with a reason; to the cell where it says so."""

    change = models.OneToOneField(StateChange, models.PROTECT, related_name="returned")
    reason = models.TextField()


class ReturnedCell(models.Model):
    returned = models.ForeignKey(Return, models.CASCADE, related_name="cells")
    cell = models.ForeignKey(FormCell, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)


class Edit(models.Model):
    """One edit of one cell of a draft, with the edit it began from: undo, two editors and autosave come from this."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="edits")
    cell = models.ForeignKey(FormCell, models.PROTECT, related_name="+")
    typed = models.CharField(max_length=2000, blank=True)
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    empty = models.SmallIntegerField(
        null=True, help_text=_("base.numbers.Empty; null: not yet entered or not understood")
    )
    problem = models.CharField(max_length=30, blank=True, help_text=_("kind of base.numbers.Problem"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    began_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    origin = models.CharField(
        max_length=120, blank=True, help_text=_("sheet!cell of the uploaded file, or API pointer")
    )
    request_key = models.CharField(max_length=60, blank=True, help_text=_("repeating a save changes nothing"))

    class Meta:
        indexes = [models.Index(fields=["version", "cell", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "cell", "request_key"], condition=~Q(request_key=""), name="edit_once"
            )
        ]


class Narrative(models.Model):
    """A versioned section of text of the report's outline."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="narratives")
    section = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["version", "section", "-id"])]


class CheckResult(models.Model):
    """How a check came out on the frozen figures of a version."""

    class Outcome(models.TextChoices):
        PASSED = "passed"
        FAILED = "failed"
        CANNOT_TELL = "cannot_tell"

    version = models.ForeignKey(Version, models.CASCADE, related_name="check_results")
    rule = models.ForeignKey(CheckRule, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome)
    sentence_vi = models.TextField(blank=True)
    sentence_en = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "rule"], name="check_result_once")]


class Explanation(models.Model):
    """Why a warning is right all the same. Stays in the passport. `began_from`: the one of an earlier version that this
    repeats; it counts as long as the figures are those it spoke of."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="explanations")
    rule = models.ForeignKey(CheckRule, models.PROTECT, related_name="+")
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    began_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")


class CellComment(models.Model):
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="comments")
    cell_key = models.CharField(max_length=60)
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())


class Presence(models.Model):
    """Someone has a draft's grid open; their page touches the row. Stale rows say nothing."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="presence_once")]


class Upload(models.Model):
    """A file as it was handed in, whatever came of it. A faulty one changes no cell and stays here with its faults."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("đã ghi vào báo cáo")
        FAULTY = "faulty", _("có ô sai, chưa ghi gì")
        REFUSED = "refused", _("không nhận, chưa ghi gì")

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="uploads")
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="uploads")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    cells = models.PositiveIntegerField(default=0, help_text=_("how many cells it changed"))
    kept = models.PositiveIntegerField(default=0, help_text=_("cells typed on the grid since and left as they are"))
    faults = models.JSONField(default=list, help_text=_("excel.faults.FileFault as stored"))

    class Meta:
        indexes = [models.Index(fields=["duty", "digest"])]


class ApiAnswer(models.Model):
    """What a machine was answered under its idempotency key: asked again, it hears the same."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64, help_text=_("sha256 over address and body"))
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="api_answer_once")]


class ReportedEvent(models.Model):
    """What an ad hoc regime reports about, day by day until closed; its reports are the periods EV-<slug>-<n>."""

    regime = models.ForeignKey(Regime, models.PROTECT, related_name="events")
    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=200)
    first_day = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()


class EventClosing(models.Model):
    """The event is over: no further report of it opens."""

    event = models.OneToOneField(ReportedEvent, models.PROTECT, related_name="closing")
    last_day = models.DateField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    business_at = models.DateTimeField()
