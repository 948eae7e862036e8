"""Figures may be counted from records of this site."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0005_voice")]

    operations = [
        migrations.AlterField(
            model_name="source",
            name="kind",
            field=models.CharField(
                choices=[("regime", "Regime"), ("feed", "Feed"), ("formula", "Formula"), ("count", "Count")],
                max_length=10,
            ),
        ),
    ]
