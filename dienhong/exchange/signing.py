"""Ed25519 over canonical bytes, and keys as files. No Django: partners' programs use it too."""

import base64
import binascii
import hashlib
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_HEADER, SIGNATURE_HEADER = "X-Exchange-Key", "X-Exchange-Signature"


class SigningKey(NamedTuple):
    """Who signs. `public` is 64 hex digits."""

    key_id: str
    public: str
    private: Ed25519PrivateKey

    def sign(self, data: bytes) -> str:
        return base64.b64encode(self.private.sign(data)).decode()

    def headers(self, data: bytes) -> dict[str, str]:
        """A detached signature, as it travels beside the body."""
        return {KEY_HEADER: self.key_id, SIGNATURE_HEADER: self.sign(data)}


def key_id_of(public: str) -> str:
    """First 16 hex digits of the SHA-256 of the raw public key. Raises ValueError for what is no such key."""
    raw = bytes.fromhex(public)
    if len(raw) != 32:
        raise ValueError("an Ed25519 public key is 64 hex digits")
    return hashlib.sha256(raw).hexdigest()[:16]


def is_signed(public: str, signature: str, data: bytes) -> bool:
    """Whether `signature` (base64) over `data` is by the holder of `public` (hex)."""
    try:
        raw = base64.b64decode(signature.encode("ascii"), validate=True)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(raw, data)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def load(path: Path) -> SigningKey:
    """The key kept in `path` (PEM, 0600), made at first use. Raises PermissionError when others can read it."""
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_once(path, pem)
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others: run chmod 600 on it, and replace it if it has leaked.")
    private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(f"{path} holds a {type(private).__name__}, not an Ed25519 key.")
    public = private.public_key().public_bytes_raw().hex()
    return SigningKey(key_id_of(public), public, private)


def write_once(path: Path, data: bytes) -> None:
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
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def publish(folder: Path, name: str, key: SigningKey) -> Path:
    """Keep the public half as `<name>-<key id>.pub`: old signatures must still be checked after a change of key."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}-{key.key_id}.pub"
    if not path.exists():
        write_once(path, key.public.encode() + b"\n")
    return path


def published(folder: Path, name: str) -> dict[str, str]:
    """Public keys by key id; a file whose name lies about its content is left out."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob(f"{name}-*.pub")):
        public = path.read_text().strip()
        if path.name == f"{name}-{key_id_of(public)}.pub":
            found[key_id_of(public)] = public
    return found
