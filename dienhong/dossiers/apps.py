from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dienhong.dossiers"
    label = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"
