"""Questions about units. Every one takes the day it asks about; none falls back to today in silence."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import translation

from dienhong.base.brief import brief
from dienhong.base.text import fold
from dienhong.organizations.models import Ancestry, Holiday, Lineage, Link, Role, Unit, UnitCode, UnitKind, UnitName

# Kinds whose word stands before the name in full names: Tỉnh Lào Cai, Phường 15.
FULL = {
    "vi": {
        "province": "Tỉnh", "municipality": "Thành phố", "district": "Huyện", "urban_district": "Quận",
        "town": "Thị xã", "city": "Thành phố", "commune": "Xã", "ward": "Phường", "township": "Thị trấn",
        "special_zone": "Đặc khu",
    },
    "en": {
        "province": "Province", "municipality": "City", "district": "District", "urban_district": "Urban District",
        "town": "Town", "city": "City", "commune": "Commune", "ward": "Ward", "township": "Township",
        "special_zone": "Special Zone",
    },
}  # fmt: skip
PROVINCIAL = ("province", "municipality")
COMMUNAL = ("commune", "ward", "township", "special_zone")


class NoUnitError(LookupError):
    """No unit carries that code on that day; the sentence names scheme, code and day."""


def unit_by_code(scheme: str, code: str, on: dt.date) -> Unit:
    """The unit that carries `code` on that day. Raises NoUnitError. A code alone means nothing: 15 was Yên Bái."""
    row = UnitCode.objects.filter(scheme__key=scheme, code=code, validity__contains=on).select_related("unit").first()
    if row is None:
        raise NoUnitError(f"Mã {code} ({scheme}) không thuộc đơn vị nào vào ngày {on:%d/%m/%Y}.")
    return row.unit


def units_by_code(scheme: str, on: dt.date, codes: Iterable[str] | None = None) -> dict[str, int]:
    """code -> unit id on that day, of the whole scheme or of `codes`; codes that name nothing are left out."""
    rows = UnitCode.objects.filter(scheme__key=scheme, validity__contains=on)
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    return dict(rows.values_list("code", "unit_id"))


def code(unit: Unit | int, scheme: str, on: dt.date) -> str:
    """The unit's code on that day, or "" if it has none."""
    return codes([_id(unit)], scheme, on).get(_id(unit), "")


def codes(unit_ids: Iterable[int], scheme: str, on: dt.date) -> dict[int, str]:
    """unit id -> code on that day; units without one are left out."""
    rows = UnitCode.objects.filter(unit__in=list(unit_ids), scheme__key=scheme, validity__contains=on)
    return dict(rows.values_list("unit_id", "code"))


def name(unit: Unit | int, on: dt.date, lang: str = "vi") -> str:
    """The unit's name on that day. For a day on which it did not exist: the nearest name it had, never nothing."""
    return names([_id(unit)], on, lang).get(_id(unit), "")


def name_in_both(unit: Unit | int, on: dt.date) -> tuple[str, str]:
    """As `name`, in Vietnamese and in English, in one query."""
    row = name_rows([_id(unit)], on).get(_id(unit))
    return (_in(row, "vi"), _in(row, "en")) if row else ("", "")


def names(unit_ids: Iterable[int], on: dt.date, lang: str = "vi") -> dict[int, str]:
    """unit id -> name on that day, in one query. English falls back to Vietnamese; other days to the nearest name."""
    return {key: _in(row, lang) for key, row in name_rows(unit_ids, on).items()}


def name_rows(unit_ids: Iterable[int], on: dt.date) -> dict[int, UnitName]:
    """unit id -> the row with name, English name, short label and sort key of that day (or the nearest day)."""
    found: dict[int, UnitName] = {}
    for row in UnitName.objects.filter(unit__in=list(unit_ids)).order_by("unit_id", "validity"):
        held = found.get(row.unit_id)
        if held is None or _distance(row.validity, on) < _distance(held.validity, on):
            found[row.unit_id] = row
    return found


# One array: thousands of placeholders take longer to write than their rows to find.
_SORT_KEYS = "SELECT unit_id, sort_key FROM organizations_unitname WHERE unit_id = ANY(%s) AND validity @> %s::date"


def sort_keys(unit_ids: Iterable[int], on: dt.date) -> dict[int, str]:
    """unit id -> its place in the order of names, as `name_rows` says it: for thousands, of which few are shown."""
    wanted = set(unit_ids)
    with connection.cursor() as cursor:
        cursor.execute(_SORT_KEYS, [list(wanted), on])
        found = dict(cursor.fetchall())
    return found | {unit: row.sort_key for unit, row in name_rows(wanted - found.keys(), on).items()}


def full_names(unit_ids: Iterable[int], on: dt.date, lang: str = "vi") -> dict[int, str]:
    """unit id -> name with the word of its kind: "Tỉnh Lào Cai", "Lao Cai Province"."""
    return _full(list(unit_ids), on, lang)[0]


