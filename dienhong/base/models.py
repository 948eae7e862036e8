"""Tables of the ground floor."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ClockSetting(models.Model):
    """The demo's business clock was set: from `set_at` (record time) on, business time runs on from `business_at`.

    Append-only: a trigger refuses UPDATE and DELETE.
    """

    set_at = models.DateTimeField(_("Lúc đặt"), db_index=True)
    business_at = models.DateTimeField(_("Thời điểm nghiệp vụ được đặt"))
    set_by = models.CharField(_("Người đặt"), max_length=60, help_text="person:<id>, job:<name>")
    reason = models.CharField(_("Lý do"), max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(set_by="") & ~models.Q(reason=""), name="clock_says_who_and_why")
        ]

    def __str__(self) -> str:
        return f"{self.business_at:%Y-%m-%d %H:%M} ({self.set_by})"


class Preparation(models.Model):
    """Everything that the site needs before it opens was loaded, by code of this digest (config.prepared)."""

    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.fingerprint[:12]}"
