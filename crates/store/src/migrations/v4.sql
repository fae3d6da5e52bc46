-- By which names an account's provider knows a call, and ours for it: an event may come long after its call has ended.
CREATE TABLE call_names (
    account_id TEXT NOT NULL,
    -- `own`, `call`, `request`, `leg`.
    sort       TEXT NOT NULL,
    name       TEXT NOT NULL,
    call_id    TEXT NOT NULL REFERENCES calls (id),
    PRIMARY KEY (account_id, sort, name, call_id)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO call_names (account_id, sort, name, call_id)
SELECT calls.account_id, 'own', json_extract(calls.placed, '$.our_id'), calls.id
FROM calls WHERE json_extract(calls.placed, '$.our_id') <> '';

INSERT OR IGNORE INTO call_names (account_id, sort, name, call_id)
SELECT calls.account_id, names.sort, json_extract(journal.payload, names.path), calls.id
FROM journal
JOIN calls ON calls.id = journal.call_id
JOIN (
    SELECT 'call' AS sort, '$.provider_call_id' AS path
    UNION ALL SELECT 'request', '$.provider_request_id'
    UNION ALL SELECT 'leg', '$.provider_leg_id'
) AS names
WHERE journal.kind = 'fact' AND json_extract(journal.payload, names.path) IS NOT NULL;
