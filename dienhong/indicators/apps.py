from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class IndicatorsConfig(AppConfig):
    name = "dienhong.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.base import nav
        from dienhong.indicators import publisher
        from dienhong.indicators.feeds import proof
        from dienhong.journal import roles, sealer

        proof.register()
        sealer.register(publisher.publish_once, name="indicators.publish")
        roles.sealer_may("indicators_publication")
        roles.sealer_may("indicators_pending", "SELECT, DELETE")
        roles.sealer_may("indicators_voice")
        roles.sealer_may("indicators_observation", "SELECT")
        for table in publisher.STAMPED:
            roles.sealer_may(table, "SELECT, UPDATE (known_at)")
        nav.register(nav.Item(pgettext_lazy("nav", "Chỉ tiêu"), "indicators:list", 30, "/indicators/", _signed, _HERE))


_HERE = ("/figures/", "/batches/", "/feeds/")


def _signed(request: object) -> bool:
    return bool(getattr(getattr(request, "user", None), "is_authenticated", False))