def office_names(unit_ids: Iterable[int], on: dt.date, lang: str = "vi") -> dict[int, str]:
    """As full_names, of who acts for each unit: a nation orders and asks nothing itself, its chair does."""
    found, kinds_there = _full(list(unit_ids), on, lang)
    with translation.override(lang):
        chair = str(Role.CHAIR.label)
    return {key: f"{chair}, {name}" if kinds_there.get(key) == "nation" else name for key, name in found.items()}


@brief(seconds=5)
def shown_offices(unit_ids: frozenset[int], on: dt.date, lang: str) -> dict[int, str]:
    """As office_names, for pages; see shown_names."""
    return office_names(unit_ids, on, lang)


def _full(wanted: list[int], on: dt.date, lang: str) -> tuple[dict[int, str], dict[int, str]]:
    """Full names and kinds."""
    plain, kinds_there = names(wanted, on, lang), kinds(wanted, on)
    words = {key: FULL[lang].get(kinds_there.get(key, ""), "") for key in plain}
    if lang == "en":
        # "Ho Chi Minh City" says its kind itself.
        said = {
            key: plain[key] if plain[key].endswith(f" {word}") else f"{plain[key]} {word}".strip()
            for key, word in words.items()
        }
        return said, kinds_there
    return {key: f"{word} {plain[key]}".strip() for key, word in words.items()}, kinds_there


@brief(seconds=5)
def shown_names(unit_ids: frozenset[int], on: dt.date, lang: str) -> dict[int, str]:
    """As full_names, for pages: a new name may show a few seconds later. Not to be changed by who asks."""
    return full_names(unit_ids, on, lang)


def shown_name(unit: Unit | int, on: dt.date, lang: str) -> str:
    return shown_names(frozenset({_id(unit)}), on, lang).get(_id(unit), "")


def full_name(unit: Unit | int, on: dt.date, lang: str = "vi") -> str:
    return full_names([_id(unit)], on, lang).get(_id(unit), "")


def kinds(unit_ids: Iterable[int], on: dt.date) -> dict[int, str]:
    """unit id -> kind on that day, or the nearest day on which it had one."""
    found: dict[int, UnitKind] = {}
    for row in UnitKind.objects.filter(unit__in=list(unit_ids)).order_by("unit_id", "validity"):
        held = found.get(row.unit_id)
        if held is None or _distance(row.validity, on) < _distance(held.validity, on):
            found[row.unit_id] = row
    return {key: row.kind for key, row in found.items()}


def units_of_kind(kind: str | Iterable[str], on: dt.date) -> QuerySet[Unit]:
    """Units that exist and are of that kind (or kinds) on that day."""
    wanted = [kind] if isinstance(kind, str) else list(kind)
    rows = UnitKind.objects.filter(unit=OuterRef("pk"), kind__in=wanted, validity__contains=on)
    return Unit.objects.filter(Exists(rows), validity__contains=on)


def provinces(on: dt.date) -> QuerySet[Unit]:
    """The 63 until 30 June 2025, the 34 after."""
    return units_of_kind(PROVINCIAL, on)


def ancestry(hierarchy: str, on: dt.date, known_at: dt.datetime | None = None) -> QuerySet[Ancestry]:
    """Rows of the closure that hold on that day, as known now or at a past moment (record time)."""
    rows = Ancestry.objects.filter(hierarchy__key=hierarchy, validity__contains=on)
    if known_at is None:
        return rows.filter(superseded_at__isnull=True)
    return rows.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), known_at__lte=known_at)


# A grant with subtree follows these trees; regions only group units and command nobody.
COMMAND = ("administrative", "sector")


def command(on: dt.date) -> QuerySet[Ancestry]:
    """Who stands above whom on that day in the trees of command, as known now; a statistical region commands nobody."""
    return Ancestry.objects.filter(hierarchy__key__in=COMMAND, validity__contains=on, superseded_at=None)


def of_the_centre(unit: Unit | int, on: dt.date) -> bool:
    """Whether the unit is an agency right below the nation, which may ask and direct everyone."""
    above = ancestry("sector", on).filter(descendant=_id(unit))
    return set(above.values_list("depth", flat=True)) == {1}


def children(hierarchy: str, unit: Unit | int, on: dt.date) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=ancestry(hierarchy, on).filter(ancestor=_id(unit), depth=1).values("descendant"))


def descendants(
    hierarchy: str, unit: Unit | int, on: dt.date, *, kinds: Iterable[str] = (), known_at: dt.datetime | None = None
) -> QuerySet[Unit]:
    """All units below, at any depth, without the unit itself; of certain kinds only if `kinds` are given."""
    below = ancestry(hierarchy, on, known_at).filter(ancestor=_id(unit)).values("descendant")
    found = Unit.objects.filter(pk__in=below)
    wanted = list(kinds)
    return found.filter(pk__in=units_of_kind(wanted, on).values("pk")) if wanted else found


