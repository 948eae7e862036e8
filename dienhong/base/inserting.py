"""Rows of models as one INSERT to be sent with others in one round trip; Django's own way sends each alone."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

Statement = tuple[str, list[Any]]


def insert(rows: Sequence[Model]) -> Statement:
    """The statement and its parameters for rows of one model, at least one. Ids stay with the database.

    Neither signals nor validation, as with bulk_create. A column with a default of the database is left to it where no
    row says otherwise.
    """
    fields = [
        field
        for field in _fields(type(rows[0]))
        if not all(isinstance(getattr(row, field.attname), DatabaseDefault) for row in rows)
    ]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    return f'INSERT INTO "{type(rows[0])._meta.db_table}" ({columns}) VALUES {places}', values  # noqa: S608


def insert_one(row: Model) -> None:
    """Write the row now; it has its id then."""
    text, values = insert([row])
    key = row._meta.pk
    assert key is not None, "every model has a key"
    with connection.cursor() as cursor:
        cursor.execute(f'{text} RETURNING "{key.column}"', values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


@cache
def _fields(model: type[Model]) -> "tuple[Field[Any, Any], ...]":
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key and not field.generated)
