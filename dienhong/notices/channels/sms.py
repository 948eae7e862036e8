"""Text messages through a gateway that takes JSON: {"to", "text", "id"} with a bearer token, answered by any 2xx."""

import json

from django.conf import settings

from dienhong.notices.channels import Message, Undeliverable, http, reach_of


def send(message: Message) -> None:
    """Title and address only: a whole report's reasons do not belong into a text message."""
    phone = reach_of(message.person).phone
    if not settings.SMS_URL:
        raise Undeliverable("no SMS gateway is set up (DIENHONG_SMS_URL)")
    if not phone:
        raise Undeliverable("no telephone number")
    text = f"Diên Hồng: {message.title} {message.url}".strip()
    body = json.dumps({"to": phone, "text": text, "id": message.key}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if settings.SMS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
    http.post(settings.SMS_URL, body, headers)
