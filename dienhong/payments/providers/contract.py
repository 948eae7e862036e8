"""What a payment provider is: a folder under `providers/` whose `provider.py` has a `PROVIDER` of this shape.

A folder knows its own bank's language and nothing of our tables; it never imports another folder. All times aware,
all amounts whole đồng.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from dienhong.payments.states import AttemptStep


class Forged(Exception):
    """The signature is not the provider's. The sentence says what was compared, never the secret."""


class Unreadable(Exception):
    """Not a notice of this provider: what is missing or wrong in it."""


class Unreachable(Exception):
    """The provider did not answer, or not in its own language. Nothing is known; ask again later."""


@dataclass(frozen=True, slots=True)
class Share:
    code: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid, as `begin` needs it. `content` is at most 25 characters and carries the code."""

    reference: str
    amount: int
    content: str
    shares: tuple[Share, ...]
    bank_bin: str
    bank_name: str
    account_number: str
    account_holder: str
    payer_name: str
    unit_name: str
    procedure: str
    at: dt.datetime
    return_to: str
    caller: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Raw:
    """A notice as it came: the text, and the signature where it stands beside it."""

    text: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a notice says. `reference` names an attempt or is empty; then `content` has to name the bills."""

    step: AttemptStep
    reference: str
    key: str
    bank_ref: str
    amount: int
    account_number: str
    content: str
    paid_at: dt.datetime
    value_date: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    reference: str
    amount: int
    capture_ref: str
    account_number: str
    content: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Refunded:
    """`done` None: the bank has taken it and does not yet know the end."""

    done: bool | None
    bank_ref: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider hears after its notice."""

    status: int
    body: str
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Label:
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of the notice, for `answer`: `said` is one of models.Verdict.Said."""

    said: str
    reference: str = ""
    extra: dict[str, str] = field(default_factory=dict)


@runtime_checkable
class Provider(Protocol):
    name: str
    label: Label
    redirects: bool  # whether the payer is sent away to pay

    def begin(self, order: Order) -> str:
        """Address to which the payer is sent, or empty. Raises Unreachable."""

    def read(self, raw: Raw) -> list[Said]:
        """What a notice says, its signature checked first. Raises Forged, Unreadable."""

    def answer(self, heard: Heard) -> Answer:
        """How the provider wants to hear that we have it."""

    def ask(self, reference: str, at: dt.datetime) -> Raw | None:
        """Ask for an attempt's end: a text that `read` understands, or None where it cannot be asked."""

    def refund(self, order: RefundOrder) -> Refunded:
        """Give money back; the same reference is done once however often asked. Raises Unreachable."""
