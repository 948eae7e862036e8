"""Django's PostgreSQL backend on the embedded server, which starts at the first connection and not before."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg import OperationalError

from dienhong.config import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; if no server answers, start it; if one is just starting or just dying, wait and try again."""
        server = embedded.Server(Path(settings.HOME))
        for pause in (0, 0.2, 0.5, 1):
            try:
                server.ensure()
                return super().get_new_connection(conn_params)
            except OperationalError:
                if pause == 1:
                    raise
                server.settle()
                time.sleep(pause)
