"""HTTP of the play bank: pages for people, questions of the platform and of the account's owner. Loopback only."""

import datetime as dt
import json
import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from dienhong.payments.providers.vietqr.payload import Wrong, parse
from dienhong.payments.sandbox_bank import pages
from dienhong.payments.sandbox_bank.bank import FAULTS, Bank, Refused
from dienhong.payments.sandbox_bank.books import HANOI
from dienhong.payments.sandbox_bank.words import say

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}
LARGEST = 200_000
POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:* http://localhost:*; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def server(bank: Bank, port: int) -> ThreadingHTTPServer:
    """Bound to 127.0.0.1; port 0 takes a free one."""
    handler = type("BankHandler", (Handler,), {"bank": bank})
    made = ThreadingHTTPServer(("127.0.0.1", port), handler)
    made.daemon_threads = True
    return made


def _at_home(address: str) -> bool:
    """A path of ours or an address on this machine: the play bank leads nowhere else."""
    return not address or (urlsplit(address).scheme in {"http", "https"} and urlsplit(address).hostname in LOOPBACK)


class Handler(BaseHTTPRequestHandler):
    bank: Bank
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        pages_ = {
            "/": self._home, "/pay": self._pay_page, "/gateway/pay": self._wish_page, "/style.css": self._style,
            "/health": lambda: self._send(200, "ok", "text/plain"),
        }  # fmt: skip
        self._run(pages_)

    def do_POST(self) -> None:
        acts = {
            "/pay": self._pay, "/gateway/pay": self._pay_wish, "/faults": self._faults, "/control": self._control,
            "/gateway/init": self._init, "/gateway/query": self._query, "/gateway/receipt": self._receipt,
            "/gateway/refund": self._refund_wish, "/bank/refund": self._refund, "/bank/statement": self._statement,
        }  # fmt: skip
        self._run(acts)

    def _run(self, known: dict[str, Callable[[], None]]) -> None:
        # A page elsewhere that points a name at this machine must not reach the bank.
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        origin = self.headers.get("Origin") or ""
        self.address = urlsplit(self.path)
        self.query = {name: values[-1] for name, values in parse_qs(self.address.query).items()}
        self.lang = "en" if self.query.get("lang") == "en" else "vi"
        act = known.get(self.address.path)
        if host not in LOOPBACK or not (origin in {"", "null"} or _at_home(origin)):
            return self._send(403, "loopback only", "text/plain")
        if act is None:
            return self._send(404, "not found", "text/plain")
        try:
            act()
        except (Refused, KeyError, ValueError) as error:
            self._send_json({"error_code": "99", "message": str(error), "state": "refused"}, 400)

    # Pages.

    def _home(self) -> None:
        rows = self.bank.books.ask("SELECT * FROM movement ORDER BY rowid DESC LIMIT 20")
        self._page("home", pages.home(rows, self.bank.books.faults(), self.lang))

    def _style(self) -> None:
        self._send(200, pages.STYLE, "text/css; charset=utf-8")

    def _pay_page(self) -> None:
        if "qr" not in self.query:
            return self._page("read", pages.ask_code(self.lang))
        try:
            transfer = parse(self.query["qr"])
        except Wrong as error:
            return self._page("read", pages.ask_code(self.lang, str(error)), 422)
        kept = {name: self.query.get(name, "") for name in ("qr", "at", "back")} | {"lang": self.lang}
        self._page("confirm", pages.confirm_code(transfer, kept, self.lang))

    def _pay(self) -> None:
        form = self._form()
        self.lang = "en" if form.get("lang") == "en" else "vi"
        typed = form.get("amount", "").replace(".", "").strip()
        if not (typed.isascii() and typed.isdecimal() and 0 < int(typed) < 10**13):
            raise Refused("amount")
        at = dt.datetime.fromisoformat(form["at"]) if form.get("at") else self.bank.now()
        try:
            ref = self.bank.pay_code(parse(form["qr"]), int(typed), at if at.tzinfo else at.replace(tzinfo=HANOI))
        except Refused:
            return self._page("refused", "", 409)
        [row] = self.bank.books.ask("SELECT * FROM movement WHERE ref = ?", ref)
        back = form.get("back", "") if _at_home(form.get("back", "")) else ""
        self._page("paid", pages.paid(ref, row["amount"], back, self.lang))

    def _wish_page(self) -> None:
        wish = self.bank.find(self.query.get("ticket", ""))
        self._page("confirm", pages.confirm_wish(json.loads(wish["fields"]), wish["ticket"], self.lang))

    def _pay_wish(self) -> None:
        form = self._form()
        back = self.bank.pay_wish(form["ticket"], form.get("good") == "1")
        if not _at_home(back) or back.startswith(("?", "&")):
            return self._page("unknown", "")
        self._send(303, "", "text/plain", {"Location": back})

    def _faults(self) -> None:
        form = self._form()
        for name in FAULTS:
            self.bank.books.switch(name, name in form)
        self._send(303, "", "text/plain", {"Location": f"/?{urlencode({'lang': self.lang})}"})

    # Machines.

    def _control(self) -> None:
        body = self._json()
        if "settle" in body:
            self.bank.settle(str(body["settle"]))
        elif "remember" in body:
            self.bank.remember(dict(body["remember"]))
        else:
            self.bank.books.switch(str(body["fault"]), bool(body["on"]))
        self._send_json({"faults": sorted(self.bank.books.faults())})

    def _init(self) -> None:
        self._be_up()
        body = self._json()
        ticket = self.bank.wish(body, secrets.token_urlsafe(16))
        address = f"http://{self.headers['Host']}/gateway/pay?ticket={ticket}"
        self._send_json({"error_code": "0", "message": json.dumps({"UrlThanhToan": address})})

    def _query(self) -> None:
        self._be_up()
        self._send_json(self.bank.state(self._json()))

    def _receipt(self) -> None:
        self._be_up()
        state = self.bank.state(self._json())
        if state["TrangThaiGD"] != "1":
            raise Refused("not paid")
        self._send(200, f"%PDF-1.4\n% play receipt {state['MaThamChieu']}\n%%EOF\n", "application/pdf")

    def _refund_wish(self) -> None:
        self._be_up()
        body = self._json()
        if not self.bank.query_is_genuine(body, " MaGiaoDich SoTien"):
            raise Refused("MaXacThuc")
        at = dt.datetime.strptime(body["ThoiGianGD"], "%Y%m%d%H%M%S").replace(tzinfo=HANOI)
        state, ref = self.bank.give_back(body["MaThamChieu"], int(body["SoTien"]), body["MaGiaoDich"], at)
        self._send_json({"TrangThaiGD": "1" if state == "done" else "4", "MaGiaoDich": ref})

    def _refund(self) -> None:
        self._be_up()
        order = self.bank.open_order(self._json())
        at = dt.datetime.fromisoformat(order["at"])
        state, ref = self.bank.give_back(order["reference"], int(order["amount"]), order["back_to_payer_of"], at)
        self._send_json({"state": state, "bank_ref": ref})

    def _statement(self) -> None:
        self._be_up()
        order = self.bank.open_order(self._json())
        made = self.bank.statement(str(order["account"]), dt.date.fromisoformat(order["day"]))
        self._send(200, made, "application/xml")

    def _be_up(self) -> None:
        if "down" in self.bank.books.faults():
            self._body()
            self.close_connection = True
            raise Refused("the bank is down")

    # Small things.

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= LARGEST:
            raise Refused("too long")
        return self.rfile.read(length)

    def _form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self._body().decode()).items()}

    def _json(self) -> dict[str, Any]:
        body = json.loads(self._body())
        if not isinstance(body, dict):
            raise Refused("an object is expected")
        return body

    def _page(self, title: str, body: str, status: int = 200) -> None:
        kept = {name: value for name, value in self.query.items() if name != "lang"}
        path = self.address.path + (f"?{urlencode(kept)}" if kept else "")
        self._send(status, pages.page(say(title, self.lang), body, self.lang, path), "text/html; charset=utf-8")

    def _send_json(self, body: dict[str, Any], status: int = 200) -> None:
        self._send(status, json.dumps(body, ensure_ascii=False), "application/json")

    def _send(self, status: int, body: str | bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {
            "Content-Type": kind, "Content-Length": str(len(data)), "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
            **(headers or {}),
        }.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: what was paid stands in the books."""
