"""What each database user may do with the journal: the application adds events and changes none, the sealer seals.

Three users: the owner migrates (and runs this), the application works, the sealer seals and publishes. Everything
here may be repeated. What this server does not let us do is said in the report, and the rest is still done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

NAMES: Mapping[str, str] = {"owner": "dienhong_owner", "app": "dienhong_app", "sealer": "dienhong_sealer"}
ROWS = "SELECT, INSERT, UPDATE, DELETE"
# Seals are the sealer's alone: the application reads them. Labels are erasable, so the application may delete them.
APP = {
    "journal_event": "SELECT, INSERT",
    "journal_unsealed": "SELECT, INSERT",
    "journal_seal": "SELECT",
    "journal_sealbatch": "SELECT",
    "journal_personlabel": ROWS,
    "journal_access": "SELECT, INSERT",
    "django_migrations": "SELECT",
}
SEALER = {
    "journal_event": "SELECT, INSERT",
    "journal_unsealed": "SELECT, INSERT, DELETE",
    "journal_seal": "SELECT, INSERT",
    "journal_sealbatch": "SELECT, INSERT",
    "journal_personlabel": "SELECT",
    "django_migrations": "SELECT",
}
_published: dict[str, str] = {}


def sealer_may(table: str, rights: str = "SELECT, INSERT") -> None:
    """A room that publishes in a step of the sealer says here, in its AppConfig.ready, which tables it writes."""
    _published[table] = rights


@dataclass
class Report:
    """Sentences: what was set up, and what this server or these settings did not allow."""

    done: list[str] = field(default_factory=list)
    could_not: list[str] = field(default_factory=list)


def apply(
    connection: BaseDatabaseWrapper, names: Mapping[str, str] | None = None, passwords: Mapping[str, str] | None = None
) -> Report:
    """Set up users, tables' rights and rights on future tables, as the user who owns the tables.

    `names` and `passwords` go by "owner", "app", "sealer". A user that is missing and can't be made is reported.
    """
    report, names = Report(), {**NAMES, **(names or {})}
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        me = cursor.fetchone()[0]
    for role in ("owner", "app", "sealer"):
        _make(connection, report, names[role], (passwords or {}).get(role))
    for role, rights in (("app", APP), ("sealer", {**SEALER, **_published})):
        if names[role] == me:
            report.could_not.append(
                f"The {role} signs in as {me}, who owns the tables: nothing but the seals guards the journal. "
                "Give the owner a user of its own (DATABASE_OWNER_URL)."
            )
        elif _exists(connection, names[role]):
            _grant(connection, report, names[role], "ALL" if role == "app" else "SELECT", rights)
    return report


def _exists(connection: BaseDatabaseWrapper, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() is not None


def _run(connection: BaseDatabaseWrapper, report: Report, statement: str, names: list[str], said: str) -> bool:
    """One statement with identifiers in its {}; its refusal is reported and leaves the transaction usable."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    except Error as error:
        report.could_not.append(f"{said}: {str(error).strip().splitlines()[0]}")
        return False
    report.done.append(said)
    return True


def _make(connection: BaseDatabaseWrapper, report: Report, name: str, password: str | None) -> None:
    if not _exists(connection, name):
        said = f"User {name} made (an administrator of the server can do it: CREATE ROLE {name} LOGIN)"
        _run(connection, report, "CREATE ROLE {} LOGIN NOSUPERUSER", [name], said)
    if password is not None and _exists(connection, name):
        literal = sql.Literal(password).as_string(None)
        statement = "ALTER ROLE {} PASSWORD " + literal.replace("{", "{{").replace("}", "}}")
        _run(connection, report, statement, [name], f"Password of {name} set")


def _grant(connection: BaseDatabaseWrapper, report: Report, user: str, default: str, tables: Mapping[str, str]) -> None:
    rows = ROWS if default == "ALL" else "SELECT"

    def run(statement: str, names: list[str], said: str) -> None:
        _run(connection, report, statement, names, said)

    run("GRANT USAGE ON SCHEMA public TO {}", [user], f"{user} enters the schema")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND pg_has_role(relowner, 'USAGE') ORDER BY relname"
        )
        known = [row[0] for row in cursor.fetchall()]
    for table in known:
        if table.startswith("journal_") or table in tables:
            rights = tables.get(table, "SELECT")
            run("REVOKE ALL ON {} FROM {}", [table, user], f"{user}: {table} taken back")
            run(f"GRANT {rights} ON {{}} TO {{}}", [table, user], f"{user}: {rights} on {table}")
        else:
            run(f"GRANT {rows} ON {{}} TO {{}}", [table, user], f"{user}: {rows} on {table}")
    run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", [user], f"{user}: sequences")
    future = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {} ON {} TO {{}}"
    run(future.format(rows, "TABLES"), [user], f"{user}: {rows} on future tables")
    run(future.format("USAGE, SELECT", "SEQUENCES"), [user], f"{user}: future sequences")
