from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "dienhong.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
