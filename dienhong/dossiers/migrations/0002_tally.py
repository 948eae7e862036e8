from django.db import migrations

# One statement may file or move thousands: one row of difference for each unit, service and status it touched.
SQL = """
CREATE FUNCTION dossiers_count() RETURNS trigger LANGUAGE plpgsql AS $$
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
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dossiers_count_insert AFTER INSERT ON dossiers_dossier
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION dossiers_count();
CREATE TRIGGER dossiers_count_update AFTER UPDATE ON dossiers_dossier
    REFERENCING OLD TABLE AS gone NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION dossiers_count();
CREATE TRIGGER dossiers_count_delete AFTER DELETE ON dossiers_dossier
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION dossiers_count();
"""
BACK = """
DROP TRIGGER dossiers_count_insert ON dossiers_dossier;
DROP TRIGGER dossiers_count_update ON dossiers_dossier;
DROP TRIGGER dossiers_count_delete ON dossiers_dossier;
DROP FUNCTION dossiers_count();
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial")]
    operations = [migrations.RunSQL(SQL, BACK)]
