"""What was given is never changed: the database refuses it, whoever asks."""

from django.db import migrations

FORWARD = r"""
CREATE FUNCTION documents_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'papers are never changed: % on % is refused; answer with a new one', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER documents_refuse BEFORE UPDATE OR DELETE ON documents_issued
    FOR EACH ROW EXECUTE FUNCTION documents_refuse();
CREATE TRIGGER documents_refuse BEFORE UPDATE OR DELETE ON documents_revocation
    FOR EACH ROW EXECUTE FUNCTION documents_refuse();
CREATE TRIGGER documents_refuse BEFORE UPDATE OR DELETE ON documents_certificaterevocation
    FOR EACH ROW EXECUTE FUNCTION documents_refuse();
"""
BACKWARD = """
DROP TRIGGER documents_refuse ON documents_certificaterevocation;
DROP TRIGGER documents_refuse ON documents_revocation;
DROP TRIGGER documents_refuse ON documents_issued;
DROP FUNCTION documents_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
