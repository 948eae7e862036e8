"""Bills of dossiers, and what the result says about the money."""

from typing import Any

from dienhong.base import clock
from dienhong.dossiers import papers
from dienhong.dossiers.models import Dossier

OWNER = "dossier"


def bill(dossier: Dossier, *, by: str) -> dict[str, Any]:
    raise NotImplementedError


def void(dossier: Dossier, *, by: str) -> None:
    raise NotImplementedError


def result_data(dossier: Dossier) -> dict[str, Any]:
    raise NotImplementedError


_ = (clock, papers)
