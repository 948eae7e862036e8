"""Loading a regime folder: as a new version, never in place."""

from typing import Any

from django.db import transaction

from dienhong.indicators.actions import ensure_breakdown, ensure_source, set_authority
from dienhong.indicators.models import Indicator, Measure, Source
from dienhong.journal.actions import record
from dienhong.organizations.registry import action
from dienhong.reporting.models import CheckRule, FormCell, Regime, RegimeVersion
from dienhong.reporting.regime_files import Cell, Folder, RegimeFault


@action("reporting.load_regime")
@transaction.atomic
def load_regime(*, by: str, folder: Folder) -> RegimeVersion:
    """Load `folder`; the same content again changes nothing. Raises RegimeFault for an unknown indicator code."""
    regime, _ = Regime.objects.get_or_create(code=folder.sheet["code"])
    Regime.objects.select_for_update().get(pk=regime.pk)
    known = regime.versions.filter(digest=folder.digest).first()
    if known:
        return known
    version = _version(regime, folder)
    indicators = _indicators(folder)
    FormCell.objects.bulk_create([_form_cell(version, cell, indicators) for cell in folder.cells])
    CheckRule.objects.bulk_create(
        CheckRule(
            regime_version=version,
            key=check.key,
            position=position,
            severity=check.severity,
            expression=check.expression,
            sentence_vi=check.sentence["vi"],
            sentence_en=check.sentence["en"],
            cells=check.cells,
            basis=check.basis,
        )
        for position, check in enumerate(folder.checks)
    )
    _claim_authority(folder, indicators)
    record(
        by=by,
        verb="reporting.load_regime",
        object_kind="regime_version",
        object_id=version.pk,
        data={"regime": regime.code, "number": version.number, "digest": folder.digest},
    )
    return version


def _version(regime: Regime, folder: Folder) -> RegimeVersion:
    sheet = folder.sheet
    spec: dict[str, Any] = {**sheet, "forms": folder.forms}
    spec["valid_from"] = str(sheet["valid_from"])
    return RegimeVersion.objects.create(
        regime=regime,
        number=regime.versions.count() + 1,
        digest=folder.digest,
        name_vi=sheet["name"]["vi"],
        name_en=sheet["name"]["en"],
        kind=sheet["kind"],
        calendar=sheet["calendar"],
        frequency=sheet["frequency"],
        valid_from=sheet["valid_from"],
        reconstructed=bool(sheet.get("reconstructed")),
        spec=spec,
    )


def _indicators(folder: Folder) -> dict[str, Indicator]:
    codes = {cell.indicator for cell in folder.cells if cell.indicator}
    found = {indicator.code: indicator for indicator in Indicator.objects.filter(code__in=codes)}
    missing = sorted(codes - found.keys())
    if missing:
        raise RegimeFault(
            f"regimes/{folder.name}/form.yaml: the catalogue has no indicator {', '.join(missing)}; "
            "add it to the catalogue or correct the code"
        )
    return found


def _form_cell(version: RegimeVersion, cell: Cell, indicators: dict[str, Indicator]) -> FormCell:
    return FormCell(
        regime_version=version,
        form=cell.form,
        sheet=cell.sheet,
        key=cell.key,
        row=cell.row,
        column=cell.column,
        position=cell.position,
        address=cell.address,
        number=cell.number,
        label_vi=cell.label["vi"],
        label_en=cell.label["en"],
        kind=cell.kind,
        required=cell.required,
        is_sum=cell.is_sum,
        formula=cell.formula,
        choices=cell.choices,
        indicator=indicators.get(cell.indicator),
        breakdown=ensure_breakdown(cell.breakdown) if cell.indicator else None,
        measure=Measure[cell.measure.upper()],
        decimals=cell.decimals,
        unit_vi=cell.unit.get("vi", ""),
        unit_en=cell.unit.get("en", ""),
        factor=cell.factor,
    )


def _claim_authority(folder: Folder, indicators: dict[str, Indicator]) -> None:
    """A regime is the source of what it asks, unless the catalogue already names another."""
    sheet = folder.sheet
    source = ensure_source(
        key=f"regime:{sheet['code']}",
        kind=Source.Kind.REGIME,
        name_vi=sheet["name"]["vi"],
        name_en=sheet["name"]["en"],
    )
    for indicator in indicators.values():
        if not indicator.authorities.exists():
            set_authority(indicator=indicator, source=source, validity=(None, None))
