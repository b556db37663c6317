-- A delivery's whole life: held, expired and cancelled beside what there was; rounds, so that a late write of an earlier
-- one never takes back what a later one came to; and when the sweeper is to look at it. SQLite cannot change a CHECK,
-- so the table is made anew.
CREATE TABLE deliveries_0004 (
  sendout_id    TEXT    NOT NULL,
  target        TEXT    NOT NULL,
  copy          INTEGER NOT NULL DEFAULT 0,
  route         TEXT    NOT NULL,
  state         TEXT    NOT NULL CHECK (state IN ('scheduled', 'held', 'delivered', 'failed', 'expired', 'cancelled')),
  reason        TEXT,
  round         INTEGER NOT NULL DEFAULT 0,
  attempts_made INTEGER NOT NULL,
  attempts_before INTEGER NOT NULL DEFAULT 0,
  updated_at    INTEGER NOT NULL,
  due_at        INTEGER,
  sweep_at      INTEGER,
  attempts      TEXT    NOT NULL,
  request       TEXT    NOT NULL,
  PRIMARY KEY (sendout_id, target, copy)
) WITHOUT ROWID;

INSERT INTO deliveries_0004
  SELECT sendout_id, target, 0, route, state, reason, 0, attempts_made, 0, updated_at, due_at, due_at + 300000, attempts, request
  FROM deliveries;

DROP TABLE deliveries;

ALTER TABLE deliveries_0004 RENAME TO deliveries;

-- Partial: a delivery that ended, as nearly all have, costs no index row.
CREATE INDEX deliveries_to_sweep ON deliveries (sweep_at) WHERE sweep_at IS NOT NULL;

CREATE INDEX deliveries_held ON deliveries (target, route) WHERE state = 'held';

-- Targets and routes that are not called for now, by "target:<id>" or "route:<id>". One whose breaker is open is tried
-- again, with one delivery, after "until".
CREATE TABLE pauses (
  subject TEXT    NOT NULL PRIMARY KEY,
  reason  TEXT    NOT NULL,
  mode    TEXT    NOT NULL CHECK (mode IN ('hold', 'drain')),
  since   INTEGER NOT NULL,
  until   INTEGER,
  note    TEXT
) WITHOUT ROWID;

-- Targets that answer slowly: their deliveries go through the SLOW queue.
CREATE TABLE slow_targets (
  target TEXT    NOT NULL PRIMARY KEY,
  since  INTEGER NOT NULL
) WITHOUT ROWID;

-- When each job last ended well, and up to where it has worked.
CREATE TABLE jobs (
  name     TEXT    NOT NULL PRIMARY KEY,
  ended_at INTEGER NOT NULL,
  position INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- There from the beginning, so that a late sendout always finds a position to take back.
INSERT INTO jobs (name, ended_at, position) VALUES ('adopt_orphans', 0, 0);
