"""The passport of a figure made from below: a tree of contributors that opens branch by branch, and who is missing."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from dienhong.indicators import definition, demo, evidence, queries
from dienhong.indicators.coverage import Coverage, Owing
from dienhong.indicators.models import Batch
from dienhong.indicators.passports import owing, parts, reasons
from dienhong.indicators.passports.leaf import leaf
from dienhong.indicators.passports.parts import Context, Json
from dienhong.indicators.passports.tree import Tree, counted, extended_to
from dienhong.indicators.queries import AsOf, Figure, SeriesKey, Total
from dienhong.organizations.queries import sort_keys

MOST_NAMED = 300  # of the missing; the rest is counted and reached through the branches


def passport(key: SeriesKey, as_of: AsOf = None, lang: str = "vi") -> Json:
    """The passport of any figure: of the unit's own where it has one, else of the total made from below."""
    at = queries.moment(as_of)
    own = queries.versions(key, at)
    if own and own[-1].figure.empty != 9:
        return leaf(key, at, lang)
    made = total(key, at, lang)
    # Nothing to make it from: what there is to tell is the story of the retracted figure.
    return leaf(key, at, lang) if own and not made["figure"]["known"] else made


def total(key: SeriesKey, as_of: AsOf = None, lang: str = "vi", *, hierarchy: str = "") -> Json:
    """The passport of the total of `key.unit_id`, with the first level of its tree."""
    with translation.override(lang):
        return _total(Context.of(key, as_of, lang), hierarchy)


def branch(key: SeriesKey, node_unit: int, as_of: AsOf = None, lang: str = "vi", *, hierarchy: str = "") -> list[Json]:
    """The contributors right below `node_unit` within the total of `key`, for the tree to open."""
    with translation.override(lang):
        c = Context.of(key, as_of, lang)
        tree = Tree.of(c, queries.total(c.indicator, c.period, key.unit_id, **_more(c)), hierarchy)
        return tree.below(node_unit) if tree else []


def _more(c: Context) -> dict[str, Any]:
    return {"breakdown_id": c.key.breakdown_id, "measure": c.key.measure, "as_of": c.at}


def _total(c: Context, hierarchy: str) -> Json:
    made = queries.total(c.indicator, c.period, c.key.unit_id, **_more(c))
    tree = Tree.of(c, made, hierarchy)
    owed = tree.owed if tree else None
    change, compared = tree.change(tree.units) if tree and made.value is not None else (None, 0)
    batch_id = tree.newest_batch() if tree else None
    owed_by = owing.owing(c) if made.how == "nothing" else None
    behind = tree.behind if tree else demo.figures_behind(made, c.key.unit_id, c.at)
    generated = demo.any_of(behind)
    return {
        **parts.head(c, "total"),
        "source": parts.source_of(tree.first.series.source_id if tree else None, c.lang),
        "figure": parts.figure(
            c,
            made.value,
            made.empty,
            made.stage,
            made.known_at,
            made.how,
            refusal=made.refusal.get(c.lang) if made.refusal else "",
            demo=bool(generated),
            demo_parts=generated,
            not_received=_not_received(c, behind),
            change=parts.number(change),
            change_text=c.text(change, sign=True) if change is not None else "",
            change_than=tree.before_label() if tree and change is not None else "",
            compared={"units": compared, "of": _owing(tree)} if tree and change is not None else None,
        ),
        "coverage": counted(owed) if owed else None if owed_by is None else owing.cover(owed_by),
        "hierarchy": tree.hierarchy if tree else "",
        "contributors": tree.below(c.key.unit_id) if tree else [],
        "inputs": [_input(c, ref, each) for ref, each in made.inputs.items()],
        **_absent(tree, owed),
        **_versions(c, made, tree),
        **({} if made.how != "nothing" else {"owing": owed_by, "last_known": owing.last_known(c)}),
        "checks": _checks(c, made, tree),
        "explained": _explained(tree),
        "formula": parts.formula(c),
        "evidence": [],
        **_latest(c, batch_id),
        "others": [],
    }


def _owing(tree: Tree) -> int:
    """How many of the level owe the figure: who is exempt is not compared."""
    return len(tree.units) - tree.owed.count("exempt")


def _not_received(c: Context, behind: list[Figure]) -> int:
    """How many units' reports behind it were sent and not received yet."""
    batches = parts.not_received(c, (figure.batch_id for figure in behind))
    return Batch.objects.filter(pk__in=batches).values("reporter").distinct().count() if batches else 0


