"""What a step leaves, in one call whose plans the session keeps: planning took longer than running.

By nested loops over indexes whatever the tables' sizes: a plan that was kept while they were small must not read them
whole later. A place's unit repeats its dossier's, which has the foreign key; a second look at it for each place cost a
tenth of a step.
"""

import django.db.models.deletion
from django.db import migrations, models

SQL = """
CREATE FUNCTION dossiers_leave(moved jsonb, gone jsonb, arrived jsonb) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    UPDATE dossiers_dossier d SET status = v.status, status_since = v.status_since, before = v.before,
        marking = v.marking, facts = v.facts, finished_at = v.finished_at, closed_at = v.closed_at
    FROM jsonb_to_recordset(moved) AS v(id bigint, status smallint, status_since timestamptz, before smallint,
        marking jsonb, facts jsonb, finished_at timestamptz, closed_at timestamptz) WHERE d.id = v.id;
    IF gone IS NOT NULL THEN
        DELETE FROM dossiers_place p USING jsonb_to_recordset(gone) AS v(dossier bigint, element text)
        WHERE p.dossier_id = v.dossier AND p.element = v.element;
    END IF;
    IF arrived IS NOT NULL THEN
        INSERT INTO dossiers_place (dossier_id, element, kind, role, unit_id, status, due_at, since, message, timer_at,
            sequence)
        SELECT * FROM jsonb_to_recordset(arrived) AS v(dossier bigint, element text, kind smallint, role text,
            unit bigint, status smallint, due_at timestamptz, since timestamptz, message text, timer_at timestamptz,
            sequence int)
        ON CONFLICT (dossier_id, element) DO UPDATE SET unit_id = EXCLUDED.unit_id, due_at = EXCLUDED.due_at,
            since = EXCLUDED.since, timer_at = EXCLUDED.timer_at, sequence = EXCLUDED.sequence, claimed_by_id = NULL,
            claimed_at = NULL;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0005_about")]
    operations = [
        migrations.RunSQL(SQL, "DROP FUNCTION dossiers_leave(jsonb, jsonb, jsonb)"),
        migrations.AlterField(
            "place",
            "unit",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="the dossier's, repeated for lists",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.unit",
            ),
        ),
    ]
