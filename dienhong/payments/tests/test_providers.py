"""Providers are folders: found at start, strangers to one another, a broken one said by `manage.py check`."""

import ast
import datetime as dt
import json
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.core.management import CommandError, call_command

from dienhong.base import clock
from dienhong.payments import providers
from dienhong.payments.models import CollectingAccount
from dienhong.payments.providers.contract import Forged, Raw, Unreadable
from dienhong.payments.providers.gateway import wire
from dienhong.payments.tests.conftest import ACCOUNT, NOON, SECRET, PlayBank, Scene, begin, qr

FOLDERS = [each for each in providers.FOLDER.iterdir() if (each / "provider.py").exists()]


def test_found() -> None:
    assert sorted(providers.load()[0]) == ["gateway", "vietqr"] == sorted(each.name for each in FOLDERS)
    assert providers.check(None) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_they_know_neither_each_other_nor_our_tables(folder: Path) -> None:
    others = {each.name for each in FOLDERS} - {folder.name}
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [f"{node.module}.{each.name}" for each in node.names] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not any(name.startswith(f"{providers.__name__}.{other}") for other in others), name
                assert not name.startswith("dienhong.payments.models"), name


@pytest.mark.parametrize(
    ("text", "said"),
    [("1 / 0", "ZeroDivisionError"), ("x = 1", "PROVIDER"), ("class P:\n    name = 'sick'\nPROVIDER = P()", "lacks")],
)
def test_a_broken_folder_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said: str) -> None:
    sick = tmp_path / "sick"
    sick.mkdir()
    (sick / "__init__.py").touch()
    (sick / "provider.py").write_text(text)
    monkeypatch.setattr(providers, "__path__", [str(tmp_path)])
    for name in [each for each in sys.modules if each.startswith(f"{providers.__name__}.sick")]:
        monkeypatch.delitem(sys.modules, name)
    found, broken = providers.load.__wrapped__(tmp_path)
    assert found == {}
    assert said in broken["sick"]
    monkeypatch.setattr(providers, "load", lambda: (found, broken))
    [error] = providers.check(None)
    assert "sick" in error.msg
    for name in [each for each in sys.modules if each.startswith(f"{providers.__name__}.sick")]:
        monkeypatch.delitem(sys.modules, name)


FIELDS = {name: name.lower() for name in wire.CONFIRMATION}


def test_signature_in_the_order_of_the_table() -> None:
    """Worked by hand: SHA-256 of the values in the table's order, the secret last."""
    import hashlib

    by_hand = (
        "loaibantin|maloi|madoitac|mathamchieu|sotien|matiente|magiaodich|manganhang|thoigiangd|thongtingiaodich|key"
    )
    assert wire.sign(FIELDS, wire.CONFIRMATION, "key") == hashlib.sha256(by_hand.encode()).hexdigest()
    signed = wire.signed(FIELDS, wire.CONFIRMATION, "key")
    assert wire.genuine(signed, wire.CONFIRMATION, "key")
    assert wire.genuine({**signed, "MaXacThuc": signed["MaXacThuc"].upper()}, wire.CONFIRMATION, "key")
    assert not wire.genuine(signed, wire.CONFIRMATION, "other")
    assert not wire.genuine(FIELDS, wire.CONFIRMATION, "key")
    assert not wire.genuine({**signed, "MaXacThuc": "Ữ"}, wire.CONFIRMATION, "key")


@pytest.mark.parametrize(
    ("text", "near", "hour"),
    [
        ("20200820143000", 14, 14), ("20200820023000", 14, 14), ("20200820023000", 2, 2), ("20200820123000", 12, 12),
        ("20200820123000", 0, 0), ("20200820003000", 12, 12), ("20200820110000", 23, 23),
    ],
)  # fmt: skip
def test_twelve_hours_are_understood(text: str, near: int, hour: int) -> None:
    assert wire.moment(text, dt.datetime(2020, 8, 20, near, 40, tzinfo=clock.HANOI)).hour == hour


def test_written_with_24_hours_in_hanoi() -> None:
    assert wire.written(dt.datetime(2020, 8, 20, 7, 5, tzinfo=dt.UTC)) == "20200820140500"
    for bad in ("", "2020", "20201320000000", "2020082014300x"):
        with pytest.raises(ValueError, match=r"."):
            wire.moment(bad, NOON)


@pytest.mark.parametrize(
    "changed",
    [{"MaDoiTac": "ANOTHER"}, {"MaTienTe": "USD"}, {"SoTien": "1.5"}, {"SoTien": "0"}, {"ThoiGianGD": "today"}],
)
def test_genuine_and_still_not_taken(scene: Scene, play: PlayBank, changed: dict[str, str]) -> None:
    given = {**FIELDS, "MaLoi": "00", "MaDoiTac": "DIENHONG", "MaTienTe": "VND", "SoTien": "5"}
    given["ThoiGianGD"] = "20200820143000"
    gateway = providers.get("gateway")
    assert gateway.read(Raw(json.dumps(wire.signed(given, wire.CONFIRMATION, SECRET))))[0].amount == 5
    with pytest.raises(Unreadable):
        gateway.read(Raw(json.dumps(wire.signed(given | changed, wire.CONFIRMATION, SECRET))))
    with pytest.raises(Forged):
        gateway.read(Raw(json.dumps(given)))


