"""What a new version begins with: the cells and explanations of the earlier one, or what last period left open."""

from dienhong.base.numbers import typed_text
from dienhong.journal.actions import record
from dienhong.organizations.models import Person
from dienhong.reporting import carried
from dienhong.reporting.figures import cells_of, checks_of, earlier_figures, form_of, typed_figures
from dienhong.reporting.models import Edit, Explanation, Version


def begin_from_last_period(by: Person, version: Version) -> None:
    """What last period left open stands in its cell, as in the template; it may be typed over, and a check asks why."""
    cells = cells_of(version.regime_version)
    found = carried.figures(checks_of(version.regime_version_id), cells, {}, earlier_figures(version, cells, "prev"))
    edits = [
        Edit(
            version=version,
            cell=cell,
            typed=typed_text(figure.value.normalize()),
            value=figure.value,
            empty=figure.empty,
            by=by,
            origin=carried.ORIGIN,
        )
        for cell in cells
        if (figure := found.get(cell.key)) and figure.value is not None
    ]
    if not edits:
        return
    record(
        by=f"person:{by.pk}",
        verb="reporting.carry",
        object_kind="version",
        object_id=version.pk,
        unit_id=version.submission.duty.unit_id,
        data={"cells": {edit.cell.key: edit.pk for edit in Edit.objects.bulk_create(edits)}},
    )


def carry_explanations(earlier: Version, version: Version) -> None:
    """Sentences follow the figures they speak of; review stops counting one whose figures change. Of a rule that the
    form in force words anew nothing is kept."""
    rules = {(rule.key, rule.expression): rule for rule in checks_of(version.regime_version_id)}
    latest = {one.rule_id: one for one in earlier.explanations.select_related("rule", "by").order_by("pk")}
    Explanation.objects.bulk_create(
        Explanation(version=version, rule=rule, text=one.text, by=one.by, began_from=one.began_from or one)
        for one in latest.values()
        if (rule := rules.get((one.rule.key, one.rule.expression)))
    )


def carry_cells(by: Person, earlier: Version, version: Version) -> None:
    cells = {cell.key: cell for cell in form_of(version.regime_version_id)}
    Edit.objects.bulk_create(
        Edit(
            version=version,
            cell=cells[key],
            typed=figure.typed,
            value=figure.value,
            empty=figure.empty,
            problem=figure.problem,
            by=by,
            origin=figure.origin,
        )
        for key, figure in typed_figures(earlier).items()
        if key in cells
    )
