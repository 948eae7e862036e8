"""What we ask of the bank that keeps the collecting accounts, beside payments: its statements."""

import datetime as dt
import json

from dienhong.payments import conf
from dienhong.payments.providers import transport
from dienhong.payments.providers.vietqr.provider import signature


def statement(account: str, day: dt.date) -> bytes:
    """The camt.053 of one account and day. Raises contract.Unreachable."""
    line = conf.bank()
    text = json.dumps({"account": account, "day": day.isoformat()})
    return transport.post(f"{line.address}/bank/statement", {"order": text, "signature": signature(text, line.secret)})
