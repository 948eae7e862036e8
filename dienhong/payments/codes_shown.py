"""The picture and the lines a payer copies: VietQR of one bill, or of an attempt over several."""

from collections.abc import Sequence
from dataclasses import dataclass

import segno

from dienhong.payments import queries
from dienhong.payments.actions.attempts import content
from dienhong.payments.models import Attempt, Bill
from dienhong.payments.providers.vietqr.payload import Transfer, build, content_of


@dataclass(frozen=True, slots=True)
class Shown:
    """`svg`: the code as inline SVG; `image`: as a PNG to keep, in a data address, for who pays on the very phone that
    shows it; the same data as lines for whoever types."""

    payload: str
    svg: str
    image: str
    amount: int
    content: str
    bank_name: str
    account_number: str
    account_holder: str


def payload(bills: Sequence[Bill], attempt: Attempt | None = None) -> str:
    return shown(bills, attempt).payload


def shown(bills: Sequence[Bill], attempt: Attempt | None = None) -> Shown:
    """What is outstanding of one bill, or the attempt's fixed amount for several. ValueError for several bills
    without an attempt: their transfer would carry no code."""
    first = bills[0]
    if attempt is not None:
        text, amount = content(attempt, bills), attempt.amount
    elif len(bills) == 1:
        text, amount = content_of(f"{first.code} {first.title_vi}"), queries.facts_of(first).outstanding
    else:
        raise ValueError("several bills are paid by an attempt of their own")
    made = build(Transfer(first.bank_bin, first.account_number, amount, text))
    return Shown(
        made, picture(made), image(made), amount, text, first.bank_name, first.account_number, first.account_holder
    )


def picture(text: str) -> str:
    """No style attribute: the content policy."""
    return _code(text).svg_inline(scale=1, border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr")


def image(text: str) -> str:
    """As a banking app reads it from the phone's own pictures."""
    return str(_code(text).png_data_uri(scale=8, border=4))


def _code(text: str) -> segno.QRCode:
    """Error correction M, so that a scratched screen still reads."""
    return segno.make(text, error="m", micro=False, boost_error=False)
