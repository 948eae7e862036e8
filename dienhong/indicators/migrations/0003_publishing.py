"""The publisher's queue, what is said once and never changed, search of the catalogue, the total breakdown."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = r"""
CREATE FUNCTION indicators_batch_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.indicators_pending (batch_id, not_before) SELECT id, not_before FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER batch_waits AFTER INSERT ON indicators_batch
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION indicators_batch_waits();

CREATE FUNCTION indicators_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: what was known is never rewritten, add a later row', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER publication_kept BEFORE UPDATE OR DELETE ON indicators_publication
    FOR EACH STATEMENT EXECUTE FUNCTION indicators_kept();
CREATE TRIGGER batch_kept BEFORE UPDATE OR DELETE ON indicators_batch
    FOR EACH STATEMENT EXECUTE FUNCTION indicators_kept();
CREATE TRIGGER evidence_kept BEFORE UPDATE OR DELETE ON indicators_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION indicators_kept();

-- Of the catalogue only the publisher's stamp may be set, and only once.
CREATE FUNCTION indicators_said_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.known_at IS NULL
       AND to_jsonb(NEW) - 'known_at' = to_jsonb(OLD) - 'known_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: what was known is never rewritten, add a later row', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER entry_said_once BEFORE UPDATE OR DELETE ON indicators_entry
    FOR EACH ROW EXECUTE FUNCTION indicators_said_once();
CREATE TRIGGER method_said_once BEFORE UPDATE OR DELETE ON indicators_method
    FOR EACH ROW EXECUTE FUNCTION indicators_said_once();
CREATE TRIGGER authority_said_once BEFORE UPDATE OR DELETE ON indicators_authority
    FOR EACH ROW EXECUTE FUNCTION indicators_said_once();

CREATE INDEX entry_words ON indicators_entry USING gin (to_tsvector('simple'::regconfig, search_key));
INSERT INTO indicators_breakdown (key) VALUES ('') ON CONFLICT DO NOTHING;
"""
BACKWARD = """
DROP INDEX entry_words;
DROP TRIGGER authority_said_once ON indicators_authority;
DROP TRIGGER method_said_once ON indicators_method;
DROP TRIGGER entry_said_once ON indicators_entry;
DROP FUNCTION indicators_said_once();
DROP TRIGGER evidence_kept ON indicators_evidence;
DROP TRIGGER batch_kept ON indicators_batch;
DROP TRIGGER publication_kept ON indicators_publication;
DROP FUNCTION indicators_kept();
DROP TRIGGER batch_waits ON indicators_batch;
DROP FUNCTION indicators_batch_waits();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0002_observation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pending',
            fields=[
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='indicators.batch')),
                ('not_before', models.DateField(null=True)),
            ],
        ),
        migrations.AlterField(
            model_name='authority',
            name='known_at',
            field=models.DateTimeField(help_text='set by the publisher; empty: not yet published', null=True),
        ),
        migrations.AlterField(
            model_name='entry',
            name='known_at',
            field=models.DateTimeField(help_text='set by the publisher; empty: not yet published', null=True),
        ),
        migrations.AlterField(
            model_name='method',
            name='known_at',
            field=models.DateTimeField(help_text='set by the publisher; empty: not yet published', null=True),
        ),
        migrations.AddIndex(
            model_name='authority',
            index=models.Index(condition=models.Q(('known_at', None)), fields=['id'], name='authority_unpublished'),
        ),
        migrations.AddIndex(
            model_name='authority',
            index=models.Index(fields=['-known_at'], name='authority_known'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('known_at', None)), fields=['id'], name='entry_unpublished'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['-known_at'], name='entry_known'),
        ),
        migrations.AddIndex(
            model_name='method',
            index=models.Index(condition=models.Q(('known_at', None)), fields=['id'], name='method_unpublished'),
        ),
        migrations.AddIndex(
            model_name='method',
            index=models.Index(fields=['-known_at'], name='method_known'),
        ),
        migrations.AddIndex(
            model_name='pending',
            index=models.Index(fields=['not_before'], name='indicators__not_bef_634702_idx'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
