from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class DirectivesConfig(AppConfig):
    name = "dienhong.directives"
    label = "directives"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.base import nav
        from dienhong.directives import journal_words, notice_kinds, offering  # noqa: F401 - they register

        journal_words.register()
        offering.register()
        nav.register(
            nav.Item(pgettext_lazy("nav", "Chỉ đạo"), "directives:today", 18, "/directives/", _works, yields=1)
        )


def _works(request: object) -> bool:
    from dienhong.organizations.permissions import works_here

    return works_here(getattr(request, "user", None))
