"""A folder that cannot be read stops `manage.py check`, with its sentence."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from dienhong.exchange import partner_files


@register("exchange")
def partners_can_be_read(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(sentence, hint="docs/how-to/connect-a-partner.md says what belongs where.", id="dienhong.E110")
        for sentence in partner_files.problems()
    ]
