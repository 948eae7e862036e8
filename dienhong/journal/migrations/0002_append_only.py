"""What the models cannot say: the queue's trigger, the refusals, words without tones. Runs on PostgreSQL 15 and 18."""

FORWARD = r"""
CREATE FUNCTION journal_enter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Nobody chooses the moment of an event, nor forgets to have it sealed. To load data only from a dump,
    -- use --disable-triggers, or every sealed hash will differ.
    NEW.at := clock_timestamp();
    INSERT INTO public.journal_unsealed (event_id) VALUES (NEW.id);
    RETURN NEW;
END $$;

CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Django empties the tables of its test databases, whose names begin so, between tests.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the journal is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER journal_enter BEFORE INSERT ON journal_event FOR EACH ROW EXECUTE FUNCTION journal_enter();
CREATE TRIGGER journal_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_event
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_seal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_sealbatch
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();

CREATE FUNCTION journal_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(translate(
        regexp_replace(normalize(words, NFD), '[\u0300-\u036f]', '', 'g'), 'đĐ', 'dd'))
$$;
CREATE INDEX journal_event_words ON journal_event
    USING gin (to_tsvector('simple'::regconfig, journal_fold(reason))) WHERE reason <> '';

-- Rows come and go here without end: cleaning follows their number, not the table's size.
ALTER TABLE journal_unsealed SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0);
"""

BACKWARD = """
DROP INDEX journal_event_words;
DROP FUNCTION journal_fold(text);
DROP TRIGGER journal_refuse ON journal_sealbatch;
DROP TRIGGER journal_refuse ON journal_seal;
DROP TRIGGER journal_refuse ON journal_event;
DROP TRIGGER journal_enter ON journal_event;
DROP FUNCTION journal_refuse();
DROP FUNCTION journal_enter();
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
