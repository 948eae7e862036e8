"""Past statuses of a dossier, the sets that are counted, and how far counting came."""

import django.db.models.deletion
from django.db import migrations, models

STATUSES = [
    (1, "New"), (2, "Accepted"), (3, "Not Accepted"), (4, "In Process"), (5, "Supplement"), (6, "To Pay"),
    (7, "Withdrawal"), (8, "Stopped"), (9, "Done"), (10, "Handed Over"),
]  # fmt: skip

# Dossiers that are there already: their way through the statuses stands in the journal.
HISTORY = """
CREATE TEMPORARY TABLE dossiers_moves ON COMMIT DROP AS
    SELECT e.object_id::bigint AS dossier_id, e.to_state::smallint AS status, e.business_at AS since,
        row_number() OVER (PARTITION BY e.object_id ORDER BY e.id) AS n
    FROM journal_event e
    WHERE e.verb = 'dossiers.step' AND e.object_kind = 'dossier' AND e.to_state <> '' AND e.to_state <> e.from_state;
INSERT INTO dossiers_stay (dossier_id, status, since, until)
    SELECT m.dossier_id, m.status, m.since, later.since FROM dossiers_moves m
    JOIN dossiers_moves later ON later.dossier_id = m.dossier_id AND later.n = m.n + 1
    WHERE EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = m.dossier_id);
UPDATE dossiers_dossier d SET status_since = coalesce(
    (SELECT m.since FROM dossiers_moves m WHERE m.dossier_id = d.id ORDER BY m.n DESC LIMIT 1), d.submitted_at);
"""

# The trigger of 0002; where a status was left, it leaves a stay.
COUNT = """
CREATE OR REPLACE FUNCTION dossiers_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO dossiers_tally (unit_id, service, status, number)
            SELECT unit_id, service, status, count(*) FROM fresh GROUP BY 1, 2, 3;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO dossiers_tally (unit_id, service, status, number)
            SELECT unit_id, service, status, -count(*) FROM gone GROUP BY 1, 2, 3;
    ELSE
        INSERT INTO dossiers_tally (unit_id, service, status, number)
            SELECT unit_id, service, status, sum(n) FROM (
                SELECT unit_id, service, status, 1 AS n FROM fresh
                UNION ALL SELECT unit_id, service, status, -1 FROM gone
            ) moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
        {stays}
    END IF;
    RETURN NULL;
END $$;
"""
STAYS = """
        INSERT INTO dossiers_stay (dossier_id, status, since, until)
            SELECT gone.id, gone.status, gone.status_since, fresh.status_since
            FROM gone JOIN fresh USING (id) WHERE fresh.status <> gone.status;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0003_answers"),
        ("indicators", "0006_counted"),
        ("journal", "0001_initial"),
        ("organizations", "0006_person_sort_key"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.PositiveSmallIntegerField(choices=STATUSES)),
                ("since", models.DateTimeField(help_text="business time")),
                ("until", models.DateTimeField(help_text="business time, no longer inside")),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stays", to="dossiers.dossier"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="dossier",
            name="status_since",
            field=models.DateTimeField(
                help_text="business time; what stood before is in models.counts.Stay", null=True
            ),
        ),
        migrations.RunSQL(HISTORY, migrations.RunSQL.noop),
        # What the rows above still owe their constraints must be done before the table is changed again.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="dossier",
            name="status_since",
            field=models.DateTimeField(help_text="business time; what stood before is in models.counts.Stay"),
        ),
        migrations.RunSQL(COUNT.format(stays=STAYS), COUNT.format(stays="")),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(
                condition=models.Q(("status__in", (3, 8, 10)), _negated=True), fields=["until"], name="stay_open_until"
            ),
        ),
        migrations.AddIndex(
            model_name="dossier", index=models.Index(fields=["submitted_at"], name="dossier_submitted")
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False)), fields=["finished_at"], name="dossier_finished"
            ),
        ),
        migrations.CreateModel(
            name="CountedSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "place",
                    models.PositiveIntegerField(help_text="within the batch: what its observation refers to"),
                ),
                ("what", models.CharField(help_text="key of counting.measures", max_length=20)),
                ("service", models.CharField(blank=True, help_text="empty: every service", max_length=60)),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        choices=STATUSES, help_text="of what is open; empty: any", null=True
                    ),
                ),
                ("as_of", models.DateTimeField(help_text="business time: what was true then")),
                (
                    "trees_at",
                    models.DateTimeField(help_text="record time: which units lay below which, as known then"),
                ),
                ("official", models.BooleanField(help_text="the period was over")),
                ("number", models.BigIntegerField(help_text="of dossiers, or of movements of money")),
                ("amount", models.BigIntegerField(help_text="whole đồng, where it is money", null=True)),
                ("digest", models.CharField(help_text="SHA-256 over the members in order", max_length=64)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="indicators.batch",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="indicators.indicator",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="indicators.period",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        help_text="with all units below it", on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to="organizations.unit",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("batch", "place"), name="counted_place")],
                "indexes": [
                    models.Index(
                        fields=["period", "unit", "indicator", "service", "status", "-id"], name="counted_last"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="Counting",
            fields=[
                (
                    "period",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+",
                        serialize=False, to="indicators.period",
                    ),
                ),
                ("as_of", models.DateTimeField(help_text="business time")),
                ("written", models.IntegerField(help_text="how many figures the last time changed")),
                ("at", models.DateTimeField(help_text="record time")),
            ],
        ),
    ]  # fmt: skip
