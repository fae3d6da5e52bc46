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
    snoozed_until INTEGER
) STRICT;

CREATE INDEX callbacks_open ON callbacks (due_at, id) WHERE state = 'open';
CREATE INDEX callbacks_by_time ON callbacks (made_at, id);

-- Calls that were placed to keep a promise.
CREATE TABLE callback_calls (
    callback TEXT NOT NULL REFERENCES callbacks (id),
    call     TEXT NOT NULL REFERENCES calls (id),
    PRIMARY KEY (callback, call)
) STRICT, WITHOUT ROWID;
