"""What was said stays: states, readings, questions, answers, versions of rules. An alert is closed once, nothing else."""

from django.db import migrations

KEPT = ("reading", "differencestate", "question", "answer", "alertruleversion", "alertreceiver", "alertstate",
        "alertescalation", "difference")  # fmt: skip
FORWARD = """
CREATE FUNCTION watch_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: what was said is never rewritten, add a later row', TG_OP, TG_TABLE_NAME;
END $$;
CREATE FUNCTION watch_closed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL
       AND to_jsonb(NEW) - 'closed_at' = to_jsonb(OLD) - 'closed_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: an alert is closed once and never rewritten', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER alert_closed_once BEFORE UPDATE OR DELETE ON watch_alert
    FOR EACH ROW EXECUTE FUNCTION watch_closed_once();
""" + "".join(
    f"CREATE TRIGGER {name}_kept BEFORE UPDATE OR DELETE ON watch_{name}"
    " FOR EACH STATEMENT EXECUTE FUNCTION watch_kept();\n"
    for name in KEPT
)
BACKWARD = (
    "".join(f"DROP TRIGGER {name}_kept ON watch_{name};\n" for name in KEPT)
    + "DROP TRIGGER alert_closed_once ON watch_alert; DROP FUNCTION watch_closed_once(); DROP FUNCTION watch_kept();"
)


class Migration(migrations.Migration):
    dependencies = [("watch", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
