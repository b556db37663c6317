-- Who did what through the admin API. A row is written before anything happens and completed once, with the status of the
-- answer; after that it cannot be changed. One without a status is of a call that never ended.
CREATE TABLE audit_log (
  id         INTEGER NOT NULL PRIMARY KEY,
  at         INTEGER NOT NULL,
  actor      TEXT    NOT NULL,
  actor_name TEXT,
  action     TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  status     INTEGER,
  change     TEXT
);

CREATE TRIGGER audit_log_is_final BEFORE UPDATE ON audit_log WHEN old.status IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an entry of the audit log is final'); END;
