"""What the bank does: take payments by code and by the platform, tell the site, give back, answer questions.

Written from the description of the messages, not from the site's code, so that the two check one another.
"""

import datetime as dt
import hashlib
import hmac
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dienhong.payments.providers.vietqr.payload import Transfer
from dienhong.payments.sandbox_bank import statement
from dienhong.payments.sandbox_bank.books import FAULTS, HANOI, Books

PAYER = "9990000000001"  # the one customer of the play bank
LATE_SECONDS, MOST_TRIES = 6.0, 8
SIGNED_NOTICE = (
    "LoaiBanTin MaLoi MaDoiTac MaThamChieu SoTien MaTienTe MaGiaoDich MaNganHang ThoiGianGD ThongTinGiaoDich"
)
SIGNED_QUERY = "LoaiBanTin PhienBan MaDoiTac MaThamChieu ThoiGianGD"
SIGNED_INIT = (
    "LoaiBanTin PhienBan MaDoiTac MaThamChieu SoTien LoaiHinhThanhToan MaKenhThanhToan MaThietBi NgonNgu MaTienTe "
    "MaNganHang ThongTinGiaoDich ThoiGianGD Ip"
)
Send = Callable[[str, str, str], bool]
Now = Callable[[], dt.datetime]


class Refused(Exception):
    """The bank will not; the sentence is for a person."""


