"""People, three kinds of notice, and the queue emptied: its tables are not Django's, so nobody else empties them."""

import json
from collections.abc import Iterator

import pytest
from django.db import connection

from dienhong.notices import kinds
from dienhong.notices.models import Rhythm
from dienhong.organizations.models import Person
from dienhong.organizations.tests import worlds

KIND = "test.plain"
KINDS = (
    # Words that the catalogue has in both languages, so that the language of a letter shows.
    kinds.Kind(KIND, "Thử", "Đăng nhập %(what)s", "Lý do: %(reason)s"),
    kinds.Kind("test.fixed", "Thử cố định", "Đăng nhập", "", fixed=True),
    kinds.Kind("test.daily", "Thử gộp", "Đăng nhập %(what)s", "", mail=Rhythm.DAILY),
)


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    before = dict(kinds._kinds)
    kinds.register(*KINDS)
    yield
    kinds._kinds.clear()
    kinds._kinds.update(before)


@pytest.fixture
def person(db: None) -> Person:
    made = worlds.person("nguoi-doc")
    made.email = "nguoi-doc@example.vn"
    made.save()
    return made


@pytest.fixture
def empty_queue(transactional_db: None) -> Iterator[None]:
    _empty()
    yield
    _empty()


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def queued(task: str) -> list[dict[str, object]]:
    """Arguments of the jobs that wait, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' ORDER BY id", [task]
        )
        return [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in cursor.fetchall()]
