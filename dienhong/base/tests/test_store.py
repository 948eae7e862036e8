import hashlib
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dienhong.base import store
from dienhong.base.store import Damaged, Missing, Store

WRITER = """
import sys, itertools
from pathlib import Path
from dienhong.base.store import Store
kept = Store(Path(sys.argv[1]))
for n in itertools.count():
    print(kept.put(f"tệp {n} ".encode() * 3000), flush=True)
"""


def test_what_is_put_is_got(tmp_path: Path) -> None:
    kept = Store(tmp_path / "not" / "yet")
    for data in (b"", b"a", bytes(range(256)) * 5000):
        digest = kept.put(data)
        assert digest == hashlib.sha256(data).hexdigest()
        assert kept.get(digest) == data
        assert kept.put(data) == digest
    assert kept.path(digest).read_bytes() == data


def test_file_then_name_then_directory_reach_the_disk_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        steps.append("sync " + Path(os.readlink(f"/proc/self/fd/{descriptor}")).name[:10])
        real_fsync(descriptor)

    def replace(source: str, target: Path) -> None:
        steps.append("rename")
        real_replace(source, target)

    kept = Store(tmp_path / "files")
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    digest = kept.put(b"bytes")
    written = steps.index("rename")
    assert steps[written - 1] == "sync .incoming-"
    assert "sync files" in steps[:written], "the directory's own name"
    assert steps[written + 1 :] == [f"sync {digest[:2]}"]
    steps.clear()
    kept.put(b"bytes")
    assert steps == [f"sync {digest[:2]}"]


def test_a_changed_file_is_damaged_and_a_new_put_heals_it(tmp_path: Path) -> None:
    kept = Store(tmp_path)
    digest = kept.put(b"1205")
    kept.path(digest).chmod(0o600)
    kept.path(digest).write_bytes(b"1206")
    with pytest.raises(Damaged) as damage:
        kept.get(digest)
    assert damage.value.digest == digest
    kept.put(b"1205")
    assert kept.get(digest) == b"1205"


def test_missing_and_impossible_digests(tmp_path: Path) -> None:
    kept = Store(tmp_path)
    with pytest.raises(Missing) as missing:
        kept.get("0" * 64)
    assert missing.value.digest == "0" * 64
    for bad in ("", "../../etc/passwd", "0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n"):
        with pytest.raises(ValueError, match="SHA-256"):
            kept.path(bad)


def test_many_at_once_leave_whole_files_and_nothing_else(tmp_path: Path) -> None:
    kept = Store(tmp_path)
    blobs = [bytes([n % 7]) * 50_000 for n in range(70)]
    with ThreadPoolExecutor(16) as pool:
        digests = list(pool.map(kept.put, blobs))
    assert [kept.get(d) for d in digests] == blobs
    assert sorted(f.name for f in tmp_path.glob("*/*")) == sorted(set(digests))


def test_a_failed_write_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: str, target: Path) -> None:
        raise OSError("disk full")

    kept = Store(tmp_path)
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        kept.put(b"x")
    assert [f for f in tmp_path.rglob("*") if f.is_file()] == []


@pytest.mark.parametrize("acknowledged", [1, 5, 20])
def test_killed_in_the_middle_keeps_every_acknowledged_file(tmp_path: Path, acknowledged: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as writer:
        digests = [writer.stdout.readline().strip() for _ in range(acknowledged)]
        writer.send_signal(signal.SIGKILL)
        digests += [line.strip() for line in writer.stdout if len(line) == 65]
    kept = Store(tmp_path)
    assert len(digests) >= acknowledged
    for digest in digests:
        kept.get(digest)
    for file in tmp_path.glob("*/[0-9a-f]*"):
        kept.get(file.name)  # no file under a digest is partial


def test_the_installation_s_store_is_in_settings(tmp_path: Path, settings: object) -> None:
    settings.STORE = tmp_path / "files"  # type: ignore[attr-defined]
    digest = store.put(b"kept")
    assert store.path(digest).is_relative_to(tmp_path / "files")
    assert store.get(digest) == b"kept"
