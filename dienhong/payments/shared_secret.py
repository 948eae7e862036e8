"""The secret between the play bank and this site. Plain Python: both programs read it."""

import os
import secrets
from pathlib import Path

NAME = "sandbox-bank"


def shared_secret(home: Path) -> str:
    """What the play bank and this site share: kept in the home, made at first use."""
    kept = home / "secrets" / NAME
    if not kept.exists():
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = kept.with_name(f".{NAME}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(38))
        try:
            os.link(draft, kept)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return kept.read_text().strip()
