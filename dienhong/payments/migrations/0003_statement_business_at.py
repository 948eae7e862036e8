"""When a statement was read, by the business clock: beside its differences, which say so too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_value_date")]

    operations = [
        migrations.AddField("statementfile", "business_at", models.DateTimeField(null=True)),
        # Outside the demo the two clocks agree.
        migrations.RunSQL("UPDATE payments_statementfile SET business_at = at", migrations.RunSQL.noop),
        migrations.AlterField("statementfile", "business_at", models.DateTimeField()),
    ]
