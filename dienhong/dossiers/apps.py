from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dienhong.dossiers"
    label = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.dossiers import (  # noqa: F401 - they register
            checks_system,
            delegates,
            notice_kinds,
            owning,
            timekeeping,
        )

        owning.register()

        from django.http import HttpRequest
        from django.utils.translation import gettext_lazy as _

        from dienhong.base import nav
        from dienhong.dossiers.permissions import READING
        from dienhong.organizations.permissions import menu_roles

        def handles(request: HttpRequest) -> bool:
            return not menu_roles(getattr(request, "user", None)).isdisjoint(READING)

        nav.register(nav.Item(_("Hồ sơ"), "dossiers:queue", 12, prefix="/dossiers/", shown=handles))
