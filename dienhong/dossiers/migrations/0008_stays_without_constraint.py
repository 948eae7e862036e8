"""Only the trigger writes stays, about the very row it is called for: a second look at it cost a tenth of a step."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0007_stays_by_hash")]
    operations = [
        # What the rows above still owe their constraints must be done before the table is changed.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            "stay",
            "dossier",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="stays",
                to="dossiers.dossier",
            ),
        ),
    ]
