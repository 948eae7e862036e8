"""A signed JSON body to a machine of the person's agency.

Header `X-Dienhong-Signature: t=<unix seconds>,v1=<hex>`, where v1 = HMAC-SHA256(key, t + "." + body). The receiver
refuses an old t and remembers `id`, which is the same at every attempt. The key is derived, so that no copy of the
database holds it: it changes with the installation's secret key and with Reach.hook_number.
"""

import hashlib
import hmac
import json
import time
from urllib.parse import urlsplit

from django.conf import settings

from dienhong.notices.channels import Message, Undeliverable, http, reach_of
from dienhong.notices.models import Reach


def key(reach: Reach) -> str:
    """What the person gives to the receiving machine; 64 hex characters."""
    purpose = f"dienhong.notices.webhook:{reach.person_id}:{reach.hook_number}"
    return hmac.new(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def signature(secret: str, body: bytes, at: int) -> str:
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def send(message: Message) -> None:
    reach = reach_of(message.person)
    if not reach.hook_url:
        raise Undeliverable("no hook address")
    # The list may have become shorter since the address was saved.
    if urlsplit(reach.hook_url).netloc.lower() not in settings.HOOK_HOSTS:
        raise Undeliverable("this host may no longer receive (DIENHONG_HOOK_HOSTS)")
    body = json.dumps(
        {
            "id": message.key,
            "kind": message.kind,
            "subject": {"kind": message.subject[0], "id": message.subject[1]},
            "language": message.language,
            "title": message.title,
            "body": message.body,
            "url": message.url,
            "said_at": message.said_at,
        },
        ensure_ascii=False,
    ).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Dienhong-Signature": signature(key(reach), body, int(time.time())),
    }
    http.post(reach.hook_url, body, headers)
