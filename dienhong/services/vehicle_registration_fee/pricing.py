"""Which price the fee is computed on, and why: citizen and officer both dispute exactly this (NĐ 140/2016 Đ6)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dienhong.rules.law import Law
from dienhong.rules.law.faults import Said, Undecided
from dienhong.rules.law.words import amount
from dienhong.services.vehicle_registration_fee.facts import missing, wrong
from dienhong.services.vehicle_registration_fee.prices import PriceRow, PriceTable

CUSTOMS_PARTS = ("customs_value", "import_duty", "excise", "import_vat")
_BASES = {
    "announced": ("giá hãng công bố", "the price announced by the maker or importer"),
    "invoice": ("giá trên hóa đơn", "the invoice"),
    "similar": ("giá xe cùng loại hoặc tương đương", "the price of a similar vehicle"),
    "customs": ("trị giá hải quan cộng thuế", "customs value plus taxes"),
    "cost": ("giá thành cộng thuế", "cost plus taxes"),
}


def resolve(facts: Mapping[str, Any], on: dt.date, law: Law, table: PriceTable) -> dict[str, Any]:
    """{"price": đồng, "price_path": …, "price_explanation": plain data}; FactMissing names what would settle it."""
    if facts.get("confiscated"):
        return _made("auction", _need(facts, "auction_price"), _AUCTION)
    if facts.get("used_import"):
        return _customs(facts)
    kind = "part" if facts.get("part") else str(facts.get("vehicle_type", ""))
    if law.row("price.from_market", kind, on=on) is not None:
        return _made("market", _need(facts, "invoice_price"), _MARKET)
    return _from_table(facts, on, law, table)


_AUCTION = {
    "vi": "Giá trúng đấu giá hoặc giá do cơ quan có thẩm quyền định.",
    "en": "The auction price, or the price fixed by the authority.",
}
_MARKET = {
    "vi": "Giá trên hóa đơn, gồm thuế giá trị gia tăng; loại này không có trong bảng giá.",
    "en": "The invoice price, value-added tax included; this kind is not in the price table.",
}


def _need(facts: Mapping[str, Any], key: str) -> int:
    if key not in facts:
        raise missing(key)
    return int(facts[key])


def _made(path: str, price: int, said: Said, *, row: PriceRow | None = None, **more: Any) -> dict[str, Any]:
    """`provisional`: the tax office may still decide otherwise."""
    explained = {"path": path, "price": price, "said": said, "row": row.json() if row else None, "row_id": "",
                 "provisional": False, "parts": {}, "invoice_ignored": None} | more  # fmt: skip
    if row is not None:
        explained["row_id"] = row.id
    return {"price": price, "price_path": path, "price_explanation": explained}


def _customs(facts: Mapping[str, Any]) -> dict[str, Any]:
    parts = {key: _need(facts, key) for key in CUSTOMS_PARTS}
    terms = [" + ".join(amount(part, language) for part in parts.values()) for language in ("vi", "en")]
    said = {"vi": f"Trị giá hải quan cộng các thuế: {terms[0]}.", "en": f"Customs value plus taxes: {terms[1]}."}
    return _made("customs", sum(parts.values()), said, parts=parts)


def _from_table(facts: Mapping[str, Any], on: dt.date, law: Law, table: PriceTable) -> dict[str, Any]:
    if "table_price" in facts:
        said = {"vi": "Bảng giá của Bộ Tài chính, theo cơ quan thuế trả lời.",
                "en": "The price table of the Ministry of Finance, as the tax office answered."}  # fmt: skip
        return _by_rule(facts, on, law, int(facts["table_price"]), said, None)
    row = _row(facts, on, table)
    if row is not None:
        said = {"vi": "Bảng giá của Bộ Tài chính, đúng kiểu xe.",
                "en": "The price table of the Ministry of Finance, this very model."}  # fmt: skip
        if row.decision.illustrative:
            said = {"vi": "Bảng giá minh họa, đúng kiểu xe; không phải bảng giá của Bộ Tài chính.",
                    "en": "An illustrative price table, this very model; not the Ministry of Finance's."}  # fmt: skip
        return _by_rule(facts, on, law, row.price, said, row)
    return _absent(facts, on, table)


def _row(facts: Mapping[str, Any], on: dt.date, table: PriceTable) -> PriceRow | None:
    """The row chosen, or the only one that fits; Undecided lists the candidates where several do."""
    if "table_row" in facts:
        row = table.row(facts["table_row"], on)
        if row is None:
            raise wrong("table_row", f"Dòng {facts['table_row']} không có trong bảng giá ngày {on:%d/%m/%Y}.",
                        f"Row {facts['table_row']} is not in the price table of {on:%d/%m/%Y}.")  # fmt: skip
        return row
    found = table.find(facts, on)
    if found.answer == "several":
        shown = {lang: "; ".join(f"{r.id} {r.model} {r.model_code} {amount(r.price, lang)}" for r in found.rows)
                 for lang in ("vi", "en")}  # fmt: skip
        raise Undecided("several_rows", {
            "vi": f"Bảng giá có nhiều dòng khớp xe này, cơ quan thuế chọn dòng đúng: {shown['vi']}.",
            "en": f"Several rows of the price table match, the tax office picks the right one: {shown['en']}.",
        }, fact="table_row", choices=[row.id for row in found.rows])  # fmt: skip
    return found.rows[0] if found.rows else None


def _by_rule(
    facts: Mapping[str, Any], on: dt.date, law: Law, price: int, said: Said, row: PriceRow | None
) -> dict[str, Any]:
    """The table's price whatever the invoice says; under the older rule of the day, the higher of the two."""
    basis = law.row("price.basis.table", on=on)
    invoice = facts.get("invoice_price")
    row_id = str(facts.get("table_row", ""))
    if basis is not None and basis.value == "higher" and facts.get("condition") == "new":
        higher = max(price, _need(facts, "invoice_price"))
        if higher != price:
            vi, en = _table(row)
            said = {"vi": f"Giá trên hóa đơn, vì cao hơn {vi}.",
                    "en": f"The invoice price, because it is above the {en}."}  # fmt: skip
        return _made("table", higher, said, row=row, **({} if row else {"row_id": row_id}))
    ignored = {"invoice_ignored": invoice} if invoice is not None and invoice != price else {}
    return _made("table", price, said, row=row, **ignored, **({} if row else {"row_id": row_id}))


