"""What holds of a database at any moment, whatever was killed when."""

from hashlib import sha256

from tests.killing import Site, rows

WHOLE = {
    "a submission without a version": """
        SELECT s.id FROM reporting_submission s
        WHERE NOT EXISTS (SELECT 1 FROM reporting_version v WHERE v.submission_id = s.id)""",
    "a version without its first state": """
        SELECT v.id FROM reporting_version v
        WHERE NOT EXISTS (SELECT 1 FROM reporting_statechange c WHERE c.version_id = v.id AND c.state = 20)""",
    "a state without its journal event": """
        SELECT c.id FROM reporting_statechange c WHERE 1 <> (SELECT count(*) FROM journal_event e
            WHERE e.object_kind = 'version' AND e.object_id = c.version_id::text AND e.to_state = c.state::text)""",
    "a journal event without its state": """
        SELECT e.id FROM journal_event e WHERE e.object_kind = 'version' AND e.to_state <> ''
            AND NOT EXISTS (SELECT 1 FROM reporting_statechange c
                WHERE c.version_id::text = e.object_id AND c.state::text = e.to_state)""",
    "an approved version without its approval": """
        SELECT c.id FROM reporting_statechange c LEFT JOIN reporting_approval a ON a.change_id = c.id
        WHERE (c.state = 40) <> (a.id IS NOT NULL)""",
    "a submitted version without all its checks": """
        SELECT c.version_id FROM reporting_statechange c WHERE c.state = 30 AND {checks} <>
            (SELECT count(*) FROM reporting_checkresult r WHERE r.version_id = c.version_id)""",
    "a sent version without its batch or its workbook": """
        SELECT v.id FROM reporting_version v WHERE (v.batch_id IS NOT NULL AND v.canonical_digest <> '') <>
            EXISTS (SELECT 1 FROM reporting_statechange c WHERE c.version_id = v.id AND c.state = 50)""",
    "a batch that no version names": """
        SELECT b.id FROM indicators_batch b WHERE NOT EXISTS
            (SELECT 1 FROM reporting_version v WHERE v.batch_id = b.id)""",
    "a batch without all its observations": """
        SELECT b.id FROM indicators_batch b JOIN reporting_version v ON v.batch_id = b.id
        WHERE (SELECT count(*) FROM indicators_observation o WHERE o.batch_id = b.id) <>
            (SELECT count(*) FROM reporting_formcell f WHERE f.regime_version_id = v.regime_version_id
                AND f.indicator_id IS NOT NULL AND f.kind IN ('number', 'computed'))""",
    "an observation without evidence": """
        SELECT o.batch_id FROM indicators_observation o WHERE NOT EXISTS (SELECT 1 FROM indicators_evidence e
            WHERE e.batch_id = o.batch_id AND e.kind = 'canonical_workbook' AND e.digest <> '')""",
    "a batch that is neither published nor waiting": """
        SELECT b.id FROM indicators_batch b WHERE NOT EXISTS (SELECT 1 FROM indicators_publication p
            WHERE p.batch_id = b.id) AND NOT EXISTS (SELECT 1 FROM indicators_pending p WHERE p.batch_id = b.id)""",
    "a batch without its journal event": """
        SELECT b.id FROM indicators_batch b WHERE NOT EXISTS (SELECT 1 FROM journal_event e
            WHERE e.object_kind = 'batch' AND e.object_id = b.id::text AND (e.data ->> 'rows')::int =
                (SELECT count(*) FROM indicators_observation o WHERE o.batch_id = b.id))""",
    "an edit that the journal does not know": """
        SELECT d.id FROM reporting_edit d WHERE NOT EXISTS (SELECT 1 FROM journal_event e,
            jsonb_each_text(e.data -> 'cells') cell WHERE e.verb = 'reporting.save_cells'
            AND e.object_id = d.version_id::text AND cell.value = d.id::text)""",
    "an upload without all its cells": """
        SELECT u.version_id FROM reporting_upload u WHERE u.outcome = 'taken' GROUP BY u.version_id
        HAVING u.version_id IS NULL OR sum(u.cells) <> (SELECT count(*) FROM reporting_edit d
            WHERE d.version_id = u.version_id AND d.origin <> '')""",
    "a refused upload": "SELECT id FROM reporting_upload WHERE outcome <> 'taken'",
    "an event neither sealed nor waiting": """
        SELECT e.id FROM journal_event e WHERE NOT EXISTS (SELECT 1 FROM journal_unsealed u WHERE u.event_id = e.id)
            AND NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.event_id = e.id)""",
}  # fmt: skip