def test_the_platform_s_own_receipt(scene: Scene, play: PlayBank) -> None:
    attempt = begin(scene.bill(1000))
    play.follow(attempt)
    gateway = providers.get("gateway")
    assert gateway.receipt(attempt.reference, NOON).startswith(b"%PDF-")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path", ["/gateway/init", "/gateway/query", "/gateway/refund", "/bank/refund", "/bank/statement"]
)
def test_the_bank_believes_nobody_either(play: PlayBank, path: str) -> None:
    body = {"MaThamChieu": "x", "MaXacThuc": "0" * 64, "order": "{}", "signature": "0" * 64}
    with pytest.raises(HTTPError) as refused:
        play.ask(path, body)
    assert refused.value.code == 400
    refused.value.close()


def test_the_bank_stays_at_home(play: PlayBank) -> None:
    """Another page cannot make a browser pay, a rebound name does not reach it, and it leads nowhere else."""
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(f"{play.address}/", headers=headers))  # noqa: S310
        assert refused.value.code == 403
        refused.value.close()


def test_the_bank_s_pages(scene: Scene, play: PlayBank) -> None:
    """Paste, see, pay; what was pasted is escaped."""
    from urllib.parse import urlencode

    def get(path: str) -> str:
        with urlopen(play.address + path) as answer:  # noqa: S310
            assert "script-src" not in answer.headers["Content-Security-Policy"]
            return str(answer.read().decode())

    assert "Chưa có giao dịch" in get("/")
    assert "This is a play bank" in get("/pay?lang=en")
    text = get("/pay?" + urlencode({"qr": qr(scene.bill(1000)), "back": '"><script>'}))
    assert "<script>" not in text
    assert 'value="1000"' in text
    fields = {"qr": qr(scene.bill(1000)), "amount": "1.000", "at": NOON.isoformat(), "back": "https://evil.example/"}
    request = Request(f"{play.address}/pay", urlencode(fields).encode(), method="POST")  # noqa: S310
    with urlopen(request) as answer:  # noqa: S310
        text = answer.read().decode()
    assert "Đã chuyển tiền" in text
    assert "evil" not in text
    assert "1.000 đ" in get("/")
    play.ask("/control", {"fault": "down", "on": True})
    assert play.bank.books.faults() == {"down"}


def test_the_bank_as_a_program(tmp_path: Path) -> None:
    """`python -m`: it listens, keeps its books in the home, imports no Django and ends when told."""
    import os

    environment = {**os.environ, "DIENHONG_HOME": str(tmp_path), "DIENHONG_SANDBOX_BANK": "0"}
    command = [sys.executable, "-m", "dienhong.payments.sandbox_bank"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        address = program.stdout.readline().split()[-1]
        with urlopen(f"{address}/health") as answer:  # noqa: S310
            assert answer.read() == b"ok"
        program.terminate()
        assert program.wait(20) == 0
    assert (tmp_path / "sandbox-bank" / "books.sqlite3").exists()
    assert (tmp_path / "secrets" / "sandbox-bank").stat().st_mode & 0o777 == 0o600
    code = "import sys, dienhong.payments.sandbox_bank.__main__; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_not_heard_is_told_again(play: PlayBank, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(play.bank, "send", lambda *told: bool(tried.append(told)))
    with play.bank.books.work() as db:
        play.bank.books.post(db, "gateway", {}, "", time.time())
    for _ in range(10):
        play.bring()
    assert len(tried) == 8, "then it gives up"
    assert play.bank.deliver() == 0


def test_accounts_from_a_file(scene: Scene, tmp_path: Path) -> None:
    heads = "unit_scheme,unit_code,purpose,bank_bin,bank_name,number,holder,budget_chapter,remark\n"
    good = "gso,10,fee,970436,Ngân hàng mẫu,351100007777,KHO BAC MAU,757,\n"
    file = tmp_path / "accounts.csv"
    file.write_text(heads + good + good)
    out = StringIO()
    call_command("load_accounts", str(file), stdout=out)
    assert "1 accounts new" in out.getvalue()
    assert CollectingAccount.objects.exclude(number=ACCOUNT).get().unit == scene.world.lao_cai
    for bad in ("gso,99", "gso,10,tip", "gso,10,fee,97"):
        row = ",".join([*bad.split(","), *good.split(",")[len(bad.split(",")) :]])
        file.write_text(heads + good.replace("7777", "8888") + row)
        with pytest.raises(CommandError, match="line 3"):
            call_command("load_accounts", str(file))
    assert CollectingAccount.objects.count() == 2, "all rows or none"
