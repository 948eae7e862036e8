"""Settings of the tests: a home and a database server of their own, in a temporary folder shared by all workers.

The folder's name travels in DIENHONG_TEST_HOME from the first process to its workers. The server starts when the
first test needs it; who made the folder stops it and removes everything (conftest.py). To keep server and database
between runs: `export DIENHONG_TEST_HOME=/dev/shm/somewhere` and `pytest --reuse-db`.

Temporary files lie in memory where the machine has room: a copy of a database is a thousand files, 0.05 s of work
there and over a second on a disk.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _forget(home: Path, maker: int) -> None:
    if os.getpid() == maker and not (home / "database" / "postmaster.pid").exists():
        shutil.rmtree(home, ignore_errors=True)


def _room_in_memory(folder: str = "/dev/shm", wanted: int = 6 * 2**30) -> bool:  # noqa: S108 - mkdtemp goes below
    """Whether `wanted` bytes of files in memory leave the machine enough to work with. Containers often have 64 MB."""
    if not os.access(folder, os.W_OK):
        return False
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    return shutil.disk_usage(folder).free >= wanted and free >= 2 * wanted


if "TMPDIR" not in os.environ and _room_in_memory():
    os.environ["TMPDIR"] = tempfile.tempdir = "/dev/shm"  # noqa: S108
if "DIENHONG_TEST_HOME" not in os.environ:
    os.environ["DIENHONG_TEST_HOME"] = tempfile.mkdtemp(prefix="dienhong-test-")
    os.environ["DIENHONG_TEST_HOME_MADE_BY"] = str(os.getpid())
    # For runs that end before conftest.py could tidy up; its own tidying finds the server stopped by then.
    atexit.register(_forget, Path(os.environ["DIENHONG_TEST_HOME"]), os.getpid())
os.environ["DIENHONG_HOME"] = os.environ["DIENHONG_TEST_HOME"]
os.environ["DIENHONG_POSTGRES_UNSAFE"] = "1"
# Tests create their database and its tables; `app_role` (conftest.py) narrows one test to the application's rights.
os.environ["DIENHONG_DATABASE_ROLE"] = "owner"
for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SEALER_URL", "DIENHONG_DEMO", "DIENHONG_DEBUG"):
    os.environ.pop(name, None)

from dienhong.config.settings import *  # noqa: E402, F403
from dienhong.config.settings import HOME, MIDDLEWARE, STORAGES  # noqa: E402

# One folder of files per worker: a test may empty it.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
STORE = HOME / WORKER / "files"
STATIC_ROOT = HOME / WORKER / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; nothing real is hashed in tests
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
