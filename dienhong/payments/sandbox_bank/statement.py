"""The bank's statement of one account and day as ISO 20022 camt.053.001.08."""

import datetime as dt
import sqlite3
from collections.abc import Sequence
from typing import Any

from lxml import etree

SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def write(account: str, day: dt.date, opening: int, movements: Sequence[sqlite3.Row]) -> bytes:
    """`opening`: balance before the day, in đồng."""
    root = etree.Element(f"{{{SPACE}}}Document", nsmap={None: SPACE})  # type: ignore[dict-item]
    message = _add(root, "BkToCstmrStmt")
    name = f"{account}-{day:%Y%m%d}-{len(movements)}"
    made = f"{day.isoformat()}T23:59:59+07:00"
    head = _add(message, "GrpHdr")
    _add(head, "MsgId", name[:35])
    _add(head, "CreDtTm", made)
    stmt = _add(message, "Stmt")
    _add(stmt, "Id", name[:35])
    _add(stmt, "CreDtTm", made)
    span = _add(stmt, "FrToDt")
    _add(span, "FrDtTm", f"{day.isoformat()}T00:00:00+07:00")
    _add(span, "ToDtTm", made)
    _add(_add(_add(_add(stmt, "Acct"), "Id"), "Othr"), "Id", account)
    moved = sum(_signed(row, account) for row in movements)
    _balance(stmt, "OPBD", opening, day)
    _balance(stmt, "CLBD", opening + moved, day)
    for row in movements:
        _entry(stmt, row, account)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _signed(row: sqlite3.Row, account: str) -> int:
    return int(row["amount"]) if row["payee"] == account else -int(row["amount"])


def _balance(stmt: Any, kind: str, amount: int, day: dt.date) -> None:
    balance = _add(stmt, "Bal")
    _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", kind)
    _money(balance, amount)
    _add(_add(balance, "Dt"), "Dt", day.isoformat())


def _entry(stmt: Any, row: sqlite3.Row, account: str) -> None:
    entry = _add(stmt, "Ntry")
    _money(entry, _signed(row, account))
    _add(_add(entry, "Sts"), "Cd", "BOOK")
    _add(_add(entry, "BookgDt"), "Dt", row["booking_date"])
    _add(_add(entry, "ValDt"), "Dt", row["value_date"])
    _add(entry, "AcctSvcrRef", row["ref"])
    _add(_add(_add(entry, "BkTxCd"), "Prtry"), "Cd", "TRANSFER")
    details = _add(_add(entry, "NtryDtls"), "TxDtls")
    _add(_add(details, "Refs"), "EndToEndId", (row["end_to_end"] or "NOTPROVIDED")[:35])
    text = row["content"]
    remittance = _add(details, "RmtInf")
    for start in range(0, max(len(text), 1), 140):
        _add(remittance, "Ustrd", text[start : start + 140] or " ")


def _money(parent: Any, amount: int) -> None:
    _add(parent, "Amt", str(abs(amount))).set("Ccy", "VND")
    _add(parent, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")


def _add(parent: Any, name: str, text: str = "") -> Any:
    made = etree.SubElement(parent, f"{{{SPACE}}}{name}")
    made.text = text or None
    return made
