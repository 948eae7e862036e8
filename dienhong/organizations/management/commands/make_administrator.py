"""`manage.py make_administrator USERNAME NAME`: an administrator of the whole nation, from the machine itself.

Run it twice: roles that approve, and administrators, need a second administrator.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from dienhong.base.clock import business_today
from dienhong.journal import labels
from dienhong.organizations import queries
from dienhong.organizations.demo import install
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action


@action("organizations.make_administrator")
@transaction.atomic
def make_administrator(*, by: str, username: str, display_name: str) -> Person:
    """A new account that administers everything; it gets its password by `manage.py changepassword`."""
    person = Person(username=username, display_name=display_name)
    person.set_unusable_password()
    person.save()
    labels.set_label(person.actor, display_name)
    nation = queries.unit_by_code("iso3166", "VN", business_today())
    install(by=by, person=person, role=Role.ADMINISTRATOR, unit=nation, subtree=True, reason="first administrators")
    return person


class Command(BaseCommand):
    help = "Make an administrator of the whole nation. Make two: one asks, the other confirms."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name", help="the person's full name")

    def handle(self, *args: Any, **options: Any) -> None:
        if Person.objects.filter(username__iexact=options["username"]).exists():
            raise CommandError(f"{options['username']} is there already; choose another username.")
        make_administrator(by="job:make_administrator", username=options["username"], display_name=options["name"])
        self.stdout.write(f"Now: manage.py changepassword {options['username']}")
