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
