"""The national payment platform: INIT, signed redirect and server notice, query by reference, refund.

Field names are those of published client code (state of 2022 to 2025). Refund over the wire is ours (unconfirmed).
"""

import datetime as dt
import json
from typing import Any

from dienhong.base import clock
from dienhong.payments import conf
from dienhong.payments.providers import transport
from dienhong.payments.providers.contract import (
    Answer,
    Forged,
    Heard,
    Label,
    Order,
    Raw,
    Refunded,
    RefundOrder,
    Said,
    Unreachable,
    Unreadable,
)
from dienhong.payments.providers.gateway import wire
from dienhong.payments.states import AttemptStep

STEPS = {wire.PAID: AttemptStep.CAPTURED, wire.PENDING: AttemptStep.PENDING, wire.FAILED: AttemptStep.FAILED}
NAME_LENGTH = 250  # names of procedures are cut there by the platform


class Gateway:
    name = "gateway"
    label = Label("Cổng thanh toán: thẻ, tài khoản ngân hàng, ví", "Payment platform: card, bank account, wallet")
    redirects = True

    def begin(self, order: Order) -> str:
        line = conf.gateway()
        fields = {
            "LoaiBanTin": "INIT", "PhienBan": wire.VERSION, "MaDoiTac": line.partner, "MaThamChieu": order.reference,
            "SoTien": str(order.amount), "LoaiHinhThanhToan": "PAY", "MaKenhThanhToan": "1", "MaThietBi": "1",
            "NgonNgu": "vi-VN", "MaTienTe": "VND", "MaNganHang": "PAYMENT", "ThongTinGiaoDich": order.content,
            "ThoiGianGD": wire.written(order.at), "Ip": order.caller,
        }  # fmt: skip
        body: dict[str, Any] = wire.signed(fields, wire.INIT, line.secret)
        body["ThongTinBienLai"] = _receipt_data(order)
        body["UrlTraVe"] = order.return_to
        said = transport.post_json(f"{line.address}/gateway/init", body)
        try:
            if str(said["error_code"]) != "0":
                raise Unreachable(f"the platform refused: {said.get('message', '')}"[:300])
            address = str(json.loads(said["message"])["UrlThanhToan"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unreachable("the platform's answer names no address") from error
        if not address.startswith(("http://", "https://")):
            raise Unreachable("the platform's answer names no address of the web")
        return address

    def read(self, raw: Raw) -> list[Said]:
        fields = _object(raw.text)
        line = conf.gateway()
        if not wire.genuine(fields, wire.CONFIRMATION, line.secret):
            raise Forged("MaXacThuc is not the hash of the fields")
        if fields.get("MaDoiTac") != line.partner or fields.get("MaTienTe") != "VND":
            raise Unreadable("another partner or another currency")
        try:
            amount = int(fields["SoTien"])
            paid_at = wire.moment(fields["ThoiGianGD"], clock.business_now())
            reference = fields["MaThamChieu"]
        except (KeyError, ValueError) as error:
            raise Unreadable(f"{error}") from error
        good = fields.get("MaLoi") == wire.GOOD
        # A query's answer says its own state; a notice says it by its error code alone.
        step = STEPS.get(fields.get("TrangThaiGD", wire.PAID if good else wire.FAILED), AttemptStep.PENDING)
        if step == AttemptStep.CAPTURED and (not good or amount <= 0):
            raise Unreadable("paid, with an error code or no amount")
        return [
            Said(
                step, reference, reference, fields.get("MaGiaoDich", ""), amount, "",
                fields.get("ThongTinGiaoDich", ""), paid_at, reason="" if good else f"MaLoi {fields.get('MaLoi')}",
            )
        ]  # fmt: skip

    def answer(self, heard: Heard) -> Answer:
        refused = heard.said in {"forged", "unreadable"}
        body = json.dumps({"error_code": "97" if refused else "0", "message": heard.said})
        return Answer(400 if refused else 200, body)

    def ask(self, reference: str, at: dt.datetime) -> Raw | None:
        line = conf.gateway()
        said = transport.post_json(f"{line.address}/gateway/query", self._query("QUERY", reference, at))
        return Raw(json.dumps(said, ensure_ascii=False, sort_keys=True))

    def receipt(self, reference: str, at: dt.datetime) -> bytes:
        """The platform's own receipt (biên lai) as PDF. Raises Unreachable."""
        said = transport.post(f"{conf.gateway().address}/gateway/receipt", self._query("RECEIPT", reference, at))
        if not said.startswith(b"%PDF-"):
            raise Unreachable("the platform's receipt is no PDF")
        return said

    def refund(self, order: RefundOrder) -> Refunded:
        line = conf.gateway()
        fields = {
            "LoaiBanTin": "REFUND", "PhienBan": wire.VERSION, "MaDoiTac": line.partner, "MaThamChieu": order.reference,
            "ThoiGianGD": wire.written(order.at), "MaGiaoDich": order.capture_ref, "SoTien": str(order.amount),
        }  # fmt: skip
        said = transport.post_json(f"{line.address}/gateway/refund", wire.signed(fields, wire.REFUND, line.secret))
        done = {wire.PAID: True, wire.FAILED: False}.get(str(said.get("TrangThaiGD")))
        return Refunded(done, str(said.get("MaGiaoDich", ""))[:80], str(said.get("LyDo", ""))[:300])

    @staticmethod
    def _query(kind: str, reference: str, at: dt.datetime) -> dict[str, str]:
        line = conf.gateway()
        fields = {
            "LoaiBanTin": kind, "PhienBan": wire.VERSION, "MaDoiTac": line.partner, "MaThamChieu": reference,
            "ThoiGianGD": wire.written(at),
        }  # fmt: skip
        return wire.signed(fields, wire.QUERY, line.secret)


def _receipt_data(order: Order) -> dict[str, Any]:
    """ThongTinBienLai: unit, beneficiary, payer and the items one by one; their sum is the amount."""
    return {
        "MaDichVu": "2", "TenTTHC": order.procedure[:NAME_LENGTH], "TenDonVi": order.unit_name,
        "MaHoSo": order.reference, "TKThuHuong": order.account_number, "MaNHThuHuong": order.bank_bin,
        "TenTKThuHuong": order.account_holder, "NoiDungThanhToan": order.content, "HoTenNguoiNop": order.payer_name,
        "DSKhoanNop": [{"NoiDung": f"{each.code} {each.name}", "SoTien": str(each.amount)} for each in order.shares],
    }  # fmt: skip


def _object(text: str) -> dict[str, str]:
    try:
        said = json.loads(text)
    except ValueError as error:
        raise Unreadable("not JSON") from error
    if not isinstance(said, dict):
        raise Unreadable("not a JSON object")
    return {str(name): str(value) for name, value in said.items()}


PROVIDER = Gateway()
