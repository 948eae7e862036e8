"""Partners and their keys; what went over the line, both ways, with what came of it; what still waits to go.

The log (Decree 47/2020, Art. 45: time, form, who asked, content, status of the answer) is Message and Reply, rows that
are added and never changed. What was said stands apart in Content and ReplyContent, which may be erased: the digest in
the log is of bytes that hold a random salt, so afterwards it leads nowhere (shapes.md, 23).
"""

import uuid

from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _


class ClockTimestamp(Func):
    """The moment of the row, not the start of its transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Partner(models.Model):
    """Another agency's system. What it answers and takes stands in its folder; here stands where it is."""

    key = models.CharField(max_length=40, unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    base_url = models.CharField(max_length=300, blank=True, help_text="https://…, without a slash at the end")
    active = models.BooleanField(default=True, help_text="off: nothing is sent, nothing is taken")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="partner_address",
                condition=Q(base_url="") | Q(base_url__regex=r"^https?://[^/?#@]+(/[^?#]*[^/?#])?$"),
            )
        ]


class PartnerKey(models.Model):
    """A public key of a partner, from a moment to a moment: what it signed then stays checkable."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="keys")
    key_id = models.CharField(max_length=16)
    public = models.CharField(max_length=64, help_text="Ed25519, hex")
    valid_from = models.DateTimeField(help_text="record time")
    valid_until = models.DateTimeField(null=True, blank=True, help_text="excluded; empty: until further notice")
    added_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "key_id"], name="partner_key_once"),
            models.CheckConstraint(
                name="partner_key_dates",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
            ),
        ]


class Breaker(models.Model):
    """Failures in a row of one partner; past the limit nothing is tried until `open_until`."""

    partner = models.OneToOneField(Partner, models.CASCADE, related_name="breaker")
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)


class Way(models.TextChoices):
    ASK = "ask", _("hỏi")
    SEND = "send", _("gửi")
    HEAR = "hear", _("nhận")


class Message(models.Model):
    """One question asked, one message sent (whatever the number of attempts), or one that came."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False, help_text="the id in the envelope")
    way = models.CharField(max_length=4, choices=Way)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=60)
    business_key = models.CharField(max_length=160, blank=True)
    asked_by = models.CharField(max_length=60, help_text="person:<id>, job:<name> or partner:<key>")
    purpose = models.CharField(max_length=200, blank=True)
    owner_kind = models.CharField(max_length=40, blank=True, help_text="whose case it serves, as text: dossier")
    owner_id = models.CharField(max_length=60, blank=True)
    in_reply_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="late_answers")
    kept_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", help_text="answered from an earlier answer"
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical bytes")
    key_id = models.CharField(max_length=64, blank=True, help_text="the key it is signed with")
    fields = models.JSONField(default=list, help_text="names of the content's fields, never their values")
    at = models.DateTimeField(db_default=ClockTimestamp(), help_text="record time")
    business_at = models.DateTimeField()
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_says_who_and_why",
                condition=~Q(asked_by="") & (Q(way=Way.HEAR) | ~Q(purpose="")) & ~Q(kind=""),
            ),
            models.CheckConstraint(name="message_kept_is_a_question", condition=Q(kept_from=None) | Q(way=Way.ASK)),
        ]
        indexes = [
            models.Index(fields=["partner", "-id"], name="message_of_partner"),
            models.Index(fields=["owner_kind", "owner_id", "-id"], name="message_of_owner"),
            models.Index(fields=["business_key"], condition=~Q(business_key=""), name="message_business_key"),
        ]