def ancestors(hierarchy: str, unit: Unit | int, on: dt.date) -> list[Unit]:
    """From the parent up to the root."""
    rows = ancestry(hierarchy, on).filter(descendant=_id(unit)).select_related("ancestor").order_by("depth")
    return [row.ancestor for row in rows]


def parent(hierarchy: str, unit: Unit | int, on: dt.date) -> Unit | None:
    row = (
        Link.objects.filter(hierarchy__key=hierarchy, child=_id(unit), validity__contains=on, superseded_at=None)
        .select_related("parent")
        .first()
    )
    return row.parent if row else None


def successors(unit: Unit | int) -> QuerySet[Lineage]:
    """What the unit became, step by step: rows with `after`, `on`, `partial`."""
    return Lineage.objects.filter(before=_id(unit)).select_related("after").order_by("on", "after")


def predecessors(unit: Unit | int) -> QuerySet[Lineage]:
    """What the unit was made from: rows with `before`, `on`, `partial`."""
    return Lineage.objects.filter(after=_id(unit)).select_related("before").order_by("on", "before")


def search_units(
    text: str, *, on: dt.date | None = None, kinds: Iterable[str] = (), limit: int = 20
) -> list[tuple[Unit, str]]:
    """Units with their names, found without tones by the beginning of a word; of all times unless `on` is given.

    Names that begin with the text come first, then Vietnamese order. At most `limit`; ask for one more than you
    show to know whether some were left out.
    """
    wanted = fold(text)
    if not wanted:
        return []
    rows = UnitName.objects.filter(
        Q(search_key__startswith=wanted) | Q(search_key__contains=f" {wanted}") | Q(short__iexact=text.strip())
    ).select_related("unit")
    if on is not None:
        rows = rows.filter(validity__contains=on, unit__validity__contains=on)
    wanted_kinds = list(kinds)
    if wanted_kinds:
        rows = rows.filter(unit__kinds__kind__in=wanted_kinds).distinct()
    first = Case(When(search_key__startswith=wanted, then=Value(0)), default=Value(1))
    return [(row.unit, row.name_vi) for row in rows.annotate(inside=first).order_by("inside", "sort_key", "pk")[:limit]]


def units_called(text: str, on: dt.date) -> list[tuple[Unit, str]]:
    """Units whose whole name this is, in either language, as pages write it: "Tỉnh Lào Cai", "Lao Cai Province".

    The trap: "Thành phố Hà Nội" begins a word in the name of the city's tax office too.
    """
    wanted = fold(text)
    found: dict[int, tuple[Unit, str]] = {}
    for kind, before in FULL["vi"].items():
        for rest in (wanted.removeprefix(f"{fold(before)} "), wanted.removesuffix(f" {fold(FULL['en'][kind])}")):
            if rest != wanted:
                rows = search_units(rest, on=on, kinds=[kind], limit=7)
                found |= {unit.pk: (unit, name) for unit, name in rows if fold(name) == rest}
    if not found:
        named = UnitName.objects.filter(name_en__iexact=text.strip(), validity__contains=on).select_related("unit")
        found = {row.unit_id: (row.unit, row.name_vi) for row in named.order_by("pk")}
    return list(found.values())


def spelled(unit_ids: Iterable[int], on: dt.date, lang: str = "vi") -> dict[int, str]:
    """unit id -> what a form takes for exactly this unit: its full name, with its number where others bear it too."""
    wanted = list(unit_ids)
    full, kinds_there, rows = full_names(wanted, on, lang), kinds(wanted, on), name_rows(wanted, on)
    there = UnitName.objects.filter(validity__contains=on, unit__validity__contains=on).order_by("pk")
    vietnamese = there.filter(
        search_key__in={row.search_key for row in rows.values()}, unit__kinds__validity__contains=on
    ).values_list("search_key", "unit__kinds__kind")
    english = there.filter(name_en__in={row.name_en for row in rows.values()} - {""}).values_list("name_en", flat=True)
    alike, also = Counter(vietnamese), Counter(english)
    found = {}
    for pk, row in rows.items():
        kind = kinds_there.get(pk, "")
        bare = lang == "en" and not FULL["en"].get(kind)  # a name without the word of its kind is looked up as it is
        alone = alike[row.search_key, kind] == 1 and (not bare or also[row.name_en] == 1)
        found[pk] = full[pk] if alone else f"{full[pk]} #{pk}"
    return found


def holidays() -> dict[dt.date, str]:
    """date -> kind, as `rules.workdays.Calendar` takes it."""
    return dict(Holiday.objects.values_list("date", "kind"))


def _id(unit: Unit | int) -> int:
    return unit if isinstance(unit, int) else unit.pk


def _in(row: UnitName, lang: str) -> str:
    return (row.name_en if lang == "en" else "") or row.name_vi


def _distance(validity: Any, on: dt.date) -> int:
    """Days between a day and a range; 0 inside it."""
    if validity.lower is not None and on < validity.lower:
        return int((validity.lower - on).days)
    if validity.upper is not None and on >= validity.upper:
        return int((on - validity.upper).days) + 1
    return 0
