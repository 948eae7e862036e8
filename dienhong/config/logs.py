"""Log lines that say who and what: one line an event, `name=value` after the message, the request's id in each."""

import logging
import time

from dienhong.base import request_context


class AddRequest(logging.Filter):
    """Puts the current request's id and actor on the record, unless the caller gave them."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = getattr(record, "request_id", "") or request_context.request_id.get()
        record.actor = getattr(record, "actor", "") or request_context.actor.get()
        return True


class Line(logging.Formatter):
    """`2026-11-23T14:03:09Z WARNING dienhong.reporting request=1f… by=person:7 message`."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(tags)s%(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        tags = {"request": getattr(record, "request_id", ""), "by": getattr(record, "actor", "")}
        record.tags = "".join(f"{name}={value} " for name, value in tags.items() if value)
        return super().format(record)
