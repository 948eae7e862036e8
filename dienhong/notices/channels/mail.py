"""Mail through Django's backend; without a mail server named, letters are kept as files (config/settings.py)."""

from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from dienhong.notices.channels import Lost, Message, Undeliverable


def send(message: Message) -> None:
    with override(message.language):
        foot = _("Bạn nhận thư này từ Diên Hồng. Chọn cách nhận: %(url)s") % {
            "url": f"{settings.SITE_ADDRESS}/notices/preferences/"
        }
    parts = [message.body, message.url, f"-- \n{foot}"]
    letter(message.person.email, message.title, "\n\n".join(part for part in parts if part), message.key)


def letter(to: str, title: str, text: str, key: str) -> None:
    """One plain letter. Raises Lost, Undeliverable."""
    if not to:
        raise Undeliverable("no mail address")
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
    headers = {
        "Message-ID": f"<{key}@{domain}>",  # the same at every attempt: a mailbox can tell a repeat
        "Auto-Submitted": "auto-generated",
    }
    title = " ".join(title.split())  # a line break in a header would be refused
    try:
        EmailMessage(title, text, to=[to], headers=headers).send()
    except SMTPRecipientsRefused as error:
        codes = {code for code, _said in error.recipients.values()}
        problem = f"the mail server refuses the address ({', '.join(map(str, sorted(codes)))})"
        raise (Undeliverable if all(code >= 500 for code in codes) else Lost)(problem) from error
    except (SMTPException, OSError) as error:
        raise Lost(f"mail server: {error or type(error).__name__}") from error
