"""The web worker: event streams in the loop, every other request in a thread of its own by the WSGI application."""

from dienhong.config.wsgi import application as pages  # the first import: it starts Django

# isort: split
from django.conf import settings

from dienhong.centre.live import front
from dienhong.config.threads import Threads

LIVE = "/live/"
threads = Threads(pages, settings.WEB_THREADS)


async def application(scope: front.Scope, receive: front.Receive, send: front.Send) -> None:
    if scope["type"] != "http":
        return
    if scope["path"].startswith(LIVE):
        await front.stream(scope, receive, send, threads.pool)
    else:
        await threads(scope, receive, send)
