-- Small things that the app itself remembers between two runs, such as until when nobody is to be disturbed.
CREATE TABLE remembered (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Its reminder is shown even while nobody is to be disturbed.
ALTER TABLE callbacks ADD COLUMN important INTEGER NOT NULL DEFAULT 0;
