"""Makes the first `migrate` of an empty database quick: 100 migrations render 160 models, not 10,000.

Django keeps a picture of all models between migrations and draws each one again, with everything that can be reached
from it, whenever one changes. Here nearly everything reaches a unit or a person, so each new table redraws all of them.
Django also knows a lazier way ("delay": only what points at the model directly, and everything anew before Python code
of a migration runs), which it uses for columns without a relation. In an empty database no row needs the full picture,
so the lazier way serves for all. Later migrations, on tables with rows, run as Django runs them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState, get_related_models_tuples


def wanted(connection: BaseDatabaseWrapper) -> bool:
    """Whether no migration was ever applied there."""
    return not MigrationRecorder(connection).has_table()


@contextmanager
def quick_rendering() -> Iterator[None]:
    with mock.patch.object(ProjectState, "_find_reload_model", _model_and_neighbours):
        yield


def _model_and_neighbours(state: Any, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    """A new model alone; one that is known with those at the other end of its relations, which hold the old class."""
    state.is_delayed = True  # so that Python code of a migration sees everything drawn anew
    found: set[tuple[str, str]] = {(app_label, model_name)}
    try:
        known = state.apps.get_model(app_label, model_name)
    except LookupError:
        return found
    return found | get_related_models_tuples(known)
