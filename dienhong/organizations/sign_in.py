"""Sessions and credentials of a person, where allauth keeps them."""

import base64
import datetime as dt
import hashlib
import time

from allauth.account.authentication import get_authentication_records
from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa import app_settings as second_factor
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest

from dienhong.base.clock import HANOI
from dienhong.organizations.models import Person

CODES = int(second_factor.RECOVERY_CODE_COUNT)
SEALED = "f1:"  # secrets that begin so are encrypted


def sessions_of(person: Person) -> QuerySet[UserSession]:
    """Sessions of the person, the latest first; `session_key` tells the present one."""
    found: QuerySet[UserSession] = UserSession.objects.filter(user=person).order_by("-last_seen_at")
    return found


def end_session(person: Person, session_id: int) -> bool:
    """Whether there was such a session of this person; it is signed out."""
    found = sessions_of(person).filter(pk=session_id).first()
    if found is None:
        return False
    found.end()
    return True


def end_all_sessions(person: Person) -> int:
    found = list(sessions_of(person))
    for each in found:
        each.end()
    return len(found)


def start_anew(person: Person) -> None:
    """No password, no second factor, no session: the next sign-in begins with a link to set a password."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    Authenticator.objects.filter(user=person).delete()
    end_all_sessions(person)


def second_factor_fresh(request: HttpRequest) -> bool:
    """Whether this session was opened, or confirmed since, with a code of the person's own app, still enrolled.

    A recovery code lets one in but does not count: it stands on a sheet of paper.
    """
    if not request.user.is_authenticated:
        return False
    used = [each for each in get_authentication_records(request, request.user) if each.get("method") == "mfa"]
    ids = [each.get("id") for each in used if each.get("type") == Authenticator.Type.TOTP]
    return bool(Authenticator.objects.filter(pk__in=ids, user=request.user, type=Authenticator.Type.TOTP).exists())


def has_second_factor(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def recovery_codes(person: Person) -> list[str] | None:
    """The codes not yet used; None without a second factor."""
    row = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    return list(row.wrap().get_unused_codes()) if row else None


def send_password_link(request: HttpRequest, person: Person) -> None:
    """Mail a link by which the person sets a password, to the address of the account and nowhere else."""
    form = ResetPasswordForm({"email": person.email})
    with context.request_context(request):
        if not form.is_valid():
            raise ValueError(f"account {person.pk} has no address that takes mail")
        form.users = [person]  # two accounts may share an address: only this one is meant
        form.save(request)


def seal(text: str) -> str:
    """Encrypt a secret for the database, with the key in DIENHONG_HOME/secrets/second-factor."""
    return SEALED + _box().encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """What `seal` got. Secrets from before there was a key stand as they are."""
    return _box().decrypt(text.removeprefix(SEALED).encode()).decode() if text.startswith(SEALED) else text


def _box() -> Fernet:
    digest = hashlib.sha256(settings.SECOND_FACTOR_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def free_again_at(request: HttpRequest, action: str, key: str) -> dt.datetime | None:
    """When a limit that was used up lets the next try in, in Hanoi's time; None if none is used up."""
    moments = []
    for rate in ratelimit.get_rates(app="allauth.account", action=action):
        name = ratelimit.get_cache_key(request, app="allauth.account", action=action, rate=rate, key=key)
        tries = [each for each in cache.get(name, []) if each > time.time() - rate.duration]
        if len(tries) >= rate.amount:
            moments.append(tries[rate.amount - 1] + rate.duration)
    return dt.datetime.fromtimestamp(max(moments), HANOI) if moments else None
