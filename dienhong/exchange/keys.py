"""Our own signing key towards partners: HOME/secrets/exchange.pem; its public halves, now and before, in HOME/keys."""

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from dienhong.base import clock
from dienhong.exchange import signing

NAME = "exchange"


def home() -> Path:
    """DIENHONG_HOME; tests set EXCHANGE_HOME, since HOME is the database server's too."""
    return Path(getattr(settings, "EXCHANGE_HOME", None) or settings.HOME)


def ours() -> signing.SigningKey:
    """The key we sign with; made at first use. Raises PermissionError when others can read it."""
    path = home() / "secrets" / f"{NAME}.pem"
    if not path.exists():
        signing.load(path)
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: Path, _changed: int) -> signing.SigningKey:
    key = signing.load(path)
    signing.publish(path.parent.parent / "keys", NAME, key)
    return key


def rotate() -> signing.SigningKey:
    """A new key from now on. The old one is kept aside in secrets; its public half stays published."""
    old = ours()
    path = home() / "secrets" / f"{NAME}.pem"
    os.replace(path, path.with_name(f"{NAME}-{clock.record_now():%Y%m%d%H%M%S}-{old.key_id}.pem"))
    return ours()


def our_public_keys() -> dict[str, str]:
    """Key id -> public key in hex, the present one included."""
    ours()
    return signing.published(home() / "keys", NAME)
