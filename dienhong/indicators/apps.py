from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "dienhong.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dienhong.indicators import publisher
        from dienhong.journal import roles, sealer

        sealer.register(publisher.publish_once, name="indicators.publish")
        roles.sealer_may("indicators_publication")
        roles.sealer_may("indicators_pending", "SELECT, DELETE")
        for table in publisher.STAMPED:
            roles.sealer_may(table, "SELECT, UPDATE (known_at)")
