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
