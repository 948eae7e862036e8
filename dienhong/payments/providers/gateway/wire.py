"""The messages of the payment platform: field names, orders of signing, time. Plain Python.

A signature is SHA-256 over the fields joined by | with the secret last: a plain hash, not an HMAC. It is spoken for
compatibility and compared in constant time; the query by reference stands beside it.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
VERSION = "1.0.6"
INIT = (
    "LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan", "MaThietBi",
    "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip",
)  # fmt: skip
CONFIRMATION = (
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang", "ThoiGianGD",
    "ThongTinGiaoDich",
)  # fmt: skip
QUERY = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")
REFUND = (*QUERY, "MaGiaoDich", "SoTien")
PAID, PENDING, FAILED = "1", "3", "4"
GOOD = "00"
TIME = "%Y%m%d%H%M%S"


def sign(fields: Mapping[str, str], order: Sequence[str], secret: str) -> str:
    text = "|".join([*(str(fields.get(name, "")) for name in order), secret])
    return hashlib.sha256(text.encode()).hexdigest()


def signed(fields: Mapping[str, str], order: Sequence[str], secret: str) -> dict[str, str]:
    return {**fields, "MaXacThuc": sign(fields, order, secret)}


def genuine(fields: Mapping[str, str], order: Sequence[str], secret: str) -> bool:
    """Whether MaXacThuc is what the secret gives; either case of the hex digits."""
    given = str(fields.get("MaXacThuc", "")).lower().encode("utf-8", "replace")
    return hmac.compare_digest(given, sign(fields, order, secret).encode())


def written(moment: dt.datetime) -> str:
    """Hanoi time with 24 hours."""
    return moment.astimezone(HANOI).strftime(TIME)


def moment(text: str, near: dt.datetime) -> dt.datetime:
    """The time a message names. Some clients write the hour from 01 to 12 with no word for noon: of the readings that
    are possible the one nearest to `near` is taken. ValueError for anything but fourteen digits of a real time.
    """
    if len(text) != 14 or not (text.isascii() and text.isdecimal()):
        raise ValueError(f"ThoiGianGD {text!r}: yyyyMMddHHmmss is expected")
    read = dt.datetime.strptime(text, TIME).replace(tzinfo=HANOI)
    half = dt.timedelta(hours=12)
    readings = [read]
    if read.hour < 12:
        readings.append(read + half)
    elif read.hour == 12:
        readings.append(read - half)
    return min(readings, key=lambda each: abs(each - near))
