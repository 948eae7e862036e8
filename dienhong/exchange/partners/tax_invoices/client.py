"""Words of the e-invoice system. Money is whole đồng."""

from collections.abc import Mapping
from typing import Any

MONEY = ("price_before_vat", "vat", "total")


def question(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    names = ("seller_tax_code", "form_no", "symbol", "number", "chassis_no", "buyer_id_or_tax_code")
    return {name: "".join(str(asked[name]).split()).upper() for name in names if asked.get(name)}


def answer(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """InvoiceData: form_no, symbol, number, issued_on, seller_tax_code, seller_name, seller_address, buyer_name,
    buyer_id_or_tax_code, goods, chassis_no, engine_no, price_before_vat, vat, total, status (valid, replaced,
    cancelled)."""
    return {key: int(value) if key in MONEY else value for key, value in content.items()}
