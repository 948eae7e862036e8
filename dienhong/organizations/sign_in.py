"""Sessions and credentials of a person, where allauth keeps them."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet

from dienhong.organizations.models import Person


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
