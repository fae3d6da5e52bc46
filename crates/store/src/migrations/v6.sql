-- Counts the changes of what people are found by, so that an index beside the database knows whether it is of today.
CREATE TABLE contacts_revision (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO contacts_revision (only_row, revision) VALUES (1, 0);
CREATE TRIGGER contacts_revision_added AFTER INSERT ON contacts BEGIN
    UPDATE contacts_revision SET revision = revision + 1;
END;
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
