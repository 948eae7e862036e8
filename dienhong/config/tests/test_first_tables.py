"""The first migrate draws fewer models (config/first_tables.py): the tables it leaves must still be the models'."""

import pytest
from django.apps import apps
from django.db import connection, models


@pytest.mark.django_db
def test_every_column_relation_and_index_of_the_models_is_there() -> None:
    missing: list[str] = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            options = model._meta
            if not options.managed or options.proxy:
                continue
            rows = connection.introspection.get_table_description(cursor, options.db_table)
            columns = {row.name for row in rows}
            known = connection.introspection.get_constraints(cursor, options.db_table)
            pointing = {tuple(each["columns"]) for each in known.values() if each["foreign_key"]}
            for field in options.local_concrete_fields:
                missing += [f"{options.label}.{field.name}: column"] * (field.column not in columns)
                constrained = isinstance(field, models.ForeignKey) and field.db_constraint
                missing += [f"{options.label}.{field.name}: foreign key"] * (
                    constrained and (field.column,) not in pointing
                )
            named = [each.name for each in (*options.indexes, *options.constraints)]
            missing += [f"{options.label}: {name}" for name in named if name not in known]
    assert not missing
