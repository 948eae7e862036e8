from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class WatchConfig(AppConfig):
    name = "dienhong.watch"
    label = "watch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.base import nav
        from dienhong.watch import journal_words, notice_kinds, offering  # noqa: F401 - they register

        journal_words.register()
        offering.register()
        nav.register(nav.Item(pgettext_lazy("nav", "Kiểm tra"), "watch:differences", 17, "/watch/", _works, yields=3))


def _works(request: object) -> bool:
    from dienhong.organizations.permissions import works_here

    return works_here(getattr(request, "user", None))
