"""Columns, boards and walls. Nothing here stores a figure: a tile holds a question, its answer is asked each time.

Every saving is a version and every word of an operator a cue, so the wall of a past minute is read, not kept: its cue,
the specs of that time, and the publications up to then.
"""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dienhong.base import clock
from dienhong.journal.models import ClockTimestamp
from dienhong.organizations.models import Person, Role


class Column(models.Model):
    """One column of the Centre (chuyên mục); seeded with the seven groups of Decision 1498/QĐ-TTg."""

    key = models.SlugField(unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()

    def name(self, lang: str) -> str:
        return self.name_en if lang == "en" else self.name_vi


class Board(models.Model):
    """A board of a column. What it is called, shows and who sees it stands in its versions; the newest holds."""

    slug = models.SlugField(max_length=60, unique=True)
    column = models.ForeignKey(Column, models.PROTECT, related_name="boards")
    created_at = models.DateTimeField(db_default=ClockTimestamp())


class BoardVersion(models.Model):
    """One saving. `spec` is JSON of the closed schema in spec.py; `shared`: roles that see it, none: every official."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    spec = models.JSONField()
    shared = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    retired = models.BooleanField(default=False, help_text="taken off the list of boards; the versions stay")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", help_text="empty: the machine")
    at = models.DateTimeField(db_default=ClockTimestamp(), help_text="record time")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["board", "number"], name="board_version_number")]
        indexes = [models.Index(fields=["board", "-at"], name="board_version_at")]

    def name(self, lang: str) -> str:
        return self.name_en if lang == "en" else self.name_vi

    @property
    def business(self) -> dt.datetime:
        """When it was saved, by the business clock."""
        return clock.business_at(self.at)


class Show(models.Model):
    """What a wall plays: scenes on its screens, one after another. Its content stands in versions."""

    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())


class ShowVersion(models.Model):
    """One saving of a show. `spec`: screens across and down, and scenes with seconds and a board for each screen."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    spec = models.JSONField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", help_text="empty: the machine")
    at = models.DateTimeField(db_default=ClockTimestamp(), help_text="record time")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["show", "number"], name="show_version_number")]
        indexes = [models.Index(fields=["show", "-at"], name="show_version_at")]

    def name(self, lang: str) -> str:
        return self.name_en if lang == "en" else self.name_vi


class Display(models.Model):
    """A screen of a wall, from its pairing to its end. It signs in by a secret that only it and a hash here know."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="displays")
    screen = models.PositiveSmallIntegerField(help_text="1 to 12, row by row from the left")
    name = models.CharField(max_length=100)
    secret = models.CharField(max_length=64, unique=True, help_text="SHA-256 of what the screen's cookie holds")
    paired_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    paired_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(screen__gte=1, screen__lte=12), name="display_screen")]


class Cue(models.Model):
    """What was said to all displays of a show, in order. The newest by its id is the state."""

    class Kind(models.TextChoices):
        ROTATE = "rotate", _("tự chuyển cảnh")
        HOLD = "hold", _("dừng ở một cảnh")
        TAKEOVER = "takeover", _("chủ tọa giữ màn hình")
        REPLAY = "replay", _("chiếu lại")

    show = models.ForeignKey(Show, models.CASCADE, related_name="cues")
    kind = models.CharField(max_length=10, choices=Kind)
    scene = models.CharField(max_length=20, blank=True, help_text="key of the scene it begins with or stays at")
    board = models.CharField(max_length=60, blank=True, help_text="board that the chair shows on every screen")
    moment = models.DateTimeField(null=True, help_text="record time that is replayed")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", help_text="empty: the machine")
    at = models.DateTimeField(db_default=ClockTimestamp(), help_text="record time")

    class Meta:
        indexes = [models.Index(fields=["show", "-id"], name="cue_newest"), models.Index(fields=["show", "-at"])]
