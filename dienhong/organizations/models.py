"""Units in time, the people who act for them, what they were granted, and the days off."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _

from dienhong.base.text import sort_key


class _IdRange(Func):
    """`int8range(id, id, '[]')`: lets GiST compare equality of ids without the btree_gist extension."""

    function = "int8range"

    def __init__(self, column: str) -> None:
        super().__init__(models.F(column), models.F(column), Value("[]"))


def no_overlap(name: str, *columns: str, condition: Q | None = None) -> ExclusionConstraint:
    """At most one row of the same `columns` (all bigint) holds on any day; `condition` leaves rows out.

    Name the most selective column first: GiST splits by it, and a column that is everywhere the same costs tenfold.
    """
    same = [(_IdRange(column), RangeOperators.OVERLAPS) for column in columns]
    return ExclusionConstraint(
        name=name, expressions=[*same, ("validity", RangeOperators.OVERLAPS)], condition=condition
    )


def not_empty(name: str) -> models.CheckConstraint:
    """An empty range holds on no day and overlaps nothing: such a row would lie there unseen."""
    return models.CheckConstraint(name=name, condition=Q(validity__isempty=False))


class Person(AbstractUser):
    """One who signs in. Never identified by a citizen number. `is_superuser` opens nothing here: only grants do."""

    display_name = models.CharField(max_length=150, blank=True)
    demo = models.BooleanField(default=False, help_text=_("an account of the demo: one press signs it in"))
    sort_key = models.CharField(
        max_length=900, blank=True, db_collation="C", editable=False, help_text="Vietnamese order of the name shown"
    )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)
        if (fields := kwargs.get("update_fields")) is not None and {"display_name", "username"} & set(fields):
            kwargs["update_fields"] = {*fields, "sort_key"}
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        return self.display_name or self.username

    @property
    def actor(self) -> str:
        """As the journal writes it."""
        return f"person:{self.pk}"

    def get_full_name(self) -> str:
        return self.name


class Unit(models.Model):
    """An agency, ministry, province, commune, enterprise. Identity only: names, kinds, codes and parents are dated."""

    validity = DateRangeField(help_text=_("days on which the unit exists; an open end means it still does"))
    start_unknown = models.BooleanField(default=False, help_text=_("it began before our records; the day is unknown"))
    remark = models.CharField(max_length=300, blank=True, help_text=_("what is not confirmed about it"))

    class Meta:
        constraints = [
            not_empty("unit_not_empty"),
            # A range without a lower bound means "unbounded"; that it means "unknown" is said by the column.
            models.CheckConstraint(
                name="unit_start_known_or_not",
                condition=Q(start_unknown=True, validity__lower_inf=True)
                | Q(start_unknown=False, validity__lower_inf=False),
            ),
        ]


class UnitName(models.Model):
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="names")
    name_vi = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    short = models.CharField(max_length=20, blank=True, help_text=_("label of a map cell"))
    sort_key = models.CharField(
        max_length=900, db_collation="C", help_text=_("Vietnamese order, computed by base.text.sort_key")
    )
    search_key = models.CharField(max_length=700, help_text=_("without tones, computed by base.text.fold"))
    validity = DateRangeField()

    class Meta:
        constraints = [no_overlap("unit_name_no_overlap", "unit_id"), not_empty("unit_name_not_empty")]


class UnitKind(models.Model):
    """province, municipality, commune, ward, township, district, ministry, department, corporation, nation, region…"""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="kinds")
    kind = models.CharField(max_length=40, db_index=True)
    validity = DateRangeField()

    class Meta:
        constraints = [no_overlap("unit_kind_no_overlap", "unit_id"), not_empty("unit_kind_not_empty")]


class CodeScheme(models.Model):
    """gso (2 digits provinces, 3 districts, 5 communes), agency (ours), g and h (old level-1 codes), key (bundled)…"""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)


class UnitCode(models.Model):
    """A code is looked up together with a date, never alone: 15 was Yên Bái, and is Lào Cai since 1 July 2025."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="codes")
    scheme = models.ForeignKey(CodeScheme, models.PROTECT)
    code = models.CharField(max_length=60)
    # Text has no equality in GiST without btree_gist; a 64-bit hash of it has. Two codes with one hash would be
    # refused though different: one chance in 10^11 for 15,000 codes, and a refusal is seen.
    code_hash = models.GeneratedField(
        expression=Func(models.F("code"), Value(0, output_field=models.BigIntegerField()), function="hashtextextended"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    remark = models.CharField(max_length=200, blank=True, help_text=_("what is not confirmed about it"))
    validity = DateRangeField()

    class Meta:
        constraints = [
            no_overlap("unit_code_no_overlap", "unit_id", "scheme_id"),
            no_overlap("code_one_unit_a_day", "code_hash", "scheme_id"),
            not_empty("unit_code_not_empty"),
        ]
        indexes = [models.Index(fields=["scheme", "code"])]


class Hierarchy(models.Model):
    """A named tree: administrative, sector, six_regions, new_regions."""

    key = models.SlugField(unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)


class Link(models.Model):
    """In one hierarchy, a child has one parent on a day. Rows are superseded, not changed: the past can be replayed."""

    hierarchy = models.ForeignKey(Hierarchy, models.CASCADE, related_name="links")
    child = models.ForeignKey(Unit, models.CASCADE, related_name="parent_links")
    parent = models.ForeignKey(Unit, models.CASCADE, related_name="child_links")
    validity = DateRangeField()
    known_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    superseded_at = models.DateTimeField(null=True, blank=True, help_text=_("since then another row says it"))

    class Meta:
        constraints = [
            no_overlap("link_no_overlap", "child_id", "hierarchy_id", condition=Q(superseded_at__isnull=True)),
            not_empty("link_not_empty"),
            models.CheckConstraint(name="link_not_to_itself", condition=~Q(child=models.F("parent"))),
        ]
        indexes = [models.Index(fields=["hierarchy", "parent"])]


class Ancestry(models.Model):
    """The closure of `Link`, kept by the actions: who lies anywhere below whom, on which days. No row for itself.

    One pair may have several rows, of days that do not overlap. As of a moment: known_at <= moment and
    (superseded_at is null or superseded_at > moment).
    """

    hierarchy = models.ForeignKey(Hierarchy, models.CASCADE, db_index=False, related_name="+")
    ancestor = models.ForeignKey(Unit, models.CASCADE, db_index=False, related_name="+")
    descendant = models.ForeignKey(Unit, models.CASCADE, db_index=False, related_name="+")
    depth = models.PositiveSmallIntegerField()
    validity = DateRangeField()
    known_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["hierarchy", "ancestor"],
                include=["descendant", "depth", "validity", "known_at", "superseded_at"],
                name="ancestry_down",
            ),
            models.Index(
                fields=["hierarchy", "descendant"],
                include=["ancestor", "depth", "validity", "known_at", "superseded_at"],
                name="ancestry_up",
            ),
            models.Index(fields=["descendant"], name="ancestry_descendant"),
        ]


