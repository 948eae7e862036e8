"""The programs of a site on a database that a test was lent: web server, sealer, worker and the hub of live pictures.

Nothing is called from within: what people see came over HTTP, and what follows an act follows by itself, as it does on
a site that runs.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from dienhong.config import databases
from dienhong.config.embedded import Server
from tests.killing import Site

PROGRAMS = ("sealer", "worker", "live")


@contextmanager
def running(home: Path, store: Path) -> Iterator[Site]:
    """A site on the database that `connection` is turned to, with a copy of the files in `store`."""
    site = Site(home, more=_addresses())
    (home / "files").symlink_to(store, target_is_directory=True)
    try:
        start(site)
        site.run("app", "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        site.start_web()
        site.until_ready()
        yield site
    finally:
        site.rest()


def start(site: Site) -> None:
    """What does not run of sealer, worker and hub, as the supervisor does."""
    site.bury()
    for name in [name for name in PROGRAMS if name not in site.running]:
        site.start(name, "manage.py", name, role="sealer" if name == "sealer" else "app")


def _addresses() -> dict[str, str]:
    """The lent database as the application and as the sealer see it."""
    server, name = Server(Path(os.environ["DIENHONG_TEST_HOME"])), connection.settings_dict["NAME"]
    return {
        variable: databases.to_url(server.settings(role), name)
        for variable, role in (("DATABASE_URL", "app"), ("DATABASE_SEALER_URL", "sealer"))
    }
