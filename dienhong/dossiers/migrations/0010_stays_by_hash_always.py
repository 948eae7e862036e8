"""The session keeps the trigger's plans, and the first call of a session mostly moves one dossier: a nested loop. Kept
for a batch of a thousand it was a million comparisons, 1.2 ms a step. For one row a hash costs as little."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0009_voices_named")]
    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION dossiers_count() SET enable_nestloop TO off",
            "ALTER FUNCTION dossiers_count() RESET enable_nestloop",
        )
    ]
