-- What came in and what became of it, five minutes at a time by when it was received: "counts" is a JSON list of
-- [kind, subject, label, count]. "open" is how many deliveries had no end when it was counted; those are counted again.
-- The row of 0 has the sum of all, which only ever grows but for what was open, and "counted_at" of it guards every change.
CREATE TABLE statistics (
  from_at    INTEGER NOT NULL PRIMARY KEY,
  counts     TEXT    NOT NULL,
  open       INTEGER NOT NULL,
  counted_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX statistics_open ON statistics (counted_at) WHERE open > 0;

INSERT INTO statistics (from_at, counts, open, counted_at) VALUES (0, '[]', 0, 0);

-- "position" is up to where has been counted.
INSERT OR IGNORE INTO jobs (name, ended_at, position) VALUES ('statistics', 0, 0);

-- How large the database was when each day's first count was made, so that its growth can be told.
CREATE TABLE sizes (
  day   INTEGER NOT NULL PRIMARY KEY,
  bytes INTEGER NOT NULL
) WITHOUT ROWID;
