import django.db.models.deletion
from django.db import migrations, models

SPOKEN = """
INSERT INTO indicators_voice (indicator_id, source_id)
SELECT DISTINCT indicator_id, source_id FROM indicators_observation ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_played")]
    operations = [
        migrations.CreateModel(
            name="Voice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="voices", to="indicators.indicator"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="indicators.source"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("indicator", "source"), name="voice_once")],
            },
        ),
        migrations.RunSQL(SPOKEN, migrations.RunSQL.noop),
    ]
