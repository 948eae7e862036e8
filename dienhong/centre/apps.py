from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CentreConfig(AppConfig):
    name = "dienhong.centre"
    label = "centre"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.base import nav
        from dienhong.centre import offering
        from dienhong.centre.forms import bars, figure, heat, late, line, own, progress, provinces, ranking  # noqa: F401

        offering.register()
        nav.register(nav.Item(_("Điều hành"), "centre:boards", 8, "/boards/", _works, ("/walls/", "/changes/"), 2))


def _works(request: object) -> bool:
    from dienhong.organizations.permissions import works_here

    return works_here(getattr(request, "user", None))
