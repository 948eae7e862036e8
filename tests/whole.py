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


def check_whole(site: Site) -> None:
    checks = site.told["checks"]
    broken = {what: found for what, query in WHOLE.items() if (found := rows(site, query.format(checks=checks)))}
    assert not broken, broken
    named = rows(
        site,
        "SELECT canonical_digest FROM reporting_version WHERE canonical_digest <> '' "
        "UNION SELECT digest FROM reporting_upload UNION SELECT digest FROM indicators_evidence WHERE digest <> ''",
    )
    assert named
    for (digest,) in named:
        data = (site.home / "files" / digest[:2] / digest).read_bytes()
        assert sha256(data).hexdigest() == digest, f"the file {digest} is not what it was"