SERVICES = {
    "a dossier that nobody and nothing will move": """
        SELECT d.id FROM dossiers_dossier d WHERE d.closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM dossiers_place p
            WHERE p.dossier_id = d.id AND (p.role <> '' OR p.timer_at IS NOT NULL))""",
    "a closed dossier that waits": """
        SELECT d.id FROM dossiers_dossier d JOIN dossiers_place p ON p.dossier_id = d.id
        WHERE d.closed_at IS NOT NULL""",
    "a place that the dossier's own marking does not have": """
        SELECT p.id FROM dossiers_place p JOIN dossiers_dossier d ON d.id = p.dossier_id
        WHERE p.kind <> 3 AND NOT (d.marking -> 'at')::text LIKE '%"' || p.element || '"%'""",
    "a dossier without its journal": """
        SELECT d.id FROM dossiers_dossier d WHERE 1 <> (SELECT count(*) FROM journal_event e
            WHERE e.verb = 'dossiers.file' AND e.object_kind = 'dossier' AND e.object_id = d.id::text)""",
    "an accepted dossier without one slip": """
        SELECT d.id FROM dossiers_dossier d WHERE (d.accepted_at IS NOT NULL)::int <> (SELECT count(*)
            FROM documents_issued i WHERE i.owner_id = d.id::text AND i.kind = 'receipt')""",
    "money without one receipt": """
        SELECT c.id FROM payments_capture c WHERE NOT EXISTS (SELECT 1 FROM payments_receipt r
            WHERE r.capture_id = c.id) OR 1 <> (SELECT count(*) FROM documents_issued i
            WHERE i.kind = 'fee_receipt' AND (i.data ->> 'capture')::bigint = c.id
                AND (i.data ->> 'total')::bigint = c.amount)""",
    "a receipt without money": """
        SELECT i.id FROM documents_issued i WHERE i.kind = 'fee_receipt' AND NOT EXISTS
            (SELECT 1 FROM payments_capture c WHERE c.id = (i.data ->> 'capture')::bigint)""",
    "money without its journal event": """
        SELECT c.id FROM payments_capture c WHERE 1 <> (SELECT count(*) FROM journal_event e
            WHERE e.verb = 'payments.captured' AND (e.data ->> 'capture')::bigint = c.id)""",
    "a notice without a verdict": """
        SELECT n.id FROM payments_notice n WHERE NOT EXISTS
            (SELECT 1 FROM payments_verdict v WHERE v.notice_id = n.id)""",
    "a bill paid and its dossier not, or the reverse": """
        SELECT b.id FROM payments_bill b JOIN dossiers_dossier d ON d.id::text = b.owner_id
        WHERE (SELECT coalesce(sum(c.amount), 0) FROM payments_capture c WHERE c.bill_id = b.id) <>
            CASE WHEN d.status IN (9, 10) THEN b.amount ELSE 0 END""",
    "a dossier that is done without one signed result, or the reverse": """
        SELECT d.id FROM dossiers_dossier d WHERE (d.status IN (9, 10))::int <> (SELECT count(*)
            FROM documents_issued i WHERE i.owner_id = d.id::text AND i.kind = 'fee_confirmation')""",
    "a result that was not sent once": """
        SELECT d.id FROM dossiers_dossier d WHERE (d.status IN (9, 10))::int <> (SELECT count(*)
            FROM exchange_outbox o JOIN exchange_message m ON m.id = o.message_id
            WHERE m.owner_kind = 'dossier' AND m.owner_id = d.id::text AND o.kind = 'FeePaidData')""",
    "a message that still waits or was given up": """
        SELECT message_id FROM exchange_outbox WHERE delivered_at IS NULL""",
    "work that a dead worker left, or that failed": """
        SELECT id, task_name, status FROM procrastinate_jobs WHERE status NOT IN ('succeeded', 'todo')""",
    "an event neither sealed nor waiting": WHOLE["an event neither sealed nor waiting"],
}  # fmt: skip


def check_services(site: Site) -> None:
    broken = {what: found for what, query in SERVICES.items() if (found := rows(site, query))}
    assert not broken, broken
    check_files(site, "SELECT digest FROM dossiers_attachment UNION SELECT pdf_digest FROM documents_issued")


def check_whole(site: Site) -> None:
    checks = site.told["checks"]
    broken = {what: found for what, query in WHOLE.items() if (found := rows(site, query.format(checks=checks)))}
    assert not broken, broken
    check_files(
        site,
        "SELECT canonical_digest FROM reporting_version WHERE canonical_digest <> '' "
        "UNION SELECT digest FROM reporting_upload UNION SELECT digest FROM indicators_evidence WHERE digest <> ''",
    )


def check_files(site: Site, query: str) -> None:
    """Each file that the database names lies in the store, whole."""
    named = rows(site, query)
    assert named
    for (digest,) in named:
        data = (site.home / "files" / digest[:2] / digest).read_bytes()
        assert sha256(data).hexdigest() == digest, f"the file {digest} is not what it was"
