from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "dienhong.config"
    label = "config"

    def ready(self) -> None:
        from dienhong.config import checks  # noqa: F401  (registers the system checks)
