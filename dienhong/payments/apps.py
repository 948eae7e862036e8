from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "dienhong.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.checks import register
        from django.http import HttpRequest
        from django.utils.translation import gettext_lazy as _

        from dienhong.base import nav
        from dienhong.organizations.models import Person, Role
        from dienhong.organizations.permissions import menu_roles
        from dienhong.payments import actions, providers, queries  # noqa: F401  (registers every action)

        register(providers.check)

        def keeps_books(request: HttpRequest) -> bool:
            """Who keeps them, and the leader whose unit collects: refunds wait for them."""
            person = getattr(request, "user", None)
            roles = menu_roles(person)
            return not roles.isdisjoint(queries.BOOKS) or (
                isinstance(person, Person) and Role.LEADER in roles and queries.leads_a_till(person)
            )

        nav.register(nav.Item(_("Thu phí"), "payments:bills", 26, prefix="/payments/", shown=keeps_books))
