"""The publisher: the one place where a batch or a wording of the catalogue becomes known. A step of the sealer.

`known_at` is stamped after commit and rises from round to round, so "as of T" reads the same whenever it is asked:
PostgreSQL's now() is the start of a transaction, and a long intake would rewrite the past with it.
"""

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from dienhong.base import clock

LOCK = 0x0D1E_2241  # advisory lock: one publisher at a time, also beside a second sealer
ROUND = 5000  # batches in one round
STAMPED = ("indicators_entry", "indicators_method", "indicators_authority")

# The greatest moment known so far. Each branch is one step into an index.
CAP = "SELECT greatest({})".format(
    ", ".join(f"(SELECT max(known_at) FROM {table})" for table in ("indicators_publication", *STAMPED))  # noqa: S608
)
# clock_timestamp() is read after the statement's snapshot was taken, so it is later than every commit it sees;
# the microsecond keeps the order if the machine's clock is set back.
_MOMENT = f"greatest(clock_timestamp(), ({CAP}) + interval '1 microsecond')"

_BATCHES = f"""
WITH due AS (
    DELETE FROM indicators_pending WHERE batch_id IN (
        SELECT batch_id FROM indicators_pending WHERE not_before IS NULL OR not_before <= %s
        ORDER BY batch_id LIMIT {ROUND})
    RETURNING batch_id
), told AS MATERIALIZED (
    SELECT {_MOMENT} AS moment, coalesce((SELECT max(seq) FROM indicators_publication), 0) AS seq
)
INSERT INTO indicators_publication (batch_id, seq, known_at)
SELECT due.batch_id, told.seq + row_number() OVER (ORDER BY due.batch_id),
       least(told.moment, coalesce(batch.played_at + make_interval(secs => %s), told.moment))
FROM due JOIN indicators_batch batch ON batch.id = due.batch_id, told
RETURNING batch_id
"""  # noqa: S608
# Here and not where the batch is written: writers would wait for one another at the unique index.
_VOICES = """
INSERT INTO indicators_voice (indicator_id, source_id)
SELECT DISTINCT o.indicator_id, o.source_id FROM indicators_observation o WHERE o.batch_id = ANY(%s) AND NOT EXISTS (
    SELECT 1 FROM indicators_voice v WHERE v.indicator_id = o.indicator_id AND v.source_id = o.source_id)
"""
_ANY_DUE = "SELECT EXISTS (SELECT 1 FROM indicators_pending WHERE not_before IS NULL OR not_before <= %s)"


def publish_once() -> int:
    """Publish what is committed and due by the business day; returns how many rows, 0 also when another is at it.

    Cheap when idle: it looks at the queue and at three partial indexes, never at what is published already.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        return _catalogue(cursor) + _batches(cursor)


def _batches(cursor: CursorWrapper) -> int:
    today = clock.business_today()
    cursor.execute(_ANY_DUE, [today])
    if not cursor.fetchone()[0]:
        return 0
    # What the demo plays was known when it was played: the record time that its business clock gives that moment.
    cursor.execute(_BATCHES, [today, (clock.record_now() - clock.business_now()).total_seconds()])
    published = [row[0] for row in cursor.fetchall()]
    cursor.execute(_VOICES, [published])
    return len(published)


def _catalogue(cursor: CursorWrapper) -> int:
    cursor.execute(f"SELECT {', '.join(_waiting(table) for table in STAMPED)}")
    waiting = cursor.fetchone()
    if not any(waiting):
        return 0
    # One moment for all three tables: a new entry and its method become known together.
    cursor.execute(f"SELECT {_MOMENT}")
    moment, done = cursor.fetchone()[0], 0
    for table, some in zip(STAMPED, waiting, strict=True):
        if some:
            cursor.execute(f"UPDATE {table} SET known_at = %s WHERE known_at IS NULL", [moment])  # noqa: S608
            done += int(cursor.rowcount)
    return done


def _waiting(table: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} WHERE known_at IS NULL)"  # noqa: S608
