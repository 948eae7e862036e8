"""Whether everything was loaded by this very code already: then a second start goes straight to the web server.

What the code is stands in a digest over its files. It is kept twice, in the database and in the home: the preparation
fills both (tables; static files, keys), and either may be replaced by a backup's without the other.
"""

import hashlib
import sys
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, ProgrammingError

from dienhong.base import clock
from dienhong.base.models import Preparation

LEFT_OUT = {"__pycache__", "tests", "locale"}


def mark() -> Path:
    return Path(settings.HOME) / "prepared"


def fingerprint() -> str:
    """SHA-256 over what the preparation depends on: code, bundled tables, packages, demo and its month."""
    root = Path(settings.ROOT)
    said = hashlib.sha256(f"{sys.version_info[:2]} demo={settings.DEMO}".encode())
    if settings.DEMO:  # another month, other reports to play
        said.update(f"{clock.business_today():%Y-%m}".encode())
    files = [path for path in (root / "dienhong").rglob("*") if path.is_file() and not LEFT_OUT & set(path.parts)]
    for path in sorted([*files, root / "requirements.lock"]):
        said.update(str(path.relative_to(root)).encode())
        said.update(hashlib.sha256(path.read_bytes()).digest())
    return said.hexdigest()


def is_done() -> bool:
    """False where the tables are not there yet, too."""
    try:
        last = Preparation.objects.order_by("pk").last()
        kept = mark().exists() and Path(settings.STATIC_ROOT).exists()
        return bool(last and kept and mark().read_text() == last.fingerprint == fingerprint())
    except (OperationalError, ProgrammingError):
        return False


def remember() -> None:
    """Everything is loaded."""
    found = fingerprint()
    Preparation.objects.create(fingerprint=found)
    mark().write_text(found)
