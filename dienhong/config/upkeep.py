"""The maintenance banner: a file in DIENHONG_HOME, so that it can be set while the database is away."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Banner:
    """`text` is shown on every page; `closed` also refuses every change (reading goes on)."""

    text: str
    closed: bool


def _file() -> Path:
    return Path(settings.HOME) / "maintenance.json"


def current() -> Banner | None:
    """The banner in force. One stat of a file per request."""
    try:
        return Banner(**json.loads(_file().read_text()))
    except FileNotFoundError:
        return None


def announce(banner: Banner | None) -> None:
    """Set the banner, or take it down with None. Readers see the old or the new file, never half of one."""
    if banner is None:
        _file().unlink(missing_ok=True)
        return
    draft = _file().with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(banner), ensure_ascii=False))
    draft.replace(_file())
