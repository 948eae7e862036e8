"""Folders under services/: one is one public service. Found at start, read once, loaded as versions.

A broken folder fails `manage.py check` with a sentence and leaves the others at work.
"""

import datetime as dt
import hashlib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from dienhong.base.brief import brief
from dienhong.base.refusal import Refused
from dienhong.documents import kinds
from dienhong.dossiers.forms.loading import load as load_form
from dienhong.dossiers.forms.shapes import Form, FormFault
from dienhong.dossiers.process import compiler, projection, registry
from dienhong.dossiers.process.table import Process
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Role, Unit

HERE = Path(__file__).resolve().parent.parent / "services"
NEEDED = ("code", "procedure", "name", "owner", "competent", "legal_basis", "time_limit", "result")
SAYS = {".yaml", ".bpmn", ".py", ".csv", ".typ"}  # what a version is made of; tests, words and README are not


class FolderBroken(Exception):
    """What is wrong with a folder, in a sentence that names the file."""


@dataclass(frozen=True)
class Folder:
    code: str
    path: Path
    sheet: dict[str, Any]
    form: Form
    process: Process
    drawing: bytes
    digest: str

    @property
    def rules(self) -> ModuleType | None:
        return rules_of(self.code)


def names(root: Path = HERE) -> list[str]:
    return sorted(path.parent.name for path in root.glob("*/service.yaml"))


@cache
def get(code: str, root: Path = HERE) -> Folder:
    """The folder of that name. Raises FolderBroken."""
    path = root / code
    sheet = _sheet(path)
    drawing = (path / "process.bpmn").read_bytes()
    try:
        process = compiler.compile(drawing, roles=Role.values, delegates=registry.names())
        projection.check_projection(process)
    except Refused as refusal:
        said = "; ".join(fault.sentence for fault in refusal.faults)
        raise FolderBroken(f"{code}/process.bpmn: {said}") from refusal
    try:
        form = load_form(path / "form.yaml")
    except FormFault as fault:
        raise FolderBroken(f"{code}/form.yaml: {fault}") from fault
    for key, said in sheet.get("papers", {}).items():
        kinds.register(kinds.read(key, said))
    return Folder(code, path, sheet, form, process, drawing, _digest(path))


def problems(root: Path = HERE) -> list[str]:
    """A sentence for each folder that cannot be loaded, or handles what another one handles already."""
    found, handling = [], dict[str, str]()
    for code in names(root):
        try:
            procedure = str(get(code, root).sheet["procedure"])
            first = handling.setdefault(procedure, code)
            if first != code:
                found.append(f"{code}/service.yaml: thủ tục {procedure} đã có thư mục {first} giải quyết.")
        except FolderBroken as broken:
            found.append(str(broken))
        except (OSError, ValueError, KeyError, yaml.YAMLError, ImportError) as error:
            found.append(f"{code}: {error}")
    return found


@cache
def rules_of(code: str) -> ModuleType | None:
    """`rules.py` of the service, or None where it computes nothing. Folders are plugged in, so the name is built."""
    if not (HERE / code / "rules.py").exists():
        return None
    return importlib.import_module(f"dienhong.services.{code}.rules")


def competent_unit(sheet: Mapping[str, Any], data: Mapping[str, Any], on: dt.date) -> Unit:
    """The unit that decides: `competent: {scheme, code}` or `{scheme, by: field of the form}`. Raises Refused."""
    said = sheet["competent"]
    code = str(said.get("code") or data.get(said.get("by", ""), ""))
    try:
        return _unit(said["scheme"], code, on)
    except Unit.DoesNotExist as missing:
        raise Refused("no_unit", f"Không có cơ quan mã {code} ({said['scheme']}) vào ngày {on:%d/%m/%Y}.") from missing


@brief(seconds=5)
def _unit(scheme: str, code: str, on: dt.date) -> Unit:
    return organizations.unit_by_code(scheme, code, on)


def _sheet(path: Path) -> dict[str, Any]:
    try:
        sheet = yaml.safe_load((path / "service.yaml").read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise FolderBroken(f"{path.name}/service.yaml is not YAML: {error}") from error
    if not isinstance(sheet, dict):
        raise FolderBroken(f"{path.name}/service.yaml must be a mapping of names to values")
    if missing := [name for name in NEEDED if not sheet.get(name)]:
        raise FolderBroken(f"{path.name}/service.yaml lacks {', '.join(missing)}")
    if sheet["code"] != path.name:
        raise FolderBroken(f"{path.name}/service.yaml says code {sheet['code']!r}; it must be the folder's name")
    return sheet


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.suffix in SAYS and not {"tests", "locale", "__pycache__"} & set(file.relative_to(path).parts):
            digest.update(f"{file.relative_to(path)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()
