from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "dienhong.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.exchange import checks_system  # noqa: F401 - registers the system check
        from dienhong.organizations import office

        office.register(office.Tab(_("Đối tác"), "exchange:partners", 70, whole=True))
