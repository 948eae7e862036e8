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

        from dienhong.dossiers.counting import proof

        proof.register()

        from django.http import HttpRequest
        from django.utils.translation import gettext_lazy as _

        from dienhong.base import nav
        from dienhong.dossiers.permissions import READING
        from dienhong.organizations.models import Role
        from dienhong.organizations.permissions import menu_roles

        def handles(request: HttpRequest) -> bool:
            return not menu_roles(getattr(request, "user", None)).isdisjoint(READING)

        def works(request: HttpRequest) -> bool:
            return bool(menu_roles(getattr(request, "user", None)))

        def signs_law(request: HttpRequest) -> bool:
            return Role.JURIST in menu_roles(getattr(request, "user", None))

        nav.register(nav.Item(_("Luật của dịch vụ"), "services:list", 14, prefix="/services/", shown=signs_law))
        nav.register(nav.Item(_("Hồ sơ"), "dossiers:queue", 12, prefix="/dossiers/", shown=handles))
        nav.register(
            nav.Item(_("Số liệu hồ sơ"), "dossiers:figures", 13, prefix="/dossiers/figures/", shown=works, yields=4)
        )
