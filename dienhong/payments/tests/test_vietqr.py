"""VietQR against the table of worked payloads, and the picture read by a decoder of barcodes."""

import base64
import csv
import io
from pathlib import Path

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from dienhong.payments import codes_shown
from dienhong.payments.providers.vietqr.payload import Transfer, Wrong, build, content_of, crc, parse

TABLE = Path(__file__).with_name("vietqr_examples.csv")
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
GOOD = [row for row in ROWS if row["valid"] == "true"]


def test_the_crc_is_the_one_of_the_standard() -> None:
    assert crc("123456789") == "29B1"
    assert len(ROWS) == 22
    assert len(GOOD) == 20


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row["content"] or row["bank"])
def test_read_and_written_again(row: dict[str, str]) -> None:
    read = parse(row["payload"])
    assert read.bank_bin == row["bin"]
    assert read.account == row["account"]
    assert read.service == row["service"]
    assert str(read.amount or "") == row["amount"]
    assert (read.bill_number, read.content) == (row["bill_number"], row["content"])
    assert build(read) == row["payload"][:-4] + row["payload"][-4:].upper(), "the CRC is written in capitals"


@pytest.mark.parametrize("row", [row for row in ROWS if row["valid"] == "false"], ids=lambda row: row["note"])
def test_wrong_on_purpose(row: dict[str, str]) -> None:
    with pytest.raises(Wrong, match="CRC"):
        parse(row["payload"])


@given(st.sampled_from(GOOD), st.data())
def test_no_character_can_be_changed_unseen(row: dict[str, str], data: st.DataObject) -> None:
    text = row["payload"].upper()
    place = data.draw(st.integers(0, len(text) - 9))
    other = data.draw(st.sampled_from("0123456789ABCXYZ"))
    if other != text[place]:
        with pytest.raises(Wrong):
            parse(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize(
    "transfer",
    [
        Transfer("97043", "0011001234567", 1),
        Transfer("970436", "00 11", 1),
        Transfer("970436", "0011001234567", 0),
        Transfer("970436", "0011001234567", 10**13),
        Transfer("970436", "0011001234567", 1, "A" * 26),
        Transfer("970436", "0011001234567", 1, "Phí"),
        Transfer("970436", "0011001234567", 1, service="QRPUSH"),
    ],
)
def test_what_does_not_fit_is_refused(transfer: Transfer) -> None:
    with pytest.raises(Wrong):
        build(transfer)


def _signed(text: str) -> str:
    return f"{text}6304{crc(text + '6304')}"


def test_a_true_crc_is_not_enough() -> None:
    whole = GOOD[0]["payload"][:-8]
    for bad in (
        whole.replace("010212", "010211"), whole.replace("5303704", "5303840"), whole.replace("5802VN", "5802US"),
        whole.replace("540520000", "5405020.0"), whole[:-3], whole + "540520000",
    ):  # fmt: skip
        with pytest.raises(Wrong):
            parse(_signed(bad))


def test_content_is_plain_and_short() -> None:
    assert content_of("DH0123ABCDX Lệ phí trước bạ ô tô") == "DH0123ABCDX LE PHI TRUOC"
    assert content_of("Đặt  cọc; <b>") == "DAT COC B"


@pytest.mark.parametrize("row", [GOOD[0], GOOD[11], GOOD[8]], ids=lambda row: row["note"])
def test_a_decoder_reads_the_picture(row: dict[str, str]) -> None:
    """As a phone does: the squares as grey pixels, eight to a module, into zbar."""
    pyzbar = pytest.importorskip("pyzbar.pyzbar", reason="pyzbar reads barcodes with Debian's libzbar0")
    drawn = segno.make(row["payload"], error="m", micro=False, boost_error=False)
    pixels = [[0 if dark else 255 for dark in line for _ in range(8)] for line in drawn.matrix_iter(border=4)]
    grey = bytes(value for line in pixels for _ in range(8) for value in line)
    [found] = pyzbar.decode((grey, len(pixels[0]), len(pixels) * 8))
    assert found.data.decode() == row["payload"]


def test_the_image_to_keep_is_the_same_code() -> None:
    """Who pays on the phone that shows the code cannot point its camera at it: the app reads a kept image."""
    image_of = pytest.importorskip("PIL.Image")
    pyzbar = pytest.importorskip("pyzbar.pyzbar", reason="pyzbar reads barcodes with Debian's libzbar0")
    kind, _, data = codes_shown.image(GOOD[0]["payload"]).partition(",")
    assert kind == "data:image/png;base64"
    [found] = pyzbar.decode(image_of.open(io.BytesIO(base64.b64decode(data))).convert("L"))
    assert found.data.decode() == GOOD[0]["payload"]


def test_the_picture_has_no_style_and_the_same_squares() -> None:
    """The SVG on the page is the code that the decoder reads above: one path, drawn line by line."""
    text = GOOD[0]["payload"]
    svg = codes_shown.picture(text)
    assert "style=" not in svg
    assert 'class="qr"' in svg
    size = len(list(segno.make(text, error="m", micro=False, boost_error=False).matrix_iter(border=4)))
    assert f'viewBox="0 0 {size} {size}"' in svg
    assert size <= 57, "at 312 px of picture on a phone of 360 px a module has 5 px"
