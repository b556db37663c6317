-- Evaluations that are under way, of what was offered before or of a job: whatever is still here when it comes again was
-- stopped by force, "begun" times.
CREATE TABLE evaluations (
  id    TEXT    NOT NULL PRIMARY KEY,
  begun INTEGER NOT NULL,
  at    INTEGER NOT NULL
) WITHOUT ROWID;

-- What resolved an incident: a person, or the end of what it was about.
ALTER TABLE incidents ADD COLUMN resolved_by TEXT CHECK (resolved_by IN ('person', 'itself'));

-- There from the beginning: "position" is since when the cron's first run is waited for.
INSERT OR IGNORE INTO jobs (name, ended_at, position) VALUES ('watchdog', 0, unixepoch() * 1000);
