"""Where the programs of the demo listen, and the keys they sign with. No Django."""

import os
from pathlib import Path

from dienhong.exchange import signing

OFFSET = {"registers": 2, "police": 3}  # added to the port of the site


def port(program: str, site: int) -> int:
    """EXCHANGE_REGISTERS_PORT, EXCHANGE_POLICE_PORT, else the next ports after the site's own."""
    said = os.environ.get(f"EXCHANGE_{program.upper()}_PORT", "")
    return int(said) if said.isdecimal() else site + OFFSET[program]


def address(program: str, site: int) -> str:
    return f"http://127.0.0.1:{port(program, site)}"


def folder(home: Path, program: str) -> Path:
    """The program's own corner: its key, what it has taken."""
    return home / "partners" / program


def of(home: Path, program: str) -> signing.SigningKey:
    """The key a program signs with, made by who comes first."""
    return signing.load(folder(home, program) / "key.pem")
