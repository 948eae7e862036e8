"""What one process of a host drew, the others take: asked for the same tiles at once, one draws."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dienhong.centre import drawn, kept
from dienhong.centre.drawn import Drawn

TILE = Drawn("t1", "<p>Số của “Hà Nội” @@age@@</p>", 12.5, 3600)
KEY = ("dienhong", "vi", "2020-08-19", "", "", '{"id": "t1"}', (7, "2020-08-19"))


@pytest.fixture
def drawings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tiles that were drawn, by the thread that drew them; outside of any transaction."""
    settings.HOME = tmp_path
    done: list[str] = []

    def draw_all(wanted: list[Any], *_: object) -> dict[str, Drawn]:
        time.sleep(0.1)
        done.append(threading.current_thread().name)
        return {each.id: TILE for each in wanted}

    monkeypatch.setattr(kept, "_draw_all", draw_all)
    monkeypatch.setattr(kept, "connection", SimpleNamespace(in_atomic_block=False))
    return done


def ask(key: tuple[object, ...] = KEY) -> Drawn:
    return kept._drawn([SimpleNamespace(id="t1")], {"t1": key}, None, "")["t1"]  # type: ignore[list-item, arg-type]


def test_asked_at_once_one_draws_and_all_have_it(drawings: list[str]) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = [each.result() for each in [pool.submit(ask) for _number in range(4)]]
    assert answers == [TILE] * 4
    assert len(drawings) == 1
    ask((*KEY[:-1], (8, "2020-08-19")))  # a figure was published since
    assert len(drawings) == 2


def test_after_a_minute_it_is_drawn_again(drawings: list[str]) -> None:
    ask()
    path = drawn.folder() / drawn.name(KEY)
    os.utime(path, (time.time() - kept.KEPT - 1,) * 2)
    ask()
    assert len(drawings) == 2


@pytest.mark.parametrize("spoil", ["", '{"id": "t1"', '{"id": "t1", "colour": 1}'])
def test_a_file_that_cannot_be_read_is_drawn_again(drawings: list[str], spoil: str) -> None:
    ask()
    (drawn.folder() / drawn.name(KEY)).write_text(spoil)
    assert ask() == TILE
    assert len(drawings) == 2


def test_without_a_folder_each_draws_for_itself(drawings: list[str], settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "file"
    settings.HOME.write_text("")
    assert ask() == ask() == TILE
    assert len(drawings) == 2


def test_old_files_are_taken_away(drawings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "SWEEP", 2)
    for number in range(3):
        ask((*KEY, number))
    for file in drawn.folder().iterdir():
        os.utime(file, (time.time() - kept.KEPT - 1,) * 2)
    ask((*KEY, "new"))
    assert [file.name for file in drawn.folder().iterdir() if not file.suffix] == [drawn.name((*KEY, "new"))]


def test_amid_a_transaction_nothing_is_left_for_others(drawings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "connection", SimpleNamespace(in_atomic_block=True))
    ask()
    assert not drawn.folder().exists()
