"""Units in time, the people who act for them, what they were granted, and the days off."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _


class _IdRange(Func):
    """`int8range(id, id, '[]')`: lets GiST compare equality of ids without the btree_gist extension."""

    function = "int8range"

    def __init__(self, column: str) -> None:
        super().__init__(models.F(column), models.F(column), Value("[]"))


def no_overlap(name: str, *columns: str) -> ExclusionConstraint:
    """At most one row of the same `columns` (all bigint) holds on any day."""
    same = [(_IdRange(column), RangeOperators.OVERLAPS) for column in columns]
    return ExclusionConstraint(name=name, expressions=[*same, ("validity", RangeOperators.OVERLAPS)])


class Person(AbstractUser):
    """One who signs in. Never identified by a citizen number."""


class Unit(models.Model):
    """An agency, ministry, province, commune, enterprise. Identity only: names, kinds, codes and parents are dated."""

    validity = DateRangeField(help_text=_("days on which the unit exists; an open end means it still does"))
    start_unknown = models.BooleanField(default=False)


class UnitName(models.Model):
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="names")
    name_vi = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    short = models.CharField(max_length=20, blank=True, help_text=_("label of a map cell"))
    sort_key = models.CharField(max_length=400, help_text=_("Vietnamese order, computed by base.text.sort_key"))
    search_key = models.CharField(max_length=400, help_text=_("without tones, computed by base.text.fold"))
    validity = DateRangeField()

    class Meta:
        constraints = [no_overlap("unit_name_no_overlap", "unit_id")]


class UnitKind(models.Model):
    """province, municipality, commune, ward, township, district, ministry, department, corporation, nation, region…"""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="kinds")
    kind = models.CharField(max_length=40, db_index=True)
    validity = DateRangeField()

    class Meta:
        constraints = [no_overlap("unit_kind_no_overlap", "unit_id")]


class CodeScheme(models.Model):
    """gso (two digits provinces, five digits communes), agency (ours), h (old level-1 codes)…"""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)


class UnitCode(models.Model):
    """A code is looked up together with a date, never alone: 15 was Yên Bái, and is Lào Cai since 1 July 2025."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="codes")
    scheme = models.ForeignKey(CodeScheme, models.PROTECT)
    code = models.CharField(max_length=35)
    validity = DateRangeField()

    class Meta:
        constraints = [no_overlap("unit_code_no_overlap", "unit_id", "scheme_id")]
        indexes = [models.Index(fields=["scheme", "code"])]
        # A second exclusion (scheme, code) WITH validity needs text equality in GiST: written as SQL in the migration.


class Hierarchy(models.Model):
    """A named tree: administrative, sector, six_regions, new_regions."""

    key = models.SlugField(unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)


class Link(models.Model):
    """In one hierarchy, a child has one parent on a day. Known since `known_at`, so that the past can be replayed."""

    hierarchy = models.ForeignKey(Hierarchy, models.CASCADE, related_name="links")
    child = models.ForeignKey(Unit, models.CASCADE, related_name="parent_links")
    parent = models.ForeignKey(Unit, models.CASCADE, related_name="child_links")
    validity = DateRangeField()
    known_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        constraints = [no_overlap("link_no_overlap", "hierarchy_id", "child_id")]
        indexes = [models.Index(fields=["hierarchy", "parent"])]


class Lineage(models.Model):
    """One unit became (part of) another."""

    class Kind(models.TextChoices):
        MERGE = "merge"
        SPLIT = "split"
        CONTINUE = "continue"

    before = models.ForeignKey(Unit, models.CASCADE, related_name="successors")
    after = models.ForeignKey(Unit, models.CASCADE, related_name="predecessors")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    partial = models.BooleanField(default=False, help_text=_("only a part of the old unit went there; share unknown"))
    legal_basis = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before", "after", "on"], name="lineage_once")]


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Quản trị hệ thống")
    REGIME_MANAGER = "regime_manager", _("Đầu mối chế độ báo cáo")
    ENTRY_OFFICER = "entry_officer", _("Chuyên viên nhập liệu")
    LEADER = "leader", _("Lãnh đạo đơn vị")
    CLERK = "clerk", _("Văn thư")
    RECEIVER = "receiver", _("Đơn vị tổng hợp")
    VIEWER = "viewer", _("Lãnh đạo, tổ tổng hợp")
    AUDITOR = "auditor", _("Giám sát")


class Grant(models.Model):
    """A person holds a role for a unit, with or without its subtree, from one day to another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")
    subtree = models.BooleanField(default=False)
    scope = models.CharField(max_length=40, blank=True, help_text=_("a regime code, or empty for all"))
    validity = DateRangeField()
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    stands_in_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, help_text=_("the grant this delegation stands in for")
    )
    reason = models.CharField(max_length=300, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "role"], condition=Q(revoked_at__isnull=True), name="grant_live")]


class Holiday(models.Model):
    """A day off, or a Saturday worked for it. `declared_at`: holidays may be declared late."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday"
        SWAP_OFF = "swap_off"
        SWAP_WORK = "swap_work"
        COMPENSATION = "compensation"

    date = models.DateField(unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    note = models.CharField(max_length=300, blank=True)
    declared_on = models.DateField(null=True, blank=True)