class Bank:
    """`send(provider, body, signature)` brings a message to the site and says whether it was heard; `now` is the
    day and hour on which the bank's customers live."""

    def __init__(
        self, books: Books, secret: str, send: Send, partner: str = "DIENHONG",
        now: Now = lambda: dt.datetime.now(HANOI),
    ) -> None:  # fmt: skip
        self.books, self.secret, self.send, self.partner, self.now = books, secret, send, partner, now

    # Money comes.

    def pay_code(self, transfer: Transfer, amount: int, at: dt.datetime) -> str:
        """A person's app read a VietQR code and they pressed pay. Gives the bank's reference."""
        faults = self.books.faults()
        if "down" in faults or "refuse" in faults:
            raise Refused("the bank did not carry out the transfer")
        amount = _changed(amount, faults)
        with self.books.work() as db:
            said = f"MBVCB.{int(at.timestamp()) % 10**9}.{transfer.content}"
            # What banks do to a text: their own words before, capitals, an end that is cut.
            content = said[: len(said) - len(transfer.content) + 9] if "cut" in faults else f"{said}.CT TU {PAYER}"
            ref = self.books.move(
                db, payer=PAYER, payee=transfer.account, amount=amount, content=content.upper(), at=at,
                day_late="day_late" in faults,
            )  # fmt: skip
            [row] = db.execute("SELECT * FROM movement WHERE ref = ?", (ref,)).fetchall()
            body = {
                "bank_ref": ref, "account": transfer.account, "amount": amount, "content": content.upper(),
                "paid_at": at.isoformat(), "value_date": row["value_date"],
            }  # fmt: skip
            if "day_late" in faults:  # the notice promises the day, the statement has the one after
                body["value_date"] = (dt.date.fromisoformat(row["value_date"]) - dt.timedelta(days=1)).isoformat()
            self._tell(db, "vietqr", body, faults)
        return ref

    def remember(self, said: dict[str, Any]) -> None:
        """A transfer of before the bank was started, as the demo's past has it: `ref` (the same one once), `at`,
        `payee`, `amount`, `content`, `day_late`. Nobody is told: the site knows of it, or is to find it in the
        statement."""
        with self.books.work() as db:
            if not db.execute("SELECT 1 FROM movement WHERE ref = ?", (str(said["ref"]),)).fetchone():
                self.books.move(
                    db, payer=PAYER, payee=str(said["payee"]), amount=int(said["amount"]),
                    content=str(said["content"]), at=dt.datetime.fromisoformat(said["at"]),
                    day_late=bool(said["day_late"]), ref=str(said["ref"]),
                )  # fmt: skip

    def wish(self, fields: dict[str, Any], ticket: str) -> str:
        """INIT of the platform: kept, answered with a ticket; the same reference twice is refused."""
        if not self._genuine(fields, SIGNED_INIT):
            raise Refused("MaXacThuc")
        named = dt.datetime.strptime(fields["ThoiGianGD"], "%Y%m%d%H%M%S").replace(tzinfo=HANOI)
        behind = (named - dt.datetime.now(HANOI)).total_seconds()
        try:
            with self.books.work() as db:
                db.execute(
                    "INSERT INTO wish (reference, ticket, fields, behind) VALUES (?, ?, ?, ?)",
                    (fields["MaThamChieu"], ticket, json.dumps(fields), behind),
                )
        except sqlite3.IntegrityError as error:
            raise Refused("MaThamChieu") from error
        return ticket

    def find(self, ticket: str) -> sqlite3.Row:
        found = self.books.ask("SELECT * FROM wish WHERE ticket = ?", ticket)
        if not found:
            raise Refused("no such order")
        return found[0]

    def find_row(self, reference: str) -> sqlite3.Row:
        [found] = self.books.ask("SELECT * FROM wish WHERE reference = ?", reference)
        return found

    def pay_wish(self, ticket: str, good: bool = True) -> str:
        """The payer pressed pay, or no, on the platform's page. Gives the address to return to, with signed fields."""
        wish, faults = self.find(ticket), self.books.faults()
        if not wish["state"] or wish["state"] == "3":
            self._carry_out(wish, good and "refuse" not in faults, faults)
            wish = self.find(ticket)
        if "before_redirect" in faults:
            self.deliver()
        fields = json.loads(wish["fields"])
        told = self._confirmation(wish) if wish["state"] in {"1", "4"} else {}
        back = str(fields.get("UrlTraVe", ""))
        return f"{back}{'&' if '?' in back else '?'}{urllib.parse.urlencode(told)}"

    def _carry_out(self, wish: sqlite3.Row, good: bool, faults: set[str]) -> None:
        fields = json.loads(wish["fields"])
        at = dt.datetime.now(HANOI) + dt.timedelta(seconds=wish["behind"])
        amount, state, ref = _changed(int(fields["SoTien"]), faults), "1" if good else "4", ""
        if good and "timeout" in faults and wish["state"] == "":
            state = "3"
        with self.books.work() as db:
            if state == "1":
                ref = self.books.move(
                    db, payer=PAYER, payee=fields["ThongTinBienLai"]["TKThuHuong"], amount=amount, at=at,
                    content=f"{fields['MaThamChieu']} {fields['ThongTinGiaoDich']}", end_to_end=fields["MaThamChieu"],
                    day_late="day_late" in faults,
                )  # fmt: skip
            db.execute(
                "UPDATE wish SET state = ?, ref = ?, paid = ?, at = ? WHERE reference = ?",
                (state, ref, amount if state == "1" else 0, at.strftime("%Y%m%d%H%M%S"), wish["reference"]),
            )
            if state != "3":
                [row] = db.execute("SELECT * FROM wish WHERE reference = ?", (wish["reference"],)).fetchall()
                self._tell(db, "gateway", self._confirmation(row), faults)

    def settle(self, reference: str) -> None:
        """The end of a payment that was unknown: it did go through. No notice; the site has to ask."""
        [wish] = self.books.ask("SELECT * FROM wish WHERE reference = ? AND state = '3'", reference)
        self._carry_out(wish, True, {"lost"})

    def _confirmation(self, wish: sqlite3.Row) -> dict[str, str]:
        fields = json.loads(wish["fields"])
        good = wish["state"] == "1"
        return self._signed(
            {
                "LoaiBanTin": "CONFIRM", "MaLoi": "00" if good else "99", "MaDoiTac": fields["MaDoiTac"],
                "MaThamChieu": wish["reference"], "SoTien": str(wish["paid"] if good else fields["SoTien"]),
                "MaTienTe": "VND", "MaGiaoDich": wish["ref"], "MaNganHang": "PLAYBANK",
                "ThoiGianGD": wish["at"] or fields["ThoiGianGD"], "ThongTinGiaoDich": fields["ThongTinGiaoDich"],
            },
            SIGNED_NOTICE,
        )  # fmt: skip

    # The site is told.

    def _tell(self, db: sqlite3.Connection, provider: str, body: dict[str, Any], faults: set[str]) -> None:
        if "lost" in faults:
            return
        due = time.time() + (LATE_SECONDS if "late" in faults else 0)
        if "forged" in faults:
            body = {**body, **({"MaXacThuc": "0" * 64} if provider == "gateway" else {})}
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        signature = "0" * 64 if "forged" in faults else self._hmac(text)
        self.books.post(db, provider, body, "" if provider == "gateway" else signature, due, 1 + ("doubled" in faults))

    def deliver(self, everything: bool = False) -> int:
        """Send what is due; what is not heard waits twice as long each time. Gives how many were heard."""
        heard = 0
        until = time.time() + (10**9 if everything else 0)
        for row in self.books.ask("SELECT * FROM message WHERE NOT done AND due <= ? ORDER BY id", until):
            good = self.send(row["provider"], row["body"], row["signature"])
            tries = row["tries"] + 1
            with self.books.work() as db:
                db.execute(
                    "UPDATE message SET tries = ?, done = ?, due = ? WHERE id = ?",
                    (tries, int(good or tries >= MOST_TRIES), time.time() + 2**tries, row["id"]),
                )
            heard += good
        return heard

    # Questions.

    def state(self, fields: dict[str, Any]) -> dict[str, str]:
        """Status query: TrangThaiGD 1 paid, 3 not known yet, 4 failed."""
        if not self._genuine(fields, SIGNED_QUERY):
            raise Refused("MaXacThuc")
        found = self.books.ask("SELECT * FROM wish WHERE reference = ?", str(fields["MaThamChieu"]))
        if not found:
            raise Refused("MaThamChieu")
        state = found[0]["state"] or "3"
        return {**self._confirmation(found[0]), "TrangThaiGD": state}

    def give_back(self, reference: str, amount: int, original: str, at: dt.datetime) -> tuple[str, str]:
        """Refund: state and the bank's reference. Asked again, the first answer comes again."""
        known = self.books.ask("SELECT * FROM refund WHERE reference = ?", reference)
        if known:
            return known[0]["state"], known[0]["ref"]
        found = self.books.ask("SELECT * FROM movement WHERE ref = ?", original)
        good = bool(found) and 0 < amount <= found[0]["amount"] and "refuse" not in self.books.faults()
        with self.books.work() as db:
            ref = ""
            if good:
                ref = self.books.move(
                    db, payer=found[0]["payee"], payee=found[0]["payer"], amount=amount, at=at,
                    content=f"HOAN TIEN {reference}", end_to_end=reference,
                )  # fmt: skip
            db.execute("INSERT INTO refund VALUES (?, ?, ?)", (reference, ref, "done" if good else "failed"))
        return ("done" if good else "failed"), ref

    def statement(self, account: str, day: dt.date) -> bytes:
        return statement.write(
            account, day, self.books.balance_before(account, day), self.books.of_day(account, day)
        )  # fmt: skip

    def open_order(self, body: dict[str, Any]) -> dict[str, Any]:
        """The inside of a signed order of the account's owner."""
        text = str(body.get("order", ""))
        if not hmac.compare_digest(self._hmac(text).encode(), str(body.get("signature", "")).encode()):
            raise Refused("signature")
        return dict(json.loads(text))

    def query_is_genuine(self, fields: dict[str, Any], more: str = "") -> bool:
        return self._genuine(fields, SIGNED_QUERY + more)

    def _hmac(self, text: str) -> str:
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def _hash(self, fields: dict[str, Any], order: str) -> str:
        joined = "|".join([*(str(fields.get(name, "")) for name in order.split()), self.secret])
        return hashlib.sha256(joined.encode()).hexdigest()

    def _signed(self, fields: dict[str, str], order: str) -> dict[str, str]:
        return {**fields, "MaXacThuc": self._hash(fields, order)}

    def _genuine(self, fields: dict[str, Any], order: str) -> bool:
        given = str(fields.get("MaXacThuc", "")).lower().encode()
        return hmac.compare_digest(given, self._hash(fields, order).encode())


