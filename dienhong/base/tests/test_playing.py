"""The demo's older years are told of while the job that plays them lives, and not a moment longer."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dienhong.base import playing
from dienhong.base.playing import Progress

SAID = Progress("Một cửa, Quý III năm 2018", "One-stop, Q3 2018", 17, 20)
TELLER = """
import sys
from django.conf import settings
settings.configure(HOME=sys.argv[1])
from dienhong.base import playing
with playing.told():
    playing.tell(playing.Progress("Một cửa, Quý III năm 2018", "One-stop, Q3 2018", 17, 20))
    print("told", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME, settings.DEMO = tmp_path, True
    return tmp_path


def test_what_is_told_ends_with_the_teller() -> None:
    assert playing.current() is None
    with playing.told():
        assert playing.current() is None, "nothing has been said"
        with playing.told():
            playing.tell(SAID)
        assert playing.current() == SAID
    assert playing.current() is None
    playing.tell(SAID)
    assert playing.current() is None, "nobody listens to who holds nothing"


def test_a_teller_that_is_killed_is_silent(home: Path, settings: Any) -> None:
    command = [sys.executable, "-c", TELLER, str(home)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=settings.ROOT)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"told\n"
        assert playing.current() == SAID
        with playing.told():
            playing.tell(Progress("khác", "other"))
        assert playing.current() == SAID, "a second teller beside the first is not heard"
        settings.DEMO = False
        assert playing.current() is None
        settings.DEMO = True
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            assert pipe is not None
            pipe.close()
    assert (home / "demo-plays.json").exists()
    assert playing.current() is None
