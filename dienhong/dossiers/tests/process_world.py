"""Dossiers of a drawing under test; delegates that write down what they were called for."""

import datetime as dt
import itertools
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dienhong.base import clock
from dienhong.dossiers.models import Dossier, Service, ServiceVersion
from dienhong.dossiers.process import compiler, persist, registry
from dienhong.dossiers.process.registry import Context
from dienhong.organizations.models import Unit

FILES = Path(__file__).parent / "process_files"
FEE = Path(__file__).resolve().parents[2] / "services" / "vehicle_registration_fee" / "process.bpmn"
FEE_FACTS = {"accepted": False, "paid": False, "amount": 0, "table_hit": False, "register_match": False}
CALLED: list[tuple[int, str]] = []
CHANGES: dict[str, Mapping[str, Any]] = {}  # action -> facts it changes, set by a test
_numbers = itertools.count(1)


def note(context: Context) -> Mapping[str, Any] | None:
    """Any action under test."""
    CALLED.append((context.dossier.pk, context.node.action))
    change = CHANGES.get(context.node.action)
    if change is not None and "raise" in change:
        raise RuntimeError(change["raise"])
    return change


def under_test(*actions: str) -> None:
    """Stand in for what the rooms registered; conftest puts that back after each test."""
    for action in actions:
        registry._delegates[action] = note


def forget() -> None:
    CALLED.clear()
    CHANGES.clear()
    persist.forget()


def version(path: Path) -> ServiceVersion:
    process = compiler.compile(path.read_bytes())
    under_test(*(node.action for node in process.nodes.values() if node.action))
    service, _new = Service.objects.get_or_create(code=process.id.replace("_", "-"))
    return ServiceVersion.objects.create(
        service=service, number=next(_numbers), digest=f"{next(_numbers):064}", sheet={}, form={},
        process=process.json(), drawing=process.digest,
    )  # fmt: skip


def dossier(of: ServiceVersion, unit: Unit, **values: Any) -> Dossier:
    n = next(_numbers)
    now = clock.business_now()
    return Dossier.objects.create(
        **{
            "code": f"T{n:08}", "secret": "x", "version": of, "service": of.service.code, "unit": unit, "status": 1,
            "declared_on": dt.date(2020, 8, 20), "submitted_at": now, "status_since": now, "token": uuid.uuid4(),
        } | values
    )  # fmt: skip
