"""How this installation reaches its payment platform and its bank; in the demo both are the play bank."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from dienhong.payments.shared_secret import shared_secret

MINUTES_BEFORE_ASKING, DAYS_OF_ASKING = 30, 3  # one client asks for everything between these two ages
CUT_OFF_HOUR = 16  # money that comes later has the next working day as its value date
DIFFERENCE_WORKING_DAYS = 2  # Design: until when the owner of a difference answers


@dataclass(frozen=True, slots=True)
class Line:
    """One way to a bank: address, our name there, the shared secret. `address` is empty where none is named."""

    address: str
    partner: str
    secret: str


def sandbox_port() -> int:
    return int(_text("DIENHONG_SANDBOX_BANK") or settings.PORT + 1)


def sandbox_address() -> str:
    """Address of the play bank in demo mode, else empty."""
    return f"http://127.0.0.1:{sandbox_port()}" if settings.DEMO else ""


def gateway() -> Line:
    """The payment platform: DIENHONG_GATEWAY_URL, DIENHONG_GATEWAY_PARTNER, DIENHONG_GATEWAY_SECRET."""
    return _line("GATEWAY")


def bank() -> Line:
    """The bank that keeps the collecting accounts: DIENHONG_BANK_URL, DIENHONG_BANK_PARTNER, DIENHONG_BANK_SECRET."""
    return _line("BANK")


def _line(name: str) -> Line:
    address = _text(f"DIENHONG_{name}_URL") or sandbox_address()
    partner = _text(f"DIENHONG_{name}_PARTNER") or "DIENHONG"
    return Line(address.rstrip("/"), partner, _text(f"DIENHONG_{name}_SECRET") or shared_secret(Path(settings.HOME)))


def _text(name: str) -> str:
    return os.environ.get(name, "").strip()
