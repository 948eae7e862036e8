from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from django.http import HttpRequest


class PortalConfig(AppConfig):
    name = "dienhong.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from dienhong.base import nav
        from dienhong.catalogue import served
        from dienhong.portal import handled

        nav.register(nav.Item(_("Hồ sơ của tôi"), "portal:mine", 6, prefix="/portal/mine/", shown=_has_dossiers))
        served.register(handled.services)
        nav.register(nav.Item(_("Dịch vụ công"), "portal:home", 5, prefix="/portal/", also=("/procedures/",), yields=4))


def _has_dossiers(request: "HttpRequest") -> bool:
    """For citizens always; for officials, whose bar is full, only on the portal's own pages."""
    from dienhong.organizations.permissions import works_here

    if not request.user.is_authenticated:
        return False
    return request.path.startswith("/portal/") or not works_here(request.user)
