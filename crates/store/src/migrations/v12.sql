-- v12
-- People are searched in an index of their own beside the database (v6); until it stands, their rows are read through.
-- Words and digits indexed here as well made each change of a contact cost many times what it is.
DROP TABLE contact_words;
DROP TABLE contact_digits;

-- A number needs no key of its own any more: rows of one contact lie together.
CREATE TABLE numbers_of_contacts (
    contact  INTEGER NOT NULL REFERENCES contacts (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    number   TEXT NOT NULL,
    label    TEXT,
    PRIMARY KEY (contact, position)
) STRICT, WITHOUT ROWID;
INSERT INTO numbers_of_contacts (contact, position, number, label)
SELECT contact, position, number, label FROM contact_numbers ORDER BY contact, position;
DROP TABLE contact_numbers;
ALTER TABLE numbers_of_contacts RENAME TO contact_numbers;
CREATE INDEX contact_numbers_by_number ON contact_numbers (number);

-- Whoever adds contacts counts them up: a trigger has SQLite keep a copy of each page that an insertion touches.
DROP TRIGGER contacts_revision_added;

-- The import that has made the contact.
ALTER TABLE contacts ADD COLUMN imported_by INTEGER;

-- Imports that have not come to their end. What they have made carries their number, which no other import ever gets;
-- what was there before them stands in `import_changes`.
CREATE TABLE unfinished_imports (
    number INTEGER PRIMARY KEY AUTOINCREMENT
) STRICT;
