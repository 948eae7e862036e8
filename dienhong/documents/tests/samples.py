"""Data for one paper of each kind, and a short way to give one."""

import datetime as dt
from typing import Any

from dienhong.base.clock import HANOI
from dienhong.documents import actions
from dienhong.documents.models import Issued
from dienhong.organizations.models import Unit

WHO = {
    "name": "Nguyễn Văn Mẫu",
    "address": "Số 1 phố Mẫu, phường Mẫu, Hà Nội",
    "phone": "0900 000 000",
    "email": "mau@example.vn",
    "number": "001000000000",
}
BOTH: dict[str, Any] = {
    "dossier_code": "000.00.01.H26-200820-0001",
    "applicant": WHO,
    "procedure": "Khai lệ phí trước bạ đối với xe ô tô",
}
MONEY: dict[str, Any] = {
    "payer": WHO,
    "bill_code": "DH0000017",
    "lines": [{"label": "Lệ phí trước bạ", "amount": 48_000_000, "law": "Nghị định 140/2016/NĐ-CP"}],
    "total": 48_000_000,
    "law": ["Nghị định 140/2016/NĐ-CP", "Nghị định 70/2020/NĐ-CP"],
}
AT = dt.datetime(2020, 8, 20, 9, 15, tzinfo=HANOI)

DATA: dict[str, dict[str, Any]] = {
    "receipt": {
        **BOTH,
        "papers": [{"name": "Tờ khai lệ phí trước bạ", "copies": 1}],
        "received_at": AT,
        "due_at": AT + dt.timedelta(days=1),
    },
    "supplement": {**BOTH, "items": [{"what": "Hóa đơn", "why": "Ảnh mờ"}]},
    "refusal": {**BOTH, "reason": "Ngoài thẩm quyền", "legal_basis": "Điều 3 Nghị định 140/2016/NĐ-CP"},
    "apology": {**BOTH, "due_at": AT, "reason": "Hệ thống gián đoạn", "new_due_at": AT + dt.timedelta(days=2)},
    "stop": {**BOTH, "reason": "Người nộp đề nghị dừng", "papers_returned": ["Tờ khai"]},
    "control": {**BOTH, "steps": [{"from": "Một cửa", "to": "Đội trước bạ", "at": "09:15 20/08/2020"}]},
    "result_refusal": {**BOTH, "reason": "Không đủ điều kiện", "legal_basis": "Điều 9"},
    "fee_notice": MONEY,
    "fee_receipt": {**MONEY, "paid_at": AT},
    "fee_confirmation": {**BOTH, **MONEY, "asset": [{"label": "Số khung", "value": "RLLV1AAA0LH000001"}]},
}


def give(unit: Unit, kind: str = "receipt", owner: tuple[str, object] = ("try", 1), **more: Any) -> Issued:
    data = {**DATA[kind], **more.pop("data", {})}
    return actions.issue(by="job:test", kind=kind, data=data, unit=unit, owner=owner, **more)
