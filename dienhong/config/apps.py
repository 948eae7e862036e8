from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "dienhong.config"
    label = "config"

    def ready(self) -> None:
        from dienhong.config import checks, office, reactions  # noqa: F401  (checks registers the system checks)
        from dienhong.journal import actions

        actions.listen(reactions.follow)
        office.register()
