from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "dienhong.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from dienhong.base import nav
        from dienhong.catalogue import served
        from dienhong.portal import handled

        served.register(handled.services)
        nav.register(nav.Item(_("Dịch vụ công"), "portal:home", 5, prefix="/portal/", also=("/procedures/",)))
