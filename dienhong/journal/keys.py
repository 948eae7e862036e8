"""The journal's signing key: Ed25519, made at first start, readable by its owner only."""

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from dienhong.journal import hashing


class SigningKey(NamedTuple):
    key_id: str
    private: Ed25519PrivateKey

    @property
    def public_hex(self) -> str:
        return self.private.public_key().public_bytes_raw().hex()

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)


def key_id_of(public: bytes) -> str:
    """First 16 hex digits of the SHA-256 of the raw public key."""
    return hashing.sha256(public).hex()[:16]


def is_signed(public: bytes, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def home() -> Path:
    """Where keys and roots lie: DIENHONG_HOME; tests set JOURNAL_HOME, since HOME is the database server's too."""
    return Path(getattr(settings, "JOURNAL_HOME", None) or settings.HOME)


def folder() -> Path:
    return home() / "keys"


def current() -> SigningKey:
    """The key in keys/journal.pem; made when there is none. Raises PermissionError when others can read it."""
    path = folder() / "journal.pem"
    if not path.exists():
        _make(path)
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int) -> SigningKey:
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others: run chmod 600 on it, and replace it if it has leaked.")
    private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(f"{path} holds a {type(private).__name__}, not an Ed25519 key.")
    public = private.public_key().public_bytes_raw()
    _publish(path.parent, public)
    return SigningKey(key_id_of(public), private)


def _make(path: Path) -> None:
    """Write a new key; of two processes at first start, one wins and the other reads it."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, pem)


def _write(path: Path, data: bytes) -> None:
    """A new file, 0600, whole or not at all, and on disk on return. One that exists is left as it is."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        return
    finally:
        os.unlink(name)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _publish(keys: Path, public: bytes) -> None:
    """Keep every public key that ever signed: after a change of key the old seals must still be checked."""
    path = keys / f"journal-{key_id_of(public)}.pub"
    if not path.exists():
        _write(path, public.hex().encode() + b"\n")


def public_keys() -> dict[str, bytes]:
    """Trusted public keys by key id: the present one and those before it. Files whose name lies are left out."""
    found: dict[str, bytes] = {}
    for path in folder().glob("journal-*.pub"):
        public = bytes.fromhex(path.read_text().strip())
        if path.name == f"journal-{key_id_of(public)}.pub":
            found[key_id_of(public)] = public
    return found
