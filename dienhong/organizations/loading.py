"""Loading bundled units by COPY. Safe to repeat: what is there by its key stays as it is."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from psycopg.types.range import DateRange

from dienhong.base.text import fold, sort_key
from dienhong.journal.actions import record
from dienhong.organizations import bundle, closure
from dienhong.organizations.bundle import LineageRow, Span, UnitRow
from dienhong.organizations.models import CodeScheme, Hierarchy, Holiday, Unit, UnitCode
from dienhong.organizations.registry import action

SCHEMES = {
    "key": "Khóa của bộ dữ liệu kèm theo",
    "gso": "Mã của Tổng cục Thống kê",
    "agency": "Mã cơ quan của hệ thống",
    "g": "Mã định danh cấp 1 của bộ, ngành (G)",
    "h": "Mã định danh cấp 1 của tỉnh (H)",
    "region": "Vùng kinh tế - xã hội",
    "iso3166": "ISO 3166-1",
    "tax": "Cục thuế, theo mã tỉnh của Tổng cục Thống kê",
    "identification": "Mã định danh cơ quan (Quyết định 20/2020/QĐ-TTg)",
}
HIERARCHIES = {
    "administrative": ("Hành chính", "Administrative"),
    "sector": ("Bộ, ngành", "Sector"),
    "six_regions": ("Sáu vùng (đến 30/6/2025)", "Six regions (until 30 June 2025)"),
    "new_regions": ("Sáu vùng (từ 5/10/2025)", "New regions (from 5 October 2025)"),
}
Say = Callable[[str], None]


@action("organizations.load_units")
@transaction.atomic
def load_units(*, by: str, communes: bool = False, say: Say = lambda line: None) -> int:
    """Load nation, provinces, regions, agencies and holidays, with `communes` also districts and communes.

    Returns how many units were new. Two at once wait for one another. One journal event if anything was new.
    """
    _one_at_a_time()
    for key, words in SCHEMES.items():
        CodeScheme.objects.get_or_create(key=key, defaults={"name": words})
    for key, (vi, en) in HIERARCHIES.items():
        Hierarchy.objects.get_or_create(key=key, defaults={"name_vi": vi, "name_en": en})
    say("Bộ, ngành, tỉnh, thành phố, vùng…")
    new = _store(*bundle.base())
    if communes:
        say("Huyện và xã: trước và sau 1/7/2025…")
        new += _store(*bundle.communes())
    _holidays()
    if new:
        say("Cây đơn vị…")
        for hierarchy in Hierarchy.objects.all():
            closure.refresh_ancestry(hierarchy.pk)
        closure.refresh_heirs()
        record(by=by, verb="organizations.load_units", object_kind="unit", object_id="*", data={"new": new})
    return new


@action("organizations.load_communes_of")
@transaction.atomic
def load_communes_of(*, by: str, province: str, district: str) -> int:
    """Load the districts of one province and the communes of one of them, by their codes until 30 June 2025. Safe to
    repeat. Returns how many units were new."""
    _one_at_a_time()
    new = _store(*bundle.communes_of(province, district))
    if new:
        closure.refresh_ancestry(Hierarchy.objects.get(key="administrative").pk)
        data = {"new": new, "province": province, "district": district}
        record(by=by, verb="organizations.load_units", object_kind="unit", object_id="*", data=data)
    return new


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('organizations.load_units', 0))")


def _store(units: Sequence[UnitRow], lineage: Sequence[LineageRow]) -> int:
    ids = dict(UnitCode.objects.filter(scheme__key="key").values_list("code", "unit_id"))
    new = [unit for unit in units if unit.key not in ids]
    if not new:
        return 0
    fresh = {unit.key for unit in new}
    ids.update(zip((unit.key for unit in new), _new_ids(len(new)), strict=True))
    _copy("unit", "id, validity, start_unknown, remark",
          ((ids[u.key], _range(u.span), u.span.first is None, u.remark) for u in new))  # fmt: skip
    _copy("unitname", "unit_id, validity, name_vi, name_en, short, sort_key, search_key",
          ((ids[u.key], _range(span), vi, en, short, sort_key(vi), fold(vi))
           for u in new for span, vi, en, short in u.names))  # fmt: skip
    _copy("unitkind", "unit_id, validity, kind",
          ((ids[u.key], _range(span), kind) for u in new for span, kind in u.kinds))  # fmt: skip
    schemes = dict(CodeScheme.objects.values_list("key", "pk"))
    _copy("unitcode", "unit_id, validity, scheme_id, code, remark",
          ((ids[u.key], _range(span), schemes[scheme], code, remark)
           for u in new for span, scheme, code, remark in [*u.codes, (u.span, "key", u.key, "")]))  # fmt: skip
    trees = dict(Hierarchy.objects.values_list("key", "pk"))
    parents = [(tree, u.key, parent, span) for u in new for span, tree, parent in u.parents]
    _copy("link", "hierarchy_id, child_id, parent_id, validity",
          ((trees[tree], ids[child], ids[parent], _range(span)) for tree, child, parent, span in parents))  # fmt: skip
    _copy("lineage", 'before_id, after_id, kind, "on", partial, inherits, legal_basis, remark',
          ((ids[row.before], ids[row.after], row.kind, row.on, row.partial, row.inherits, row.legal_basis, row.remark)
           for row in lineage if row.before in fresh or row.after in fresh))  # fmt: skip
    return len(new)


def _new_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [Unit._meta.db_table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    # Names of tables and columns are written above, never taken from outside.
    with connection.cursor() as cursor, cursor.copy(f"COPY organizations_{table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _range(span: Span) -> DateRange:
    return DateRange(span.first, span.until, "[)")


def _holidays() -> None:
    rows = [Holiday(**row) for row in bundle.table("holidays.csv")]
    Holiday.objects.bulk_create(rows, ignore_conflicts=True)
