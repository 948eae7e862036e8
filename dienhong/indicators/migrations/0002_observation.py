"""The observation table as SQL: exact bounded decimals, one covering index for a primary key, set-wise integrity.

A foreign key costs one trigger call for each row and each key; with six of them an intake of 50,000
values a second is out of reach. One statement trigger checks the distinct ids of what came in instead
(docs/decisions/0004-observation-integrity.md).
"""

from django.db import migrations

TABLE = """
CREATE TABLE indicators_observation (
    indicator_id bigint NOT NULL,
    period_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    breakdown_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    source_id bigint NOT NULL,
    measure smallint NOT NULL DEFAULT 0,
    empty smallint NOT NULL DEFAULT 0,
    stage smallint NOT NULL DEFAULT 3,
    value numeric,
    factor numeric,
    ref text NOT NULL DEFAULT '',
    typed text NOT NULL DEFAULT '',
    -- numeric takes NaN and infinities; these comparisons refuse all three (NaN sorts above everything).
    CONSTRAINT observation_value_bounded CHECK (value > -1e20 AND value < 1e20 AND scale(value) <= 10),
    CONSTRAINT observation_value_or_empty CHECK ((value IS NULL) = (empty <> 0)),
    CONSTRAINT observation_empty_known CHECK (empty IN (0, 1, 2, 3, 4, 9))
);
CREATE UNIQUE INDEX observation_series ON indicators_observation
    (indicator_id, period_id, unit_id, breakdown_id, measure, source_id, batch_id DESC)
    INCLUDE (value, empty, stage);
CREATE INDEX observation_batch ON indicators_observation (batch_id);
"""

KEYS = {
    "indicator_id": "indicators_indicator",
    "period_id": "indicators_period",
    "unit_id": "organizations_unit",
    "breakdown_id": "indicators_breakdown",
    "batch_id": "indicators_batch",
    "source_id": "indicators_source",
}
CHECKS = "".join(
    f"""
    SELECT fresh.{column} INTO missing FROM (SELECT DISTINCT {column} FROM added) fresh
        LEFT JOIN {table} known ON known.id = fresh.{column} WHERE known.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = format('observation: {column} %s is not in {table}', missing);
    END IF;"""
    for column, table in KEYS.items()
)
INTEGRITY = rf"""
CREATE FUNCTION indicators_observation_known() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing bigint;
BEGIN{CHECKS}
    RETURN NULL;
END $$;
CREATE TRIGGER observation_known AFTER INSERT ON indicators_observation
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION indicators_observation_known();
CREATE FUNCTION indicators_observation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Django empties the tables of its test databases, whose names begin so, between tests.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'observations are never changed or deleted: write a later batch';
END $$;
CREATE TRIGGER observation_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON indicators_observation
    FOR EACH STATEMENT EXECUTE FUNCTION indicators_observation_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]
    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE indicators_observation"),
        migrations.RunSQL(
            INTEGRITY, "DROP FUNCTION indicators_observation_known(), indicators_observation_kept() CASCADE"
        ),
    ]
