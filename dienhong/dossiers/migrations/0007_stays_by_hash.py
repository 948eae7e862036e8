"""The trigger joins the rows of a statement with themselves; called from `dossiers_leave`, which plans by nested loops
alone, a batch of two thousand would be four million comparisons."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0006_leave")]
    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION dossiers_count() SET enable_hashjoin TO on",
            "ALTER FUNCTION dossiers_count() RESET enable_hashjoin",
        )
    ]
