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
    key      INTEGER PRIMARY KEY,
    contact  INTEGER NOT NULL REFERENCES contacts (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    number   TEXT NOT NULL,
    label    TEXT,
    UNIQUE (contact, position)
) STRICT;

CREATE INDEX contact_numbers_by_number ON contact_numbers (number);

-- Folded name, company and e-mail; rowid is contacts.key. Marks count as letters: they carry the vowels of Indic words.
CREATE VIRTUAL TABLE contact_words USING fts5 (
    text,
    prefix = '1 2 3',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
);

-- Digits of each number, found by any three in a row; rowid is contact_numbers.key.
CREATE VIRTUAL TABLE contact_digits USING fts5 (digits, tokenize = 'trigram');

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
