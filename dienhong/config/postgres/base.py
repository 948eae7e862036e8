"""Django's PostgreSQL backend on the embedded server, which starts at the first connection and not before."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg import OperationalError

from dienhong.config import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; if no server answers on the socket, start it; if one is just starting, wait for it."""
        server = embedded.Server(Path(settings.HOME))
        if not server.ensure():
            try:
                return super().get_new_connection(conn_params)
            except OperationalError:
                server.settle()
        return super().get_new_connection(conn_params)
