"""Reading a bank statement: ISO 20022 camt.053 of any version, booked entries of accounts in đồng. Plain Python.

What cannot be read whole is refused whole, with the line of the file: half a statement would invent differences.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

SPACE = re.compile(r"^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d$")
LARGEST = 20_000_000


class Unreadable(ValueError):
    """Not a statement we can take; the sentence, in Vietnamese and English, names the line and what was expected."""

    def __init__(self, vi: str, en: str, element: Any = None) -> None:
        line = getattr(element, "sourceline", None)
        self.vi = f"dòng {line}: {vi}" if line else vi
        self.en = f"line {line}: {en}" if line else en
        super().__init__(self.en)


@dataclass(frozen=True, slots=True)
class Entry:
    entry_ref: str
    credit: bool
    amount: int
    booking_date: dt.date
    value_date: dt.date
    remittance: str
    end_to_end: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One account. `day`: the last day it covers. Balances in đồng."""

    statement_id: str
    account: str
    day: dt.date
    opening: int
    closing: int
    entries: tuple[Entry, ...]


def read(data: bytes) -> list[Statement]:
    """The statements of a file. Raises Unreadable."""
    root = _root(data)
    space = {"c": etree.QName(root).namespace or ""}
    found = [_statement(each, space) for each in root.iterfind("c:BkToCstmrStmt/c:Stmt", space)]
    if not found:
        raise Unreadable("tệp không có sao kê nào (Stmt)", "the file holds no statement (Stmt)")
    return found


def _root(data: bytes) -> Any:
    if len(data) > LARGEST:
        raise Unreadable(f"tệp lớn hơn {LARGEST} byte", f"the file is larger than {LARGEST} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"tệp không phải XML: {error}", f"not XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("sao kê không được có DOCTYPE", "a DOCTYPE has no place in a bank statement")
    if not SPACE.match(etree.QName(root).namespace or ""):
        raise Unreadable("tệp không thuộc loại camt.053", "the file is not of the kind camt.053")
    return root


def _statement(stmt: Any, space: dict[str, str]) -> Statement:
    balances = {
        _text(each, "c:Tp/c:CdOrPrtry/c:Cd", space): _signed(each, space) for each in stmt.iterfind("c:Bal", space)
    }
    if not {"OPBD", "CLBD"} <= set(balances):
        raise Unreadable(
            "cần có số dư đầu (OPBD) và số dư cuối (CLBD)",
            "opening (OPBD) and closing balance (CLBD) are expected",
            stmt,
        )
    account = _text(stmt, "c:Acct/c:Id/c:Othr/c:Id", space) or _text(stmt, "c:Acct/c:Id/c:IBAN", space)
    until = _text(stmt, "c:FrToDt/c:ToDtTm", space) or _text(stmt, "c:CreDtTm", space)
    entries = tuple(
        _entry(each, space)
        for each in stmt.iterfind("c:Ntry", space)
        if _text(each, "c:Sts/c:Cd", space) in {"BOOK", ""} and _text(each, "c:Sts", space) in {"BOOK", ""}
    )
    made = Statement(
        _needed(stmt, "c:Id", space), account, _day(stmt, until), balances["OPBD"], balances["CLBD"], entries
    )
    moved = sum(each.amount if each.credit else -each.amount for each in entries)
    if not account or made.opening + moved != made.closing:
        raise Unreadable(
            f"số dư đầu {made.opening} cộng các dòng {moved} là {made.opening + moved}, "
            f"số dư cuối lại ghi {made.closing}",
            f"opening {made.opening} and the entries {moved} give {made.opening + moved}, "
            f"the closing balance says {made.closing}",
            stmt,
        )
    return made


def _entry(entry: Any, space: dict[str, str]) -> Entry:
    amount = _signed(entry, space)
    details = "c:NtryDtls/c:TxDtls/"
    lines = [each.text or "" for each in entry.iterfind(f"{details}c:RmtInf/c:Ustrd", space)]
    remittance = "".join(lines) or _text(entry, "c:AddtlNtryInf", space)
    end_to_end = _text(entry, f"{details}c:Refs/c:EndToEndId", space)
    booked = _day(entry, _text(entry, "c:BookgDt/c:Dt", space) or _text(entry, "c:BookgDt/c:DtTm", space))
    valued = _text(entry, "c:ValDt/c:Dt", space) or _text(entry, "c:ValDt/c:DtTm", space)
    return Entry(
        _needed(entry, "c:AcctSvcrRef", space)[:80], amount >= 0, abs(amount), booked,
        _day(entry, valued) if valued else booked, remittance[:560],
        "" if end_to_end == "NOTPROVIDED" else end_to_end[:80],
    )  # fmt: skip


def _signed(element: Any, space: dict[str, str]) -> int:
    amount = element.find("c:Amt", space)
    if amount is None or amount.get("Ccy") != "VND":
        raise Unreadable("cần số tiền (Amt) bằng VND (đồng)", "an amount (Amt) in VND is expected", element)
    try:
        value = Decimal(amount.text or "")
    except InvalidOperation as error:
        raise Unreadable(f"{amount.text!r} không phải số tiền", f"{amount.text!r} is no amount", amount) from error
    if not value.is_finite() or value != value.to_integral_value() or value < 0:
        raise Unreadable(
            f"{amount.text!r} không phải số đồng nguyên", f"{amount.text!r} is no whole number of VND", amount
        )
    sign = {"CRDT": 1, "DBIT": -1}.get(_text(element, "c:CdtDbtInd", space))
    if sign is None:
        raise Unreadable("cần CRDT hoặc DBIT", "CRDT or DBIT is expected", element)
    return sign * int(value)


def _day(element: Any, text: str) -> dt.date:
    """Of a date, or of a moment: a moment with a zone keeps the day written there, which is the bank's."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError as error:
        raise Unreadable(f"{text!r} không phải ngày", f"{text!r} is no date", element) from error


def _needed(element: Any, path: str, space: dict[str, str]) -> str:
    text = _text(element, path, space)
    if not text:
        raise Unreadable(f"thiếu {path.replace('c:', '')}", f"{path.replace('c:', '')} is missing", element)
    return text


def _text(element: Any, path: str, space: dict[str, str]) -> str:
    found = element.find(path, space)
    return "" if found is None else (found.text or "").strip()
