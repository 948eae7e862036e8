"""Private keys of the demo authority as files in DIENHONG_HOME/secrets/documents: 0600, made at first need.

Only what signs reads them; checking a paper reads certificates from the database.
"""

import os
import re
import tempfile
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

_NAME = re.compile(r"[a-z][a-z0-9-]{0,99}")


def folder() -> Path:
    """Tests set DOCUMENTS_HOME, since HOME is the database server's too."""
    return Path(getattr(settings, "DOCUMENTS_HOME", None) or settings.HOME) / "secrets" / "documents"


def _path(name: str, what: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a key")
    return folder() / f"{name}-{what}"


def key(name: str) -> ec.EllipticCurvePrivateKey:
    """The key of that name (P-256), made when there is none. PermissionError when others can read the file."""
    path = _path(name, "key")
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        write(
            path,
            made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
    found = path.stat()
    if found.st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others: run chmod 600 on it, and replace it if it has leaked.")
    return _load(path, found.st_mtime_ns)


def has_key(name: str) -> bool:
    return _path(name, "key").exists()


@lru_cache(maxsize=256)
def _load(path: Path, _changed: int) -> ec.EllipticCurvePrivateKey:
    found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} holds a {type(found).__name__}, not a P-256 key.")
    return found


def certificate(name: str) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(_path(name, "certificate").read_bytes())
    except FileNotFoundError:
        return None


def keep_certificate(name: str, made: x509.Certificate) -> x509.Certificate:
    """Keep it unless another process was first; returns the one that is kept."""
    write(_path(name, "certificate"), made.public_bytes(serialization.Encoding.PEM))
    kept = certificate(name)
    assert kept is not None
    return kept


def write(path: Path, data: bytes) -> None:
    """A new file, 0600, whole or not at all, and on disk on return. One that exists is left as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        os.unlink(draft)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
