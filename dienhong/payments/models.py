"""Money: bills, attempts to pay them, what banks said, what arrived, what goes back, and what does not agree.

A state is never a column. Rows are added and keep; `states` computes from them. Lock order, everywhere, so that two
notices at once wait and never deadlock: notice, then bills by ascending id, then suspense, refund, difference.
Amounts are whole đồng.
"""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from dienhong.organizations.models import Person, Unit
from dienhong.payments.states import AttemptStep, RefundStep


class ClockTimestamp(Func):
    """The moment of the row, not the start of its transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Purpose(models.TextChoices):
    FEE = "fee", _("Phí")
    CHARGE = "charge", _("Lệ phí")
    TAX = "tax", _("Thuế")
    FINE = "fine", _("Tiền phạt")
    DEPOSIT = "deposit", _("Tiền đặt cọc")
    INSURANCE = "insurance", _("Bảo hiểm")


class CollectingAccount(models.Model):
    """The register of accounts into which units collect: the only place a beneficiary is ever taken from."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose)
    bank_bin = models.CharField(max_length=6, help_text="NAPAS number of the bank")
    bank_name = models.CharField(max_length=100)
    number = models.CharField(max_length=19)
    holder = models.CharField(max_length=140, help_text="as the bank has it: capitals, no tones")
    budget_chapter = models.CharField(max_length=10, blank=True, help_text="chương")
    validity = DateRangeField()
    remark = models.CharField(max_length=300, blank=True, help_text="what is not confirmed about it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "purpose", "number", "bank_bin"], name="account_once"),
            models.CheckConstraint(name="account_bin", condition=Q(bank_bin__regex=r"^[0-9]{6}$")),
            models.CheckConstraint(name="account_number", condition=Q(number__regex=r"^[0-9A-Z]{4,19}$")),
            models.CheckConstraint(name="account_not_empty", condition=Q(validity__isempty=False)),
        ]
        indexes = [models.Index(fields=["number"], name="account_by_number")]


class Bill(models.Model):
    """What somebody has to pay, frozen as it was made: a change is a cancellation and a new bill (`replaces`)."""

    code = models.CharField(max_length=11, unique=True, help_text="payments.codes: goes into the transfer's content")
    token = models.CharField(max_length=43, unique=True, help_text="opens the bill to whoever holds the link")
    owner_kind = models.CharField(max_length=40, help_text="dossier…; as in the journal")
    owner_id = models.CharField(max_length=60)
    title_vi = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    payer_name = models.CharField(max_length=150)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text="who collects")
    account = models.ForeignKey(CollectingAccount, models.PROTECT, related_name="bills")
    purpose = models.CharField(max_length=10, choices=Purpose)
    bank_bin = models.CharField(max_length=6)
    bank_name = models.CharField(max_length=100)
    account_number = models.CharField(max_length=19)
    account_holder = models.CharField(max_length=140)
    budget_chapter = models.CharField(max_length=10, blank=True, help_text="chương")
    budget_sub_item = models.CharField(max_length=10, blank=True, help_text="tiểu mục")
    amount = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True, blank=True, help_text="business time")
    computation = models.JSONField(default=dict, help_text="passport of the amount: inputs, parameter rows, steps")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    made_by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="bill_asks_for_money", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="bill_not_replacing_itself", condition=~Q(replaces=F("pk"))),
            models.CheckConstraint(name="bill_has_an_owner", condition=~Q(owner_kind="") & ~Q(owner_id="")),
        ]
        indexes = [
            models.Index(fields=["owner_kind", "owner_id"], name="bill_of_owner"),
            models.Index(fields=["unit", "-id"], name="bill_of_unit"),
        ]


class BillLine(models.Model):
    bill = models.ForeignKey(Bill, models.CASCADE, related_name="lines")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    name_vi = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=10, choices=Purpose)
    amount = models.BigIntegerField()
    article = models.CharField(max_length=300, blank=True, help_text="legal ground of the amount")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bill", "place"], name="bill_line_once"),
            models.CheckConstraint(name="bill_line_not_negative", condition=Q(amount__gte=0)),
        ]


class Cancellation(models.Model):
    """Nothing is asked for any more. Money that has come all the same is owed back."""

    bill = models.OneToOneField(Bill, models.CASCADE, related_name="cancellation")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=ClockTimestamp())


