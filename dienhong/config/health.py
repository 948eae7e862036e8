"""Is it alive (/healthz), may it get requests (/readyz), how does it do (/metrics): for load balancers and monitors."""

import secrets
import shutil
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dienhong.base import clock
from dienhong.config import backup
from dienhong.config.checks import is_loopback

LEAST_FREE = 500 * 2**20  # bytes on the disk of DIENHONG_HOME


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations wait: run `manage.py migrate`" if waiting else ""


def _disk() -> str:
    free = shutil.disk_usage(settings.HOME).free
    return "" if free >= LEAST_FREE else f"{free // 2**20} MB free, {LEAST_FREE // 2**20} MB needed"


READY: dict[str, Callable[[], str]] = {"database": _database, "migrations": _migrations, "disk": _disk}


@login_not_required
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Public. This process answers; nothing else is asked, so that a slow database restarts nobody."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Public. 200 if requests may come, 503 with the sentence of what is missing."""
    found: dict[str, str] = {}
    for name, question in READY.items():
        try:
            found[name] = question() or "ok"
        except (Error, OSError) as error:
            found[name] = f"{type(error).__name__}: see the log"
    good = all(answer == "ok" for answer in found.values())
    answer = JsonResponse({"ready": good, "checks": found}, status=200 if good else 503)
    if settings.DEMO and good:  # the demo's other programs live on the same day
        answer["Business-Time"] = clock.business_now().isoformat(timespec="seconds")
    return answer


# name -> (help, type, SQL giving one number). What waits is told by how long its oldest has waited: a queue of ten
# thousand that moves is well, one of three that stands is not.
METRICS = {
    "dienhong_database_bytes": ("Size of the database.", "gauge", "SELECT pg_database_size(current_database())"),
    "dienhong_database_connections": (
        "Connections to this database.",
        "gauge",
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
    ),
    "dienhong_transactions_total": (
        "Transactions committed since the statistics began.",
        "counter",
        "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()",
    ),
    "dienhong_journal_last_event": ("Id of the last event.", "gauge", "SELECT coalesce(max(id), 0) FROM journal_event"),
    "dienhong_journal_unsealed": ("Events not sealed yet.", "gauge", "SELECT count(*) FROM journal_unsealed"),
    "dienhong_journal_unsealed_seconds": (
        "How long the oldest unsealed event has waited for the sealer.",
        "gauge",
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.at)), 0)"
        " FROM journal_unsealed u JOIN journal_event e ON e.id = u.event_id",
    ),
    "dienhong_publishing_seconds": (
        "How long the oldest batch of figures has waited to be published.",
        "gauge",
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(b.created_at)), 0)"
        " FROM indicators_pending p JOIN indicators_batch b ON b.id = p.batch_id",
    ),
    "dienhong_jobs_waiting": (
        "Jobs that could begin now and have not.",
        "gauge",
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()",
    ),
    "dienhong_jobs_waiting_seconds": (
        "How long the oldest of them has waited for a worker.",
        "gauge",
        "SELECT coalesce(max(extract(epoch FROM now() - coalesce(j.scheduled_at, (SELECT max(v.at) FROM"
        " procrastinate_events v WHERE v.job_id = j.id)))), 0) FROM procrastinate_jobs j"
        " WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()",
    ),
    "dienhong_jobs_failed": (
        "Jobs given up after all their attempts.",
        "gauge",
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
    ),
    "dienhong_deliveries_waiting_seconds": (
        "How long the oldest notice that leaves the house (mail, SMS, webhook) has waited since it was queued.",
        "gauge",
        # Of the last weeks only: the table grows for ever, and what still waits after that is dead.
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(s.at)), 0) FROM (SELECT DISTINCT ON (delivery_id)"
        " delivery_id, state, at FROM notices_deliverystate WHERE at > now() - interval '14 days'"
        " ORDER BY delivery_id, id DESC) s JOIN notices_delivery d ON d.id = s.delivery_id"
        " WHERE s.state IN ('queued', 'failed') AND d.rhythm <> 'daily'",
    ),
    "dienhong_deliveries_dead": (
        "Notices of the last 30 days that could not be delivered.",
        "gauge",
        "SELECT count(*) FROM notices_deliverystate WHERE state = 'dead' AND at > now() - interval '30 days'",
    ),
    "dienhong_exchange_waiting": (
        "Messages to other agencies that have not been taken yet.",
        "gauge",
        "SELECT count(*) FROM exchange_outbox WHERE delivered_at IS NULL AND dead_at IS NULL",
    ),
    "dienhong_exchange_waiting_seconds": (
        "How long the oldest of them has waited.",
        "gauge",
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(queued_at)), 0) FROM exchange_outbox"
        " WHERE delivered_at IS NULL AND dead_at IS NULL",
    ),
    "dienhong_exchange_dead": (
        "Messages to other agencies that were given up or refused and not sent since.",
        "gauge",
        "SELECT count(*) FROM exchange_outbox WHERE dead_at IS NOT NULL",
    ),
    "dienhong_exchange_breakers_open": (
        "Agencies that are not asked at present because they failed again and again.",
        "gauge",
        "SELECT count(*) FROM exchange_breaker WHERE open_until > clock_timestamp()",
    ),
    "dienhong_sessions": (
        "Sessions not yet expired.",
        "gauge",
        "SELECT count(*) FROM django_session WHERE expire_date > now()",
    ),
}


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Public to this machine, or to who brings DIENHONG_METRICS_TOKEN as bearer. Prometheus text format 0.0.4."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token:
        allowed = secrets.compare_digest(given.encode(), f"Bearer {token}".encode())
    else:
        # Behind a proxy every caller looks local: then a token is needed.
        allowed = not settings.BEHIND_PROXY and is_loopback(request.META.get("REMOTE_ADDR", ""))
    if not allowed:
        return HttpResponseForbidden(
            "Set DIENHONG_METRICS_TOKEN and send it as a bearer token.\n", content_type="text/plain"
        )
    usage = shutil.disk_usage(settings.HOME)
    rows = [("dienhong_disk_free_bytes", "Free bytes where DIENHONG_HOME lies.", "gauge", usage.free)]
    age = backup.age()
    if age is not None:
        title = "Since the last backup that passed its drill; absent where none ever did."
        rows.append(("dienhong_backup_age_seconds", title, "gauge", int(age.total_seconds())))
    with connection.cursor() as cursor:
        for name, (title, kind, query) in METRICS.items():
            cursor.execute(query)
            rows.append((name, title, kind, cursor.fetchone()[0]))
    lines = [f"# HELP {name} {title}\n# TYPE {name} {kind}\n{name} {value}\n" for name, title, kind, value in rows]
    return HttpResponse("".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")
