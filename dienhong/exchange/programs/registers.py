"""`python -m dienhong.exchange.programs.registers`: three registers that answer, on this machine.

The Vietnam Register's slips, the tax authority's e-invoices and the population database, with plainly invented
vehicles and people (data/registers.json). What it answers goes by the data; `POST /faults` makes it fail.
"""

import json
import unicodedata
from pathlib import Path
from typing import Any

from dienhong.exchange.envelope import Envelope
from dienhong.exchange.programs.service import Answer, Program, arguments, serve

DATA = Path(__file__).resolve().parent / "data" / "registers.json"
Row = dict[str, Any]


class Registers:
    def __init__(self, data: dict[str, list[Row]]) -> None:
        self.slips = {row["slip_no"]: row for row in data["slips"]}
        self.invoices = {_invoice_key(row): row for row in data["invoices"]}
        self.people = {row["identity_no"]: row for row in data["people"]}

    def slip(self, asked: Envelope) -> Answer:
        """Slip by number; the chassis must be its own. The slip of another chassis is not shown."""
        return _compare("SlipData", self.slips.get(asked.content.get("slip_no", "")), asked.content)

    def invoice(self, asked: Envelope) -> Answer:
        row = self.invoices.get(_invoice_key(asked.content))
        return _compare("InvoiceData", row, asked.content, good_for_s=600)

    def person(self, asked: Envelope) -> Answer:
        return _compare("PersonData", self.people.get(asked.content.get("identity_no", "")), asked.content)


def _invoice_key(row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(name, "")) for name in ("seller_tax_code", "form_no", "symbol", "number"))


def _compare(kind: str, row: Row | None, asked: Row, good_for_s: int = 0) -> Answer:
    if row is None:
        return Answer(kind, {"verdict": "missing"})
    data = {name: value for name, value in row.items() if name != "fault"}
    differ = [name for name, value in asked.items() if name in row and _folded(row[name]) != _folded(value)]
    if differ:
        return Answer(kind, {"verdict": "mismatch", "mismatch": sorted(differ)}, fault=row.get("fault", ""))
    content: Row = {"verdict": "found", "data": data}
    if good_for_s:
        content["good_for_s"] = good_for_s
    return Answer(kind, content, fault=row.get("fault", ""))


def _folded(value: object) -> str:
    """Letters large or small are the same here; tones are not."""
    return unicodedata.normalize("NFC", str(value)).casefold()


def program(home: Path, trust: Path, data: Path = DATA) -> Program:
    registers = Registers(json.loads(data.read_text(encoding="utf-8")))
    handlers = {
        ("vehicle_register", "SlipQuery"): registers.slip,
        ("tax_invoices", "InvoiceQuery"): registers.invoice,
        ("population", "PersonQuery"): registers.person,
    }
    return Program("registers", home, trust, handlers=dict(handlers))


if __name__ == "__main__":
    said = arguments("registers")
    serve(program(said.home, said.trust), said.port)