class Attempt(models.Model):
    """One try to pay one or several bills by one provider. The reference is new each time."""

    provider = models.CharField(max_length=40)
    reference = models.CharField(max_length=60, unique=True)
    amount = models.BigIntegerField()
    address = models.CharField(max_length=600, blank=True, help_text="where the provider sends the payer")
    begun_by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [models.CheckConstraint(name="attempt_of_money", condition=Q(amount__gt=0))]
        indexes = [models.Index(fields=["provider", "at"], name="attempt_by_age")]


class AttemptShare(models.Model):
    """How much of the attempt's money is for which bill: fixed when it began, so no order of notices changes it."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="shares")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="shares")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "bill"], name="share_once"),
            models.CheckConstraint(name="share_of_money", condition=Q(amount__gt=0)),
        ]


class AttemptState(models.Model):
    """A step of the attempt was heard of. Each step stands once; the strongest is its state (states.attempt_state)."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="steps")
    step = models.CharField(max_length=10, choices=[(each, each) for each in AttemptStep])
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "step"], name="attempt_step_once")]


class Notice(models.Model):
    """What a provider said, byte by byte, kept before anybody judged it."""

    class Source(models.TextChoices):
        SERVER = "server", _("máy của ngân hàng gửi")
        REDIRECT = "redirect", _("trình duyệt mang về")
        QUERY = "query", _("ta hỏi")

    provider = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=Source)
    raw = models.TextField()
    signature = models.CharField(max_length=200, blank=True, help_text="where it does not stand in the text itself")
    digest = models.CharField(max_length=64, help_text="SHA-256 of provider, signature and text")
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="notice_once")]


class Verdict(models.Model):
    """What became of a notice. A notice without one was cut off by a crash and is judged again."""

    class Said(models.TextChoices):
        APPLIED = "applied", _("đã ghi nhận tiền")
        KNOWN = "known", _("đã biết từ trước")
        STEP = "step", _("chưa có tiền")
        SUSPENSE = "suspense", _("tiền chưa rõ của ai")
        FORGED = "forged", _("chữ ký sai")
        UNREADABLE = "unreadable", _("không đọc được")
        UNKNOWN = "unknown", _("không có lần nộp này")

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="verdict")
    said = models.CharField(max_length=12, choices=Said)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())


class Capture(models.Model):
    """Money that is ours. `key` is the provider's identity of one movement of money: told again, it is the same."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="captures")
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, blank=True, related_name="captures")
    provider = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    bank_ref = models.CharField(max_length=80)
    account_number = models.CharField(max_length=19)
    amount = models.BigIntegerField()
    content = models.CharField(max_length=300, blank=True, help_text="the transfer's text as the bank gave it")
    matched = models.CharField(max_length=12, help_text="how the bill was known: reference, code, cut, person")
    paid_at = models.DateTimeField(help_text="by the bank's clock")
    value_date = models.DateField(help_text="as the bank said, or as its cut-off hour lets expect")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, blank=True, related_name="captures")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "key", "bill"], name="capture_once"),
            models.CheckConstraint(name="capture_of_money", condition=Q(amount__gt=0)),
        ]
        indexes = [
            models.Index(fields=["account_number", "value_date"], name="capture_by_day"),
            models.Index(fields=["value_date"], name="capture_value_date"),
        ]

    @property
    def receipts(self) -> "list[Receipt]":
        """None or one, so that a page can go over them."""
        return [self.receipt] if hasattr(self, "receipt") else []

    @property
    def lines(self) -> "list[StatementLine]":
        """Of the statement: none or one."""
        return [self.match.line] if hasattr(self, "match") else []


class Receipt(models.Model):
    """The signed paper for one capture, made by the room of documents."""

    capture = models.OneToOneField(Capture, models.PROTECT, related_name="receipt")
    number = models.CharField(max_length=60)
    address = models.CharField(max_length=300, help_text="path on this site where it is read")
    at = models.DateTimeField(db_default=ClockTimestamp())


class Suspense(models.Model):
    """Money whose bill is not known. It waits here until a person, or a clearer notice, says whose it is."""

    provider = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    bank_ref = models.CharField(max_length=80)
    account_number = models.CharField(max_length=19)
    amount = models.BigIntegerField()
    content = models.CharField(max_length=300, blank=True)
    paid_at = models.DateTimeField()
    value_date = models.DateField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], name="suspense_once"),
            models.CheckConstraint(name="suspense_of_money", condition=Q(amount__gt=0)),
        ]


class Assignment(models.Model):
    """The waiting money was given to a bill."""

    suspense = models.OneToOneField(Suspense, models.CASCADE, related_name="assignment")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=ClockTimestamp())


class Refund(models.Model):
    """Money to be given back to the account it came from. The one who asks never approves."""

    class Reason(models.TextChoices):
        REFUSED = "refused_dossier", _("Hồ sơ bị từ chối")
        WITHDRAWN = "withdrawn_before_acceptance", _("Rút hồ sơ trước khi tiếp nhận")
        DOUBLE = "double_payment", _("Nộp hai lần")
        OVERPAYMENT = "overpayment", _("Nộp thừa")
        WRONG_BILL = "wrong_bill", _("Nộp nhầm khoản")
        EXEMPTION = "exemption_found", _("Được miễn")

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="refunds")
    capture = models.ForeignKey(Capture, models.PROTECT, related_name="refunds", help_text="back the way it came")
    reference = models.CharField(max_length=60, unique=True)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=30, choices=Reason)
    note = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="refund_of_money", condition=Q(amount__gt=0))]


class RefundState(models.Model):
    """Each step once. `person` decided where a person decides, and is never the one who asked (actions.refunds)."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="steps")
    step = models.CharField(max_length=10, choices=[(each, each) for each in RefundStep])
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    bank_ref = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["refund", "step"], name="refund_step_once")]


