"""Files: known by content, tricks refused, names cleaned, scanned where a scanner is named."""

import io
import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dienhong.base import store
from dienhong.base.refusal import Refused
from dienhong.dossiers.forms.shapes import Field
from dienhong.dossiers.forms.uploads import NotTaken, State, clean, scan, sniff, take

FIELD = Field("paper", "document", {"vi": "Giấy", "en": "Paper"}, "p", limits={"types": ["pdf", "jpg", "png", "docx"]})
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 2, height: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0\0" * 2))
        + chunk(b"IEND", b"")
    )


def jpg(width: int = 2, height: int = 2) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        + b"\xff\xc0"
        + struct.pack(">H", len(frame) + 2)
        + frame
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34\xff\xd9"
    )


def archive(parts: dict[str, bytes], prefix: bytes = b"", comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    out.write(prefix)
    with zipfile.ZipFile(out, "a" if prefix else "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in parts.items():
            file.writestr(name, body)
        file.comment = comment
    return out.getvalue()


DOCX = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
BARE_ZIP = archive({"a.txt": b"a"})


@pytest.mark.parametrize(
    ("data", "kind"),
    [(PDF, "pdf"), (png(), "png"), (jpg(), "jpg"), (archive(DOCX), "docx"),
     (archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b""}), "xlsx")],
)  # fmt: skip
def test_knows_what_it_takes(data: bytes, kind: str) -> None:
    assert sniff(data).extension == kind


