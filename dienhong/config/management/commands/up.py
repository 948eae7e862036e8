"""Run everything on this machine: database, tables, demo data, web server, sealer, workers. Ctrl-C ends it all."""

import fcntl
import json
import os
import socket
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from dienhong.config import environment, prepared, startup, supervisor
from dienhong.config.embedded import EmbeddedServerError, Server
from dienhong.config.supervisor import Program, Stopped, Task, say


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        settings.HOME.mkdir(parents=True, exist_ok=True)
        (settings.HOME / "logs").mkdir(exist_ok=True)
        with open(settings.HOME / "run.lock", "a+") as lock:
            _only_one(lock)
            _port_is_free()
            supervisor.listen_for_the_end()
            site = Site()
            try:
                site.open()
                site.watch()
            except Stopped:
                say("\nĐang dừng · Stopping")
            except EmbeddedServerError as error:
                raise CommandError(str(error)) from error
            finally:
                site.close()


class Site:
    """Everything that one `up` started, and therefore ends."""

    def __init__(self) -> None:
        self.programs: list[Program] = []
        self.later: Task | None = None
        self.embedded = None if environment.text("DATABASE_URL") else Server(settings.HOME)
        # Left behind by an `up` that was killed: then this one inherits the duty to stop the database.
        self.mark = settings.HOME / "database.started-by-up"
        self.began = time.monotonic()

    def open(self) -> None:
        self._database()
        if prepared.is_done():
            say("✓ Đã chuẩn bị từ lần trước · Prepared by an earlier start")
        else:
            self._task(startup.TABLES.title, "owner", startup.TABLES.command)
            self._task("Chuẩn bị · Preparing", "app", ("prepare",))
        connections.close_all()  # asked once; the supervisor needs no session of its own
        for process in startup.processes():
            log = settings.HOME / "logs" / f"{process.name}.log"
            program = Program(process.name, process.arguments, _environment(process.role, process.environment), log)
            self.programs.append(program)
            program.start()
        if not supervisor.wait_until(_answers, 60, "Máy chủ web · Web server"):
            raise CommandError(f"The web server does not answer:\n{supervisor.tail(self.programs[0].log)}")
        self._announce()
        if startup.AFTER:
            self.later = _task("Chạy tiếp · Going on", "app", ("prepare", "--after"))

    def watch(self) -> None:
        while True:
            time.sleep(1)
            self._keep_database()
            for program in self.programs:
                program.watch()
            if self.later and self.later.ended():
                self.later = None

    def _keep_database(self) -> None:
        try:
            if self.embedded and self.embedded.ensure():
                say("! The database had ended; it was started again")
        except EmbeddedServerError as error:
            say(f"! The database had ended and does not start; trying again\n{error}")
            time.sleep(5)

    def close(self) -> None:
        if self.later:
            supervisor.end(self.later.child)
        for program in self.programs:
            program.stop()
        if self.embedded and self.mark.exists():
            self.embedded.stop()
            self.mark.unlink()
        if self.programs:
            say("Đã dừng, dữ liệu còn nguyên · Stopped, the data is kept")

    def _database(self) -> None:
        if self.embedded is None:
            return
        began = time.monotonic()
        say("… Cơ sở dữ liệu · Database")
        if not self.embedded.answers():
            self.mark.touch()
        self.embedded.ensure()
        say(f"✓ Cơ sở dữ liệu · Database, {time.monotonic() - began:.1f} s")

    def _task(self, title: str, role: str, command: tuple[str, ...]) -> None:
        if not supervisor.run_task(_task(title, role, command)):
            raise CommandError(f"{command[0]} failed.")

    def _announce(self) -> None:
        say(f"\nDiên Hồng: {_address()}   ({time.monotonic() - self.began:.0f} s)")
        say(f"Dữ liệu · Data: {settings.HOME}   Nhật ký · Logs: {settings.HOME / 'logs'}")
        for line in startup.accounts() if settings.DEMO else []:
            say(f"  {line}")
        say("Ctrl-C để dừng · to stop\n")


def _task(title: str, role: str, command: tuple[str, ...]) -> Task:
    log = settings.HOME / "logs" / f"{'-'.join(command[:2]).replace('--', '')}.log"
    return Task(title, supervisor.python(*command), _environment(role, {}), log)


def _environment(role: str, extra: dict[str, str]) -> dict[str, str]:
    chosen = {"DIENHONG_HOME": str(settings.HOME), "DIENHONG_DATABASE_ROLE": role, "PYTHONUNBUFFERED": "1"}
    root = str(Path(settings.ROOT))
    return os.environ | {"DJANGO_SETTINGS_MODULE": "dienhong.config.settings", "PYTHONPATH": root} | chosen | extra


def _address() -> str:
    return f"{settings.OWN_ADDRESS}/"


def _answers() -> bool:
    try:
        with urlopen(f"{_address()}healthz", timeout=2) as answer:  # noqa: S310  (our own address)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _only_one(lock: Any) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = json.loads(lock.read() or "{}")
        raise CommandError(
            f"Diên Hồng already runs from {settings.HOME}: {holder.get('address', '')} (process {holder.get('pid')}). "
            "Stop it with Ctrl-C there, or choose another folder with DIENHONG_HOME=… and another PORT=…"
        ) from None
    lock.truncate(0)
    lock.write(json.dumps({"pid": os.getpid(), "address": _address()}))
    lock.flush()


def _port_is_free() -> None:
    family = socket.AF_INET6 if ":" in settings.LISTEN else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.LISTEN, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"{settings.LISTEN}:{settings.PORT} cannot be listened on ({error.strerror}). "
                f"Another program has it? Choose another: PORT={settings.PORT + 1} make run"
            ) from error
