"""What a question to a register comes back with."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Five things that are never confused: the last two say nothing about the thing asked for."""

    FOUND = "found", _("có trong sổ đăng ký")
    MISSING = "missing", _("không có trong sổ đăng ký")
    MISMATCH = "mismatch", _("có nhưng không khớp")
    SLOW = "slow", _("chưa trả lời kịp")
    DOWN = "down", _("không hỏi được")


@dataclass(frozen=True, slots=True)
class Answer:
    """`data`: the fields of the answer when found, else empty. `mismatch`: names of the fields that differ.

    `message_id` names the row of the log; `queries.answer(message_id)` tells later whether a slow one has come.
    `problem`: why there is no answer, a code for machines (timeout, refused, signature, open, paused, no_address…).
    """

    state: State
    data: Mapping[str, Any] = field(default_factory=dict)
    message_id: str = ""
    mismatch: tuple[str, ...] = ()
    problem: str = ""
    good_until: dt.datetime | None = None
    kept: bool = False

    @property
    def known(self) -> bool:
        """Whether the register said anything about what was asked."""
        return self.state in {State.FOUND, State.MISSING, State.MISMATCH}
