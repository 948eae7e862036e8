"""What each database user may do, granted after every migration: tables of all rooms here, the journal by itself."""

from importlib import import_module
from importlib.util import find_spec

from django.db.backends.base.base import BaseDatabaseWrapper

from dienhong.config import databases

# The application keeps its own books of sessions and migrations; it never changes a schema.
ROWS = "SELECT, INSERT, UPDATE, DELETE"


def apply(connection: BaseDatabaseWrapper) -> None:
    """Grant again, from nothing: what an older version allowed and this one does not is gone afterwards."""
    names = databases.role_names()
    with connection.cursor() as cursor:
        for role in ("app", "sealer"):
            if names[role] == names["owner"]:
                continue
            user = connection.ops.quote_name(names[role])
            rows = ROWS if role == "app" else "SELECT"
            cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {user}")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {user}")
            cursor.execute(f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {user}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {user}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {user}")
    if find_spec("dienhong.journal.roles"):
        import_module("dienhong.journal.roles").apply(connection)
