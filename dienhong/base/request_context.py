"""Which request is being answered and for whom: set by the outermost middleware, read by logs and by the journal."""

from contextvars import ContextVar

# 16 hex characters, or empty outside a request.
request_id: ContextVar[str] = ContextVar("request_id", default="")
# "person:<id>" as in the journal, or empty while nobody is known.
actor: ContextVar[str] = ContextVar("actor", default="")
