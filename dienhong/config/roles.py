"""What each database user may do, granted after every migration. The rules are the journal's; the names are ours."""

from django.db.backends.base.base import BaseDatabaseWrapper

from dienhong.config import databases
from dienhong.journal import roles


def apply(connection: BaseDatabaseWrapper) -> list[str]:
    """Grant the rights again; sentences of what this server did not allow."""
    return roles.apply(connection, databases.role_names()).could_not
