"""`manage.py check` reads every regime folder: a broken one fails with its sentence before anyone opens the site."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from dienhong.indicators import catalogue_files
from dienhong.reporting import regime_files
from dienhong.reporting.regime_shapes import NUMERIC, Folder

TAG = "regimes"


@register(TAG)
def regime_folders(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return judged(regime_files.folders())


def judged(paths: Sequence[Path]) -> list[CheckMessage]:
    """What is wrong with these folders: E001 one that cannot be read, E002 a code twice, E003 against the catalogue."""
    messages: list[CheckMessage] = []
    owners: dict[str, str] = {}
    for path in paths:
        try:
            folder = regime_files.read(path)
        except regime_files.RegimeFault as broken:
            messages.append(Error(str(broken), hint="Mend the folder; nothing of it is loaded.", id="reporting.E001"))
            continue
        code = str(folder.sheet["code"])
        if code in owners:
            said = f"regimes/{folder.name}/regime.yaml, code: {code} is already that of regimes/{owners[code]}"
            messages.append(Error(said, hint="Give one of them another code.", id="reporting.E002"))
        owners[code] = folder.name
        messages += [Error(said, id="reporting.E003") for said in against_catalogue(folder)]
    return messages


def against_catalogue(folder: Folder) -> list[str]:
    """Where a cell says another unit, precision, calendar or breakdown than the bundled catalogue, or names no code."""
    entries = {sheet.code: sheet.entry for sheet in catalogue_files.sheets()}
    members = {(row["list"], row["member"]) for row in catalogue_files.rows("codelists.csv")}
    out: list[str] = []
    series: dict[tuple[str, str, str], str] = {}
    for cell in folder.cells:
        place = f"regimes/{folder.name}/form.yaml, {cell.key}"
        if not cell.indicator:
            if cell.kind == "number":
                out.append(f"{place}: names no indicator of the catalogue; a figure typed in needs one")
            continue
        entry = entries.get(cell.indicator)
        if entry is None or cell.kind not in NUMERIC:
            out.append(f"{place}: {cell.indicator} is no code of the catalogue, or the cell is not a number")
            continue
        said = (cell.unit["vi"], cell.unit["en"], cell.decimals)
        known = (entry["unit_vi"], entry["unit_en"], entry["decimals"])
        if said != known and cell.factor is None:
            out.append(f"{place}: unit and decimals {said}, the catalogue says {known} of {cell.indicator}")
        if entry["calendar"] != folder.sheet["calendar"] or not set(folder.sheet["frequency"]) <= set(
            entry["frequency"]
        ):
            out.append(f"{place}: {cell.indicator} is not reported by {folder.sheet['frequency']} of this calendar")
        for pair in cell.breakdown.items():
            if pair not in members or pair[0] not in entry["breakdowns"]:
                out.append(f"{place}: {cell.indicator} is not broken down by {pair[0]}={pair[1]}")
        key = (cell.indicator, cell.measure, str(sorted(cell.breakdown.items())))
        if key in series:
            out.append(f"{place}: writes the same series as {series[key]}; let one cell be computed from the other")
        series[key] = cell.key
    return out