def _table(row: PriceRow | None) -> tuple[str, str]:
    if row is not None and row.decision.illustrative:
        return "bảng giá minh họa", "illustrative price table"
    return "bảng giá", "price table"


def _absent(facts: Mapping[str, Any], on: dt.date, table: PriceTable) -> dict[str, Any]:
    if facts.get("condition") == "used" and "equivalent_row" in facts:
        row = table.row(facts["equivalent_row"], on)
        if row is None:
            raise wrong("equivalent_row", f"Dòng {facts['equivalent_row']} không có trong bảng giá.",
                        f"Row {facts['equivalent_row']} is not in the price table.")  # fmt: skip
        vi, en = _table(row)
        said = {"vi": f"Kiểu xe không có trong {vi}, lấy kiểu tương đương: {row.brand} {row.model}.",
                "en": f"Not in the {en}; an equivalent model counts: {row.brand} {row.model}."}  # fmt: skip
        return _made("equivalent", row.price, said, row=row)
    if "tax_office_price" in facts:
        vi, en = _BASES[facts.get("tax_office_basis", "similar")]
        said = {"vi": f"Kiểu xe chưa có trong bảng giá; cơ quan thuế quyết định theo {vi}.",
                "en": f"The model is not in the price table yet; the tax office decided by {en}."}  # fmt: skip
        return _made("tax_office", int(facts["tax_office_price"]), said)
    if not facts.get("brand") or not facts.get("model"):
        raise missing("model" if facts.get("brand") else "brand")
    fact = "equivalent_row" if facts.get("condition") == "used" else "tax_office_price"
    raise _not_in_table(facts, table.near(facts, on), fact)


def _not_in_table(facts: Mapping[str, Any], near: tuple[PriceRow, ...], fact: str) -> Undecided:
    """The tax office decides; rows that are written almost so are offered to it, never taken."""
    name = f"{facts['brand']} {facts['model']}"
    said = {
        "vi": f"Bảng giá chưa có {name}; cơ quan thuế sẽ quyết định giá.",
        "en": f"{name} is not in the price table; the tax office decides the price.",
    }
    if not near:
        return Undecided("not_in_table", said, fact=fact)
    said = {
        "vi": f"Bảng giá không có dòng ghi đúng {name}; cơ quan thuế xem các dòng gần giống, hoặc quyết định giá.",
        "en": f"No row of the price table says {name}; the tax office looks at rows that are almost the same, "
        "or decides the price.",
    }
    choose = fact if fact == "equivalent_row" else "table_row"
    return Undecided("near_rows", said, fact=choose, choices=[row.id for row in near])
