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
