"""Transfers by VietQR: no redirect and no platform. The bank tells the account's owner of each credit (HMAC-SHA256 over
the body), or the statement does; the bill is known by the transfer's content alone.

The shape of the bank's notice and of its transfer order is ours: every bank has its own.
"""

import datetime as dt
import hashlib
import hmac
import json

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
    Unreadable,
)
from dienhong.payments.states import AttemptStep


class VietQr:
    name = "vietqr"
    label = Label("Chuyển khoản bằng mã VietQR", "Bank transfer by VietQR code")
    redirects = False

    def begin(self, order: Order) -> str:
        return ""  # the picture on the bill's own page is all there is

    def read(self, raw: Raw) -> list[Said]:
        expected = signature(raw.text, conf.bank().secret)
        if not hmac.compare_digest(raw.signature.lower().encode("utf-8", "replace"), expected.encode()):
            raise Forged("the signature is not the HMAC of the body")
        try:
            said = json.loads(raw.text)
            paid_at = dt.datetime.fromisoformat(said["paid_at"])
            made = Said(
                AttemptStep.CAPTURED, "", str(said["bank_ref"]), str(said["bank_ref"]), int(said["amount"]),
                str(said["account"]), str(said["content"]), paid_at, dt.date.fromisoformat(said["value_date"]),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error
        if made.amount <= 0 or paid_at.tzinfo is None or not made.key:
            raise Unreadable("amount, reference and a time with its zone are expected")
        return [made]

    def answer(self, heard: Heard) -> Answer:
        refused = heard.said in {"forged", "unreadable"}
        return Answer(400 if refused else 200, json.dumps({"heard": heard.said}))

    def ask(self, reference: str, at: dt.datetime) -> Raw | None:
        return None  # the statement answers

    def refund(self, order: RefundOrder) -> Refunded:
        line = conf.bank()
        body = {
            "reference": order.reference, "amount": order.amount, "from_account": order.account_number,
            "back_to_payer_of": order.capture_ref, "content": order.content, "at": order.at.isoformat(),
        }  # fmt: skip
        text = json.dumps(body, sort_keys=True)
        said = transport.post_json(
            f"{line.address}/bank/refund", {"order": text, "signature": signature(text, line.secret)}
        )
        state = said.get("state")
        done = True if state == "done" else False if state == "failed" else None
        return Refunded(done, str(said.get("bank_ref", ""))[:80], str(said.get("reason", ""))[:300])


def signature(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


PROVIDER = VietQr()
