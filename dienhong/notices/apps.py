from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "dienhong.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.base import nav
        from dienhong.notices import queries

        nav.register_tool(nav.Tool("notices/bell.html", queries.bell))
