-- What an import that has not come to its end has changed: where it never does, this is put back.
CREATE TABLE import_changes (
    contact_id TEXT PRIMARY KEY,
    version    INTEGER NOT NULL,
    -- As JSON; none where the import has made the contact.
    before     TEXT,
    after      TEXT
) STRICT, WITHOUT ROWID;
