"""Load what the site needs before it opens (startup.BEFORE, LANES), or with --after what may come while it works."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from dienhong.base import playing
from dienhong.config import prepared, startup, supervisor

BEHIND = 10  # niceness of what may come while people work: their pages go first


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["after"]:
            os.nice(BEHIND)
            with playing.told():
                self._run(startup.AFTER)
            return
        self._run(startup.BEFORE)
        self._side_by_side(*startup.LANES)
        prepared.remember()

    def _run(self, steps: Iterable[startup.Step]) -> None:
        for step in steps:
            if step.demo_only and not settings.DEMO:
                continue
            began = time.monotonic()
            self._say(f"… {step.title}")
            vi, _dot, en = step.title.partition(" · ")
            playing.tell(playing.Progress(vi, en))
            call_command(*step.command, stdout=self.stdout, stderr=self.stderr, skip_checks=True)
            self._say(f"✓ {step.title}, {time.monotonic() - began:.1f} s")

    def _side_by_side(self, mine: Sequence[startup.Step], *others: Sequence[startup.Step]) -> None:
        """The first lane here, each other one in a fork of this process: that has everything imported already."""
        connections.close_all()  # a session cannot be shared by two processes
        self.stdout.flush()
        children = [child for lane in others if (child := self._fork(lane))]
        try:
            self._run(mine)
        except BaseException:
            for child in children:
                os.kill(child, signal.SIGTERM)
            raise
        finally:
            failed = [child for child in children if os.waitpid(child, 0)[1]]
        if failed:
            raise CommandError("Another lane of the preparation failed: its words are above.")

    def _fork(self, lane: Sequence[startup.Step]) -> int:
        if not any(settings.DEMO or not step.demo_only for step in lane):
            return 0
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            supervisor.end_with_parent()
            self._run(lane)
            connections.close_all()
            code = 0
        except BaseException:  # noqa: BLE001  (a fork must not return into its parent's code)
            traceback.print_exc()
        finally:
            self.stdout.flush()
            sys.stderr.flush()
            os._exit(code)  # what the parent registered for its own end is not ours to do

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
