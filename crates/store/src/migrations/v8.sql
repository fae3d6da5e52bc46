-- How files of contacts were read, for the next file with the same headings.
CREATE TABLE import_mappings (
    -- A JSON array of the headings, in their order.
    headings TEXT NOT NULL PRIMARY KEY,
    -- As JSON; only the engine reads it.
    mapping  TEXT NOT NULL,
    -- Microseconds.
    used_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
