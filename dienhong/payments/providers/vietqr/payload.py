"""VietQR: the text inside the picture (EMVCo, merchant presented; NAPAS service A000000727). Plain Python.

Tag, length (two digits each), value; the last field is a CRC over everything before its own four characters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dienhong.base.text import fold

NAPAS = "A000000727"
TO_ACCOUNT, TO_CARD = "QRIBFTTA", "QRIBFTTC"
VND, VIETNAM = "704", "VN"
MAX_CONTENT, MAX_AMOUNT = 25, 13
STATIC, DYNAMIC = "11", "12"


class Wrong(ValueError):
    """Not a payment code a bank would accept; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """`amount` in đồng, None where the payer types it (never for a bill). `crc` as it stands in the text."""

    bank_bin: str
    account: str
    amount: int | None = None
    content: str = ""
    bill_number: str = ""
    service: str = TO_ACCOUNT


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE (polynomial 1021, start FFFF, not reflected): four capital hex digits."""
    value = 0xFFFF
    for byte in text.encode("ascii"):
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
            value &= 0xFFFF
    return f"{value:04X}"


def content_of(text: str) -> str:
    """A transfer's content: capitals without tones, only characters that every bank keeps, at most 25."""
    plain = re.sub(r"[^0-9A-Z -]", "", fold(text).upper())
    return re.sub(r"\s+", " ", plain).strip()[:MAX_CONTENT].strip()


def build(transfer: Transfer) -> str:
    """The text of the picture. Raises Wrong for what does not fit into its field."""
    _fits(transfer)
    account = _field("00", transfer.bank_bin) + _field("01", transfer.account)
    merchant = _field("00", NAPAS) + _field("01", account) + _field("02", transfer.service)
    more = (_field("01", transfer.bill_number) if transfer.bill_number else "") + (
        _field("08", transfer.content) if transfer.content else ""
    )
    text = "".join(
        (
            _field("00", "01"),
            _field("01", STATIC if transfer.amount is None else DYNAMIC),
            _field("38", merchant),
            _field("53", VND),
            "" if transfer.amount is None else _field("54", str(transfer.amount)),
            _field("58", VIETNAM),
            _field("62", more) if more else "",
            "6304",
        )
    )
    return text + crc(text)


def _fits(transfer: Transfer) -> None:
    if not re.fullmatch(r"[0-9]{6}", transfer.bank_bin):
        raise Wrong(f"bank {transfer.bank_bin!r}: six digits are expected")
    if not re.fullmatch(r"[0-9A-Z]{4,19}", transfer.account):
        raise Wrong(f"account {transfer.account!r}: 4 to 19 digits or capitals are expected")
    if transfer.amount is not None and not 0 < transfer.amount < 10**MAX_AMOUNT:
        raise Wrong(f"amount {transfer.amount}: from 1 to {MAX_AMOUNT} digits are expected")
    for name, value in (("content", transfer.content), ("bill number", transfer.bill_number)):
        if len(value) > MAX_CONTENT or not re.fullmatch(r"[0-9A-Za-z .,/:-]*", value):
            raise Wrong(f"{name} {value!r}: at most {MAX_CONTENT} characters without tones are expected")
    if transfer.service not in {TO_ACCOUNT, TO_CARD}:
        raise Wrong(f"service {transfer.service!r} is not known")


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def parse(text: str) -> Transfer:
    """What the picture says. The CRC is compared first, in either case. Raises Wrong for anything odd."""
    text = text.strip()
    if not text.isascii() or len(text) < 12 or text[-8:-4] != "6304":
        raise Wrong("the text does not end in field 63 with four characters")
    if text[-4:].upper() != crc(text[:-4]):
        raise Wrong(f"CRC is {text[-4:]}, {crc(text[:-4])} was expected: the code was changed or misread")
    fields = dict(_fields(text))
    _expect(fields, "00", "01")
    _expect(fields, "53", VND)
    _expect(fields, "58", VIETNAM)
    merchant = dict(_fields(fields.get("38", "")))
    _expect(merchant, "00", NAPAS)
    account, more = dict(_fields(merchant.get("01", ""))), dict(_fields(fields.get("62", "")))
    amount = fields.get("54")
    if amount is not None and not re.fullmatch(r"[1-9][0-9]{0,12}", amount):
        raise Wrong(f"field 54: {amount!r} is no whole number of đồng")
    if fields.get("01") != (STATIC if amount is None else DYNAMIC):
        raise Wrong("field 01 does not fit: 12 goes with an amount, 11 without")
    made = Transfer(
        account.get("00", ""), account.get("01", ""), int(amount) if amount else None, more.get("08", ""),
        more.get("01", ""), merchant.get("02", ""),
    )  # fmt: skip
    _fits(made)
    return made


def _expect(fields: dict[str, str], tag: str, value: str) -> None:
    if fields.get(tag) != value:
        raise Wrong(f"field {tag} is {fields.get(tag)!r}, {value!r} was expected")


def _fields(text: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if not (tag.isdecimal() and length.isdecimal() and len(length) == 2):
            raise Wrong(f"at character {at + 1}: two digits of tag and two of length are expected")
        value = text[at + 4 : at + 4 + int(length)]
        if len(value) != int(length) or tag in seen:
            raise Wrong(f"field {tag} is cut off or stands twice")
        seen.add(tag)
        yield tag, value
        at += 4 + int(length)
