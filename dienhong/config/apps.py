from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "dienhong.config"
    label = "config"

    def ready(self) -> None:
        from dienhong.config import checks, journal_words, office, reactions  # noqa: F401  (checks registers)
        from dienhong.journal import actions

        actions.listen(reactions.follow, reactions.in_the_act)
        office.register()
        journal_words.register()
