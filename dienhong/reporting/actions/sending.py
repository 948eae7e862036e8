"""Sending: the figures count from here. Workbook kept, observations written, receipt owed."""

from collections.abc import Iterator

from django.db import transaction

from dienhong.base import store
from dienhong.base.numbers import Empty
from dienhong.indicators.actions import Row, write_batch
from dienhong.indicators.models import Batch, Source, Stage
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting.canonical import workbook
from dienhong.reporting.figures import BLANK, Figure, cells_of, figures
from dienhong.reporting.models import FormCell, State, StateChange, Version
from dienhong.reporting.permissions import require
from dienhong.reporting.states import enter, lock

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
        ("canonical_workbook", str(version.pk), f"{duty.regime.code}-{duty.period.key}-{version.number}.xlsx", digest),
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
    """Write the version's observations again as retracted, unless a later version already stands over them."""
    if version.batch_id is None:
        return None
    duty = version.submission.duty
    later = Version.objects.filter(submission=version.submission, number__gt=version.number, batch__isnull=False)
    if later.exists():
        return None
    rows = [
        Row(
            o.indicator_id,
            o.period_id,
            o.unit_id,
            o.breakdown_id,
            o.measure,
            None,
            Empty.RETRACTED,
            o.stage,
            o.ref,
            "",
            None,
        )
        for o in version.batch.observations.all()
    ]
    return write_batch(
        by=f"person:{by.pk}",
        source=version.batch.source,
        reporter=duty.unit,
        rows=rows,
        evidence=[
            (
                "submission_version",
                str(version.pk),
                f"{duty.regime.code} {duty.period.key}, rút bản {version.number}",
                "",
            )
        ],
        not_before=duty.period.first,
        demo=version.demo,
    )
