"""Many events in one call whose plan the session keeps: planning the statement anew took longer than running it."""

from django.db import migrations

SQL = """
CREATE FUNCTION journal_add(business timestamptz, said_verb text, by_whom text, kind text, request text, person text,
    entries jsonb) RETURNS TABLE (id bigint, at timestamptz, actor_commitment text, object_id text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY INSERT INTO public.journal_event AS e (business_at, verb, actor, object_kind, object_id, unit_id,
        from_state, to_state, reason, data, request_id, actor_commitment)
    SELECT business, said_verb, by_whom, kind, v.object_id, v.unit_id, v.from_state, v.to_state, v.reason, v.data,
        request, coalesce((SELECT l.commitment FROM public.journal_personlabel l WHERE l.person = journal_add.person
            ORDER BY l.id DESC LIMIT 1), '')
    FROM jsonb_to_recordset(entries) AS v(object_id text, unit_id text, from_state text, to_state text, reason text,
        data jsonb)
    RETURNING e.id, e.at, e.actor_commitment::text, e.object_id::text;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_access")]
    operations = [
        migrations.RunSQL(
            SQL, "DROP FUNCTION journal_add(timestamptz, text, text, text, text, text, jsonb)"
        )
    ]
