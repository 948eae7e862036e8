"""The table of Django's DatabaseCache: rate limits must hold for all workers together, not for each alone."""

from django.db import migrations, models

MAKE = """
CREATE TABLE IF NOT EXISTS shared_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS shared_cache_expires ON shared_cache (expires);
"""
KINDS = [
    ("holiday", "nghỉ lễ, tết"),
    ("swap_off", "nghỉ hoán đổi"),
    ("swap_work", "làm bù"),
    ("comp_off", "nghỉ bù"),
]


class Migration(migrations.Migration):
    dependencies = [("organizations", "0003_selective_first")]
    operations = [
        migrations.RunSQL(MAKE, "DROP TABLE IF EXISTS shared_cache"),
        migrations.AlterField(
            model_name="holiday", name="kind", field=models.CharField(choices=KINDS, max_length=20)
        ),
    ]
