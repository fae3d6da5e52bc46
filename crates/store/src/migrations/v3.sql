-- Whether the reminder that was taken has also been handed to be shown: a crash may have come in between. Reminders of
-- before are not known to be anything but shown.
ALTER TABLE callbacks ADD COLUMN reminder_shown INTEGER NOT NULL DEFAULT 0;
UPDATE callbacks SET reminder_shown = 1 WHERE reminded_at IS NOT NULL;
