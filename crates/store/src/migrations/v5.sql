-- By whom was called and the number shown, both read from what was written when the call was placed.
ALTER TABLE calls ADD COLUMN customer TEXT GENERATED ALWAYS AS (json_extract(placed, '$.customer')) VIRTUAL;
ALTER TABLE calls ADD COLUMN caller_id TEXT GENERATED ALWAYS AS (json_extract(placed, '$.caller_id')) VIRTUAL;
CREATE INDEX calls_by_customer ON calls (customer, requested_at) WHERE customer IS NOT NULL;

-- The number to call one person from, where the agent has kept one. A person is a contact's id, or a number without one.
CREATE TABLE kept_caller_ids (
    account_id TEXT NOT NULL,
    person     TEXT NOT NULL,
    number     TEXT NOT NULL,
    PRIMARY KEY (account_id, person)
) STRICT, WITHOUT ROWID;

-- What the agent has marked a person with.
ALTER TABLE contacts ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN do_not_call INTEGER NOT NULL DEFAULT 0;
-- A JSON array of words.
ALTER TABLE contacts ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
CREATE INDEX contacts_favourite ON contacts (folded_name, key) WHERE favourite;
