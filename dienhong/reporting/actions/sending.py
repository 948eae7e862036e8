"""Sending: the figures count from here. Workbook kept, observations written, receipt owed."""

from collections.abc import Iterator

from django.db import transaction

from dienhong.base import store
from dienhong.base.numbers import Empty
from dienhong.indicators.actions import Row, write_batch
from dienhong.indicators.models import Batch, Observation, Source, Stage
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting import queries
from dienhong.reporting.canonical import workbook
from dienhong.reporting.figures import BLANK, Figure, cells_of, figures
from dienhong.reporting.models import COUNTS, FormCell, State, StateChange, Version
from dienhong.reporting.permissions import require
from dienhong.reporting.states import enter, lock, with_state

NUMERIC = (FormCell.Kind.NUMBER, FormCell.Kind.COMPUTED)


@action("reporting.send")
@transaction.atomic
def send(*, by: Person, version: Version, demo: bool = False) -> StateChange:
    """The clerk sends the approved report. The file is on disk before the rows that name it commit."""
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.CLERK, duty.unit, duty.regime.code)
    change = enter(by=by, version=version, state=State.SENT)
    digest = store.put(_workbook(version))
    batch = write_batch(
        by=f"person:{by.pk}",
        source=Source.objects.get(key=f"regime:{duty.regime.code}"),
        reporter=duty.unit,
        rows=list(_rows(version)),
        evidence=_evidence(version, digest),
        approved_by=f"person:{version.states.filter(state=State.APPROVED).latest('pk').by_id}",
        not_before=duty.period.first,
        demo=demo,
    )
    Version.objects.filter(pk=version.pk).update(canonical_digest=digest, batch=batch, demo=demo)
    return change


def _workbook(version: Version) -> bytes:
    duty = version.submission.duty
    meta = {
        "regime": duty.regime.code,
        "regime_version": version.regime_version.digest,
        "unit": str(duty.unit_id),
        "period": f"{duty.period.calendar} {duty.period.key}",
        "submission_version": str(version.number),
    }
    return workbook(version, organizations.name(duty.unit, duty.period.last), meta)


def _evidence(version: Version, digest: str) -> list[tuple[str, str, str, str]]:
    duty = version.submission.duty
    label = f"{duty.regime.code} {duty.period.key}, bản {version.number}"
    rows = [
        ("submission_version", str(version.pk), label, ""),
        ("canonical_workbook", str(version.pk), queries.workbook_name(version), digest),
    ]
    if version.original_digest:
        rows.append(("original_file", str(version.pk), version.original_name, version.original_digest))
    return rows


def _rows(version: Version) -> Iterator[Row]:
    cells = cells_of(version.regime_version)
    now = figures(version, cells)
    for cell in cells:
        if cell.indicator_id and cell.kind in NUMERIC:
            yield row_of(version, cell, now.get(cell.key, BLANK))


def row_of(version: Version, cell: FormCell, figure: Figure) -> Row:
    """The observation of one cell; a figure that is not there is written as unknown, never left out."""
    duty = version.submission.duty
    factor = cell.factor or 1
    if cell.indicator_id is None or cell.breakdown_id is None:
        raise ValueError(f"cell {cell.key} writes to no series")
    return Row(
        indicator_id=cell.indicator_id,
        period_id=duty.period_id,
        unit_id=duty.unit_id,
        breakdown_id=cell.breakdown_id,
        measure=cell.measure,
        value=None if figure.value is None else figure.value * factor,
        empty=Empty.UNKNOWN if figure.empty is None else figure.empty,
        stage=Stage.OFFICIAL,
        ref=f"{cell.sheet}!{cell.address}",
        typed=figure.typed[:80],
        factor=cell.factor,
    )


def retract(*, by: Person, version: Version) -> Batch | None:
    """The version no longer counts: its series say so, or say again what the version before it said.

    A correction that is returned gives way to the version it was to correct. Where a later version
    already stands over them, nothing is written.
    """
    if version.batch is None:
        return None
    sent = Version.objects.filter(submission=version.submission, batch__isnull=False)
    if sent.filter(number__gt=version.number).exists():
        return None
    earlier = with_state(sent.filter(number__lt=version.number)).filter(state__in=COUNTS).order_by("-number").first()
    standing = {_series(o): o for o in earlier.batch.observations.all()} if earlier and earlier.batch else {}
    rows = [_again(standing.get(_series(o)), o) for o in version.batch.observations.all()]
    duty = version.submission.duty
    shown = earlier or version
    label = f"{duty.regime.code} {duty.period.key}, bản {shown.number}"
    return write_batch(
        by=f"person:{by.pk}",
        source=version.batch.source,
        reporter=duty.unit,
        rows=rows,
        evidence=_evidence(shown, shown.canonical_digest)
        if earlier
        else [("submission_version", str(version.pk), f"{label}: không còn tính", "")],
        approved_by=earlier.batch.approved_by if earlier and earlier.batch else "",
        not_before=duty.period.first,
        demo=version.demo,
    )


def _series(o: Observation) -> tuple[int, int, int, int, int]:
    return o.indicator_id, o.period_id, o.unit_id, o.breakdown_id, o.measure


def _again(standing: Observation | None, gone: Observation) -> Row:
    if standing is None:
        return Row(*_series(gone), None, Empty.RETRACTED, gone.stage, gone.ref, "", None)
    return Row(
        *_series(standing),
        standing.value,
        standing.empty,
        standing.stage,
        standing.ref,
        standing.typed,
        standing.factor,
    )