def _changed(amount: int, faults: set[str]) -> int:
    if "partial" in faults:
        return max(1, amount // 2)
    return amount + amount // 2 + 1 if "over" in faults else amount


def over_http(site: str) -> Send:
    """Messages go to the site's addresses of notices."""

    def send(provider: str, body: str, signature: str) -> bool:
        request = urllib.request.Request(  # noqa: S310
            f"{site}/payments/notices/{provider}/", body.encode(),
            {"Content-Type": "application/json", "X-Signature": signature}, method="POST",
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except (OSError, ValueError):
            return False

    return send


def clock_of(site: str) -> Now:
    """The demo site's day and hour, as its health page tells; this machine's where it tells none or is down."""

    def now() -> dt.datetime:
        try:
            with urllib.request.urlopen(f"{site}/readyz", timeout=3) as answer:  # noqa: S310
                said = answer.headers.get("Business-Time", "")
        except (OSError, ValueError):
            said = ""
        return dt.datetime.fromisoformat(said) if said else dt.datetime.now(HANOI)

    return now


def keep_telling(bank: Bank, stop: threading.Event, every: float = 0.3) -> None:
    while not stop.wait(every):
        bank.deliver()


def open_books(home: Path) -> Books:
    return Books(home / "sandbox-bank" / "books.sqlite3")


__all__ = ["FAULTS", "Bank", "Refused", "keep_telling", "open_books", "over_http"]
