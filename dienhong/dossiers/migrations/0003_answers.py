"""A draft may answer a request to supplement: then it points at its dossier."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_tally")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="dossier",
            field=models.ForeignKey(
                blank=True,
                help_text="the dossier it supplements; empty: it becomes a dossier of its own",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="answers",
                to="dossiers.dossier",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("person", "dossier"), name="draft_answer_once"),
        ),
    ]