def lying_sizes() -> bytes:
    """The header says 10 bytes, unpacked there are 300 million."""
    data = bytearray(archive({**DOCX, "word/big.xml": b"\0" * (8 * 2**20)}))
    true = struct.pack("<I", 8 * 2**20)
    while (at := data.find(true)) >= 0:
        data[at : at + 4] = struct.pack("<I", 10)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"MZ\x90\x00", "unknown"),
        (b"<svg onload=alert(1)>", "unknown"),
        (b"GIF89a", "unknown"),
        (b" " + PDF, "unknown"),
        (PDF.replace(b"%%EOF", b""), "cut"),
        (PDF + b"\0" * 2000, "two_kinds"),
        (PDF + BARE_ZIP, "two_kinds"),
        (PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>"), "active"),
        (PDF.replace(b"/Catalog", b"/Catalog /S /#4aavaScript"), "active"),
        (PDF.replace(b"/Catalog", b"/Catalog /Launch"), "active"),
        (jpg() + BARE_ZIP, "two_kinds"),
        (jpg() + b"<script>alert(1)</script>", "two_kinds"),
        (jpg()[:20] + b"\xff\xfe\x00\x0d<?php x();?" + jpg()[20:], "two_kinds"),
        (jpg()[:12], "cut"),
        (jpg(60000, 60000), "bomb"),
        (b"\xff\xd8\xff\xd9", "cut"),
        (png() + b"more", "two_kinds"),
        (png()[:-4], "cut"),
        (png()[:-12], "cut"),
        (png(50000, 50000), "bomb"),
        (png().replace(b"IDAT", b"JDAT"), "broken"),
        (BARE_ZIP, "unknown"),
        (archive({**DOCX, "word/vbaProject.bin": b"x"}), "active"),
        (archive({"[Content_Types].xml": b"macroEnabled", "word/document.xml": b""}), "active"),
        (archive({**DOCX, "../../etc/passwd": b"x"}), "broken"),
        (archive({**DOCX, "word/zero.xml": b"\0" * (30 * 2**20)}), "bomb"),
        (archive(DOCX, comment=b"%PDF-1.7"), "two_kinds"),
        (lying_sizes(), "broken"),
        (archive(DOCX)[:-30], "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refuses_what_is_not_what_it_seems(data: bytes, code: str) -> None:
    with pytest.raises(NotTaken) as raised:
        sniff(data)
    assert raised.value.code == code
    assert "ho so.pdf" in raised.value.sentence("ho so.pdf")


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_a_cut_file_never_passes_and_never_breaks(cut: int) -> None:
    for whole in (PDF, png(), jpg(), archive(DOCX)):
        if cut < len(whole) - 8:
            with pytest.raises(NotTaken):
                sniff(whole[:cut])


@pytest.mark.parametrize(
    ("name", "extension", "cleaned"),
    [
        ("hóa đơn.pdf", "pdf", "hóa đơn.pdf"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\Users\\mau\\anh.JPEG", "jpg", "anh.JPEG"),
        ("phieu\u202efdp.exe", "pdf", "phieufdp.pdf"),
        ("virus.exe", "jpg", "virus.jpg"),
        ("hoa-don.20.08.2020.pdf", "pdf", "hoa-don.20.08.2020.pdf"),
        (".htaccess", "pdf", "htaccess.pdf"),
        ("con.pdf", "pdf", "_con.pdf"),
        ("a\x00b\r\nc.pdf", "pdf", "abc.pdf"),
        ('<img src=x onerror="1">.png', "png", "_img src=x onerror=_1__.png"),
        ("", "pdf", "tep.pdf"),
        ("/", "pdf", "tep.pdf"),
        ("...", "pdf", "tep.pdf"),
        ("a" * 500 + ".pdf", "pdf", "a" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned(name: str, extension: str, cleaned: str) -> None:
    assert clean(name, extension) == cleaned


def test_taken_files_lie_in_the_store(settings: Any, tmp_path: Path) -> None:
    settings.STORE = tmp_path
    taken = take(PDF, "../phieu.exe", FIELD)
    assert store.get(taken.digest) == PDF
    assert (taken.name, taken.kind, taken.size, taken.scanned) == ("phieu.pdf", "application/pdf", len(PDF), False)


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (b"", {}, "file_empty"),
        (PDF, {"types": ["jpg"]}, "file_kind"),
        (b"MZ", {}, "file_content"),
        (PDF + b" " * 2**20, {"megabytes": 1}, "file_large"),
    ],
)
def test_a_refused_file_leaves_nothing(
    settings: Any, tmp_path: Path, data: bytes, limits: dict[str, Any], code: str
) -> None:
    settings.STORE = tmp_path
    with pytest.raises(Refused) as raised:
        take(data, "phieu.pdf", Field("paper", "document", {"vi": "Giấy", "en": "Paper"}, "p", limits=limits))
    assert raised.value.code == code
    assert "phieu.pdf" in raised.value.sentence
    assert not list(tmp_path.rglob("*"))


@pytest.fixture
def clamd(settings: Any) -> Iterator[Callable[[bytes], list[bytes]]]:
    """A scanner that keeps what it was sent and answers what the test says."""
    server = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD = f"127.0.0.1:{server.getsockname()[1]}"
    got: list[bytes] = []
    threads: list[threading.Thread] = []

    def answers(reply: bytes) -> list[bytes]:
        def serve() -> None:
            connection, _address = server.accept()
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                while size := struct.unpack("!I", stream.read(4))[0]:
                    got.append(stream.read(size))
                connection.sendall(reply)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return got

    yield answers
    for thread in threads:
        thread.join(5)
    server.close()


@pytest.mark.parametrize(
    ("reply", "state", "found"),
    [
        (b"stream: OK\0", State.CLEAN, ""),
        (b"stream: Eicar-Test-Signature FOUND\0", State.INFECTED, "Eicar-Test-Signature"),
        (b"INSTREAM size limit exceeded. ERROR\0", State.UNREACHABLE, "INSTREAM size limit exceeded. ERROR"),
        (b"", State.UNREACHABLE, ""),
        (b"OK\0", State.UNREACHABLE, "OK"),
    ],
)
def test_asks_clamd(clamd: Callable[[bytes], list[bytes]], reply: bytes, state: State, found: str) -> None:
    data = bytes(range(256)) * 600
    got = clamd(reply)
    verdict = scan(data)
    assert (verdict.state, verdict.found) == (state, found)
    assert b"".join(got) == data


def test_infected_is_refused_and_a_dead_scanner_too(
    clamd: Callable[[bytes], list[bytes]], settings: Any, tmp_path: Path
) -> None:
    settings.STORE = tmp_path
    clamd(b"stream: Eicar FOUND\0")
    with pytest.raises(Refused, match="Eicar"):
        take(PDF, "a.pdf", FIELD)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        settings.CLAMD = f"127.0.0.1:{gone.getsockname()[1]}"
    with pytest.raises(Refused) as raised:
        take(PDF, "a.pdf", FIELD)
    assert raised.value.code == "file_unreachable"
    assert not list(tmp_path.rglob("*"))


def test_without_a_scanner_it_says_so() -> None:
    assert scan(PDF).state is State.NOT_SCANNED
    assert "chưa được quét" in scan(PDF).sentence("a.pdf")