def _latest(c: Context, batch_id: int | None) -> Json:
    """The people and the journal of the part that came last: a total has no approval of its own."""
    if batch_id is None:
        return {"steps": [], "approval": None, "journal": [], "latest": None}
    batch, answers = parts.batch_of(batch_id), parts.proofs_of(c, batch_id)
    return {
        "steps": parts.first(answers, "steps") or [],
        "approval": parts.first(answers, "approval"),
        "journal": parts.journal(batch_id, answers),
        "latest": {"unit": c.unit(batch.reporter_id), "batch": batch_id, "batch_url": parts.batch_url(batch_id)},
    }


def _input(c: Context, ref: str, each: Total) -> Json:
    """One of what the figure is made from: its name, its value and its own passport."""
    said = {"ref": ref, "value": parts.number(each.value), "how": each.how, "reported": each.reported}
    if each.key is None:
        name = definition.name_of(ref.strip("[]"), c.at, c.lang)
        return said | {"name": name, "text": c.text(None), "unit": "", "url": ""}
    inner = Context.of(each.key, c.at, c.lang)
    head = parts.head(inner, "total")
    shown = [head["indicator"]["name"], head["breakdown_words"]]
    if each.key.period_id != c.key.period_id:
        shown.append(head["period"]["label"])
    return said | {
        "name": ", ".join(filter(None, shown)),
        "text": inner.text(each.value, each.empty),
        "unit": head["indicator"]["unit"],
        "url": inner.url(each.key.unit_id),
    }


def _by_name(tree: Tree, rows: list[Owing]) -> list[Owing]:
    """In the order of their names, as people look them up."""
    keys = sort_keys([row.unit_id for row in rows], tree.c.period.last)
    return sorted(rows, key=lambda row: (keys.get(row.unit_id, ""), row.unit_id))


ABSENT = ("missing", "returned", "late", "exempt")


def _absent(tree: Tree | None, owed: Coverage | None) -> Json:
    """The missing, the late, those given more time and those exempt by name; past MOST_NAMED they are counted, and the
    count says so."""
    if tree is None or owed is None:
        return {name: [] for name in (*ABSENT, "extended")} | {"missing_left_out": 0}
    found = {state: _by_name(tree, [row for row in owed.owing if row.state == state]) for state in ABSENT}
    found["extended"] = _by_name(tree, [row for row in owed.owing if extended_to(row)])
    tree.c.learn(row.unit_id for rows in found.values() for row in rows[:MOST_NAMED])
    named: Json = {name: [tree.named(row) for row in rows[:MOST_NAMED]] for name, rows in found.items()}
    return named | {"missing_left_out": max(0, len(found["missing"]) - MOST_NAMED)}


def _versions(c: Context, made: Total, tree: Tree | None) -> Json:
    """Of a sum: every moment at which a part of it was published. Others change with their inputs' passports."""
    if made.how != "sum" or tree is None:
        return {"versions": [], "versions_left_out": 0, "versions_url": ""}
    rows = queries.sum_versions(tree.first.series, list(tree.units), c.at, parts.MOST_VERSIONS)
    reasons.learn(c, rows)
    shown = [
        {
            "number": row.number,
            "current": place == 0,
            "retracted": False,
            "value": parts.number(row.value),
            "text": c.text(row.value),
            "reported": row.reported,
            "known_at": parts.when(row.known_at),
            **reasons.of_sum(c, row),
            "batch": row.batch_id,
        }
        for place, row in enumerate(rows)
    ]
    address = c.url(c.key.unit_id, "versions") if len(rows) > 1 else ""
    left_out = max(0, rows[0].number - len(rows)) if rows else 0
    return {"versions": shown, "versions_left_out": left_out, "versions_url": address}


def _checks(c: Context, made: Total, tree: Tree | None) -> list[Json]:
    """The total once more from its parts in Python's exact fractions, beside the one that the database made."""
    if tree is None or made.value is None:
        return []
    equal = tree.value(tree.units, tree.now) == made.value
    said = {
        "key": "parts",
        "severity": "error",
        "outcome": "passed" if equal else "failed",
        "sentence": _("Tổng bằng các phần") if equal else _("Tổng không bằng các phần"),
        "explanation": "",
    }
    return [parts.check(said)]


def _explained(tree: Tree | None) -> list[Json]:
    """Whose figures in it a check warned of and somebody explained, by name, each with its own passport."""
    if tree is None:
        return []
    series = {(each.indicator_id, each.breakdown_id) for side in tree.now for each in side.recipe.leaves.values()}
    batches = evidence.explained({figure.batch_id for figure in tree.behind}, series)
    units = set(Batch.objects.filter(pk__in=batches).values_list("reporter", flat=True)) if batches else set()
    tree.c.learn(units)
    keys = sort_keys(units, tree.c.period.last)
    ordered = sorted(units, key=lambda unit: (keys.get(unit, ""), unit))
    return [{"unit": tree.c.unit(unit), "url": tree.c.url(unit)} for unit in ordered]
