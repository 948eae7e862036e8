"""What the tests of filling in share: the fee's service as a version, a person, answers for each page."""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.test import Client

from dienhong.dossiers.forms import Form
from dienhong.dossiers.models import Draft, Service, ServiceVersion
from dienhong.organizations.models import Person

SERVICE = "vehicle_registration_fee"
FOLDER = Path(__file__).resolve().parents[2] / "services" / SERVICE
BASE = f"/portal/apply/{SERVICE}"
SLIP = {
    "status": "free", "vehicle_kind": "Ô tô con", "brand": "Toyota", "trade_name": "Vios E (CVT)",
    "model_code": "NSP151L-BEXGKU", "displacement_cm3": 1496, "fuel": "Xăng", "seats": 5, "payload_kg": None,
    "engine_no": "MAU2NR0000002", "year_made": 2020, "country": "Việt Nam", "colour": "Trắng", "origin": "domestic",
    "plant": "Vĩnh Phúc",
}  # fmt: skip
INVOICE = {
    "status": "valid", "total": 540000000, "issued_on": "2020-08-18", "seller_name": "Đại lý ô tô Mẫu Hà Nội",
    "seller_address": "Số 2 đường Mẫu, Hà Nội",
}  # fmt: skip
ANSWERS: dict[str, dict[str, str]] = {
    "taxpayer": {"taxpayer_name": "Nguyễn Văn Mẫu", "identity_number": "001085000001", "tax_code": ""},
    "contact": {
        "address": "Số 1 đường Mẫu", "address_district": "Phường Hàng Bài, Quận Hoàn Kiếm", "address_province": "01",
        "phone": "0912 345 678", "email": "",
    },
    "agent": {"by_agent": "no"},
    "registration": {"province_code": "01", "condition": "new"},
    "slip": {"slip_no": "MAU-2020-0002", "chassis_no": "MAUTYVXE000000002"},
    "vehicle": {},
    "invoice": {
        "seller_tax_code": "0100109106", "invoice_form": "01GTKT0/001", "invoice_symbol": "MA/20E",
        "invoice_number": "0000002",
    },
    "price": {},
    "owners": {"shared": "no"},
    "exempt": {"asks_exemption": "no"},
    "papers": {},
}  # fmt: skip


@dataclass
class Registers:
    """Answers what the test says; keeps what it was asked."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, register: str, question: dict[str, Any], **about: Any) -> Any:
        self.asked.append((register, dict(question)))
        return self.answers[register]


@dataclass
class Answer:
    state: str
    data: dict[str, Any] = field(default_factory=dict)
    message_id: str = "m-1"
    mismatch: tuple[str, ...] = ()


def registers() -> Registers:
    return Registers({"vehicle_register": Answer("found", SLIP), "tax_invoices": Answer("found", INVOICE)})


def version() -> ServiceVersion:
    service = Service.objects.create(code=SERVICE, procedure="1.007700")
    sheet = yaml.safe_load((FOLDER / "service.yaml").read_text(encoding="utf-8"))
    return ServiceVersion.objects.create(
        service=service, number=1, digest="a" * 64, sheet=sheet, form=Form.load(FOLDER).json(), process={}, drawing=""
    )


def person(name: str = "mau-nguoi-dan") -> Person:
    return Person.objects.create(username=name, display_name="Nguyễn Văn Mẫu")


def client(who: Person, **how: Any) -> Client:
    made = Client(**how)
    made.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return made


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def begin(me: Client) -> Draft:
    answer = me.post(f"{BASE}/start")
    assert answer.status_code == 302, answer.content.decode()[:500]
    return Draft.objects.latest("pk")
