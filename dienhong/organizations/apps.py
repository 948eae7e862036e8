from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    name = "dienhong.organizations"
    label = "organizations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.base import nav
        from dienhong.organizations import office

        nav.register(nav.Item(_("Quản trị"), "office", 90, "/admin-office/", _administers))
        for order, (label, url_name) in enumerate(
            [(_("Người dùng"), "office_people"), (_("Phân quyền"), "office_grants"), (_("Đơn vị"), "office_units"),
             (_("Nhập danh sách"), "office_import"), (_("Ngày nghỉ"), "office_holidays")]
        ):  # fmt: skip
            office.register(office.Tab(label, url_name, order * 10))


def _administers(request: object) -> bool:
    from dienhong.organizations.permissions import menu_roles

    return "administrator" in menu_roles(getattr(request, "user", None))
