"""One NOTIFY in the house, at the sealer: one in each transaction cost two thirds of the speed. Workers poll.

And whoever begins to read the journal here begins at its present end: nobody is told of years gone by.
"""

from django.db import migrations

FORWARD = """
DROP TRIGGER IF EXISTS procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs;
DROP TRIGGER IF EXISTS procrastinate_jobs_notify_queue_job_aborted_v1 ON procrastinate_jobs;
INSERT INTO notices_cursor (name, position, at)
    SELECT 'reactions', coalesce(max(position), 0), clock_timestamp() FROM journal_seal
    ON CONFLICT (name) DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
        ("journal", "0002_append_only"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
