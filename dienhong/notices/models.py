"""What people are told, by which channel, and what became of each sending. A change of state is a row of its own."""

from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dienhong.organizations.models import Person


class ClockTimestamp(Func):
    """The moment of the row, not the start of its transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Channel(models.TextChoices):
    IN_APP = "in_app", _("Trên trang")
    MAIL = "mail", _("Thư điện tử")
    SMS = "sms", _("Tin nhắn SMS")
    WEBHOOK = "webhook", _("Webhook")


class Rhythm(models.TextChoices):
    """How soon a channel speaks. Only mail gathers a day's notices into one letter."""

    AT_ONCE = "at_once", _("Ngay")
    DAILY = "daily", _("Gộp mỗi sáng")
    OFF = "off", pgettext_lazy("notices", "Không")


class Notice(models.Model):
    """One person is told one thing. `kind` is the key of its words (kinds.py), `params` what stands in their places.

    The words are made when it is read, in the reader's language; a param that differs by it is {"vi": …, "en": …}.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60, help_text="as in the journal: version, duty, grant…")
    subject_id = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True, help_text="a path on this site, or empty")
    made_by = models.CharField(max_length=60, help_text="job:<name> or person:<id>")
    dedupe = models.CharField(max_length=160, blank=True, help_text="never told twice to one person; empty: no matter")
    in_app = models.BooleanField(help_text="shown on the page of notices; chosen by preference when it was made")
    at = models.DateTimeField(db_default=ClockTimestamp(), help_text="record time")
    business_at = models.DateTimeField(help_text="business time, see base.clock")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "dedupe"], condition=~Q(dedupe=""), name="notice_told_once"),
            # "//elsewhere" would be another site.
            models.CheckConstraint(name="notice_url_is_ours", condition=Q(url="") | Q(url__regex=r"^/([^/\\]|$)")),
            models.CheckConstraint(name="notice_says_what", condition=~Q(kind="") & ~Q(made_by="")),
        ]
        indexes = [models.Index(fields=["person", "-id"], condition=Q(in_app=True), name="notice_of_person")]


class NoticeRead(models.Model):
    """The person has read it."""

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="read")
    at = models.DateTimeField(db_default=ClockTimestamp())


class Unread(models.Model):
    """Queue of what a person has not read: there from the telling, gone when read. The bell is on every page, and an
    anti-join over the thousands a receiver has read took 9 ms there."""

    notice = models.OneToOneField(Notice, models.CASCADE, primary_key=True, related_name="unread")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["person", "-notice"], name="notice_unread")]


class Delivery(models.Model):
    """A notice leaves the house by one channel. On the page it needs no delivery: it is there (Notice.in_app)."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel)
    rhythm = models.CharField(max_length=10, choices=Rhythm)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_a_channel"),
            models.CheckConstraint(
                name="delivery_by_a_channel",
                condition=Q(channel=Channel.MAIL, rhythm__in=[Rhythm.AT_ONCE, Rhythm.DAILY])
                | Q(channel__in=[Channel.SMS, Channel.WEBHOOK], rhythm=Rhythm.AT_ONCE),
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(rhythm=Rhythm.DAILY), name="delivery_daily")]


class State(models.TextChoices):
    QUEUED = "queued", _("chờ gửi")
    SENT = "sent", _("đã gửi")
    FAILED = "failed", _("lỗi, sẽ thử lại")
    DEAD = "dead", _("không gửi được")
    SKIPPED = "skipped", _("đã đọc trên trang")


ENDED = (State.SENT, State.DEAD, State.SKIPPED)


class DeliveryState(models.Model):
    """The delivery entered a state. The latest row is its state; how many failed rows stand since it was queued is
    the number of attempts."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="states")
    state = models.CharField(max_length=8, choices=State)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="delivery_failure_says_why", condition=~Q(state__in=[State.FAILED, State.DEAD]) | ~Q(reason="")
            )
        ]
        indexes = [
            models.Index(fields=["delivery", "-id"], name="delivery_state_latest"),
            models.Index(fields=["-id"], condition=Q(state=State.DEAD), name="delivery_dead"),
        ]


class Preference(models.Model):
    """How a person wants to hear of one kind by one channel; without a row, what the kind says."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel)
    rhythm = models.CharField(max_length=10, choices=Rhythm)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="preference_once"),
            models.CheckConstraint(
                name="preference_only_mail_daily", condition=~Q(rhythm=Rhythm.DAILY) | Q(channel=Channel.MAIL)
            ),
        ]


class Reach(models.Model):
    """Where and in which language a person is reached; the mail address stands with the account."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="reach")
    language = models.CharField(max_length=2, choices=[("vi", "Tiếng Việt"), ("en", "English")], default="vi")
    phone = models.CharField(max_length=16, blank=True, help_text="+84…")
    hook_url = models.CharField(max_length=300, blank=True)
    hook_number = models.PositiveIntegerField(default=1, help_text="a new number makes a new signing key")

    class Meta:
        constraints = [
            models.CheckConstraint(name="reach_phone", condition=Q(phone="") | Q(phone__regex=r"^\+[1-9][0-9]{7,14}$")),
            models.CheckConstraint(name="reach_language", condition=Q(language__in=["vi", "en"])),
        ]


class Cursor(models.Model):
    """How far a reader of the sealed journal has come. Seals are in the order of commit, ids of events are not."""

    name = models.CharField(primary_key=True, max_length=40)
    position = models.BigIntegerField(help_text="journal.Seal.position, read up to and including it")
    at = models.DateTimeField(auto_now=True)