class Lineage(models.Model):
    """One unit became (part of) another."""

    class Kind(models.TextChoices):
        MERGE = "merge"
        SPLIT = "split"
        CONTINUE = "continue"

    before = models.ForeignKey(Unit, models.CASCADE, related_name="successors")
    after = models.ForeignKey(Unit, models.CASCADE, related_name="predecessors")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField(help_text=_("first day of the new state"))
    partial = models.BooleanField(default=False, help_text=_("only a part of the old unit went there; share unknown"))
    inherits = models.BooleanField(default=True, help_text=_("who acted for the old unit acts for the new one"))
    legal_basis = models.CharField(max_length=300, blank=True)
    remark = models.CharField(max_length=300, blank=True, help_text=_("what is not confirmed about it"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["before", "after", "on"], name="lineage_once"),
            models.CheckConstraint(name="a_part_inherits_nothing", condition=Q(partial=False) | Q(inherits=False)),
            models.CheckConstraint(name="lineage_not_to_itself", condition=~Q(before=models.F("after"))),
        ]


class Heir(models.Model):
    """The closure of inheriting lineage, kept by the actions: since when `heir` stands for the ended `unit`."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    heir = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "heir"], name="heir_once")]


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Quản trị hệ thống")
    REGIME_MANAGER = "regime_manager", _("Đầu mối chế độ báo cáo")
    ENTRY_OFFICER = "entry_officer", _("Chuyên viên nhập liệu")
    LEADER = "leader", _("Lãnh đạo đơn vị")
    CLERK = "clerk", _("Văn thư")
    RECEIVER = "receiver", _("Đơn vị tổng hợp")
    VIEWER = "viewer", _("Lãnh đạo, tổ tổng hợp")
    AUDITOR = "auditor", _("Giám sát")
    ONE_STOP_CLERK = "one_stop_clerk", _("Cán bộ một cửa")
    CASE_OFFICER = "case_officer", _("Chuyên viên thụ lý")
    ACCOUNTANT = "accountant", _("Kế toán thu phí")
    JURIST = "jurist", _("Cán bộ pháp chế")
    STEERING_OFFICER = "steering_officer", _("Cán bộ điều hành")
    CHAIR = "chair", _("Chủ tọa")


# Roles that approve figures: a second administrator confirms their grants and resets (shapes.md, 25).
APPROVING = frozenset({Role.LEADER})
# Roles that read and change nothing; who watches holds no other (8.1 of the domain page).
READING = frozenset({Role.AUDITOR, Role.VIEWER})
# So for administrators: one who could make a second one alone would be both.
FOUR_EYES = APPROVING | {Role.ADMINISTRATOR}


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
        constraints = [not_empty("grant_not_empty")]
        indexes = [models.Index(fields=["person", "role"], condition=Q(revoked_at__isnull=True), name="grant_live")]


class Waiting(models.Model):
    """What one administrator asked for and a second one decides. Rows are kept, decided or not."""

    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.BooleanField(null=True, help_text=_("empty: not yet decided"))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(class)s_four_eyes", condition=~Q(decided_by=models.F("asked_by"))),
            models.CheckConstraint(
                name="%(class)s_decided_whole",
                condition=Q(confirmed__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(confirmed__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]


class GrantRequest(Waiting):
    """An approving role asked for somebody; becomes a Grant when confirmed."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="grant_requests")
    role = models.CharField(max_length=20, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    subtree = models.BooleanField(default=False)
    scope = models.CharField(max_length=40, blank=True)
    validity = DateRangeField()
    hands_over = models.ForeignKey(Grant, models.PROTECT, null=True, blank=True, related_name="+")
    grant = models.OneToOneField(Grant, models.PROTECT, null=True, blank=True, related_name="request")


class ResetRequest(Waiting):
    """A new start of sign-in (password, second factor, sessions) asked for one who holds an approving role."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="reset_requests")


class Holiday(models.Model):
    """A day off, or a Saturday worked for it. `declared_at`: holidays may be declared late."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("nghỉ lễ, tết")
        SWAP_OFF = "swap_off", _("nghỉ hoán đổi")
        SWAP_WORK = "swap_work", _("làm bù")
        COMPENSATION = "comp_off", _("nghỉ bù")

    date = models.DateField(unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    note = models.CharField(max_length=300, blank=True)
    declared_on = models.DateField(null=True, blank=True)