class Content(models.Model):
    """What was said. Erasable."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="content")
    body = models.TextField(help_text="the canonical bytes, as text")
    signature = models.CharField(max_length=200, blank=True, help_text="base64")
    question_key = models.CharField(max_length=64, blank=True, help_text="hash of a question without its envelope")

    class Meta:
        indexes = [models.Index(fields=["question_key"], condition=~Q(question_key=""), name="content_question")]


class Verdict(models.TextChoices):
    FOUND = "found", _("có dữ liệu")
    MISSING = "missing", _("không có dữ liệu")
    MISMATCH = "mismatch", _("không khớp")
    SLOW = "slow", _("quá giờ, chưa có trả lời")
    DOWN = "down", _("không liên lạc được")
    ACCEPTED = "accepted", _("đã nhận")
    REPEATED = "repeated", _("đã nhận từ trước")
    PENDING = "pending", _("đang xử lý")
    REFUSED = "refused", _("bị từ chối")


ANSWERS = (Verdict.FOUND, Verdict.MISSING, Verdict.MISMATCH)
FAILURES = (Verdict.SLOW, Verdict.DOWN)


class Reply(models.Model):
    """What came of one attempt. The latest row is what is known; a question that timed out may get a late one."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="replies")
    verdict = models.CharField(max_length=8, choices=Verdict)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of HTTP; empty: no answer came")
    problem = models.CharField(max_length=300, blank=True, help_text="a code, then details; never content")
    mismatch = models.JSONField(default=list, help_text="names of the fields that differ")
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    late = models.BooleanField(default=False, help_text="came later, to our inbox")
    digest = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=64, blank=True)
    good_until = models.DateTimeField(null=True, blank=True, help_text="record time; how long the register allows use")
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        indexes = [models.Index(fields=["message", "-id"], name="reply_latest")]


class ReplyContent(models.Model):
    """What was answered. Erasable."""

    reply = models.OneToOneField(Reply, models.CASCADE, primary_key=True, related_name="content")
    body = models.TextField()
    signature = models.CharField(max_length=200, blank=True)


class Outbox(models.Model):
    """A message that leaves the house after commit, once: one row for each business key."""

    message = models.OneToOneField(Message, models.PROTECT, primary_key=True, related_name="outbox")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    business_key = models.CharField(max_length=160)
    queued_at = models.DateTimeField(db_default=ClockTimestamp())
    next_try_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "kind", "business_key"], name="outbox_sent_once"),
            models.CheckConstraint(name="outbox_one_end", condition=Q(delivered_at=None) | Q(dead_at=None)),
            models.CheckConstraint(name="outbox_dead_says_why", condition=Q(dead_at=None) | ~Q(last_error="")),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(delivered_at=None, dead_at=None), name="outbox_waiting"),
            models.Index(fields=["-dead_at"], condition=Q(dead_at__isnull=False), name="outbox_dead"),
        ]


class Inbox(models.Model):
    """A message of a partner that was taken: each id once, each effect once."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    sender_uid = models.CharField(max_length=64, help_text="the id in the sender's envelope")
    kind = models.CharField(max_length=60)
    business_key = models.CharField(max_length=160, blank=True)
    digest = models.CharField(max_length=64)
    message = models.OneToOneField(Message, models.PROTECT, related_name="inbox")
    received_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "sender_uid"], name="inbox_id_once"),
            models.UniqueConstraint(
                fields=["partner", "kind", "business_key"], condition=~Q(business_key=""), name="inbox_effect_once"
            ),
        ]


class Issue(models.Model):
    """Something a person must look at: a message given up or refused, a signature that is not the partner's."""

    class Kind(models.TextChoices):
        DEAD = "dead", _("gửi nhiều lần không được")
        REFUSED = "refused", _("bên nhận từ chối")
        SIGNATURE = "signature", _("chữ ký không đúng")

    kind = models.CharField(max_length=10, choices=Kind)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="issues")
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="issues")
    said = models.CharField(max_length=300)
    opened_at = models.DateTimeField(db_default=ClockTimestamp())
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=60, blank=True)
    closing = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "kind", "message"],
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="issue_open_once",
            ),
            models.CheckConstraint(
                name="issue_closed_says_why",
                condition=Q(closed_at=None) | (~Q(closed_by="") & ~Q(closing="")),
            ),
        ]
