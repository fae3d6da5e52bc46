-- Form 9, as its version wrote it.

-- What was written down, in order. Never changed, never deleted.
CREATE TABLE journal (
    seq        INTEGER PRIMARY KEY,
    call_id    TEXT REFERENCES calls (id),
    account_id TEXT,
    kind       TEXT NOT NULL,
    -- Of a fact: narrows the search for the same statement. Reading compares the statements themselves.
    fact_hash  INTEGER,
    version    INTEGER NOT NULL,
    payload    TEXT NOT NULL,
    written_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE INDEX journal_by_call ON journal (call_id, seq) WHERE call_id IS NOT NULL;
CREATE INDEX journal_by_fact ON journal (fact_hash) WHERE fact_hash IS NOT NULL;
CREATE INDEX journal_open_facts ON journal (account_id, seq) WHERE kind = 'open_fact';

CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Where each call stands by the journal; written in the journal's own transactions.
CREATE TABLE calls (
    id            TEXT PRIMARY KEY,
    intent        TEXT NOT NULL UNIQUE,
    account_id    TEXT NOT NULL,
    contact       TEXT,
    -- Microseconds since 1970.
    requested_at  INTEGER NOT NULL,
    open          INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    placed        TEXT NOT NULL,
    dispatch      TEXT,
    dispatched_at TEXT,
    reason        TEXT,
    message       TEXT,
    end_state     TEXT,
    end_at        TEXT,
    note          TEXT,
    disposition   TEXT,
    dismissed     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX calls_open ON calls (id) WHERE open;
CREATE INDEX calls_by_time ON calls (requested_at, id);
CREATE INDEX calls_by_contact ON calls (contact, requested_at) WHERE contact IS NOT NULL;

-- Countries that the agent has agreed to call.
CREATE TABLE dialled_countries (
    account_id TEXT NOT NULL,
    country    TEXT NOT NULL,
    PRIMARY KEY (account_id, country)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    key         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    company     TEXT,
    email       TEXT,
    note        TEXT,
    -- Name, or company where there is no name, as it is compared.
    folded_name TEXT NOT NULL
) STRICT;

CREATE INDEX contacts_by_name ON contacts (folded_name, key);

CREATE TABLE contact_numbers (
    contact  INTEGER NOT NULL REFERENCES contacts (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    number   TEXT NOT NULL,
    label    TEXT,
    PRIMARY KEY (contact, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_numbers_by_number ON contact_numbers (number);

-- Numbers to call from, as the provider last named them.
CREATE TABLE dids (
    account_id  TEXT NOT NULL,
    position    INTEGER NOT NULL,
    number      TEXT NOT NULL,
    label       TEXT,
    destination TEXT,
    PRIMARY KEY (account_id, position)
) STRICT, WITHOUT ROWID;

-- Unfinished text, so that a window may vanish at any time.
CREATE TABLE drafts (
    field TEXT PRIMARY KEY,
    text  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Promises to call somebody back. Moments are microseconds since 1970.
CREATE TABLE callbacks (
    id            TEXT PRIMARY KEY,
    contact       TEXT,
    target        TEXT NOT NULL,
    customer      TEXT,
    name          TEXT,
    account_id    TEXT,
    account       TEXT,
    caller_id     TEXT,
    due_at        INTEGER NOT NULL,
    -- IANA name.
    zone          TEXT NOT NULL,
    -- What the clock of the zone should show, where that was promised rather than the moment.
    wall          TEXT,
    note          TEXT,
    assigned_to   TEXT,
    reminder_min  INTEGER,
    call_end_min  INTEGER,
    queue         TEXT,
    push          TEXT NOT NULL,
    push_message  TEXT,
    pushed_at     INTEGER,
    push_item     TEXT,
    state         TEXT NOT NULL,
    made_at       INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL,
    -- Set before the reminder is shown, taken back by snoozing only.
    reminded_at   INTEGER,
    snoozed_until INTEGER,
    reminder_shown INTEGER NOT NULL DEFAULT 0,
    -- Its reminder is shown even while nobody is to be disturbed.
    important     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX callbacks_open ON callbacks (due_at, id) WHERE state = 'open';
CREATE INDEX callbacks_by_time ON callbacks (made_at, id);

-- Calls that were placed to keep a promise.
CREATE TABLE callback_calls (
    callback TEXT NOT NULL REFERENCES callbacks (id),
    call     TEXT NOT NULL REFERENCES calls (id),
    PRIMARY KEY (callback, call)
) STRICT, WITHOUT ROWID;

CREATE TABLE call_names (
    account_id TEXT NOT NULL,
    -- `own`, `call`, `request`, `leg`.
    sort       TEXT NOT NULL,
    name       TEXT NOT NULL,
    call_id    TEXT NOT NULL REFERENCES calls (id),
    PRIMARY KEY (account_id, sort, name, call_id)
) STRICT, WITHOUT ROWID;

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
-- The import that has made the contact.
ALTER TABLE contacts ADD COLUMN imported_by INTEGER;
CREATE INDEX contacts_favourite ON contacts (folded_name, key) WHERE favourite;

-- Counts the changes of what people are found by, so that an index beside the database knows whether it is of today.
CREATE TABLE contacts_revision (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO contacts_revision (only_row, revision) VALUES (1, 0);
-- Whoever changes the numbers of a contact writes its row as well.
CREATE TRIGGER contacts_revision_changed AFTER UPDATE OF name, company, email ON contacts BEGIN
    UPDATE contacts_revision SET revision = revision + 1;
END;
CREATE TRIGGER contacts_revision_removed AFTER DELETE ON contacts BEGIN
    UPDATE contacts_revision SET revision = revision + 1;
END;

-- Whom the agent has chosen last among what a text had found.
CREATE TABLE search_choices (
    typed     TEXT PRIMARY KEY,
    contact   INTEGER NOT NULL REFERENCES contacts (key) ON DELETE CASCADE,
    chosen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX search_choices_by_contact ON search_choices (contact);
CREATE INDEX search_choices_by_time ON search_choices (chosen_at);

-- Address books on CardDAV servers with which contacts are kept in step.
CREATE TABLE books (
    -- UUID.
    id        TEXT NOT NULL PRIMARY KEY,
    name      TEXT NOT NULL,
    -- Of the server, as it was given.
    address   TEXT NOT NULL,
    user      TEXT NOT NULL,
    -- The book's place on the server.
    href      TEXT NOT NULL,
    -- Contacts that are in no book get a card in this one.
    takes_new INTEGER NOT NULL,
    -- Microseconds; none before the first run.
    synced_at INTEGER,
    -- What the last run came to, as JSON.
    report    TEXT
) STRICT, WITHOUT ROWID;

-- Which contact is which card, and what both said when they last agreed. Outlives the contact until the card is gone too.
CREATE TABLE book_cards (
    book_id    TEXT NOT NULL REFERENCES books (id),
    contact_id TEXT NOT NULL,
    href       TEXT NOT NULL,
    etag       TEXT,
    -- The whole card, and as JSON what was kept here; neither where the card was only about to be sent.
    card       TEXT,
    ours       TEXT,
    PRIMARY KEY (book_id, contact_id),
    UNIQUE (book_id, href),
    CHECK ((card IS NULL) = (ours IS NULL))
) STRICT, WITHOUT ROWID;
-- Nobody is in two books.
CREATE UNIQUE INDEX book_cards_by_contact ON book_cards (contact_id);

-- What differs on both sides until a person decides. Whoever was deleted on a side has nothing there.
CREATE TABLE book_conflicts (
    book_id    TEXT NOT NULL REFERENCES books (id),
    contact_id TEXT NOT NULL,
    href       TEXT NOT NULL,
    -- As JSON.
    ours       TEXT,
    -- The card.
    theirs     TEXT,
    -- Microseconds.
    found_at   INTEGER NOT NULL,
    -- `ours`, `theirs` or `both`, chosen with these two sides in view.
    choice     TEXT,
    PRIMARY KEY (book_id, contact_id)
) STRICT, WITHOUT ROWID;

-- Small things that the app itself remembers between two runs, such as until when nobody is to be disturbed.
CREATE TABLE remembered (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What an import that has not come to its end has changed: where it never does, this is put back.
CREATE TABLE import_changes (
    contact_id TEXT PRIMARY KEY,
    version    INTEGER NOT NULL,
    -- As JSON; none where the import has made the contact.
    before     TEXT,
    after      TEXT
) STRICT, WITHOUT ROWID;

-- Imports that have not come to their end. What they have made carries their number, which no other import ever gets;
-- what was there before them stands in `import_changes`.
CREATE TABLE unfinished_imports (
    number INTEGER PRIMARY KEY AUTOINCREMENT
) STRICT;

INSERT INTO calls (id, intent, account_id, requested_at, open, version, placed, dispatch, dispatched_at, note) VALUES
    ('019a0000-0000-7000-8000-000000000001', '019a0000-0000-7000-8000-00000000000a', 'account-1', 1760000000000000, 0, 1,
     '{"id":"019a0000-0000-7000-8000-000000000001","intent":"019a0000-0000-7000-8000-00000000000a","request_digest":"d1","account_id":"account-1","account":"work","provider":"acefone-uk","direction":"outbound","dial_order":"agent_first","target":"+442079460123","customer":"+442079460123","customer_typed":"020 7946 0123","caller_id":"+442079460999","contact":null,"requested_at":"2025-10-09T08:53:20Z","our_id":"019a00000000700080000000000000a1","reports_progress":true,"call_timeout":null,"sandbox":false}',
     'accepted', '2025-10-09T08:53:21Z', 'asked for a quote');

INSERT INTO journal (call_id, account_id, kind, fact_hash, version, payload, written_at) VALUES
    ('019a0000-0000-7000-8000-000000000001', NULL, 'call', NULL, 1,
     '{"row":{"id":"019a0000-0000-7000-8000-000000000001","intent":"019a0000-0000-7000-8000-00000000000a","request_digest":"d1","account_id":"account-1","account":"work","provider":"acefone-uk","direction":"outbound","dial_order":"agent_first","target":"+442079460123","customer":"+442079460123","customer_typed":"020 7946 0123","caller_id":"+442079460999","contact":null,"requested_at":"2025-10-09T08:53:20Z","our_id":"019a00000000700080000000000000a1","reports_progress":true,"call_timeout":null,"sandbox":false},"dispatch":"intent","at":"2025-10-09T08:53:20Z","open":true}',
     '2025-10-09T08:54:00.000Z'),
    ('019a0000-0000-7000-8000-000000000001', NULL, 'dispatch', NULL, 1,
     '{"dispatch":"sent","at":"2025-10-09T08:53:20Z","reason":null,"message":null}',
     '2025-10-09T08:54:00.000Z'),
    ('019a0000-0000-7000-8000-000000000001', NULL, 'dispatch', NULL, 1,
     '{"dispatch":"accepted","at":"2025-10-09T08:53:21Z","reason":null,"message":null}',
     '2025-10-09T08:54:00.000Z'),
    ('019a0000-0000-7000-8000-000000000001', NULL, 'fact', 11, 1,
     '{"kind":"customer_leg_answered","leg":"customer","leg_naming":"position","occurred_at":"2025-10-09T08:53:33Z","received_at":"2025-10-09T08:53:33.250Z","source":"webhook","outcome":null,"ended_by":null,"talk_seconds":null,"customer":"+442079460123","caller_id":null,"agent":null,"our_id":null,"provider_call_id":"1760000000.123","provider_request_id":null,"provider_leg_id":null,"direction":null,"has_recording":false,"transferred_to":null,"evidence":null}',
     '2025-10-09T08:54:00.000Z'),
    ('019a0000-0000-7000-8000-000000000001', NULL, 'fact', 12, 1,
     '{"kind":"call_ended","leg":null,"leg_naming":"position","occurred_at":"2025-10-09T08:53:58Z","received_at":"2025-10-09T08:53:58.250Z","source":"webhook","outcome":"talked","ended_by":"customer","talk_seconds":null,"customer":"+442079460123","caller_id":null,"agent":null,"our_id":null,"provider_call_id":"1760000000.123","provider_request_id":null,"provider_leg_id":null,"direction":null,"has_recording":false,"transferred_to":null,"evidence":null}',
     '2025-10-09T08:54:00.000Z'),
    ('019a0000-0000-7000-8000-000000000001', NULL, 'fact', 12, 1,
     '{"kind":"call_ended","leg":null,"leg_naming":"position","occurred_at":"2025-10-09T08:53:58Z","received_at":"2025-10-09T08:53:58.250Z","source":"webhook","outcome":"talked","ended_by":"customer","talk_seconds":42,"customer":"+442079460123","caller_id":null,"agent":null,"our_id":null,"provider_call_id":"1760000000.123","provider_request_id":null,"provider_leg_id":null,"direction":null,"has_recording":false,"transferred_to":null,"evidence":null}',
     '2025-10-09T08:54:00.000Z'),
    ('019a0000-0000-7000-8000-000000000001', NULL, 'note', NULL, 1,
     '{"note":"asked for a quote"}',
     '2025-10-09T08:54:00.000Z');

INSERT INTO call_names (account_id, sort, name, call_id) VALUES
    ('account-1', 'own', '019a00000000700080000000000000a1', '019a0000-0000-7000-8000-000000000001'),
    ('account-1', 'call', '1760000000.123', '019a0000-0000-7000-8000-000000000001');

INSERT INTO contacts (key, id, name, company, email, note, folded_name) VALUES
    (1, '019a0000-0000-7000-8000-0000000000c1', 'Anita Ghosh', 'Globex', 'anita@example.com', NULL, 'anita ghosh');
INSERT INTO contact_numbers (contact, position, number, label) VALUES (1, 0, '+442079460123', 'work');
INSERT INTO dids (account_id, position, number, label, destination) VALUES ('account-1', 0, '+442079460999', 'Main', NULL);
INSERT INTO dialled_countries (account_id, country) VALUES ('account-1', 'FR');
INSERT INTO drafts (field, text) VALUES ('call', '020');

INSERT INTO callbacks (id, contact, target, customer, name, account_id, account, caller_id, due_at, zone, wall, note,
    assigned_to, reminder_min, call_end_min, queue, push, push_message, pushed_at, push_item, state, made_at, changed_at,
    reminded_at, snoozed_until, reminder_shown) VALUES
    ('019a0000-0000-7000-8000-0000000000b1', '019a0000-0000-7000-8000-0000000000c1', '+442079460123', '+442079460123',
     'Anita Ghosh', 'account-1', 'work', '+442079460999', 1760022000000000, 'Europe/London', '2025-10-09T16:00:00',
     'about the quote', '05000000001', 10, 15, '147', 'pushed', 'Schedule call created successfully', 1760000100000000,
     NULL, 'open', 1760000050000000, 1760000100000000, 1760021400000000, 1760023000000000, 1);
INSERT INTO callback_calls (callback, call) VALUES
    ('019a0000-0000-7000-8000-0000000000b1', '019a0000-0000-7000-8000-000000000001');

UPDATE contacts SET favourite = 1, tags = '["gold"]';
INSERT INTO kept_caller_ids (account_id, person, number) VALUES
    ('account-1', '019a0000-0000-7000-8000-0000000000c1', '+442079460999');
INSERT INTO search_choices (typed, contact, chosen_at) VALUES ('an', 1, 1760000050000000);

INSERT INTO books (id, name, address, user, href, takes_new, synced_at, report) VALUES
    ('019a0000-0000-7000-8000-0000000000d1', 'customers', 'https://cloud.example.com/', 'anna', '/anna/customers/', 1,
     1760030000000000, '{}');
INSERT INTO book_cards (book_id, contact_id, href, etag, card, ours) VALUES
    ('019a0000-0000-7000-8000-0000000000d1', '019a0000-0000-7000-8000-0000000000c1', '/anna/customers/1.vcf', '"7"',
     'BEGIN:VCARD', '{"name":"Anita Ghosh"}');
INSERT INTO book_conflicts (book_id, contact_id, href, ours, theirs, found_at, choice) VALUES
    ('019a0000-0000-7000-8000-0000000000d1', '019a0000-0000-7000-8000-0000000000c1', '/anna/customers/1.vcf',
     '{"name":"Anita Ghosh"}', NULL, 1760030000000000, 'ours');

-- How files of contacts were read, for the next file with the same headings.
CREATE TABLE import_mappings (
    -- A JSON array of the headings, in their order.
    headings TEXT NOT NULL PRIMARY KEY,
    -- As JSON; only the engine reads it.
    mapping  TEXT NOT NULL,
    -- Microseconds.
    used_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO import_mappings VALUES ('["Who","Where"]', '{"roles":["name","number"]}', 1760000000000000);


-- Contacts that were made into one, and what undoes it.
CREATE TABLE merges (
    -- UUID.
    id        TEXT PRIMARY KEY,
    -- Id of the contact that the others became part of.
    survivor  TEXT NOT NULL,
    -- Microseconds since 1970.
    merged_at INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    -- As JSON: all that is known of each contact, and what the merge made of it.
    before    TEXT NOT NULL,
    left      TEXT NOT NULL
) STRICT;
CREATE INDEX merges_by_time ON merges (merged_at, id);
CREATE INDEX merges_by_survivor ON merges (survivor);

-- Contacts that are part of another.
CREATE TABLE merged_contacts (
    contact_id TEXT PRIMARY KEY,
    merge_id   TEXT NOT NULL REFERENCES merges (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_contacts_by_merge ON merged_contacts (merge_id);

-- Contacts that are not one person, whatever they have in common.
CREATE TABLE distinct_contacts (
    one   TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    other TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    PRIMARY KEY (one, other),
    CHECK (one < other)
) STRICT, WITHOUT ROWID;
CREATE INDEX distinct_contacts_by_other ON distinct_contacts (other);

-- Cards on servers of contacts that are part of another with a card of its own: neither read nor changed nor deleted.
CREATE TABLE passed_cards (
    book_id    TEXT NOT NULL REFERENCES books (id),
    contact_id TEXT NOT NULL PRIMARY KEY,
    href       TEXT NOT NULL,
    etag       TEXT,
    card       TEXT,
    ours       TEXT,
    UNIQUE (book_id, href)
) STRICT, WITHOUT ROWID;


INSERT INTO merges (id, survivor, merged_at, version, before, left) VALUES
    ('019a0000-0000-7000-8000-0000000000e1', '019a0000-0000-7000-8000-0000000000c1', 1760040000000000, 1,
     '[{"row":1,"contact":{"id":"019a0000-0000-7000-8000-0000000000c1","name":"Anita Ghosh","company":"Globex","email":"anita@example.com","note":null,"numbers":[{"number":"+442079460123","label":null}],"marks":{"favourite":true,"do_not_call":false,"tags":["gold"]}},"calls":[],"callbacks":[],"caller_ids":{"account-1":"+442079460999"},"choices":[["an",1760000050000000]],"card":null,"distinct_from":[]},{"row":2,"contact":{"id":"019a0000-0000-7000-8000-0000000000c2","name":"A. Ghosh","company":null,"email":null,"note":null,"numbers":[{"number":"+442079460123","label":"mobile"}],"marks":{"favourite":false,"do_not_call":false,"tags":[]}},"calls":[],"callbacks":[],"caller_ids":{},"choices":[],"card":null,"distinct_from":[]}]',
     '{"contact":{"id":"019a0000-0000-7000-8000-0000000000c1","name":"Anita Ghosh","company":"Globex","email":"anita@example.com","note":null,"numbers":[{"number":"+442079460123","label":null}],"marks":{"favourite":true,"do_not_call":false,"tags":["gold"]}},"caller_ids":{"account-1":"+442079460999"},"distinct_from":[]}');
INSERT INTO merged_contacts (contact_id, merge_id) VALUES
    ('019a0000-0000-7000-8000-0000000000c2', '019a0000-0000-7000-8000-0000000000e1');
INSERT INTO contacts (key, id, name, company, email, note, folded_name, imported_by) VALUES
    (2, '019a0000-0000-7000-8000-0000000000f2', 'Half Imported', NULL, NULL, NULL, 'half imported', 1);
INSERT INTO unfinished_imports (number) VALUES (1);
INSERT INTO remembered (name, value) VALUES ('do_not_disturb_until', '2025-10-09T16:00:00Z');
UPDATE callbacks SET important = 1;