class StatementFile(models.Model):
    """A camt.053 statement as the bank gave it. The bytes lie in the file store under their digest."""

    digest = models.CharField(max_length=64, unique=True)
    statement_id = models.CharField(max_length=60)
    account_number = models.CharField(max_length=34)
    day = models.DateField(help_text="last day the statement covers")
    taken_by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()


class StatementLine(models.Model):
    file = models.ForeignKey(StatementFile, models.PROTECT, related_name="lines")
    account_number = models.CharField(max_length=34)
    entry_ref = models.CharField(max_length=80, help_text="Ntry/AcctSvcrRef")
    credit = models.BooleanField()
    amount = models.BigIntegerField()
    booking_date = models.DateField()
    value_date = models.DateField()
    remittance = models.CharField(max_length=560, blank=True)
    end_to_end = models.CharField(max_length=80, blank=True)
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, blank=True, related_name="lines")
    suspense = models.ForeignKey(Suspense, models.PROTECT, null=True, blank=True, related_name="lines")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_number", "entry_ref", "credit"], name="statement_line_once")
        ]


class LineCapture(models.Model):
    """The line says the money of this capture came: one line may pay several bills, one capture has one line."""

    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="matches")
    capture = models.OneToOneField(Capture, models.PROTECT, related_name="match")


class Difference(models.Model):
    """Where the bank's books and ours do not agree: opened once, answered by its owner, closed with a reason."""

    class Kind(models.TextChoices):
        AMOUNT = "amount_differs", _("Số tiền khác nhau")
        UNKNOWN = "unknown_reference", _("Không rõ nộp cho khoản nào")
        DOUBLE = "double", _("Nộp hai lần")
        NOT_THERE = "missing_in_statement", _("Sao kê không có")
        NOT_HERE = "missing_here", _("Sổ của ta không có")
        DAY = "wrong_day", _("Khác ngày")

    kind = models.CharField(max_length=20, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    account_number = models.CharField(max_length=34)
    key = models.CharField(max_length=80, help_text="what it is about: reference of the line, capture or waiting money")
    line = models.ForeignKey(StatementLine, models.PROTECT, null=True, blank=True, related_name="differences")
    capture = models.ForeignKey(Capture, models.PROTECT, null=True, blank=True, related_name="differences")
    suspense = models.ForeignKey(Suspense, models.PROTECT, null=True, blank=True, related_name="differences")
    detail = models.JSONField(default=dict)
    due = models.DateField()
    at = models.DateTimeField(db_default=ClockTimestamp())
    business_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "account_number", "key"], name="difference_once")]
        indexes = [models.Index(fields=["unit", "-id"], name="difference_of_unit")]


class Answer(models.Model):
    difference = models.ForeignKey(Difference, models.CASCADE, related_name="answers")
    text = models.CharField(max_length=500)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=ClockTimestamp())


class Closing(models.Model):
    difference = models.OneToOneField(Difference, models.CASCADE, related_name="closing")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=ClockTimestamp())
