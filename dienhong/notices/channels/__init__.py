"""Ways out of the house. A channel takes a Message; it returns once accepted, or raises Lost or Undeliverable."""

from collections.abc import Callable
from dataclasses import dataclass

from dienhong.notices.models import Channel, Reach
from dienhong.organizations.models import Person


class Lost(Exception):
    """Not accepted this time; try again later. The text says why, without the content."""


class Undeliverable(Exception):
    """Will never be accepted as it is: no address, gone, not set up."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, in the reader's language. `key` is the same at every attempt, so that a receiver can tell a repeat.

    `url` is whole, with the site's address; `kind` and `subject` are for machines.
    """

    key: str
    person: Person
    language: str
    title: str
    body: str
    url: str
    kind: str
    subject: tuple[str, str]
    said_at: str


def reach_of(person: Person) -> Reach:
    """The row, or the defaults where the person chose nothing."""
    return getattr(person, "reach", None) or Reach(person=person)


def addresses(person: Person) -> dict[str, str]:
    """Channel -> address; "" where there is none."""
    reach = reach_of(person)
    return {Channel.MAIL: person.email, Channel.SMS: reach.phone, Channel.WEBHOOK: reach.hook_url}


def channel(name: str) -> Callable[[Message], None]:
    from dienhong.notices.channels import mail, sms, webhook

    return {Channel.MAIL: mail.send, Channel.SMS: sms.send, Channel.WEBHOOK: webhook.send}[Channel(name)]
