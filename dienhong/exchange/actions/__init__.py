"""Every verb of exchange. For the rooms above:

- `ask(register, question, *, by, purpose, owner, kind) -> Answer`: now, outside any transaction, three seconds at most.
- `ask_later(...)`, `send_later(...)`: in the caller's transaction, delivered after commit; what came of it is a journal
  event with the owner: `exchange.answered`, `exchange.delivered`, `exchange.refused`, `exchange.dead`; what a partner
  sends by itself is `exchange.received` (dienhong/config/reactions.py says what follows).
- `queries` answers: `answer(message_id)`, `asked_about(owner)`, `content_of(message_id)`.
"""

from dienhong.exchange.actions.asking import ask, ask_later
from dienhong.exchange.actions.delivering import deliver, sweep
from dienhong.exchange.actions.partners import (
    add_key,
    close_issue,
    end_key,
    erase_content,
    load_partners,
    new_own_key,
    set_active,
    set_address,
    try_now,
)
from dienhong.exchange.actions.receiving import Received, receive
from dienhong.exchange.actions.sending import send_later

__all__ = [
    "Received",
    "add_key",
    "ask",
    "ask_later",
    "close_issue",
    "deliver",
    "end_key",
    "erase_content",
    "load_partners",
    "new_own_key",
    "receive",
    "send_later",
    "set_active",
    "set_address",
    "sweep",
    "try_now",
]
