"""A small world with a collecting unit, its accountant and leader, and the play bank on a free port of this machine."""

import datetime as dt
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.test import Client

from dienhong.base import clock
from dienhong.organizations.models import Person, Role, Unit
from dienhong.organizations.tests import worlds
from dienhong.payments import actions
from dienhong.payments.models import Attempt, Bill, Capture, Purpose
from dienhong.payments.providers.vietqr.payload import parse
from dienhong.payments.sandbox_bank import app
from dienhong.payments.sandbox_bank.bank import Bank
from dienhong.payments.sandbox_bank.books import Books

ACCOUNT, BIN = "3511000012345", "970436"
SECRET = "a secret that only tests know"
NOON = dt.datetime(2020, 8, 20, 10, tzinfo=clock.HANOI)
NOON_DAY = NOON.date()


@dataclass
class Scene:
    world: worlds.World
    unit: Unit
    accountant: Person
    leader: Person
    number: int = 0

    def bill(self, amount: int = 32_940_000, **more: Any) -> Bill:
        self.number += 1
        given: dict[str, Any] = {
            "by": "job:test", "owner_kind": "case", "owner_id": str(self.number), "title_vi": "Lệ phí trước bạ",
            "title_en": "Registration fee", "payer_name": "Nguyễn Văn Mẫu", "unit": self.unit,
            "purpose": Purpose.CHARGE, "budget_sub_item": "2802",
            "lines": [
                actions.Line("LPTB", "Lệ phí trước bạ ô tô", amount, article="Nghị định 20/2019, Điều 1"),
            ],
        } | more  # fmt: skip
        return actions.make_bill(**given)


def state(bill: Bill) -> str:
    from dienhong.payments import queries

    return str(queries.state_of(bill))


@pytest.fixture
def scene(db: None, settings: Any) -> Iterator[Scene]:
    settings.DEMO = True
    world = worlds.world()
    accountant, leader = worlds.person("ke-toan"), worlds.person("lanh-dao")
    worlds.grant(accountant, Role.ACCOUNTANT, world.ha_noi)
    worlds.grant(leader, Role.LEADER, world.ha_noi)
    with clock.played(NOON):
        actions.register_account(
            by="job:test", unit=world.ha_noi, purpose=Purpose.CHARGE, bank_bin=BIN, bank_name="Ngân hàng mẫu",
            number=ACCOUNT, holder="KHO BAC NHA NUOC MAU", budget_chapter="757",
        )  # fmt: skip
        yield Scene(world, world.ha_noi, accountant, leader)


@dataclass
class PlayBank:
    """The bank as tests use it: people pay by the QR text or by the address they were sent to; `bring` delivers what
    the bank has to tell, through the site's public address."""

    bank: Bank
    address: str
    client: Client
    heard: list[int] = field(default_factory=list)

    def fault(self, *names: str) -> None:
        for name in names:
            self.bank.books.switch(name, True)

    def well(self) -> None:
        for name in self.bank.books.faults():
            self.bank.books.switch(name, False)

    def pay(self, payload: str, amount: int | None = None, at: dt.datetime = NOON) -> str:
        transfer = parse(payload)
        return self.bank.pay_code(transfer, amount or transfer.amount or 0, at)

    def follow(self, attempt: Attempt, good: bool = True) -> str:
        """As a browser: open the page, press the button, give the address of return."""
        page = urlopen(attempt.address).read().decode()  # noqa: S310
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
        return self.bank.pay_wish(ticket, good)

    def send(self, provider: str, body: str, signature: str) -> bool:
        answer = self.client.post(
            f"/payments/notices/{provider}/", body, content_type="application/json",
            headers={"X-Signature": signature},
        )  # fmt: skip
        self.heard.append(answer.status_code)
        return answer.status_code == 200

    def bring(self) -> int:
        return self.bank.deliver(everything=True)

    def statement(self, day: dt.date = NOON_DAY) -> bytes:
        return self.bank.statement(ACCOUNT, day)

    def ask(self, path: str, body: dict[str, Any]) -> bytes:
        request = Request(self.address + path, json.dumps(body).encode(), method="POST")  # noqa: S310
        return urlopen(request).read()  # noqa: S310


@pytest.fixture
def play(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayBank]:
    books = Books(tmp_path / "books.sqlite3")
    play = PlayBank(Bank(books, SECRET, lambda *told: play.send(*told)), "", Client())
    web = app.server(play.bank, 0)
    play.address = f"http://127.0.0.1:{web.server_address[1]}"
    thread = threading.Thread(target=web.serve_forever, daemon=True, kwargs={"poll_interval": 0.02})
    thread.start()
    for name in ("GATEWAY", "BANK"):
        monkeypatch.setenv(f"DIENHONG_{name}_URL", play.address)
        monkeypatch.setenv(f"DIENHONG_{name}_SECRET", SECRET)
    yield play
    web.shutdown()
    thread.join()
    web.server_close()
    books.close()


def qr(*bills: Bill) -> str:
    """What the picture on the page of these bills says."""
    from dienhong.payments import codes_shown

    return codes_shown.payload(list(bills))


def begin(*bills: Bill, provider: str = "gateway") -> Attempt:
    back = "http://127.0.0.1/payments/back/"
    return actions.begin_attempt(by="job:payer", bills=list(bills), provider=provider, return_to=back)


def returned(address: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(address).query).items()}


def ledger(bill: Bill) -> int:
    return sum(Capture.objects.filter(bill=bill).values_list("amount", flat=True))
