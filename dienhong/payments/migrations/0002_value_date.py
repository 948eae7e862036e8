"""Money of a day, whatever the account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="capture", index=models.Index(fields=["value_date"], name="capture_value_date")
        ),
    ]
