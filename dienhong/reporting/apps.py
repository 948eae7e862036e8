from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "dienhong.reporting"
    label = "reporting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.base import nav
        from dienhong.reporting import checks_system, evidence  # noqa: F401 - registers the system checks

        evidence.register()
        nav.register(nav.Item(_("Tổng quan"), "reporting:overview", 5, "/overview/", _works))
        nav.register(nav.Item(_("Việc của tôi"), "reporting:duties", 10, "/duties/", _works))
        nav.register(nav.Item(_("Chờ duyệt"), "reporting:sign", 15, "/sign/", _leads))
        nav.register(nav.Item(_("Báo cáo"), "reporting:regimes", 20, "/reports/", _works))
        nav.register(nav.Item(_("Nhật ký"), "reporting:journal", 40, "/journal/", _audits))


def _works(request: object) -> bool:
    """Reports are the work of officials; a citizen has dossiers."""
    from dienhong.organizations.permissions import works_here

    return works_here(getattr(request, "user", None))


def _leads(request: object) -> bool:
    return _holds(request, "leader")


def _audits(request: object) -> bool:
    return _holds(request, "auditor")


def _holds(request: object, role: str) -> bool:
    from dienhong.organizations.permissions import menu_roles

    return role in menu_roles(getattr(request, "user", None))
